import type { Note } from '../format/notes.ts';
import { lastAtMost } from '../last-at-most.ts';
import type { Trace } from '../trace.ts';

/** The step that made the state after a step: the last one that changed it, or -1 for the initial state. */
export function stateMadeAt(
  { changedSteps }: Pick<Trace, 'changedSteps'>,
  stepIndex: number,
): number {
  return changedSteps[lastAtMost(changedSteps, stepIndex)] ?? -1;
}

/**
 * The states that are drawn for whoever has no machine to draw others: those of noted steps with the ones
 * before them, and the nearest to a step.
 *
 * @returns the steps that made them, ascending.
 */
export function statesToDraw(
  trace: Pick<Trace, 'changedSteps' | 'notes'>,
  stepIndex: number,
  statesMax: number,
  notes: readonly Note[] = trace.notes,
): readonly number[] {
  const { changedSteps } = trace;
  const noted = notes.flatMap(({ step }) => [step, step - 1].map((at) => stateMadeAt(trace, at)));
  const chosen = new Set(noted.slice(0, statesMax));
  // Places among the states: 0 is the initial one.
  const place = lastAtMost(changedSteps, stepIndex) + 1;
  for (let away = 0; away <= changedSteps.length && chosen.size < statesMax; away += 1) {
    for (const at of [place - away, place + away]) {
      const made = at === 0 ? -1 : changedSteps[at - 1];
      if (at >= 0 && made !== undefined && chosen.size < statesMax) chosen.add(made);
    }
  }
  return [...chosen].toSorted((one, other) => one - other);
}
