import type { EmittedAction } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import type { Step } from './format/format.ts';
import { lastAtMost } from './last-at-most.ts';
import type { TrackedSpan } from './spans.ts';
import type { Trace } from './trace.ts';

/** From the death of a process to the restore that brought it back, with what lay between. */
export interface Recovery {
  /** The first crash. */
  readonly crashStep: number;
  /** Absent when the trace ends before a restore succeeds. */
  readonly restoreStep?: number;
  /** Outstanding before the crash, including the actions that the crash kept from being dispatched. */
  readonly before: readonly TrackedSpan[];
  /** Outstanding before, and emitted again under the same id. */
  readonly kept: readonly { readonly before: TrackedSpan; readonly after: EmittedAction }[];
  /** Outstanding before, and not emitted again: their results are no longer expected. */
  readonly lost: readonly TrackedSpan[];
  /** Of those that are lost, the ones that restore tried to emit again, where the container refused it. */
  readonly refused: readonly TrackedSpan[];
  /** Emitted by restore although they were not outstanding. */
  readonly fresh: readonly EmittedAction[];
  /** The step in which the process died, if it died before the commit. */
  readonly diedInside?: number;
  /** Restores that failed, in order; the process may have died again in them. */
  readonly failedRestores: readonly number[];
}

/**
 * The recovery that a step belongs to: the step in which the process died, its crash, a restore that
 * failed, the crash in one, or the restore that finally succeeded. What was outstanding is taken
 * from before the first crash, since a second one finds nothing outstanding.
 */
export function recoveryAt(trace: Trace, stepIndex: number): Recovery | undefined {
  const crashStep = firstCrashOf(trace, stepIndex);
  if (crashStep === undefined) return undefined;
  const { failedRestores, crashes, restoreStep } = attemptsAfter(trace, crashStep);
  const diedInside = isDeath(trace, crashStep - 1) ? crashStep - 1 : undefined;
  const crashesOfIt = new Set(crashes);
  const before = trace.spans.filter(
    ({ ended }) =>
      ended !== undefined &&
      crashesOfIt.has(ended.at) &&
      (ended.how === 'crashed' || ended.how === 'lost'),
  );
  const known = {
    crashStep,
    failedRestores,
    before,
    ...(diedInside === undefined ? {} : { diedInside }),
  };
  if (restoreStep === undefined) return { ...known, kept: [], lost: [], refused: [], fresh: [] };
  return { ...known, restoreStep, ...compare(before, trace.step(restoreStep)) };
}

/** Compares what restore emitted with what was outstanding. */
function compare(
  before: readonly TrackedSpan[],
  { actions: emitted, refused }: Step,
): Pick<Recovery, 'kept' | 'lost' | 'refused' | 'fresh'> {
  const afterOf = new Map<ActionId, EmittedAction>();
  for (const action of emitted) if (action.kind === 'tracked') afterOf.set(action.id, action);
  const ids = new Set(before.map(({ id }) => id));
  const lost = before.filter(({ id }) => !afterOf.has(id));
  const tried = new Set(refused.flatMap((one) => (one.kind === 'tracked' ? [one.id] : [])));
  return {
    kept: before.flatMap((span) => {
      const after = afterOf.get(span.id);
      return after ? [{ before: span, after }] : [];
    }),
    lost,
    refused: lost.filter(({ id }) => tried.has(id)),
    fresh: emitted.filter((action) => action.kind === 'untracked' || !ids.has(action.id)),
  };
}

/** The crash with which the recovery of a step began; absent for a step that belongs to none. */
function firstCrashOf(trace: Trace, stepIndex: number): number | undefined {
  if (stepIndex < 0 || stepIndex >= trace.length) return undefined;
  const { operation, outcome } = trace.glance(stepIndex);
  const isInside = operation === 'crash' || operation === 'restore';
  if (!isInside) {
    const isOwn = outcome === 'crashed' && isCrash(trace, stepIndex + 1);
    return isOwn ? stepIndex + 1 : undefined;
  }
  const crashStep = crashAtMost(trace, stepIndex);
  if (crashStep === undefined || stepIndex > lastStepOf(trace, crashStep)) return undefined;
  return beginningOf(trace, crashStep);
}

/**
 * The first crash of a recovery: a crash inside a restore belongs to that of the crash before it. A
 * loop, not a recursion: the trace decides how many there are in a row.
 */
function beginningOf(trace: Trace, crashStep: number): number {
  let first = crashStep;
  while (isDeath(trace, first - 1) && isRestore(trace, first - 1)) {
    const earlier = crashAtMost(trace, first - 1);
    if (earlier === undefined) break;
    first = earlier;
  }
  return first;
}

function crashAtMost(trace: Trace, stepIndex: number): number | undefined {
  return trace.crashSteps[lastAtMost(trace.crashSteps, stepIndex)];
}

/** The last step of a crash and the restores that follow it, up to the one that succeeded. */
function lastStepOf(trace: Trace, crashStep: number): number {
  let at = crashStep;
  while (isRestore(trace, at + 1)) {
    at += 1;
    if (trace.glance(at).outcome === 'ok') return at;
  }
  return at;
}

/** The restore that brought the machine back after a crash, skipping those that failed. */
export function restoreStepAfter(trace: Trace, crashStep: number): number | undefined {
  return attemptsAfter(trace, crashStep).restoreStep;
}

interface Attempts {
  readonly crashes: readonly number[];
  readonly failedRestores: readonly number[];
  readonly restoreStep?: number;
}

function attemptsAfter(trace: Trace, crashStep: number): Attempts {
  const crashes = [crashStep];
  const failedRestores: number[] = [];
  for (let at = crashStep + 1; at < trace.length; at += 1) {
    if (isRestore(trace, at)) {
      if (trace.glance(at).outcome === 'ok') return { crashes, failedRestores, restoreStep: at };
      failedRestores.push(at);
    } else if (isCrash(trace, at) && failedRestores.at(-1) === at - 1) {
      crashes.push(at);
    } else break;
  }
  return { crashes, failedRestores };
}

function isCrash(trace: Trace, at: number): boolean {
  return at >= 0 && at < trace.length && trace.glance(at).operation === 'crash';
}

function isRestore(trace: Trace, at: number): boolean {
  return at >= 0 && at < trace.length && trace.glance(at).operation === 'restore';
}

function isDeath(trace: Trace, at: number): boolean {
  return at >= 0 && trace.glance(at).outcome === 'crashed';
}
