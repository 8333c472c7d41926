import { Option } from 'commander';
import { toChromeTrace } from '../../interchange/chrome.ts';
import { itfText, type ReadItf } from '../../interchange/itf.ts';
import { formatPlural } from '../../text/quantities.ts';
import { kindOfFile } from '../files/file-kind.ts';
import { readItf } from '../files/itf-file.ts';
import { readServiceLog } from '../files/service-log-file.ts';
import { writeTraceFile } from '../files/trace-writer.ts';
import { writeWholeFile } from '../files/write-file.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { type CommandModule, JSON_FLAG, outputFile, TRACE, TRACE_OUT } from './options.ts';
import { EXIT, OUTPUT, requireWritable, EXPORT_FORMATS, type ExitCode } from './output.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `export`. */
export interface ExportOptions {
  readonly as: (typeof EXPORT_FORMATS)[number];
  readonly out: string;
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
  ],
  declare: (command) =>
    command
      .argument(...TRACE)
      .addOption(
        new Option('--as <format>', 'the format').choices(EXPORT_FORMATS).makeOptionMandatory(),
      )
      .requiredOption('--out <file>', 'the file to write', outputFile)
      .option(...JSON_FLAG),
  run: exportCommand,
};

async function exportCommand(file: string, options: ExportOptions): Promise<ExitCode> {
  const { trace, damage } = await readTraceFile(file);
  await requireWritable(options.out, OUTPUT[options.as]);
  switch (options.as) {
    case 'chrome':
      await writeWholeFile(options.out, toChromeTrace(trace));
      break;
    case 'itf':
      await writeWholeFile(options.out, itfText(trace));
      break;
  }
  const { as, out } = options;
  if (options.json) {
    printJson({ file, as, steps: trace.length, out, ...(damage ? { damage } : {}) });
  } else {
    printLine(`${formatPlural(trace.length, 'step')} written to ${out}`);
    if (damage)
      printLine(style.red(`Only the steps before the damage of ${file}: ${damage.message}`));
  }
  return damage ? EXIT.found : EXIT.done;
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
  const { lines, changed } = kindOfFile(file) === 'log' ? await readLog(file) : await readItf(file);
  await writeTraceFile(options.out, lines);
  // A document of a run that was cut off has no closing line.
  const steps = lines.filter((line) => line.startsWith('{"step":')).length;
  if (options.json) {
    printJson({ file, steps, out: options.out, ...(changed === undefined ? {} : { changed }) });
  } else {
    printLine(`${formatPlural(steps, 'step')} written to ${options.out}`);
    if (changed !== undefined) {
      const told = `Its states only, without the actions: ${file} was changed after its export (${changed}).`;
      printLine(style.red(told));
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
