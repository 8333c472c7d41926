import type { Problem } from '../../problem.ts';

/** A machine file that does not load in this time is stuck. */
export const LOAD_MS_MAX = 15_000;

/** The problem of a machine file that does not come to the end of its loading. */
export function stuckWhileLoading(): Problem {
  return {
    title: `The machine file did not finish loading in ${LOAD_MS_MAX / 1000} seconds.`,
    remedy: 'Look for an endless loop at the top level of the file or of what it imports.',
  };
}
