import { containerOf } from '../value/container.ts';
import { isPlainObject } from '../value/value.ts';
import type { FailingRun, FailingStep } from './candidate.ts';

/** Scalars that were replaced, each with its replacement. */
export type Replaced = ReadonlyMap<unknown, unknown>;

/** A simplification of a run. */
export interface Change {
  readonly replaced: Replaced;
  /** Whether a text was made up, which the machine may not know. */
  readonly isMadeUp: boolean;
}

/** Only the order of the steps or their faults were changed. */
export const NOTHING_REPLACED: Change = { replaced: new Map(), isMadeUp: false };

/**
 * Whether the results in a simpler run still fit their actions: each step whose actions have results
 * emits the same as before, apart from the replaced scalars, and the results do not mention those.
 * Otherwise, the machine would be blamed for a result that no external system would give.
 *
 * In addition, a made-up text must not change what the steps do: where the machine knows only a few
 * texts, such as days of the week, no other text replaces them.
 */
export function isFair(before: FailingRun, after: FailingRun, change: Change): boolean {
  const { replaced, isMadeUp } = change;
  const partners = byStepIndex(before);
  return byPlace(after).every(([place, step]) => {
    const partner = partners.get(place);
    if (!partner) return false;
    if (isMadeUp && !doesAlike(partner, step, replaced)) return false;
    const answers = answersTo(after, step);
    if (answers.length === 0) return true;
    const asked = step.emitted.map(({ action }) => action);
    const askedBefore = partner.emitted.map(({ action }) => action);
    if (!isAlike(askedBefore, asked, replaced)) return false;
    const isChanged =
      !isAlike(askedBefore, asked, NOTHING_REPLACED.replaced) ||
      !isAlike(inputOf(partner), inputOf(step), NOTHING_REPLACED.replaced);
    return !isChanged || !answers.some((answer) => mentions(answer, replaced));
  });
}

function doesAlike(before: FailingStep, after: FailingStep, replaced: Replaced): boolean {
  if (before.outcome !== after.outcome) return false;
  const actions = ({ tried }: FailingStep) => tried.map(({ action }) => action);
  return isAlike(actions(before), actions(after), replaced);
}

function inputOf({ operation }: FailingStep): unknown {
  return operation.kind === 'normal' ? operation.input : undefined;
}

/**
 * The steps with their place in the original run. Steps that were added before the end have the place
 * of the end, and are numbered.
 */
function byPlace(run: FailingRun): readonly (readonly [string, FailingStep])[] {
  let [number, last] = [0, -1];
  return run.map((step) => {
    number = step.stepIndex === last ? number + 1 : 0;
    last = step.stepIndex;
    return [`${step.stepIndex} ${number}`, step] as const;
  });
}

function byStepIndex(run: FailingRun): ReadonlyMap<string, FailingStep> {
  return new Map(byPlace(run));
}

/** The results of a step's actions. */
function answersTo(run: FailingRun, { emitted }: FailingStep): readonly unknown[] {
  const ids = new Set<unknown>(emitted.map(({ id }) => id));
  return run.flatMap(({ operation }) =>
    (operation.kind === 'trackedActionCompleted' || operation.kind === 'loss') &&
    ids.has(operation.id)
      ? [operation.result]
      : [],
  );
}

/** Whether two values are the same apart from replaced scalars. */
function isAlike(before: unknown, after: unknown, replaced: Replaced): boolean {
  if (!isObject(before) || !isObject(after)) {
    return (
      Object.is(before, after) || (replaced.has(before) && Object.is(replaced.get(before), after))
    );
  }
  const [parts, others] = [partsOf(before), partsOf(after)];
  return (
    parts.length === others.length &&
    isPlainObject(before) === isPlainObject(after) &&
    parts.every((part, index) => isAlike(part, others[index], replaced))
  );
}

/** Whether one of the replaced scalars occurs anywhere in a value. */
export function mentions(value: unknown, replaced: Replaced): boolean {
  if (!isObject(value)) return replaced.has(value);
  return partsOf(value).some((part) => mentions(part, replaced));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function partsOf(value: object): readonly unknown[] {
  const container = containerOf(value);
  if (!container) return [];
  if (container.kind === 'list' || container.kind === 'set') return [...container.value];
  return Array.from(container.entries(), ([segment, item]) => [
    typeof segment === 'object' ? segment.mapKey : segment,
    item,
  ]).flat();
}
