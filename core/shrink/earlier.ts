import type { Candidate, FailingRun } from './candidate.ts';

/**
 * Runs in which one completion, or one loss, comes right after the step that sent its action.
 *
 * @param units the groups of steps of a run that stay together.
 */
export function* earlierRuns(units: readonly FailingRun[]): Generator<Candidate> {
  for (const [at, unit] of units.entries()) {
    const sender = senderOf(units.flat(), unit, units.slice(0, at).flat().length);
    const to = units.findIndex((other) => sender !== undefined && other.includes(sender)) + 1;
    if (sender === undefined || to >= at) continue;
    yield [...units.slice(0, to), unit, ...units.slice(to, at), ...units.slice(at + 1)].flat();
  }
}

/** The total distance of completions from the steps that sent their actions. */
export function latenessOf(run: FailingRun): number {
  let lateness = 0;
  for (const [at, step] of run.entries()) {
    const sender = senderOf(run, [step], at);
    if (sender) lateness += at - run.indexOf(sender);
  }
  return lateness;
}

/** The last step before `at` that sent the action whose completion begins the unit. */
function senderOf(run: FailingRun, [step]: FailingRun, at: number) {
  const operation = step?.operation;
  if (operation?.kind !== 'trackedActionCompleted' && operation?.kind !== 'loss') return undefined;
  return run.slice(0, at).findLast(({ emitted }) => emitted.some(({ id }) => id === operation.id));
}
