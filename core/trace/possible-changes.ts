import { isTakenIn } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import type { StepFault } from '../machine/operation.ts';
import type { Value } from '../value/value.ts';
import type { ForkChange } from './format/fork.ts';
import type { Step } from './format/format.ts';
import type { TrackedSpan } from './spans.ts';
import type { Trace } from './trace.ts';

/** A tracked action whose result can be delivered. */
export interface Deliverable {
  readonly id: ActionId;
  readonly action: unknown;
  /** Whether it is outstanding; otherwise the result comes a second time. */
  readonly isOutstanding: boolean;
  /** The result that the run has for it, if it has one. */
  readonly result?: Value;
}

/**
 * Something that a fork can do otherwise at a step. Its change stands for the choice before anything is
 * edited in it; a fork that only draws anew has none.
 */
export interface PossibleChange {
  readonly id: PossibleId;
  readonly change?: ForkChange;
  /** For `crash`: how many actions can be out. For `refuse`: the last action that can be refused. */
  readonly most?: number;
  /** For `deliver`: the actions, the last one first. */
  readonly deliverables?: readonly Deliverable[];
}

/** The kinds of changes, in the order in which they are offered. */
export const POSSIBLE_IDS = [
  'crash',
  'crashBeforeCommit',
  'crashAtAccess',
  'deliver',
  'again',
  'result',
  'drop',
  'move',
  'input',
  'insert',
  'remove',
  'refuse',
  'failAccess',
  'failCommit',
  'noFault',
  'newDraws',
] as const;
export type PossibleId = (typeof POSSIBLE_IDS)[number];

/** Actions whose results can be delivered; those before them are too far away to be meant. */
const DELIVERABLES_MAX = 20;

/**
 * What a fork can do otherwise at a step, in the order of {@link POSSIBLE_IDS}. What is added comes after
 * the step.
 *
 * @param stepIndex -1 for the initial state.
 * @throws {LinesNotLoaded} when lines must be fetched first.
 */
export function possibleAt(trace: Trace, stepIndex: number): readonly PossibleChange[] {
  const next = stepIndex + 1;
  if (stepIndex < 0) {
    const insert = insertion(trace, stepIndex);
    return [...(insert ? [insert] : []), { id: 'newDraws' }];
  }
  const step = trace.step(stepIndex);
  const { operation } = step;
  const isDown = operation.kind === 'crash' || step.outcome.kind === 'crashed';
  const isEnd = operation.kind === 'settled';
  const deliverables = isDown || isEnd ? [] : deliverablesAt(trace, stepIndex);
  const [first] = deliverables;
  const insert = isDown || isEnd ? undefined : insertion(trace, stepIndex);
  const found: readonly (PossibleChange | undefined)[] = [
    isDown || isEnd ? undefined : crash(step),
    ...faultsAt(step),
    first && {
      id: 'deliver',
      change: { kind: 'deliver', before: next, id: first.id, result: first.result ?? null },
      deliverables,
    },
    ...completionAt(step),
    operation.kind === 'settled'
      ? undefined
      : { id: 'move', change: { kind: 'move', at: stepIndex, before: next } },
    operation.kind === 'normal'
      ? { id: 'input', change: { kind: 'input', at: stepIndex, input: operation.input as Value } }
      : undefined,
    insert,
    { id: 'remove', change: { kind: 'remove', at: stepIndex } },
    { id: 'newDraws' },
  ];
  return found
    .filter((one) => one !== undefined)
    .toSorted((one, other) => POSSIBLE_IDS.indexOf(one.id) - POSSIBLE_IDS.indexOf(other.id));
}

function crash({ stepIndex, actions, outcome }: Step): PossibleChange {
  const most = outcome.kind === 'ok' ? actions.length : 0;
  return { id: 'crash', change: { kind: 'crash', after: stepIndex, dispatched: 0 }, most };
}

function faultsAt({ stepIndex: at, operation, actions, discarded }: Step): PossibleChange[] {
  const { kind } = operation;
  if (kind !== 'normal' && kind !== 'trackedActionCompleted' && kind !== 'restore') return [];
  const struck = (id: PossibleId, fault: StepFault, most?: number): PossibleChange => ({
    id,
    change: { kind: 'fault', at, fault },
    ...(most === undefined ? {} : { most }),
  });
  const last = Math.max(actions.length, discarded.length) - 1;
  return [
    struck('crashBeforeCommit', { kind: 'crashBeforeCommit' }),
    struck('crashAtAccess', { kind: 'crashAtAccess', access: 0 }),
    struck('failAccess', { kind: 'accessFails', access: 0 }),
    struck('failCommit', { kind: 'commitFails' }),
    ...(last < 0 ? [] : [struck('refuse', { kind: 'actionRefused', action: 0 }, last)]),
    ...(operation.fault ? [{ id: 'noFault', change: { kind: 'fault', at } } as const] : []),
  ];
}

function completionAt(step: Step): PossibleChange[] {
  const { operation, stepIndex: at } = step;
  if (operation.kind !== 'trackedActionCompleted') return [];
  const { id } = operation;
  const result = operation.result as Value;
  const again = { kind: 'deliver', before: at + 1, id, result } as const;
  return [
    ...(isTakenIn(step) ? [{ id: 'again', change: again } as const] : []),
    { id: 'result', change: { kind: 'result', at, result } },
    { id: 'drop', change: { kind: 'drop', at } },
  ];
}

/** A further request, like the nearest one: before, or else after. */
function insertion(trace: Trace, stepIndex: number): PossibleChange | undefined {
  const isInput = ({ operation }: { readonly operation: string }) => operation === 'normal';
  const like =
    trace.findStep(stepIndex + 1, 'previous', isInput) ??
    trace.findStep(stepIndex, 'next', isInput);
  if (like === undefined) return undefined;
  const { operation } = trace.step(like);
  if (operation.kind !== 'normal') return undefined;
  const input = operation.input as Value;
  return { id: 'insert', change: { kind: 'insert', before: stepIndex + 1, input } };
}

function deliverablesAt(trace: Trace, stepIndex: number): readonly Deliverable[] {
  const outstanding = trace.outstandingAt(stepIndex);
  const ended = trace.spans.filter(
    ({ ended: end }) => end?.how === 'completed' && end.at <= stepIndex,
  );
  const both = [...outstanding.toReversed(), ...ended.toReversed()].slice(0, DELIVERABLES_MAX);
  trace.require(both.flatMap(({ ended: end }) => (end?.how === 'completed' ? [end.at] : [])));
  return both.map((span) => ({
    id: span.id,
    action: span.action,
    isOutstanding: outstanding.includes(span),
    ...resultOf(trace, span),
  }));
}

function resultOf(trace: Trace, { ended }: TrackedSpan): { readonly result?: Value } {
  if (ended?.how !== 'completed') return {};
  const { operation } = trace.step(ended.at);
  return 'result' in operation ? { result: operation.result as Value } : {};
}
