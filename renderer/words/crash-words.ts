import { byCount, formatCount, formatPlural } from './format.ts';

/** What is known of a run that is crashed at each of its points. */
export interface Crashed {
  readonly status: 'running' | 'completed' | 'cancelled' | 'failed';
  /** The points so far, */
  readonly count: number;
  /** those at which the crash is the reason for a finding, */
  readonly fails: number;
  /** and those at which the run fails without the crash, too. */
  readonly anyway: number;
  /** Steps that were gone through. */
  readonly steps: number;
}

/** What became of a run that crashed everywhere, in a line. */
export function summarizeCrashes(crashed: Crashed, stepsMax: number): string {
  const { status, count, fails, steps } = crashed;
  if (status === 'running') {
    return `${formatPlural(count, 'crash point')} in ${formatCount(steps)} of ${formatPlural(stepsMax, 'step')}, ${formatCount(fails)} ${byCount(fails, 'fails', 'fail')}`;
  }
  const stopped = status === 'completed' ? '' : ' Stopped: later steps were not tried.';
  return `${verdictOf(crashed)}${stopped}`;
}

function verdictOf({ count, fails, anyway }: Crashed): string {
  const points = formatPlural(count, 'crash point');
  if (count === 0) return 'No step of this run has a point at which the machine could crash.';
  if (fails > 0)
    return `${formatCount(fails)} of ${points} ${byCount(fails, 'fails', 'fail')} because of the crash.`;
  if (anyway === 0)
    return `It recovers from a crash at ${byCount(count, 'its only crash point', `all ${points}`)}.`;
  const open = count === 1 ? 'its only crash point' : `${formatCount(anyway)} of ${points}`;
  return `No crash adds a finding. At ${open}, the run fails without the crash, too.`;
}
