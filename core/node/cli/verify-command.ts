import type { MachineRef } from '../../contract/window.ts';
import { driveToEnd } from '../../engine/driving.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { formatStep, type TraceHeader } from '../../trace/format.ts';
import type { Difference, Verifier } from '../../trace/verify.ts';
import { readTraceFile, type ReadTrace } from '../files/trace-file.ts';
import { withMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { findMachine, pathOfMachine, readCatalog } from '../load/samples.ts';
import { printDifference } from '../report/difference-text.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { verifierOf } from '../runs/planning.ts';
import { explainRuntime } from '../runs/runtime.ts';
import { EXIT, ProgressLine, type ExitCode } from './output.ts';

/** The options of `verify`. */
export interface VerifyOptions {
  readonly machine?: string;
  readonly json?: boolean;
}

/** `phasmoscope verify`: re-executes a trace and prints the first step that differs. */
export async function verifyCommand(file: string, options: VerifyOptions): Promise<ExitCode> {
  const read = await readTraceFile(file, { isIndexUsed: false });
  const machine = machineOfTrace(read.trace.header, options.machine);
  return withMachine(pathOfMachine(machine), (loaded) => verify(loaded, file, read, options));
}

async function verify(
  loaded: LoadedMachine,
  file: string,
  read: ReadTrace,
  options: VerifyOptions,
): Promise<ExitCode> {
  const { trace, damage } = read;
  const { header } = trace;
  const verifier = verifierOf(loaded, trace);
  const progress = new ProgressLine();
  await driveToEnd(verifier, {
    pulse: () => {
      progress.show(() => `${formatCount(verifier.steps)} of ${formatCount(trace.length)} steps`);
      return true;
    },
  });
  progress.clear();
  const isSameSource = header.sourceHash === loaded.sourceHash;
  const { difference, steps } = verifier;
  const runtime = difference && explainRuntime(header.runtime);
  if (options.json) {
    printJson({
      file,
      machine: loaded.machine.name,
      steps,
      agrees: difference === undefined,
      sameSource: isSameSource,
      ...(runtime === undefined ? {} : { runtime }),
      ...(difference ? { difference: toJson(difference) } : {}),
      ...(damage ? { damage } : {}),
    });
  } else {
    printOutcome(file, read, verifier, isSameSource);
    if (runtime !== undefined) printLine(style.dim(runtime));
  }
  return difference || damage ? EXIT.found : EXIT.done;
}

/** Returns the machine of a trace: the given one, or the sample of that name. */
export function machineOfTrace(
  { machine: named, itf }: TraceHeader,
  given: string | undefined,
): MachineRef {
  if (given !== undefined) return findMachine(given, process.cwd());
  if (itf !== undefined) {
    throw new ProblemError({
      title: `${named} is a counterexample of a model checker: no machine of yours executed it.`,
      remedy: 'Give the machine to compare it with: --machine PATH.',
    });
  }
  // A trace names its machine, but must never choose a file to run.
  if (readCatalog().samples.some(({ name }) => name === named)) {
    return { kind: 'sample', name: named };
  }
  throw new ProblemError({
    title: `The trace is of a machine named "${named}", which is not a sample.`,
    remedy: 'Give the path of its source with the option --machine PATH.',
  });
}

function toJson(difference: Difference): unknown {
  if (difference.kind !== 'step') return difference;
  const { stepIndex, fields, expected, actual } = difference;
  return {
    kind: 'step',
    stepIndex,
    fields,
    expected: JSON.parse(formatStep(expected)),
    actual: JSON.parse(formatStep(actual)),
  };
}

function printOutcome(
  file: string,
  { trace, damage }: ReadTrace,
  verifier: Verifier,
  isSameSource: boolean,
): void {
  const { difference } = verifier;
  if (damage) printLine(style.red(`${file} is damaged. ${damage.message}`));
  if (!difference) {
    const count = formatCount(trace.length);
    const steps = damage ? `The ${count} steps before it` : `All ${count} steps`;
    printLine(style.green(`${steps} agree with the machine.`));
    return;
  }
  printDifference(difference, () =>
    trace.stateAt(difference.kind === 'step' ? difference.stepIndex - 1 : -1),
  );
  const source = isSameSource ? 'is the same as' : 'differs from';
  printLine(style.dim(`The source ${source} that of the recording.`));
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
