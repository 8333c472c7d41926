import { open, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import pc from 'picocolors';
import { ZodError } from 'zod';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { RULE_NAMES } from '../../machine/rules.ts';
import { parseSeed } from '../../random/seed.ts';
import {
  MergeError,
  mergeReports,
  sweepReportSchema,
  type SweepReport,
} from '../../sweep/report.ts';
import { findFaultProfile, withMachine, type LoadedMachine } from '../machine-loader.ts';
import { ProblemError } from '../problem-error.ts';
import { findMachine, pathOfMachine } from '../samples.ts';
import type { SweepPlan, SweepProgress } from '../sweep/pool.ts';
import { readShard } from '../sweep/shard.ts';
import { saveRegressions, startSweep } from '../sweep/sweep.ts';
import { writeJunit } from './junit.ts';
import {
  EXIT,
  formatCount,
  printJson,
  printLine,
  printTable,
  ProgressLine,
  type ExitCode,
} from './output.ts';
import { chooseScenario, parseOperations, type ScenarioOptions } from './run-command.ts';

/** How many seeds are swept when nobody says. */
const COUNT_DEFAULT = 100;
const COUNT_MAX = 1_000_000_000;
const WORKERS_MAX = 256;
const SAMPLING_MAX = 1_000_000;

/** What a person gives to `sweep`. */
export interface SweepOptions extends OutputOptions, ScenarioOptions {
  readonly seeds?: string;
  readonly count?: string;
  readonly from?: string;
  readonly timeBudget?: string;
  readonly operations?: string;
  readonly faults?: string;
  readonly workers?: string;
  readonly shard?: string;
  readonly rulesEvery?: string;
  readonly invariantsEvery?: string;
  readonly save?: boolean;
}

/** Where a report goes. */
export interface OutputOptions {
  readonly report?: string;
  readonly junit?: string;
  readonly json?: boolean;
}

/** `phasmoscope sweep`: runs many seeds on all cores and tells what they found, by cause. */
export async function sweepCommand(machineText: string, options: SweepOptions): Promise<ExitCode> {
  for (const path of [options.report, options.junit]) await requireWritable(path);
  const path = pathOfMachine(findMachine(machineText, process.cwd()));
  return withMachine(path, (loaded) => sweep(loaded, path, options));
}

async function sweep(given: LoadedMachine, path: string, options: SweepOptions): Promise<ExitCode> {
  const { loaded, scenario } = await chooseScenario(given, options);
  const faults = options.faults ?? 'none';
  findFaultProfile(loaded, faults);
  const plan: SweepPlan = {
    path,
    ...readSeeds(options),
    settings: {
      scenario: scenario.name,
      ...(options.inputs === undefined ? {} : { inputs: resolve(options.inputs) }),
      faults,
      operationsMax: parseOperations(options.operations) ?? scenario.defaults.operations,
      sampling: {
        rulesEvery: whole(
          '--rules-every',
          options.rulesEvery,
          SAMPLING_MAX,
          SWEEP_SAMPLING.rulesEvery,
        ),
        invariantsEvery: whole(
          '--invariants-every',
          options.invariantsEvery,
          SAMPLING_MAX,
          SWEEP_SAMPLING.invariantsEvery,
        ),
      },
    },
    workers: whole('--workers', options.workers, WORKERS_MAX, availableParallelism()),
    shard: readShard(options.shard, process.env),
  };
  const line = new ProgressLine();
  const handle = startSweep(loaded, plan, (progress) => line.show(describeProgress(progress)));
  const cancel = () => handle.cancel();
  process.once('SIGINT', cancel);
  const report = await handle.report.finally(() => process.removeListener('SIGINT', cancel));
  line.clear();
  const saved = options.save
    ? await saveRegressions(loaded, path, plan.settings, report.groups)
    : undefined;
  await writeReport(report, options);
  if (!options.json && saved && saved.added > 0) {
    printLine(
      `${formatCount(saved.added)} new of ${formatCount(report.groups.length)} saved in ${saved.path}`,
    );
  }
  return exitCodeOf(report);
}

/** `phasmoscope merge`: adds up the reports of shards. */
export async function mergeCommand(
  files: readonly string[],
  options: OutputOptions,
): Promise<ExitCode> {
  const reports = await Promise.all(files.map(readReport));
  try {
    const report = mergeReports(reports);
    await writeReport(report, options);
    return exitCodeOf(report);
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    throw new ProblemError(
      { title: error.message, remedy: 'Merge the reports of the shards of one sweep.' },
      { cause: error },
    );
  }
}

async function readReport(file: string): Promise<SweepReport> {
  try {
    return sweepReportSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new ProblemError(
      {
        title: `${file} is no report of a sweep: ${explain(error)}`,
        remedy: 'Give files that `phasmoscope sweep --report FILE` wrote.',
      },
      { cause: error },
    );
  }
}

function explain(error: unknown): string {
  const issue = error instanceof ZodError ? error.issues[0] : undefined;
  if (issue) return `${issue.path.join('.')}: ${issue.message}`;
  return error instanceof Error ? error.message : String(error);
}

function exitCodeOf({ groups, broken, regressions }: SweepReport): ExitCode {
  const hasFailed = groups.length + broken.length > 0 || regressions.some(({ fails }) => fails);
  return hasFailed ? EXIT.found : EXIT.done;
}

/** A sweep may take hours: that its report has no place is told before. */
async function requireWritable(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  try {
    await (await open(path, 'a')).close();
  } catch (error) {
    throw new ProblemError(
      {
        title: `${path} cannot be written: ${(error as Error).message}`,
        remedy: 'Give a file in a folder that exists and may be written to.',
      },
      { cause: error },
    );
  }
}

async function writeReport(report: SweepReport, options: OutputOptions): Promise<void> {
  if (options.report !== undefined) {
    await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (options.junit !== undefined) await writeJunit(options.junit, report);
  if (options.json) printJson(report);
  else printReport(report);
}

/** Which seeds: a range, a number of them, or as many as a time allows. */
function readSeeds({
  seeds,
  count,
  from,
  timeBudget,
}: SweepOptions): Pick<SweepPlan, 'from' | 'count' | 'timeBudgetMs'> {
  const ways = [seeds, count, timeBudget].filter((way) => way !== undefined);
  if (ways.length > 1) {
    throw new ProblemError({
      title: 'The seeds are said in more than one way.',
      remedy: 'Give one of --seeds A..B, --count N and --time-budget 60s.',
    });
  }
  if (seeds !== undefined) return parseRange(seeds);
  const first = parseOneSeed(from ?? '0');
  if (timeBudget !== undefined) return { from: first, timeBudgetMs: parseDuration(timeBudget) };
  return { from: first, count: whole('--count', count, COUNT_MAX, COUNT_DEFAULT) };
}

function parseRange(text: string): Pick<SweepPlan, 'from' | 'count'> {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text.trim()) ?? [];
  if (first === undefined || last === undefined) {
    throw new ProblemError({
      title: `"${text}" is no range of seeds.`,
      remedy: 'Give the first and the last seed: 0..999.',
    });
  }
  const [from, to] = [parseOneSeed(first), parseOneSeed(last)];
  const count = to - from + 1n;
  if (count >= 1n && count <= BigInt(COUNT_MAX)) return { from, count: Number(count) };
  throw new ProblemError({
    title: `The range ${text} holds ${count < 1n ? 'no seed' : 'too many seeds'}.`,
    remedy: `Give 1 to ${formatCount(COUNT_MAX)} seeds, the smaller one first.`,
  });
}

function parseOneSeed(text: string): bigint {
  const parsed = parseSeed(text);
  if (parsed.kind === 'err') throw new ProblemError({ title: parsed.message });
  return parsed.seed;
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 } as const;

function parseDuration(text: string): number {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?$/.exec(text.trim()) ?? [];
  if (digits !== undefined) {
    const durationMs = Number(digits) * UNITS_MS[unit as keyof typeof UNITS_MS];
    if (durationMs > 0) return durationMs;
  }
  throw new ProblemError({
    title: `"${text}" is no time.`,
    remedy: 'Give a number with a unit: 60s, 10m or 2h.',
  });
}

function whole(option: string, text: string | undefined, max: number, byDefault: number): number {
  if (text === undefined) return byDefault;
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= max) return value;
  throw new ProblemError({
    title: `"${text}" is not what ${option} takes.`,
    remedy: `Give a whole number from 1 to ${formatCount(max)}.`,
  });
}

function describeProgress({
  seeds,
  seedsMax,
  stepsPerSecond,
  part,
  elapsedMs,
}: SweepProgress): string {
  const of = seedsMax === undefined ? '' : ` of ${formatCount(seedsMax)}`;
  const causes = part.groups.length === 1 ? '1 cause' : `${part.groups.length} causes`;
  return (
    `${formatCount(seeds)}${of} seeds in ${(elapsedMs / 1000).toFixed(0)} s, ` +
    `${formatCount(stepsPerSecond)} steps a second, ${causes} found`
  );
}

function printReport(report: SweepReport): void {
  const { machine, scenario, faults, seeds, operations, steps, seconds, stepsPerSecond } = report;
  const [shard] = report.shards;
  const part =
    report.shards.length === 1 && shard && shard.total > 1
      ? `, shard ${shard.index} of ${shard.total}`
      : '';
  printLine(`${machine}, ${scenario}, faults ${faults}${part}`);
  printTable([
    ['seeds', formatCount(seeds)],
    ['operations', formatCount(operations)],
    [
      'steps',
      `${formatCount(steps)} in ${seconds.toFixed(1)} s (${formatCount(stepsPerSecond)} a second)`,
    ],
    ...describeChecks(report),
  ]);
  if (report.isCancelled) printLine(pc.yellow('Stopped before its end.'));
  for (const { seed, reason } of report.broken) printLine(pc.red(`seed ${seed}: ${reason}`));
  printRegressions(report);
  printGroups(report);
  for (const { name, reached } of report.sometimes) {
    if (!reached)
      printLine(
        pc.yellow(
          `Never reached under these faults: ${name}. The scenario may be too weak, or too short.`,
        ),
      );
  }
}

function describeChecks({ checks }: SweepReport): (readonly [string, string])[] {
  const { evaluated, carriedOver, skipped, rules, rulesEvery, waivers } = checks;
  const asked = RULE_NAMES.filter((name) => rules[name] !== undefined);
  return [
    [
      'invariants',
      `${formatCount(evaluated)} asked, ${formatCount(carriedOver)} carried over` +
        (skipped > 0 ? `, ${formatCount(skipped)} passed over` : ''),
    ],
    [
      'rules',
      `${asked.length} of ${RULE_NAMES.length}` +
        (rulesEvery > 1 ? `; determinism at one step in ${rulesEvery}` : ''),
    ],
    ...asked.map((name) => [`  ${name}`, `${formatCount(rules[name] ?? 0)} times`] as const),
    ...Object.entries(waivers).map(([name, reason]) => [`  ${name}`, `waived: ${reason}`] as const),
  ];
}

function printRegressions({ regressions }: SweepReport): void {
  if (regressions.length === 0) return;
  const failing = regressions.filter(({ fails }) => fails);
  const counts = `${formatCount(failing.length)} of ${formatCount(regressions.length)}`;
  printLine(`${counts} saved seeds still fail.`);
  for (const { seed, name, message } of failing) {
    printLine(`  ${pc.red(name)}  seed ${seed}\n    ${message}`);
  }
}

function printGroups({ groups, seeds }: SweepReport): void {
  if (groups.length === 0) {
    printLine(pc.green('No findings.'));
    return;
  }
  printLine(
    pc.red(`${formatCount(groups.length)} ${groups.length === 1 ? 'cause' : 'causes'} found:`),
  );
  for (const group of groups) {
    const { kind, name, message, count, seed, stepIndex, shape, source } = group;
    printLine(`  ${pc.bold(`${kind}: ${name}`)}  ${pc.dim(shape)}`);
    printLine(`    ${message}${source ? pc.dim(` (${source})`) : ''}`);
    printLine(
      pc.dim(
        `    in ${formatCount(count)} of ${formatCount(seeds)} seeds; ` +
          `the smallest is ${seed}, at step ${formatCount(stepIndex)}`,
      ),
    );
  }
}
