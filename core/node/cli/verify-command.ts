import { driveToEnd } from '../../engine/driving.ts';
import { formatCount, formatAll, formatPlural, byCount } from '../../text/quantities.ts';
import { showName } from '../../text/visible.ts';
import type { Difference, Verifier } from '../../trace/compare/verify.ts';
import { formatStep } from '../../trace/format/format.ts';
import { type ReadTrace } from '../files/trace-file.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { printDifference } from '../report/difference-text.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { verifierOf } from '../runs/planning.ts';
import { explainRuntime } from '../runs/runtime.ts';
import { type CommandModule, JSON_FLAG, TRACE, TRACE_MACHINE } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { withMachineOf } from './trace-machine.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `verify`. */
export interface VerifyOptions {
  readonly machine?: string;
  readonly json?: boolean;
}

/** `phasmoscope verify`: re-executes a trace and prints the first step that differs. */
export const VERIFY: CommandModule = {
  examples: [
    ['Verify a trace of a sample', 'verify unchecked.jsonl.gz'],
    ['Verify a trace of a machine of yours', 'verify crashes.jsonl --machine ./machine.ts'],
  ],
  declare: (command) =>
    command
      .argument(...TRACE)
      .option(...TRACE_MACHINE)
      .option(...JSON_FLAG),
  run: verifyCommand,
};

async function verifyCommand(file: string, options: VerifyOptions): Promise<ExitCode> {
  const read = await readTraceFile(file, { isIndexUsed: false });
  return withMachineOf(read.trace.header, options.machine, (loaded) =>
    verifyLoaded(loaded, file, read, options),
  );
}

async function verifyLoaded(
  loaded: LoadedMachine,
  file: string,
  read: ReadTrace,
  options: VerifyOptions,
): Promise<ExitCode> {
  const { trace, damage } = read;
  const { header } = trace;
  const verifier = await verifierOf(loaded, trace);
  const progress = new ProgressLine();
  await driveToEnd(verifier, {
    pulse: () => {
      progress.show(
        () => `${formatCount(verifier.steps)} of ${formatCount(trace.length)} steps`,
        verifier.steps / trace.length,
      );
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
    printOutcome(read, verifier, loaded.machine.name, isSameSource);
    if (runtime !== undefined) printLine(style.dim(runtime));
  }
  return difference || damage ? EXIT.found : EXIT.done;
}

function describeAgreement(steps: number, isDamaged: boolean): string {
  if (steps === 0) {
    const none = isDamaged
      ? 'No step before the damage can be executed again.'
      : 'It has no steps.';
    return `${none} The initial state agrees with the machine.`;
  }
  const agreeing = isDamaged
    ? `The ${formatPlural(steps, 'step')} before the damage`
    : formatAll(steps, 'step');
  return `${agreeing} ${byCount(steps, 'agrees', 'agree')} with the machine.`;
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
  { trace, damage }: ReadTrace,
  verifier: Verifier,
  machine: string,
  isSameSource: boolean,
): void {
  const { difference } = verifier;
  if (!difference) {
    printLine(style.green(describeAgreement(trace.length, damage !== undefined)));
    return;
  }
  printDifference(difference, () =>
    trace.stateAt(difference.kind === 'step' ? difference.stepIndex - 1 : -1),
  );
  printLine(style.dim(describeSource(trace.header.machine, machine, isSameSource)));
}

function describeSource(recorded: string, machine: string, isSameSource: boolean): string {
  if (recorded !== machine) {
    return `The trace is of a machine named "${showName(recorded)}", not of "${showName(machine)}".`;
  }
  const source = isSameSource ? 'is the same as' : 'differs from';
  return `The source ${source} that of the recording.`;
}
