import type { MachineRef } from '../../contract/window.ts';
import { ProblemError } from '../../problem.ts';
import type { TraceHeader } from '../../trace/format/header.ts';
import { withMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { findMachine, pathOfMachine, readCatalog } from '../load/samples.ts';
import { printLine, style } from '../report/print.ts';
import { projectMachine } from './project-options.ts';

/**
 * The source file of a trace's machine: the given one, that of the project, or the sample of that name.
 *
 * @param given what `--machine` says.
 * @throws {ProblemError} when it is none of them.
 */
export async function machinePathOf(
  header: TraceHeader,
  given: string | undefined,
): Promise<string> {
  return pathOfMachine(await machineOf(header, given));
}

/**
 * Loads the machine of a trace for a task, and closes it.
 *
 * @throws {ProblemError} when there is none, as {@link machinePathOf} does.
 */
export async function withMachineOf<T>(
  header: TraceHeader,
  given: string | undefined,
  task: (loaded: LoadedMachine) => Promise<T>,
): Promise<T> {
  return withMachine(await machinePathOf(header, given), task);
}

/**
 * The machine of a trace as the command line names it: the given one, that of the project, or the sample of
 * that name; nothing where there is none.
 */
export async function machineNameOf(
  { machine: named, itf }: TraceHeader,
  given: string | undefined,
): Promise<string | undefined> {
  if (given !== undefined || itf !== undefined) return given;
  const own = await projectMachine();
  // A trace names its machine, but must never choose a file to run.
  const isSample = readCatalog().samples.some(({ name }) => name === named);
  if (!isSample) return own;
  // A project may begin as a copy of a sample, and keep its name.
  return own !== undefined && (await isNamed(own, named)) ? own : named;
}

/** Whether a machine has this name, which only its code says. */
async function isNamed(given: string, name: string): Promise<boolean> {
  const path = pathOfMachine(findMachine(given, process.cwd()));
  return withMachine(path, async ({ machine }) => machine.name === name);
}

/**
 * The machine of a trace: the given one, that of the project, or the sample of that name.
 *
 * @throws {ProblemError} when it is none of them.
 */
export async function machineOf(
  header: TraceHeader,
  given: string | undefined,
): Promise<MachineRef> {
  const { machine: named, itf } = header;
  const name = await machineNameOf(header, given);
  if (name !== undefined) return findMachine(name, process.cwd());
  if (itf !== undefined) {
    throw new ProblemError({
      title: `${named} is a counterexample of a model checker: no machine of yours executed it.`,
      remedy: 'Give the machine to compare it with: --machine PATH.',
    });
  }
  throw new ProblemError({
    title: `The trace is of a machine named "${named}", which is not a sample.`,
    remedy:
      'Give the path of its source with the option --machine PATH, or name it in phasmoscope.config.ts.',
  });
}

/** Says so, to people, when a trace was recorded with another source than the one that executes it now. */
export function noteSource(
  { sourceHash }: LoadedMachine,
  header: TraceHeader,
  isJson = false,
): void {
  const { sourceHash: recorded } = header;
  if (isJson || recorded === undefined || recorded === sourceHash) return;
  printLine(style.dim('The source of the machine differs from that of the recording.'));
}
