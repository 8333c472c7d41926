import { Option } from 'commander';
import { toChromeTrace } from '../../interchange/chrome.ts';
import { itfText, leftOutOfPart, type ItfPart, type ReadItf } from '../../interchange/itf.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import type { Trace } from '../../trace/trace.ts';
import { kindOfFile } from '../files/file-kind.ts';
import { readItf } from '../files/itf-file.ts';
import { readServiceLog } from '../files/service-log-file.ts';
import { writeTraceFile } from '../files/trace-writer.ts';
import { compressed, writeWholeFile } from '../files/write-file.ts';
import { printJson, printLine, style } from '../report/print.ts';
import {
  type CommandModule,
  JSON_FLAG,
  outputFile,
  stepNumber,
  TRACE,
  TRACE_OUT,
} from './options.ts';
import { EXIT, OUTPUT, requireWritable, EXPORT_FORMATS, type ExitCode } from './output.ts';
import { ProgressLine, showWhile } from './progress.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `export`. */
export interface ExportOptions {
  readonly as: (typeof EXPORT_FORMATS)[number];
  readonly out: string;
  readonly from?: number;
  readonly to?: number;
  readonly changedOnly?: boolean;
  readonly json?: boolean;
}

/** `phasmoscope export`: writes a trace in a format of other tools. */
export const EXPORT: CommandModule = {
  examples: [
    ['For ui.perfetto.dev', 'export unchecked.jsonl.gz --as chrome --out unchecked.json'],
    [
      'For the tools of Apalache and Quint',
      'export unchecked.jsonl.gz --as itf --out unchecked.itf.json',
    ],
    [
      'The same for a few steps, without those that changed nothing',
      'export unchecked.jsonl.gz --as itf --from 70 --to 80 --changed-only --out part.itf.json.gz',
    ],
  ],
  declare: (command) =>
    command
      .argument(...TRACE)
      .addOption(
        new Option('--as <format>', 'the format').choices(EXPORT_FORMATS).makeOptionMandatory(),
      )
      .requiredOption('--out <file>', 'the file to write; compressed if it ends in .gz', outputFile)
      .option('--from <step>', 'with itf: the first step (default: 0)', stepNumber)
      .option('--to <step>', 'with itf: the last step (default: the last one)', stepNumber)
      .option('--changed-only', 'with itf: leave out states that are the same as the one before')
      .option(...JSON_FLAG),
  run: exportCommand,
};

async function exportCommand(file: string, options: ExportOptions): Promise<ExitCode> {
  const { as, out } = options;
  if (as !== 'itf') requireWhole(options);
  const { trace, damage, close } = await readTraceFile(file);
  const part = partOf(trace, options);
  await requireWritable(out, OUTPUT[as]);
  const text = as === 'chrome' ? toChromeTrace(trace) : shown(itfText(trace, part), part, trace);
  await writeWholeFile(out, out.endsWith('.gz') ? compressed(text) : text);
  close();
  const steps = part ? stepsIn(trace, part) : trace.length;
  const leftOut = part && leftOutOfPart(trace, part);
  if (options.json) {
    const lost = leftOut === undefined ? {} : { leftOut };
    printJson({ file, as, steps, out, ...lost, ...(damage ? { damage } : {}) });
  } else {
    printLine(`${formatPlural(steps, 'step')} written to ${out}`);
    if (leftOut !== undefined) printLine(leftOut);
  }
  return damage ? EXIT.found : EXIT.done;
}

function requireWhole({ as, from, to, changedOnly }: ExportOptions): void {
  if (from === undefined && to === undefined && changedOnly !== true) return;
  throw new ProblemError({
    title: `--from, --to and --changed-only are about states, of which ${as} has none.`,
    remedy: 'Leave them out, or export it with --as itf.',
  });
}

/** The part of a trace that is asked for; nothing for all of it. */
function partOf(trace: Trace, { from, to, changedOnly }: ExportOptions): ItfPart | undefined {
  if (from === undefined && to === undefined && changedOnly !== true) return undefined;
  const part = { from: from ?? 0, to: to ?? trace.length - 1, isChangedOnly: changedOnly === true };
  if (trace.length > 0 && part.from <= part.to && part.to < trace.length) return part;
  throw new ProblemError({
    title: `There are no steps ${formatCount(part.from)} to ${formatCount(part.to)}: the trace has ${formatPlural(trace.length, 'step')}.`,
    remedy: 'Give the first step with --from and the last one with --to; steps count from 0.',
  });
}

function stepsIn(trace: Trace, { from, to, isChangedOnly }: ItfPart): number {
  if (!isChangedOnly) return to - from + 1;
  return trace.changedSteps.filter((step) => step >= from && step <= to).length;
}

/** The pieces of a document, with the progress shown. */
function* shown(
  pieces: Iterable<string>,
  part: ItfPart | undefined,
  trace: Trace,
): Generator<string> {
  const line = new ProgressLine();
  const all = part ? stepsIn(trace, part) : trace.length;
  let states = 0;
  for (const piece of pieces) {
    yield piece;
    states += 1;
    line.show(() => `${formatCount(states)} of ${formatCount(all)} states written`, states / all);
  }
  line.clear();
}

/** `phasmoscope import`: turns a counterexample of a model checker into a trace. */
export const IMPORT: CommandModule = {
  examples: [
    [
      'Turn a counterexample into a trace',
      'import counterexample.itf.json --out counterexample.jsonl',
    ],
  ],
  declare: (command) =>
    command
      .argument('<file>', 'an ITF file, or the log of a service')
      .requiredOption(...TRACE_OUT)
      .option(...JSON_FLAG),
  run: importCommand,
};

async function importCommand(
  file: string,
  options: { readonly out: string; readonly json?: boolean },
): Promise<ExitCode> {
  const read = () => (kindOfFile(file) === 'log' ? readLog(file) : readItf(file));
  const { lines, changed } = await showWhile(`Reading ${file}`, read);
  await showWhile(`Writing ${options.out}`, () => writeTraceFile(options.out, lines));
  // A document of a run that was cut off has no closing line.
  const steps = lines.filter((line) => line.startsWith('{"step":')).length;
  if (options.json) {
    printJson({ file, steps, out: options.out, ...(changed === undefined ? {} : { changed }) });
  } else {
    printLine(`${formatPlural(steps, 'step')} written to ${options.out}`);
    if (changed !== undefined) {
      const warning = `Its states only, without the actions: ${file} was changed after its export (${changed}).`;
      printLine(style.red(warning));
    }
  }
  return changed === undefined ? EXIT.done : EXIT.found;
}

/** The lines of the trace that the log of a service is. */
async function readLog(file: string): Promise<ReadItf> {
  let text = '';
  for await (const piece of readServiceLog(file)) text += piece;
  return { lines: text.trimEnd().split('\n') };
}
