import type { Coverage } from '../../contract/coverage.ts';
import { ProblemError } from '../../problem.ts';
import { LINE_STATES } from '../../sweep/covered-lines.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { operationsAsNeeded } from '../../trace/compare/verify.ts';
import type { Trace } from '../../trace/trace.ts';
import { coverOperations, type CoveredOperations } from '../coverage/coverage.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { requireMachine } from '../runs/fork-subject.ts';
import { isOfOtherSource, requireOwn } from '../runs/own-trace.ts';
import { breathing, cancelOnInterrupt } from './interrupt.ts';
import { JSON_FLAG, stepNumber, TRACE, TRACE_MACHINE, type CommandModule } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { noteSource, withMachineOf } from './trace-machine.ts';
import { readWholeTrace } from './trace-reading.ts';
import { stepToExplain } from './why-command.ts';

/** The options of `source`. */
interface SourceOptions {
  /** The step that is executed; by default that of the first finding. */
  readonly step?: number;
  readonly never?: boolean;
  readonly machine?: string;
  readonly json?: boolean;
}

/** A line of the source of a machine. */
interface SourceLine {
  /** Relative to the folder of the machine file. */
  readonly path: string;
  /** Counted from 1, as in messages. */
  readonly line: number;
  readonly text: string;
  /** Not all of the line was executed. */
  readonly isPartly?: true;
}

/** `phasmoscope source`: the lines of the machine that a step executed, or that no step executed. */
export const SOURCE: CommandModule = {
  examples: [
    ['Show what a step executed', 'source unchecked.jsonl.gz --step 77'],
    ['Show what no step executed', 'source unchecked.jsonl.gz --never'],
  ],
  declare: (command) =>
    command
      .argument(...TRACE)
      .option(
        '--step <number>',
        'the step (default: that of the finding, the one that a trace was shrunk to or the first)',
        stepNumber,
      )
      .option('--never', 'the lines that no step of the trace executed')
      .option(...TRACE_MACHINE)
      .option(...JSON_FLAG),
  run: sourceCommand,
};

async function sourceCommand(file: string, options: SourceOptions): Promise<ExitCode> {
  if (options.never && options.step !== undefined) {
    throw new ProblemError({
      title: '--never is about all steps, and --step about one.',
      remedy: 'Leave one of them out.',
    });
  }
  const trace = await readWholeTrace(file);
  const step = options.never ? undefined : stepToExplain({ trace }, options.step);
  return withMachineOf(trace.header, options.machine, async (loaded) => {
    requireMachine(loaded, trace.header);
    noteSource(loaded, trace.header, options.json);
    let isCancelled = false;
    const isStopped = breathing(() => isCancelled);
    // Of a source that was changed, the lines are those that it executes now, which was said.
    if (!isOfOtherSource(loaded, trace.header)) {
      const stepsMax = step === undefined ? trace.length : step + 1;
      await requireOwn(loaded, trace, { stepsMax, isCancelled: isStopped });
    }
    const covered = operationsAt(trace, step);
    const line = new ProgressLine();
    let executed = 0;
    const pulse = async (steps: number) => {
      executed += steps;
      const all = step === undefined ? trace.length : 1;
      line.show(() => `${formatCount(executed)} of ${formatCount(all)} steps`, executed / all);
      return !(await isStopped());
    };
    const covering = coverOperations(loaded, { ...covered, pulse });
    const coverage = await cancelOnInterrupt(covering, () => {
      isCancelled = true;
    });
    line.clear();
    if (!coverage) return EXIT.refused;
    const lines = linesOf(coverage, step === undefined);
    if (options.json) {
      const isSameSource = coverage.sourceHash === trace.header.sourceHash;
      printJson({ file, ...(step === undefined ? {} : { step }), isSameSource, lines });
    } else print(lines, step);
    return EXIT.done;
  });
}

function operationsAt(trace: Trace, step: number | undefined): CoveredOperations {
  if (step === undefined) return { operations: operationsAsNeeded(trace) };
  return { operations: [trace.step(step).operation], initialState: trace.stateAt(step - 1) };
}

function linesOf({ sources }: Coverage, areMissed: boolean): readonly SourceLine[] {
  const { missed, partial, executed } = LINE_STATES;
  const shown: readonly number[] = areMissed ? [missed, partial] : [executed, partial];
  return sources.flatMap(({ path, text, lines }) => {
    const texts = text.split('\n');
    return lines.flatMap((state, at): SourceLine[] => {
      if (!shown.includes(state)) return [];
      const line = { path, line: at + 1, text: texts[at] ?? '' };
      return [state === partial ? { ...line, isPartly: true } : line];
    });
  });
}

function print(lines: readonly SourceLine[], step: number | undefined): void {
  const what = step === undefined ? 'never executed' : `executed in step ${formatCount(step)}`;
  printLine(style.bold(`${formatPlural(lines.length, 'line')} ${what}`));
  const width = Math.max(0, ...lines.map(({ line }) => String(line).length));
  let last: SourceLine | undefined;
  for (const line of lines) {
    if (line.path !== last?.path) printLine(line.path);
    else if (line.line > last.line + 1) printLine(style.dim(`  ${' '.repeat(width)}  …`));
    last = line;
    printLine(
      style.dim(`  ${String(line.line).padStart(width)}  `),
      line.text.replaceAll('\t', '    '),
      line.isPartly ? style.yellow('  (in part)') : '',
    );
  }
}
