import type { ActionId } from '../machine/machine.ts';
import { formatCount, formatPlural } from '../text/quantities.ts';
import type { Alignment } from './compare/alignment.ts';
import type { Note } from './format/notes.ts';
import type { Trace } from './trace.ts';

/** Which steps of a run are in another one that was made of it, and where. */
export interface KeptSteps {
  /**
   * The first and the last place in the other run of the steps of a span, both ends included; `undefined` if
   * none of them is there.
   */
  within(step: number, to: number): readonly [first: number, last: number] | undefined;
  /** The id in the other run of a tracked action that a step has emitted; `undefined` if it is not there. */
  action(id: ActionId, step: number): ActionId | undefined;
}

/** The steps of a run that begins with the same ones. The initial state is one of them: -1. */
export function firstSteps(steps: number): KeptSteps {
  return {
    within: (step, to) => (step < steps ? [step, Math.min(to, steps - 1)] : undefined),
    action: (id) => id,
  };
}

/** The steps of a run that stand beside those of another one, A, or have moved there. */
export function alignedSteps(
  alignment: Pick<Alignment, 'partnerOf'>,
  a: Emitter,
  b: Emitter,
): KeptSteps {
  const partnerOf = (step: number) => alignment.partnerOf('a', step);
  return {
    within: (step, to) => spanOf(stepsBetween(step, to).map(partnerOf)),
    action: (id, step) => sameAction(id, { of: a, step }, { of: b, step: partnerOf(step) }),
  };
}

/** The first and the last of some steps, of which some may be missing; `undefined` if all are. */
function spanOf(steps: readonly (number | undefined)[]): ReturnType<KeptSteps['within']> {
  const known = steps.filter((step) => step !== undefined);
  if (known.length === 0) return undefined;
  return known.reduce<readonly [number, number]>(
    ([first, last], step) => [Math.min(first, step), Math.max(last, step)],
    [Number.POSITIVE_INFINITY, -1],
  );
}

function stepsBetween(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** The id of an action in another run: ids may be given anew, but a step emits its actions in the same order. */
function sameAction(
  id: ActionId,
  before: { readonly of: Emitter; readonly step: number },
  after: { readonly of: Emitter; readonly step: number | undefined },
): ActionId | undefined {
  if (after.step === undefined) return undefined;
  const at = before.of.spansFrom(before.step).findIndex((span) => span.id === id);
  return after.of.spansFrom(after.step)[at]?.id;
}

/**
 * The step that a step of a shrunk run was before; nothing for one that was added to the end of the run.
 *
 * @param stepIndices for each step of the shrunk run, its step in the original.
 */
export function stepBefore(stepIndices: readonly number[], at: number): number | undefined {
  // An operation that was added shares the index of the step after it.
  return stepIndices[at + 1] === stepIndices[at] ? undefined : stepIndices[at];
}

/** What says which tracked actions the steps of a run have emitted. */
type Emitter = Pick<Trace, 'spansFrom'>;

/**
 * The steps of a shrunk run. The initial state stays at -1.
 *
 * @param stepIndices for each step of the shrunk run, its step in the original.
 */
export function shrunkSteps(
  stepIndices: readonly number[],
  original: Emitter,
  shrunk: Emitter,
): KeptSteps {
  const before = stepIndices.map((_, at) => stepBefore(stepIndices, at));
  return {
    within: (step, to) => {
      let first = step < 0 ? -1 : Number.POSITIVE_INFINITY;
      let last = -1;
      for (const [at, was] of before.entries()) {
        if (was === undefined || was < step || was > to) continue;
        first = Math.min(first, at);
        last = Math.max(last, at);
      }
      return first === Number.POSITIVE_INFINITY ? undefined : [first, last];
    },
    action: (id, step) =>
      sameAction(id, { of: original, step }, { of: shrunk, step: before.indexOf(step) }),
  };
}

/**
 * The notes of a run that hold for one that was made of it, at their places there, in the order in which they
 * are presented. A note on several steps is on those that are left of them; a note of which none is left is left
 * out. A note on a tracked action follows it to its new id, and is on the step where the action is not emitted.
 */
export function carriedNotes(notes: readonly Note[], kept: KeptSteps): readonly Note[] {
  return notes.flatMap(({ step, to, action, ...rest }) => {
    const span = kept.within(step, to ?? step);
    if (!span) return [];
    const [first, last] = span;
    const id = action === undefined ? undefined : kept.action(action, step);
    return [
      {
        ...rest,
        step: first,
        ...(last > first ? { to: last } : {}),
        ...(id === undefined ? {} : { action: id }),
      },
    ];
  });
}

/** How many notes a run has taken over: "2 of 3 notes carried over: the run does not have the steps of the others". */
export function describeCarried(carried: number, notes: number): string {
  if (carried === notes) return `${formatPlural(carried, 'note')} carried over`;
  const words = `${formatCount(carried)} of ${formatPlural(notes, 'note')} carried over`;
  return `${words}: the run does not have the steps of the others`;
}
