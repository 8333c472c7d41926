import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Option } from 'commander';
import type { Finding } from '../../machine/finding.ts';
import { ShrinkError } from '../../shrink/shrink.ts';
import { formatCount } from '../../text/quantities.ts';
import { causalityAround } from '../../trace/causality/causality.ts';
import { plainPart } from '../../trace/causality/story-text.ts';
import { tellCausality } from '../../trace/causality/story.ts';
import type { TraceHeader } from '../../trace/format/header.ts';
import type { Trace } from '../../trace/trace.ts';
import { sourceOf } from '../../trace/words/finding-facts.ts';
import { formatSentence } from '../../trace/words/sentences.ts';
import { isMachineFile } from '../files/file-kind.ts';
import { writeWholeFile } from '../files/write-file.ts';
import { withTimeLimit, type LoadedMachine } from '../load/machine-loader.ts';
import { findingMarkdown, type FindingReport } from '../report/finding-report.ts';
import { printErrorLine, printLine } from '../report/print.ts';
import { commandOfSeed, shellCommand } from '../report/reproduce.ts';
import { explainShrunk, sentencesOf, traceOfLines } from '../runs/explaining.ts';
import { tellKnownCause } from '../runs/known-cause.ts';
import { NOT_REPRODUCIBLE, shrinkRecord } from '../runs/shrinking.ts';
import { chooseFinding } from './finding-choice.ts';
import { breathing, cancelOnInterrupt } from './interrupt.ts';
import { withOptionRules, type OptionRule } from './option-rules.ts';
import { type CommandModule, outputFile, stepNumber, TRACE, TRACE_MACHINE } from './options.ts';
import { EXIT, OUTPUT, requireWritable, type ExitCode } from './output.ts';
import { reportPage, type PageReportOptions } from './page-report.ts';
import { ProgressLine } from './progress.ts';
import { failingOf } from './shrink-command.ts';
import { machineNameOf, machinePathOf, withMachineOf } from './trace-machine.ts';
import { readWholeTrace } from './trace-reading.ts';

/** The options of `report`. */
export interface ReportOptions extends PageReportOptions {
  /** The file to write; standard output without one. */
  readonly markdown?: string | true;
  readonly html?: string;
}

/** What a page can show that a report in Markdown has no place for. */
const RULES: readonly OptionRule[] = [
  { options: ['--explain', '--views', '--to', '--step'], needs: ['--html'] },
  { options: ['--machine'], beside: ['--html'], needs: ['--explain', '--views'] },
  { options: ['--finding', '--shape'], beside: ['--step'], needs: ['--explain'] },
];

/** `phasmoscope report`: a finding made ready for an issue tracker, or a run for everybody with a browser. */
export const REPORT: CommandModule = {
  examples: [
    ['Print the first finding as Markdown', 'report minimal.jsonl'],
    ['Write it to a file', 'report minimal.jsonl --markdown finding.md'],
  ],
  declare: (command) =>
    withOptionRules(
      command
        .argument(...TRACE)
        .option('--markdown [file]', 'write it to a file instead of standard output', outputFile)
        .addOption(
          new Option(
            '--html <file>',
            'write the whole run as a page that any browser shows offline',
          )
            .argParser(outputFile)
            .conflicts('markdown'),
        )
        .option('--explain', 'with --html: say in the page why the finding is there', false)
        .option('--views', "with --html: draw the machine's views in the page", false)
        .option('--to <n>', 'with --html: the last step of the page', stepNumber)
        .option('--step <n>', 'with --html: the step that is shown first', stepNumber)
        .option('--finding <name>', 'the finding to report (default: the first one)')
        .option('--shape <shape>', 'the kind of step of the finding, such as "completion Success"')
        .option(...TRACE_MACHINE),
      RULES,
    ),
  run: reportCommand,
};

async function reportCommand(file: string, options: ReportOptions): Promise<ExitCode> {
  if (options.html !== undefined) return reportPage(file, options.html, options);
  const out = typeof options.markdown === 'string' ? options.markdown : undefined;
  await requireWritable(out, OUTPUT.markdown);
  const trace = await readWholeTrace(file);
  const finding = chooseFinding(trace, options, file);
  const { header } = trace;
  const given = await machineNameOf(header, options.machine);
  const subject: Subject = { trace, finding, file, given };
  const report =
    given !== undefined
      ? await withMachineOf(header, given, (loaded) => reportMinimal(subject, loaded))
      : await reportRecorded(subject, [withoutMachine(header)]);
  const lines = findingMarkdown(report);
  if (out === undefined) for (const line of lines) printLine(line);
  else {
    await writeWholeFile(out, `${lines.join('\n')}\n`);
    printLine(`Report written to ${out}`);
  }
  return EXIT.done;
}

/** What a report without the machine lacks. */
function withoutMachine({ itf, shrunkFrom, machine }: TraceHeader): string {
  if (itf !== undefined)
    return 'It is a counterexample of a model checker: no machine executed it, so it was not shrunk.';
  const lacks = shrunkFrom ? '' : ', so the run was not shrunk';
  return `${MACHINE} stands for the file of the machine ${machine}, which was not at hand${lacks}: --machine PATH names it.`;
}

/** What is reported. */
interface Subject {
  readonly trace: Trace;
  readonly finding: Finding;
  readonly file: string;
  /** The machine, as the command line names it. */
  readonly given: string | undefined;
}

/** Shrinks the run and explains what is left; a run that does not fail again is reported as recorded. */
async function reportMinimal(subject: Subject, given: LoadedMachine): Promise<FindingReport> {
  const { trace, finding } = subject;
  const { header } = trace;
  const loaded = withTimeLimit(given, header.timeLimitMs);
  const progress = new ProgressLine();
  let isCancelled = false;
  const shrinking = shrinkRecord(loaded, failingOf(trace, loaded, finding), {
    onProgress: ({ steps, tries }) =>
      progress.show(() => `${formatCount(steps)} steps left, ${formatCount(tries)} runs tried`),
    isCancelled: breathing(() => isCancelled),
  }).catch((error: unknown) => {
    if (error instanceof ShrinkError) return error;
    throw error;
  });
  const shrunk = await cancelOnInterrupt(shrinking, () => {
    isCancelled = true;
  });
  progress.clear();
  if (shrunk instanceof ShrinkError) {
    printErrorLine(`${shrunk.message} ${NOT_REPRODUCIBLE}`);
    return reportRecorded(subject, [`The run was not shrunk. ${shrunk.message}`], loaded);
  }
  const minimal = traceOfLines(shrunk.lines);
  const explanation = await explainShrunk(loaded, minimal, shrunk.finding);
  const sourceLine = await sourceLineOf(shrunk.finding, await machinePathOf(header, subject.given));
  return {
    header,
    finding: shrunk.finding,
    steps: stepsUntil(minimal, shrunk.finding, minimal.length),
    shrunkFrom: beforeShrinking(subject),
    sentences: explanation ? sentencesOf(explanation).map(formatSentence) : [],
    ...(sourceLine === undefined ? {} : { sourceLine }),
    command: commandOf(subject, loaded),
    remarks: shrunk.shrunk.isCancelled ? ['Stopped: a shorter run may exist.'] : [],
  };
}

/** The run that was recorded, of which a trace may be the shrunk one already. */
function beforeShrinking({ trace: { header }, finding: { stepIndex } }: Subject): {
  readonly steps: number;
  readonly stepIndex: number;
} {
  const { steps = stepIndex + 1, stepIndices = [] } = header.shrunkFrom ?? {};
  return { steps, stepIndex: stepIndices[stepIndex] ?? stepIndex };
}

const LAST_STEPS = 12;

/**
 * Reports a run as it was recorded: its last steps, or all that shrinking has left, and what led to the
 * finding as far as the trace shows it.
 */
async function reportRecorded(
  subject: Subject,
  remarks: readonly string[],
  loaded?: LoadedMachine,
): Promise<FindingReport> {
  const { trace, finding } = subject;
  const known = await tellKnownCause(trace, finding, loaded);
  const story =
    finding.stepIndex < 0
      ? []
      : tellCausality(trace, causalityAround(trace, finding.stepIndex)).map(
          ({ stepIndex, parts }) =>
            `Step ${formatCount(stepIndex)}: ${parts.map(plainPart).join('')}`,
        );
  return {
    header: trace.header,
    finding,
    ...(trace.header.shrunkFrom
      ? { steps: stepsUntil(trace, finding, trace.length), shrunkFrom: beforeShrinking(subject) }
      : { steps: stepsUntil(trace, finding, LAST_STEPS) }),
    sentences: [...story, ...known.map(formatSentence)],
    command: commandOf(subject, loaded),
    remarks,
  };
}

function stepsUntil(trace: Trace, { stepIndex }: Finding, most: number): FindingReport['steps'] {
  const from = Math.max(0, stepIndex + 1 - most);
  return Array.from({ length: stepIndex + 1 - from }, (_, at) => trace.step(from + at));
}

/**
 * The command that records the seed again; of a run that follows from no seed, the one that verifies its file;
 * and of one that no machine executed, the one that shows it.
 */
function commandOf(
  { trace: { header }, finding: { stepIndex }, file, given }: Subject,
  loaded?: LoadedMachine,
): string {
  if (header.itf !== undefined && given === undefined) {
    return shellCommand(['show', file, '--step', stepIndex < 0 ? 'start' : String(stepIndex)]);
  }
  const hasScenario = loaded?.scenarios.some(({ name }) => name === header.scenario) ?? true;
  const isOfSeed = header.forks === undefined && header.itf === undefined && hasScenario;
  if (!isOfSeed) {
    return shellCommand(['verify', file, '--machine', given ?? MACHINE]);
  }
  const { machine, scenario, faults, operationsMax, seed } = header;
  return commandOfSeed({ machine, given: given ?? MACHINE, scenario, faults, operationsMax }, seed);
}

/** In a command, the file of a machine that is not at hand: a trace does not name it. */
const MACHINE = 'MACHINE';

/**
 * The line that a finding names.
 *
 * @param finding of a run just made: a trace must never choose a file to read.
 */
async function sourceLineOf(finding: Finding, machinePath: string): Promise<string | undefined> {
  const [, name = '', line] = /^(.*):(\d+):\d+$/.exec(sourceOf(finding) ?? '') ?? [];
  if (!isMachineFile(name)) return undefined;
  const text = await readFile(join(dirname(machinePath), name), 'utf8').catch(() => '');
  return text.split(/\r?\n/)[Number(line) - 1]?.trim();
}
