import { readFile } from 'node:fs/promises';
import { ProblemError, type Problem } from '../../problem.ts';
import { sweepReportSchema, type SweepReport } from '../../sweep/report.ts';
import { MergeError, mergeReports, missingShards } from '../../sweep/sums.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { describeMisfit, fit } from '../../text/schema.ts';
import { messageOf } from '../../thrown.ts';
import { parseJson } from '../../value/json.ts';
import { whyNotRead } from '../files/refusals.ts';
import type { CommandModule } from './options.ts';
import type { ExitCode } from './output.ts';
import { ProgressLine, showWhile } from './progress.ts';
import {
  conclude,
  requireOutputs,
  withReportOptions,
  type OutputOptions,
} from './sweep-outputs.ts';

/** `phasmoscope merge`: adds up the reports of shards. */
export const MERGE: CommandModule = {
  examples: [
    [
      'Add up two shards, for a service that shows JUnit reports',
      'merge report-1.json report-2.json --junit junit.xml',
    ],
  ],
  declare: (command) =>
    withReportOptions(
      command.argument('<reports...>', 'files that `phasmoscope sweep --report` wrote'),
    ),
  run: mergeCommand,
};

/** See {@link MERGE}. */
export async function mergeCommand(
  files: readonly string[],
  options: OutputOptions,
): Promise<ExitCode> {
  await requireOutputs(options);
  const reports = await readReports(files);
  try {
    const report = await showWhile(`Adding up ${formatPlural(files.length, 'report')}`, () =>
      mergeReports(reports),
    );
    const problem = problemOfShards(report);
    return await conclude(report, options, problem ? { problem } : {});
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    throw new ProblemError(
      { title: error.message, remedy: 'Merge the reports of the shards of one sweep.' },
      { cause: error },
    );
  }
}

/** Reads one report after the other, since large ones take a while: how many are read is shown. */
async function readReports(files: readonly string[]): Promise<readonly SweepReport[]> {
  const progress = new ProgressLine();
  const reports: SweepReport[] = [];
  try {
    for (const [at, file] of files.entries()) {
      progress.show(
        () => `Reading ${file}, ${formatCount(at + 1)} of ${formatCount(files.length)}`,
        at / files.length,
      );
      reports.push(await readReport(file));
    }
  } finally {
    progress.clear();
  }
  return reports;
}

async function readReport(file: string): Promise<SweepReport> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ProblemError(
      {
        title: `${file} cannot be read: ${whyNotRead(error)}.`,
        remedy: 'Give files that `phasmoscope sweep --report FILE` wrote.',
      },
      { cause: error },
    );
  });
  try {
    const fitted = fit(sweepReportSchema, parseJson(text));
    if (fitted.kind === 'fits') return fitted.value;
    throw new Error(describeMisfit(fitted.misfit, 'the document'));
  } catch (error) {
    throw new ProblemError(
      {
        title: `${file} is not a report of a sweep: ${messageOf(error)}`,
        remedy: 'Give files that `phasmoscope sweep --report FILE` wrote.',
      },
      { cause: error },
    );
  }
}

/** Says which shards are missing from a report, or were stopped. */
function problemOfShards(report: SweepReport): Problem | undefined {
  const total = report.shards[0]?.total ?? 0;
  const missing = missingShards(report);
  if (missing.length > 0) {
    const names = nameShards(missing, total);
    return {
      title: `The sweep is not complete: of ${formatCount(total)} shards, ${names} missing.`,
      remedy: `Sweep with the same settings and --shard ${missing[0]}/${total}, and merge all reports.`,
    };
  }
  const stopped = report.shards.filter(({ isCancelled }) => isCancelled);
  if (stopped.length === 0) return undefined;
  const names = nameShards(
    stopped.map(({ index }) => index),
    total,
  );
  return {
    title: `The sweep is not complete: ${names} stopped early.`,
    remedy: 'Sweep these shards again with the same settings, and merge all reports.',
  };
}

const SHARDS_NAMED_MAX = 5;

function nameShards(indices: readonly number[], total: number): string {
  const names = indices.slice(0, SHARDS_NAMED_MAX).map((index) => `${index}/${total}`);
  const more = indices.length - names.length;
  const list = more > 0 ? `${names.join(', ')} and ${formatCount(more)} more` : names.join(', ');
  return indices.length === 1 ? `shard ${list} is` : `shards ${list} are`;
}
