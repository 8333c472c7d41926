import { assertNever } from '../assert.ts';
import type { Asked } from '../engine/asked.ts';
import { trackedOf, type GuidedStep } from '../engine/guide.ts';
import { isTakenIn, type TrackedAction } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import { formatCount, formatPlural } from '../text/quantities.ts';
import { SelfExplainingError } from '../thrown.ts';
import { placeOf, type Fork, type ForkChange } from '../trace/format/fork.ts';
import type { Step } from '../trace/format/format.ts';
import { quoteValue, sameValue } from '../value/value.ts';

/** Thrown for a fork that its parent does not allow; names the step and what is possible there. */
export class ForkError extends SelfExplainingError {
  override readonly name = 'ForkError';
}

/** The steps of the parent of a fork. */
export interface ParentSteps {
  readonly length: number;
  /** @throws {RangeError} when there is no such step. */
  step(stepIndex: number): Pick<Step, 'operation' | 'actions' | 'outcome' | 'lost'>;
}

/** An operation of a fork. */
export interface ForkedStep extends GuidedStep {
  /** The step of the parent that it is, changed or not; absent for what the fork adds. */
  readonly stepIndex?: number;
  /**
   * It takes place only if the process has died in the step before, or if the completion was kept out until
   * then.
   */
  readonly onlyIf?: 'crashed' | 'keptOut';
}

/** What a fork makes of one step of its parent. */
export interface Place {
  /** What comes before it. */
  readonly before: ForkedStep[];
  /** What it becomes: itself, another step, or nothing. */
  now: ForkedStep | undefined;
  /** What comes right after it, because of it. */
  readonly after: ForkedStep[];
}

const RESTORE: Operation = { kind: 'restore' };

/**
 * What the changes of a fork make of its parent, by the steps that are concerned. The number of steps stands
 * for the end.
 *
 * @throws {ForkError} for a change that its step does not allow.
 */
export function forkedPlaces(parent: ParentSteps, { from, changes }: Fork): Map<number, Place> {
  if (from > parent.length) {
    throw new ForkError(
      `The fork begins after step ${from - 1}, but its parent has ${formatCount(parent.length)} steps.`,
    );
  }
  const places = new Map<number, Place>();
  const placeAt = (at: number): Place => {
    const known = places.get(at);
    if (known) return known;
    const isEnd = at === parent.length;
    const place = { before: [], now: isEnd ? undefined : itself(parent, at), after: [] };
    places.set(at, place);
    return place;
  };
  for (const change of changes) {
    requirePlace(parent, change, from);
    applyChange(parent, change, placeAt);
  }
  return places;
}

/**
 * The operations of a fork from its beginning on, where those of its parent are repeated.
 *
 * @param askedBefore what waits for a result where the fork begins.
 */
export function forkedList(
  parent: ParentSteps,
  fork: Fork,
  askedBefore: () => Asked,
): ForkedStep[] {
  const places = forkedPlaces(parent, fork);
  const asked = askedBefore();
  const list: ForkedStep[] = [];
  for (let at = fork.from; at <= parent.length; at += 1) {
    const place = places.get(at);
    const step = at < parent.length ? parent.step(at) : undefined;
    const answer = step && asked.answerOf(step.operation);
    if (step) asked.add(step);
    if (place) {
      const own = [...(place.now ? [place.now] : []), ...place.after];
      list.push(...place.before, ...own.map((one) => answering(one, answer)));
    } else if (step) list.push({ ...itself(parent, at), answer });
  }
  const last = list.at(-1)?.operation ?? lastOf(parent, fork);
  if (fork.settles && last?.kind !== 'settled') list.push(added({ kind: 'settled' }));
  return list;
}

/** What a person has chosen is delivered as it was asked for, whatever it answers. */
function answering(step: ForkedStep, answer: string | undefined): ForkedStep {
  return step.isAdded || step.isChosen ? step : { ...step, answer };
}

function lastOf(parent: ParentSteps, { from }: Fork): Operation | undefined {
  return from > 0 ? parent.step(from - 1).operation : undefined;
}

/** A step of the parent, as it was. */
function itself(parent: ParentSteps, stepIndex: number): ForkedStep {
  const step = parent.step(stepIndex);
  const own = { operation: step.operation, emitted: trackedOf(step), stepIndex };
  if (step.operation.kind !== 'crash') {
    const lost = own.emitted.length > 0 ? lostAfter(parent, stepIndex) : [];
    return lost.length > 0 ? { ...own, lostAfter: lost } : own;
  }
  const isInStep = stepIndex > 0 && parent.step(stepIndex - 1).outcome.kind === 'crashed';
  const crash = { ...own, lost: trackedOf({ actions: step.lost }) };
  return isInStep ? { ...crash, onlyIf: 'crashed' } : crash;
}

/**
 * The tracked actions of a step that a crash right after it has lost, without those that restore has emitted again
 * as they were: the external systems are asked the same then.
 */
export function lostAfter(parent: ParentSteps, stepIndex: number): readonly TrackedAction[] {
  const crash = stepIndex + 1 < parent.length ? parent.step(stepIndex + 1) : undefined;
  const lost = crash?.operation.kind === 'crash' ? trackedOf({ actions: crash.lost }) : [];
  if (lost.length === 0) return [];
  const again = restoredAfter(parent, stepIndex + 1);
  return lost.filter(
    ({ id, action }) => !again.some((one) => one.id === id && sameValue(one.action, action)),
  );
}

/** What the first restore after a crash has emitted that did not fail. */
function restoredAfter(parent: ParentSteps, crashAt: number): readonly TrackedAction[] {
  for (let at = crashAt + 1; at < parent.length; at += 1) {
    const step = parent.step(at);
    const { kind } = step.operation;
    if (kind === 'restore' && step.outcome.kind === 'ok') return trackedOf(step);
    if (kind !== 'restore' && kind !== 'crash') return [];
  }
  return [];
}

function added(operation: Operation): ForkedStep {
  return { operation, emitted: [], isAdded: true };
}

function requirePlace({ length }: ParentSteps, change: ForkChange, from: number): void {
  const place = placeOf(change);
  const isBefore = place < from;
  const last = change.kind === 'move' ? Math.max(change.at + 1, change.before) : place;
  const isInside = 'at' in change ? Math.max(change.at + 1, last) <= length : last <= length;
  if (!isBefore && isInside) return;
  throw new ForkError(
    isBefore
      ? `The change "${change.kind}" concerns step ${place}, but the fork begins at step ${from}.`
      : `The change "${change.kind}" concerns step ${last}, but the parent has ${formatCount(length)} steps.`,
  );
}

function applyChange(
  parent: ParentSteps,
  change: ForkChange,
  placeAt: (at: number) => Place,
): void {
  switch (change.kind) {
    case 'crash': {
      requireAfterCommit(parent, change);
      const crash = { kind: 'crash', dispatched: change.dispatched } as const;
      placeAt(change.after + 1).before.push(added(crash), added(RESTORE));
      return;
    }
    case 'insert':
      requireAlive(parent, change.before);
      placeAt(change.before).before.push(added({ kind: 'normal', input: change.input }));
      return;
    case 'deliver': {
      requireAlive(parent, change.before);
      const { id, result } = change;
      const completion = { kind: 'trackedActionCompleted', id, result } as const;
      const isDuplicate = isDelivered(parent, change);
      placeAt(change.before).before.push(
        added(isDuplicate ? { ...completion, isDuplicate } : completion),
      );
      return;
    }
    case 'remove':
      placeAt(change.at).now = undefined;
      return;
    case 'move': {
      const place = placeAt(change.at);
      const moved = place.now ?? itself(parent, change.at);
      place.now = undefined;
      const chosen = [moved, ...place.after.splice(0)].map(asChosen);
      placeAt(change.before).before.push(...chosen);
      return;
    }
    case 'drop': {
      const { id, result } = requireKind(parent, change, 'trackedActionCompleted');
      choose(placeAt(change.at), { kind: 'loss', id, result });
      return;
    }
    case 'result': {
      const completion = requireKind(parent, change, 'trackedActionCompleted');
      choose(placeAt(change.at), { ...completion, result: change.result });
      return;
    }
    case 'input':
      amend(placeAt(change.at), {
        ...requireKind(parent, change, 'normal'),
        input: change.input,
      });
      return;
    case 'fault':
      changeFault(parent, change, placeAt(change.at));
      return;
    default:
      assertNever(change, 'change');
  }
}

function amend(place: Place, operation: Operation): void {
  if (place.now) place.now = { ...place.now, operation };
}

/** The same for what is to come whatever it answers. */
function choose(place: Place, operation: Operation): void {
  amend(place, operation);
  if (place.now) place.now = asChosen(place.now);
}

function asChosen(step: ForkedStep): ForkedStep {
  return { ...step, isChosen: true };
}

function changeFault(
  parent: ParentSteps,
  { at, fault }: ForkChange & { readonly kind: 'fault' },
  place: Place,
): void {
  const { operation } = parent.step(at);
  const { kind } = operation;
  if (kind !== 'normal' && kind !== 'trackedActionCompleted' && kind !== 'restore') {
    throw new ForkError(`Step ${at} is a ${kind}: no fault can strike in it.`);
  }
  const { fault: _, ...sound } = (place.now?.operation ?? operation) as typeof operation;
  amend(place, fault ? { ...sound, fault } : sound);
  const crash = { ...added({ kind: 'crash', dispatched: 0 }), onlyIf: 'crashed' } as const;
  place.after.splice(0);
  if (fault?.kind === 'crashAtAccess' || fault?.kind === 'crashBeforeCommit') {
    const { emitted = [] } = kind === 'restore' ? (place.now ?? {}) : {};
    place.after.push(crash, { ...added(RESTORE), emitted });
  }
  // A message that is not handled is delivered again, as queues do; the parent has that where it was not.
  if (fault && isTakenIn(parent.step(at))) {
    // What it asks then is what the parent asked when it came.
    const { emitted = [], isChosen } = place.now ?? {};
    const chosen = isChosen ? { isChosen } : {};
    place.after.push({ operation: sound, emitted, onlyIf: 'keptOut', ...chosen });
  }
}

function requireKind<Kind extends Operation['kind']>(
  parent: ParentSteps,
  { kind: change, at }: { readonly kind: string; readonly at: number },
  kind: Kind,
): Operation & { readonly kind: Kind } {
  const { operation } = parent.step(at);
  if (operation.kind === kind) return operation as Operation & { readonly kind: Kind };
  throw new ForkError(
    `The change "${change}" needs a step of the kind ${kind}, but step ${at} is ${operation.kind}.`,
  );
}

/** Between a crash and its restore nothing reaches the machine. */
function requireAlive(parent: ParentSteps, before: number): void {
  if (before === 0 || !isDownAfter(parent, before - 1)) return;
  throw new ForkError(
    `The process is down before step ${before}: choose a place before the crash or after its restore.`,
  );
}

/** Whether the result of an action was taken in since the action was sent. */
function isDelivered(
  parent: ParentSteps,
  { id, result, before }: ForkChange & { readonly kind: 'deliver' },
): boolean {
  let hasCome = false;
  for (let at = before - 1; at >= 0; at -= 1) {
    const step = parent.step(at);
    const { operation } = step;
    hasCome ||=
      isTakenIn(step) &&
      operation.kind === 'trackedActionCompleted' &&
      operation.id === id &&
      sameValue(operation.result, result);
    if (trackedOf(step).some((emitted) => emitted.id === id)) return hasCome;
  }
  throw new ForkError(
    `There is no tracked action ${quoteValue(id)} before step ${before}, whose result could arrive there.`,
  );
}

function requireAfterCommit(
  parent: ParentSteps,
  { after, dispatched }: ForkChange & { readonly kind: 'crash' },
): void {
  if (after >= 0 && isDownAfter(parent, after)) {
    throw new ForkError(`The process is down after step ${after} already: it cannot crash there.`);
  }
  const actions = after < 0 ? 0 : parent.step(after).actions.length;
  if (dispatched <= actions) return;
  throw new ForkError(
    `Step ${after} emitted ${formatPlural(actions, 'action')}, so that ${formatCount(dispatched)} cannot be out.`,
  );
}

function isDownAfter(parent: ParentSteps, stepIndex: number): boolean {
  const { operation, outcome } = parent.step(stepIndex);
  return operation.kind === 'crash' || outcome.kind === 'crashed';
}
