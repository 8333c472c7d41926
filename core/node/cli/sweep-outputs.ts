import type { Command } from 'commander';
import { toProblem, type Problem } from '../../problem.ts';
import { lifecyclesOfTally } from '../../sweep/phase-tally.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { formatCount } from '../../text/quantities.ts';
import { withAdvice } from '../../trace/words/finding-facts.ts';
import { writeWholeFile } from '../files/write-file.ts';
import { missedAsJson } from '../report/covered-text.ts';
import { showOnGitHub } from '../report/github.ts';
import { writeJunit } from '../report/junit.ts';
import { lifecyclesAsJson } from '../report/lifecycle-text.ts';
import { formatJson, printJson } from '../report/print.ts';
import { causeAsJson, reportedCauses } from '../report/reported-cause.ts';
import {
  hasFailed,
  isEmptyShard,
  printReport,
  printSaved,
  printTraced,
} from '../report/sweep-text.ts';
import type { Saved } from '../sweep/saving.ts';
import type { Traced } from '../sweep/tracing.ts';
import { JSON_FLAG, outputFile } from './options.ts';
import {
  EXIT,
  OUTPUT,
  printProblem,
  requireDistinct,
  requireWritable,
  type ExitCode,
} from './output.ts';

/** Where a report goes. */
export interface OutputOptions {
  /** The confidence of what a sweep without findings says of all seeds, in percent. */
  readonly confidence?: number;
  readonly report?: string;
  readonly junit?: string;
  readonly json?: boolean;
}

/** The options that say where a report goes. */
export function withReportOptions(command: Command): Command {
  return command
    .option('--report <file>', 'write the report as JSON, for `phasmoscope merge`', outputFile)
    .option('--junit <file>', 'write the report as JUnit XML', outputFile)
    .option(...JSON_FLAG);
}

/** @throws {ProblemError} when a report cannot be written, or two would go to the same file. */
export async function requireOutputs({ report, junit }: OutputOptions): Promise<void> {
  requireDistinct({ '--report': report, '--junit': junit });
  await requireWritable(report, OUTPUT.report);
  await requireWritable(junit, OUTPUT.junit);
}

/** What was kept of the examples of a sweep, or why keeping failed. */
export interface Kept {
  readonly saved?: Saved;
  readonly traced?: Traced;
  readonly problem?: Problem;
}

/** Prints and writes a report as the options say, and returns the exit code of the command. */
export async function conclude(
  report: SweepReport,
  options: OutputOptions,
  { saved, traced, problem = problemOfTooLittle(report) }: Kept,
): Promise<ExitCode> {
  const document = {
    ...report,
    groups: report.groups.map(withAdvice),
    causes: reportedCauses(report).map(causeAsJson),
    ...(report.phases ? { lifecycles: lifecyclesAsJson(lifecyclesOfTally(report.phases)) } : {}),
    ...(report.covered ? { neverExecuted: missedAsJson(report.covered) } : {}),
    ...(traced ? { traces: traced.files } : {}),
    ...(problem ? { error: problem } : {}),
  };
  // A full disk must not lose what was found: it is printed in any case.
  const unwritten = await writeOutputs(report, document, options, problem);
  if (options.json) printJson(document);
  else {
    printReport(report, options.confidence);
    if (saved) printSaved(saved, report);
    if (traced) printTraced(traced, report.given ?? report.machine);
  }
  const unshown = await showOnGitHub(report).then(
    () => undefined,
    (error: unknown) => toProblem(error, 'The summary of the step could not be written'),
  );
  const problems = [problem, ...unwritten, unshown].filter((one) => one !== undefined);
  problems.forEach(printProblem);
  if (problems.length > 0) return EXIT.refused;
  return hasFailed(report) ? EXIT.found : EXIT.done;
}

/** Writes the files that are asked for, and returns why some could not be written. */
async function writeOutputs(
  report: SweepReport,
  document: object,
  options: OutputOptions,
  problem: Problem | undefined,
): Promise<readonly Problem[]> {
  const written = await Promise.allSettled([
    options.report === undefined
      ? undefined
      : writeWholeFile(options.report, `${formatJson(document)}\n`),
    options.junit === undefined ? undefined : writeJunit(options.junit, report, problem),
  ]);
  return written.flatMap((one) =>
    one.status === 'rejected' ? [toProblem(one.reason, 'A report could not be written')] : [],
  );
}

const STOPPED_EARLY: Problem = {
  title: 'The sweep was stopped early and had found nothing by then.',
  remedy: 'Sweep again: the remaining seeds may fail.',
};

/** An incomplete report must not look like that of a sound machine. */
function problemOfTooLittle(report: SweepReport): Problem | undefined {
  if (hasFailed(report) || isEmptyShard(report)) return undefined;
  if (report.seeds > 0) return report.isCancelled ? STOPPED_EARLY : undefined;
  const after = report.steps > 0 ? ` after ${formatCount(report.steps)} steps` : '';
  return {
    title: `No seed finished: the sweep was ${report.isCancelled ? 'stopped' : 'out of time'}${after}.`,
    remedy: 'This says nothing about the machine. Give the sweep more time, or fewer operations.',
  };
}
