/** @file What is said when the command line ends although its thread does not end it. */
import { ProblemError, toProblem } from '../../problem.ts';
import { byCount, formatCount, formatPlural } from '../../text/quantities.ts';
import { codeOf, messageOf } from '../../thrown.ts';
import { finishRecording } from '../files/recording.ts';
import type { OpenRecording } from '../files/signs-of-life.ts';
import { stuckWhileLoading } from '../load/stuck.ts';
import { printErrorLine } from '../report/print.ts';
import { LOOK_FOR } from './death-words.ts';
import { printProblem, refuse, type ExitCode } from './output.ts';

/** The machine file did not come to the end of its loading. */
export function refuseStuck(asJson: boolean): ExitCode {
  return refuse(new ProblemError(stuckWhileLoading()), asJson);
}

/**
 * An error has ended the thread.
 *
 * @param kept where the steps until then are.
 */
export function refuseDeath(
  error: unknown,
  memoryMbMax: number,
  asJson: boolean,
  kept: string | undefined,
): ExitCode {
  if (codeOf(error) !== 'ERR_WORKER_OUT_OF_MEMORY') {
    return refuse(error, asJson);
  }
  const title = `The machine ran out of memory, which was ${formatCount(memoryMbMax)} MB.`;
  const remedy = `${LOOK_FOR} ${kept ?? 'The window shows the steps before.'}`;
  return refuse(new ProblemError({ title, remedy }), asJson);
}

/** The thread did not hear that it was asked to stop. */
export function sayStopped(steps: number, kept: string | undefined): void {
  const title = `The command was stopped in step ${formatCount(steps)}, which did not end.`;
  printProblem({ title, ...(kept === undefined ? {} : { remedy: kept }) });
}

/** The thread has ended by itself, and has said why. */
export function sayKept(kept: string | undefined, exitCode: number): number {
  if (kept !== undefined) printErrorLine(kept);
  return exitCode;
}

/** Where the steps of a run are that broke. */
export function describeKept(steps: number, path: string): string {
  if (steps === 0) return `No step had ended by then: ${path} has the initial state.`;
  const are = byCount(steps, 'is', 'are');
  return `The ${formatPlural(steps, 'step')} until then ${are} in ${path}.`;
}

/** Gives a recording whose run is not over its name, and says where its steps are. */
export async function keepSteps(open: OpenRecording, steps: number): Promise<string> {
  try {
    await finishRecording(open);
    return describeKept(steps, open.path);
  } catch (error) {
    const { title } = toProblem(error, 'The steps until then could not be kept');
    return `${title} They are in ${open.part}.`;
  }
}

/** Standard output takes nothing more. */
export function refuseUnwritable(error: unknown): ExitCode {
  const title = `The result could not be written to standard output: ${messageOf(error)}`;
  const remedy = 'Redirect it to a disk with free space.';
  return refuse(new ProblemError({ title, remedy }), false);
}
