import type { Problem } from '../../problem.ts';
import { formatCount } from '../../text/counts.ts';

/** What to do about a machine that needs too much memory. */
export const LOOK_FOR =
  'Look for a loop that adds to something without end, or for a state that grows with each step.';

/** What is said by a process that only hears that this one is gone. */
export function wordsForDeath(memoryMbMax: number): Problem {
  return {
    title:
      'The command was killed, by somebody or because the computer had no memory left, or the machine ' +
      `asked for more memory at once than was left of ${formatCount(memoryMbMax)} MB.`,
    remedy: `Unless somebody killed it: ${LOOK_FOR.charAt(0).toLowerCase()}${LOOK_FOR.slice(1)}`,
  };
}
