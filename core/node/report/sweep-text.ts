import { dirname } from 'node:path';
import { ENDED_BY_NEXT, NOTHING_TRIED } from '../../machine/scenario.ts';
import { claimOf } from '../../sweep/confidence.ts';
import { lifecyclesOfTally } from '../../sweep/phase-tally.ts';
import {
  UNSTEADY,
  type SweepReport,
  type TriedRegression,
  describeStillFailing,
} from '../../sweep/report.ts';
import { withSought } from '../../sweep/sought.ts';
import { describeUnaskedSeeds } from '../../sweep/unasked-seeds.ts';
import { formatCount, formatPlural, byCount, formatMore } from '../../text/quantities.ts';
import { placeOf } from '../../trace/words/finding-facts.ts';
import type { Saved } from '../sweep/saving.ts';
import type { Traced } from '../sweep/tracing.ts';
import { describeChecks, printWeakness } from './checks-text.ts';
import { printMissed } from './covered-text.ts';
import { printExplanation } from './findings-text.ts';
import { printLifecycles } from './lifecycle-text.ts';
import { outputLines } from './output-text.ts';
import { printIndented, printLine, printTable, style, type Piece } from './print.ts';
import {
  alsoLines,
  minimalTitle,
  shapeOfCause,
  reportedCauses,
  type ReportedCause,
} from './reported-cause.ts';
import { commandOfMinimal, shellCommand } from './reproduce.ts';

/**
 * Prints the report of a sweep as text.
 *
 * @param confidencePercent of what seeds without a finding say of all others.
 */
export function printReport(report: SweepReport, confidencePercent?: number): void {
  const { machine, scenario, faults, seeds, operations, steps, seconds, stepsPerSecond } = report;
  const [shard] = report.shards;
  const part =
    report.shards.length === 1 && shard && shard.total > 1
      ? `, shard ${shard.index} of ${shard.total}`
      : '';
  printLine(`${machine}, ${scenario}, faults ${faults}${part}`);
  printTable([
    ['seeds', formatCount(seeds) + describeUnfinished(report)],
    ['operations', formatCount(operations)],
    [
      'steps',
      `${formatCount(steps)} in ${seconds.toFixed(1)} s (${formatCount(stepsPerSecond)} a second)`,
    ],
    ...describeChecks(report.checks, seeds),
  ]);
  printEndedEarly(report);
  if (report.unasked) printLine(style.yellow(describeUnaskedSeeds(report.unasked)));
  if (report.isCancelled) printLine(style.yellow('Stopped early.'));
  else if (report.endedAtFailure) printLine('Ended at the first seed that fails.');
  printBroken(report);
  printRegressions(report);
  printCauses(report);
  printOthers(report);
  printClaim(report, confidencePercent);
  printPhases(report);
  if (report.covered) printMissed(report.covered, report.seeds + report.unfinished);
  printWeakness(report.checks);
  for (const { name, reached } of report.sometimes) {
    if (!reached)
      printLine(
        style.yellow(
          `Never reached under these faults: ${name}. The scenario may be too weak or too short.`,
        ),
      );
  }
}

/** A sweep that tries less than it was asked to must not pass for all of it. */
function printEndedEarly({ endedEarly, operations, operationsMax, seeds }: SweepReport): void {
  if (endedEarly === 0 || operations === 0) return;
  const ended = `${formatCount(endedEarly)} of ${formatPlural(seeds, 'seed')} ended`;
  const before = `before ${formatPlural(operationsMax, 'operation')}`;
  printLine(style.yellow(`${ended} ${before}: ${ENDED_BY_NEXT}`));
}

function describeUnfinished({ unfinished }: SweepReport): string {
  return unfinished === 0 ? '' : `, and ${formatCount(unfinished)} that did not finish`;
}

/** Prints the transitions of records with their counts, if they were counted. */
function printPhases({ phases, seeds, unfinished }: SweepReport): void {
  const lifecycles = phases ? lifecyclesOfTally(phases) : [];
  if (lifecycles.length === 0) return;
  printLine(`Phases of records in ${formatPlural(seeds + unfinished, 'seed')}:`);
  printLifecycles(lifecycles, ({ seed, stepIndex }) => `${placeOf(stepIndex)} of seed ${seed}`);
}

/** How many broken and saved seeds are printed; --json lists more of them. */
const SEEDS_SHOWN_MAX = 10;

function printBroken({ broken, brokenMore }: SweepReport): void {
  for (const { seed, reason, saved } of broken.slice(0, SEEDS_SHOWN_MAX)) {
    const why = saved === undefined ? '' : ` (saved for: ${saved})`;
    printLine(style.red(`seed ${seed}${why}: ${reason}`));
  }
  printMore(Math.max(0, broken.length - SEEDS_SHOWN_MAX) + brokenMore, 'broken seed');
}

function printMore(hidden: number, one: string, many?: string): void {
  if (hidden > 0) printLine(style.dim(`  … and ${formatMore(hidden, one, many)}`));
}

function printRegressions(report: SweepReport): void {
  const { regressions } = report;
  const tried = regressions.filter(({ untried }) => untried === undefined);
  const failing = tried.filter(({ fails }) => fails);
  if (tried.length > 0) {
    printLine(`${describeStillFailing(failing.length, tried.length, 'saved seed')}.`);
    if (failing.length > 0) {
      printLine(
        style.dim(
          '  Open one in the window or shrink it. A line that is no longer needed can be removed',
        ),
      );
      printLine(style.dim('  from the file beside the machine that ends in .regressions.jsonl.'));
    }
  }
  // Those that break are listed with the broken seeds.
  const shown = failing.filter(({ stepIndex }) => stepIndex !== undefined);
  for (const saved of shown.slice(0, SEEDS_SHOWN_MAX)) {
    const { name, seed, scenario, faults, message } = saved;
    const under = style.dim([scenario, faults].filter((part) => part !== undefined).join(', '));
    printLine('  ', style.red(name), `  seed ${seed}  `, under);
    printIndented('    ', message);
    const command = commandOfSaved(report, saved);
    if (command !== undefined) printLine(style.dim(`    ${command}`));
  }
  printMore(shown.length - SEEDS_SHOWN_MAX, 'saved seed that fails', 'saved seeds that fail');
  printUntried(regressions);
}

/** The command that shrinks a saved seed; none where the seed fails in another way, or its settings are not known. */
function commandOfSaved(report: SweepReport, saved: TriedRegression): string | undefined {
  const { scenario, faults, stepIndex = -1, isOtherwise } = saved;
  if (isOtherwise || scenario === undefined || faults === undefined) return undefined;
  // It may have been found in a longer run.
  const operationsMax = Math.max(report.operationsMax, stepIndex + 1);
  const { machine, given } = report;
  const source = { machine, ...(given === undefined ? {} : { given }) };
  return commandOfMinimal({ ...source, scenario, faults, operationsMax }, saved);
}

function printUntried(regressions: SweepReport['regressions']): void {
  const counts = new Map<string, number>();
  for (const { untried } of regressions) {
    if (untried !== undefined) counts.set(untried, (counts.get(untried) ?? 0) + 1);
  }
  for (const [reason, count] of counts) {
    const seeds = `${formatPlural(count, 'saved seed')} ${byCount(count, 'was', 'were')}`;
    printLine(style.yellow(`${seeds} skipped: ${reason}.`));
  }
}

/** Prints where examples were saved, and which were not. */
export function printSaved(
  { path, added, numbered, left }: Saved,
  { groups, broken }: SweepReport,
): void {
  if (added + left === 0 && groups.length + broken.length > 0)
    printLine(`${path} has an example of each cause already.`);
  if (added > 0) {
    const examples = formatPlural(added, 'new example');
    const only = numbered > 0 ? `, ${formatCount(numbered)} of them as seed numbers only` : '';
    printLine(`Saved ${examples} in ${path}${only}.`);
  }
  if (left > 0) {
    const seeds = `${formatPlural(left, 'broken seed')} ${byCount(left, 'was', 'were')}`;
    printLine(`${seeds} not saved: others that broke for the same reason were.`);
  }
}

/**
 * Prints where traces were written.
 *
 * @param machine as it was given on the command line.
 */
export function printTraced({ files, missing }: Traced, machine: string): void {
  const [first] = files;
  if (first !== undefined) {
    const traces = files.length === 1 ? 'a trace' : `${formatCount(files.length)} traces`;
    const command = shellCommand(['open', first, '--machine', machine]);
    printLine(`Recorded ${traces} in ${dirname(first)}, by seed; open one with: ${command}`);
  }
  for (const { seed, reason } of missing.slice(0, SEEDS_SHOWN_MAX)) {
    printLine(style.yellow(`No whole trace of seed ${seed}: ${reason}`));
  }
  printMore(missing.length - SEEDS_SHOWN_MAX, 'seeds without a trace');
}

/** Whether anything was found. */
export function hasFailed(report: SweepReport): boolean {
  const { groups, broken } = report;
  return groups.length + broken.length > 0 || savedFailing(report) > 0;
}

/** Whether a shard has nothing to do, because there are more shards than seeds. */
export function isEmptyShard({ count, seeds, unfinished, isCancelled }: SweepReport): boolean {
  return count !== undefined && seeds + unfinished === 0 && !isCancelled;
}

function printCauses(report: SweepReport): void {
  const causes = reportedCauses(report);
  if (causes.length === 0) {
    printLine(describeNothing(report));
    return;
  }
  const vague = causes.filter(({ groupedBy }) => groupedBy === 'ruleAndShape').length;
  const ofThem =
    vague === 0 ? '' : `, ${formatCount(vague)} of them grouped by rule and shape only`;
  printLine(style.red(`${formatPlural(causes.length, 'cause')} found${ofThem}:`));
  for (const cause of causes) printCause(report, cause);
}

function printCause({ seeds, unfinished }: SweepReport, cause: ReportedCause): void {
  const { example, seeds: count, minimal, otherway, grouping, command } = cause;
  const { kind, name, seed, stepIndex } = example;
  printLine('  ', style.bold(`${kind}: ${name}`), '  ', style.dim(shapeOfCause(cause)));
  printExplanation(example);
  printLine(
    style.dim(
      `    in ${formatCount(count)} of ${formatPlural(seeds + unfinished, 'seed')}, ` +
        `such as ${seed}, ${placeOf(stepIndex)}`,
    ),
  );
  for (const line of alsoLines(cause)) printIndented('    ', `also breaks ${line}`);
  for (const pieces of outputLines(example.output ?? [])) {
    printLine(style.dim('    printed  '), ...pieces);
  }
  if (grouping !== undefined) printLine(style.dim(`    ${grouping}`));
  if (minimal) {
    printLine(style.dim(`    ${minimalTitle(minimal)}:`));
    for (const sentence of minimal.sentences) printIndented('      ', sentence);
    printLine(style.dim(`      ${command}`));
  }
  if (otherway) {
    printLine(style.dim(`    ${minimalTitle(otherway)}:`));
    for (const sentence of otherway.sentences) printIndented('      ', sentence);
    printLine(style.dim(`      ${otherway.command}`));
  }
  if (example.isUnsteady) printLine(style.yellow(`    ${UNSTEADY}`));
}

/** Names what was found beside the finding that was asked about. */
function printOthers({ sought, others = [], seeds, unfinished }: SweepReport): void {
  if (!sought || others.length === 0) return;
  printLine(`Not asked about, and not counted: ${formatPlural(others.length, 'other finding')}.`);
  for (const { kind, name, shape, count, seed, stepIndex } of others.slice(0, OTHERS_SHOWN_MAX)) {
    const where = `in ${formatCount(count)} of ${formatPlural(seeds + unfinished, 'seed')}, such as ${seed}, ${placeOf(stepIndex)}`;
    printLine('  ', `${kind}: ${name}`, style.dim(`  ${shape}, ${where}`));
  }
  printMore(others.length - OTHERS_SHOWN_MAX, 'finding');
}

/** How many findings are named that were not asked about; --json lists all of them. */
const OTHERS_SHOWN_MAX = 10;

function describeNothing(report: SweepReport): Piece {
  const { seeds, isCancelled, endedAtFailure = false, sought } = report;
  const what = sought ? withSought(sought) : '';
  const saved = savedFailing(report);
  if (saved > 0) {
    const still = `${formatPlural(saved, 'saved seed')} still ${byCount(saved, 'fails', 'fail')}`;
    return style.red(`No new findings${what} in ${formatPlural(seeds, 'seed')}; ${still}.`);
  }
  if (isEmptyShard(report)) return 'There are fewer seeds than shards: this shard has none.';
  if (seeds === 0) return style.yellow('No seed finished.');
  return report.unfinished > 0 || isCancelled || endedAtFailure
    ? `No findings${what} in the ${formatCount(seeds)} seeds that finished.`
    : style.green(`No findings${what}.`);
}

/** The number of saved seeds that still fail. */
function savedFailing({ regressions }: SweepReport): number {
  return regressions.filter(({ fails }) => fails).length;
}

/** Fewer seeds say next to nothing. */
const CLAIM_SEEDS_MIN = 10;

/** What seeds without a finding say of all others. */
function printClaim(report: SweepReport, confidencePercent?: number): void {
  const { seeds, operations, isCancelled, endedAtFailure } = report;
  if (operations === 0 && seeds > 0) {
    printLine(style.yellow(NOTHING_TRIED));
    return;
  }
  if (isCancelled || endedAtFailure || hasFailed(report) || seeds < CLAIM_SEEDS_MIN) return;
  const claim = claimOf(seeds, confidencePercent);
  const what = report.sought ? withSought(report.sought) : '';
  const fails = `fewer than 1 in ${formatCount(claim.oneIn)} seeds fail${what}`;
  printLine(style.dim(`With ${claim.confidencePercent} % confidence, ${fails}.`));
}
