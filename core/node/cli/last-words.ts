/** @file What is said when the command line ends although its thread does not end it. */
import { ProblemError } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { stuckWhileLoading } from '../load/stuck.ts';
import { refuse, type ExitCode } from './output.ts';

/** The machine file did not come to the end of its loading. */
export function refuseStuck(asJson: boolean): ExitCode {
  return refuse(new ProblemError(stuckWhileLoading()), asJson);
}

/** An error has ended the thread. */
export function refuseDeath(error: unknown, memoryMbMax: number, asJson: boolean): ExitCode {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') {
    return refuse(error, asJson);
  }
  const title = `The machine ran out of memory, which was ${formatCount(memoryMbMax)} MB.`;
  const remedy =
    'Look for a loop that adds to something without end, or for a state that grows with each step; ' +
    'the window shows the steps before.';
  return refuse(new ProblemError({ title, remedy }), asJson);
}

/** Standard output takes nothing more. */
export function refuseUnwritable(error: Error): ExitCode {
  const title = `The result could not be written to standard output: ${error.message}`;
  const remedy = 'Redirect it to a disk with free space.';
  return refuse(new ProblemError({ title, remedy }), false);
}
