import { isTakenIn, type EmittedAction } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import { labelOf } from '../value/label.ts';
import type { Step } from './format/format.ts';
import type { StepGlance } from './glance.ts';
import type { TrackedSpan } from './spans.ts';
import type { Trace } from './trace.ts';

/**
 * @file The steps of a run as a sequence diagram: time runs downwards, and messages run between the
 * machine and the systems around it.
 */

/** The most systems that have a lane of their own; the others share one. */
export const SYSTEMS_MAX = 5;

/** A vertical line of the diagram. Systems are named after the tracked actions that they receive. */
export type Lane =
  | { readonly kind: 'inputs' | 'machine' | 'network' | 'untracked' | 'others' }
  | { readonly kind: 'system'; readonly label: string };

/** A step of the diagram. */
export interface SequenceRow {
  readonly stepIndex: number;
  readonly step: Step;
  /** The steps that are left out before it. */
  readonly hiddenBefore: number;
}

/** What happened to an action that a step emitted. */
export type ActionFate =
  /** It was dispatched. */
  | 'sent'
  /** The process died before it was dispatched. */
  | 'lost'
  /** The actions container refused it. */
  | 'refused'
  /** The step was rolled back. */
  | 'discarded';

/** What happened to a result on its way to the machine. */
export type ResultFate =
  | 'takenIn'
  /** The machine was given it and a fault or a panic kept it out: it is delivered again. */
  | 'keptOut'
  /** It did not arrive. */
  | 'lost';

interface MessageBase {
  /** The row at whose step the message leaves the machine, or arrives at it. */
  readonly row: number;
}

export interface InputMessage extends MessageBase {
  readonly kind: 'input';
}

/** From the machine to a system: it is received when it is dispatched. */
export interface ActionMessage extends MessageBase {
  readonly kind: 'action';
  readonly emitted: EmittedAction;
  readonly fate: ActionFate;
  /** The index of the lane. */
  readonly lane: number;
  /** How the tracked action ended, if it has; see `TrackedSpan`. */
  readonly ended?: TrackedSpan['ended'];
}

/** From a system to the machine. */
export interface ResultMessage extends MessageBase {
  readonly kind: 'result';
  readonly id: ActionId;
  readonly result: unknown;
  readonly fate: ResultFate;
  /** Whether it had been taken in before. */
  readonly isDuplicate: boolean;
  /** The lane of its system; absent when no tracked action with its id is known. */
  readonly lane?: number;
  /** The step that emitted the tracked action, which may have no row. */
  readonly askedAt?: number;
  /** How many later questions of the diagram were answered before it. */
  readonly overtakenBy: number;
}

export type Message = InputMessage | ActionMessage | ResultMessage;

/** Rows during which the process was down: from the row of a crash to that of the restore. */
export interface Downtime {
  readonly fromRow: number;
  readonly toRow: number;
}

export interface Sequence {
  readonly lanes: readonly Lane[];
  /** Ascending by step. */
  readonly rows: readonly SequenceRow[];
  readonly messages: readonly Message[];
  readonly downtimes: readonly Downtime[];
}

/** Whether a step sends or receives anything, fails, or is a fault: a rejected input is none of these. */
export function isEventful(glance: StepGlance): boolean {
  const { operation, outcome, hasActions, hasFinding, hasFault, hasRefusedAction } = glance;
  return (
    operation !== 'normal' ||
    outcome === 'panic' ||
    outcome === 'crashed' ||
    hasActions ||
    hasFinding ||
    hasFault ||
    hasRefusedAction
  );
}

/** How far steps are searched on each side. */
const SEARCHED_STEPS_MAX = 250_000;

/**
 * The nearest steps around one, ascending, with that one.
 *
 * @param isShown which steps are chosen besides.
 * @param countEachSide how many of them there are at most on each side.
 */
export function stepsAround(
  trace: Trace,
  focus: number,
  isShown: (stepIndex: number) => boolean,
  countEachSide: number,
): readonly number[] {
  const search = (stride: 1 | -1): number[] => {
    const found: number[] = [];
    const end = focus + stride * SEARCHED_STEPS_MAX;
    for (
      let at = focus + stride;
      at >= 0 && at < trace.length && at !== end && found.length < countEachSide;
      at += stride
    ) {
      if (isShown(at)) found.push(at);
    }
    return found;
  };
  const own = focus >= 0 && focus < trace.length ? [focus] : [];
  return [...search(-1).toReversed(), ...own, ...search(1)];
}

/**
 * The diagram of some steps.
 *
 * @param stepIndices ascending.
 * @throws {LinesNotLoaded} when lines must be fetched first.
 */
export function sequenceOf(trace: Trace, stepIndices: readonly number[]): Sequence {
  // The step after one says what a crash has kept from being dispatched.
  const crashes = stepIndices.map((at) => at + 1).filter((at) => hasLostActions(trace, at));
  trace.require([...stepIndices, ...crashes]);
  const rows = stepIndices.map((stepIndex, row): SequenceRow => {
    const before = row === 0 ? stepIndex - 1 : (stepIndices[row - 1] ?? 0);
    return { stepIndex, step: trace.step(stepIndex), hiddenBefore: stepIndex - before - 1 };
  });
  const drafts = rows.flatMap((row, at) => messagesOf(trace, row, at));
  const lanes = lanesOf(drafts, firstSystemsOf(trace));
  const messages = drafts.map((draft) => inItsLane(draft, lanes));
  return { lanes, rows, messages: withOvertaking(messages), downtimes: downtimesOf(rows) };
}

/** A message whose lane is still the name of its system. */
interface Draft {
  readonly message: Message;
  readonly system?: string;
  /** The step at which the system was asked first, by which systems are ordered. */
  readonly since: number;
}

function messagesOf(trace: Trace, { stepIndex, step }: SequenceRow, row: number): readonly Draft[] {
  const { operation } = step;
  const drafts: Draft[] = [];
  if (operation.kind === 'normal') {
    drafts.push({ message: { kind: 'input', row }, since: stepIndex });
  }
  if (operation.kind === 'trackedActionCompleted' || operation.kind === 'loss') {
    drafts.push(resultOf(trace, step, row));
  }
  return [...drafts, ...actionsOf(trace, step, row)];
}

function resultOf(trace: Trace, step: Step, row: number): Draft {
  const { operation, stepIndex } = step;
  if (operation.kind !== 'trackedActionCompleted' && operation.kind !== 'loss') {
    throw new TypeError(`a ${operation.kind} has no result`);
  }
  const { id, result } = operation;
  const span = trace.spanOfResult(stepIndex);
  const isLost = operation.kind === 'loss';
  const message: ResultMessage = {
    kind: 'result',
    row,
    id,
    result,
    fate: isLost ? 'lost' : isTakenIn(step) ? 'takenIn' : 'keptOut',
    isDuplicate: !isLost && operation.isDuplicate === true,
    ...(span ? { askedAt: span.emittedAt } : {}),
    overtakenBy: 0,
  };
  if (!span) return { message, since: stepIndex };
  return { message, system: labelOf(span.action), since: span.emittedAt };
}

function actionsOf(trace: Trace, step: Step, row: number): readonly Draft[] {
  const { actions, refused, discarded, stepIndex } = step;
  const dispatched = dispatchedOf(trace, stepIndex);
  const spans = trace.spansFrom(stepIndex);
  const draft = (emitted: EmittedAction, fate: ActionFate): Draft => {
    const span =
      emitted.kind === 'tracked' && fate === 'sent'
        ? spans.findLast(({ id }) => id === emitted.id)
        : undefined;
    const message: ActionMessage = {
      kind: 'action',
      row,
      emitted,
      fate,
      lane: 0,
      ...(span?.ended ? { ended: span.ended } : {}),
    };
    const isTracked = emitted.kind === 'tracked';
    return { message, since: stepIndex, ...(isTracked ? { system: labelOf(emitted.action) } : {}) };
  };
  return [
    ...actions.map((emitted, at) => draft(emitted, at < dispatched ? 'sent' : 'lost')),
    ...refused.map((emitted) => draft(emitted, 'refused')),
    ...discarded.map((emitted) => draft(emitted, 'discarded')),
  ];
}

/** How many actions of a step were dispatched before the process died, if it died right after. */
function dispatchedOf(trace: Trace, stepIndex: number): number {
  if (!hasLostActions(trace, stepIndex + 1)) return Number.POSITIVE_INFINITY;
  const { operation } = trace.step(stepIndex + 1);
  return operation.kind === 'crash' ? operation.dispatched : Number.POSITIVE_INFINITY;
}

function hasLostActions(trace: Trace, stepIndex: number): boolean {
  return stepIndex < trace.length && trace.glance(stepIndex).hasLostActions;
}

/** How many actions from the start tell in which order systems stand, whichever steps are shown. */
const ORDERING_SPANS_MAX = 2_000;

/** The systems that are asked at the start of a run, in that order. */
function firstSystemsOf({ spans }: Trace): readonly string[] {
  const first = spans.slice(0, ORDERING_SPANS_MAX);
  return [...new Set(first.map(({ action }) => labelOf(action)))];
}

/**
 * The lanes that some messages need.
 *
 * @param order of the systems; others come after them, in the order in which they were asked first.
 */
function lanesOf(drafts: readonly Draft[], order: readonly string[]): readonly Lane[] {
  const since = new Map<string, number>();
  let hasUntracked = false;
  for (const { message, system, since: at } of drafts) {
    if (system !== undefined) since.set(system, Math.min(at, since.get(system) ?? at));
    else if (message.kind === 'action') hasUntracked = true;
  }
  const placeOf = (label: string) => (order.includes(label) ? order.indexOf(label) : order.length);
  const systems = [...since]
    .toSorted(([one, a], [other, b]) => placeOf(one) - placeOf(other) || a - b)
    .map(([label]) => label);
  return [
    { kind: 'inputs' },
    { kind: 'machine' },
    { kind: 'network' },
    ...systems.slice(0, SYSTEMS_MAX).map((label) => ({ kind: 'system', label }) as const),
    ...(systems.length > SYSTEMS_MAX ? [{ kind: 'others' } as const] : []),
    ...(hasUntracked ? [{ kind: 'untracked' } as const] : []),
  ];
}

function inItsLane({ message, system }: Draft, lanes: readonly Lane[]): Message {
  if (message.kind === 'input') return message;
  if (system === undefined) {
    if (message.kind === 'result') return message;
    return { ...message, lane: lanes.findIndex(({ kind }) => kind === 'untracked') };
  }
  const own = lanes.findIndex((lane) => lane.kind === 'system' && lane.label === system);
  const lane = own < 0 ? lanes.findIndex(({ kind }) => kind === 'others') : own;
  return { ...message, lane };
}

/** Counts, for each result, the later questions that were answered before it. Doubles count once. */
function withOvertaking(messages: readonly Message[]): readonly Message[] {
  const answers = messages.filter(
    (message): message is ResultMessage & { readonly askedAt: number } =>
      message.kind === 'result' && message.askedAt !== undefined && !message.isDuplicate,
  );
  return messages.map((message) => {
    if (message.kind !== 'result' || message.isDuplicate) return message;
    const { row, askedAt } = message;
    if (askedAt === undefined) return message;
    const overtakenBy = answers.filter(
      (other) => other.askedAt > askedAt && other.row < row && other.fate !== 'lost',
    ).length;
    return { ...message, overtakenBy };
  });
}

function downtimesOf(rows: readonly SequenceRow[]): readonly Downtime[] {
  const downtimes: Downtime[] = [];
  let fromRow: number | undefined;
  for (const [row, { step }] of rows.entries()) {
    const { operation, outcome } = step;
    if (operation.kind === 'crash') fromRow ??= row;
    if (fromRow === undefined || operation.kind !== 'restore' || outcome.kind !== 'ok') continue;
    downtimes.push({ fromRow, toRow: row });
    fromRow = undefined;
  }
  // The process is still down at the end of the diagram.
  if (fromRow !== undefined) downtimes.push({ fromRow, toRow: rows.length - 1 });
  return downtimes;
}
