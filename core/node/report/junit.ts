import type { TestSuite } from 'junit-report-builder';
import { RULE_NAMES, RULES } from '../../machine/rules.ts';
import type { Problem } from '../../problem.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { formatCount, formatPlural, formatTimes } from '../../text/quantities.ts';
import { showLines } from '../../text/visible.ts';
import { factsOf, placeOf } from '../../trace/words/finding-facts.ts';
import { writeWholeFile } from '../files/write-file.ts';
import { NEVER_SETTLED } from './checks-text.ts';
import {
  alsoLines,
  minimalTitle,
  shapeOfCause,
  reportedCauses,
  type ReportedCause,
} from './reported-cause.ts';
import { commandOfSeed } from './reproduce.ts';

/**
 * Writes a sweep as JUnit XML for CI services: a test case for each rule and each saved seed, a
 * failing one for each cause that was found, and a skipped one for everything that was not reached
 * or not asked.
 *
 * @param problem why the report is not complete.
 */
export async function writeJunit(
  path: string,
  given: SweepReport,
  problem?: Problem,
): Promise<void> {
  // The builder would drop characters that XML forbids.
  const report = JSON.parse(JSON.stringify(given), (_, value: unknown) =>
    typeof value === 'string' ? showLines(value) : value,
  ) as SweepReport;
  const { default: reports } = await import('junit-report-builder');
  const builder = reports.newBuilder();
  const suite = builder
    .testSuite()
    .name(`${report.machine} / ${report.scenario} / ${report.faults}`)
    .time(report.seconds);
  suite.property('seeds', String(report.seeds)).property('steps', String(report.steps));
  addCauses(suite, report);
  addOthers(suite, report);
  addRules(suite, report);
  addSettled(suite, report);
  addReached(suite, report);
  addSeeds(suite, report);
  if (problem) {
    const test = suite
      .testCase()
      .className(`${report.machine}.sweep`)
      .name('the sweep is complete');
    test.error(problem.title).standardOutput(forOutput(problem.remedy ?? ''));
  }
  // Names that are keys of the report, and whatever else the builder lets through.
  await writeWholeFile(path, showLines(builder.build()));
}

function addCauses(suite: TestSuite, report: SweepReport): void {
  for (const cause of reportedCauses(report)) {
    const { kind, name, message } = cause.example;
    suite
      .testCase()
      .className(`${report.machine}.${kind}`)
      .name(`${name} (${shapeOfCause(cause)})`)
      .failure(message, kind)
      .standardOutput(forOutput(describeCause(report, cause)));
  }
}

/** Findings that were not asked about are no failures. */
function addOthers(suite: TestSuite, { machine, others = [] }: SweepReport): void {
  for (const { kind, name, shape, count, seed, stepIndex } of others) {
    const where = `found in ${formatPlural(count, 'seed')}, such as ${seed}, ${placeOf(stepIndex)}`;
    suite
      .testCase()
      .className(`${machine}.${kind}`)
      .name(`${name} (${shape})`)
      .skipped()
      .standardOutput(forOutput(`not asked about: ${where}`));
  }
}

function describeCause(report: SweepReport, cause: ReportedCause): string {
  const { example, seeds, minimal, otherway, grouping, command } = cause;
  const { seed, stepIndex, source } = example;
  return [
    `seed ${seed}, ${placeOf(stepIndex)}; found in ${formatPlural(seeds, 'seed')}`,
    ...factsOf(example).map(([name, text]) => `${name}: ${text}`),
    ...(source === undefined ? [] : [`at: ${source}`]),
    ...alsoLines(cause).map((line) => `also breaks ${line}`),
    ...(grouping === undefined ? [] : [grouping]),
    ...(minimal
      ? [
          `${minimalTitle(minimal)}:`,
          ...minimal.sentences.map((line) => `  ${line}`),
          `shrink it again: ${command}`,
        ]
      : []),
    ...(otherway
      ? [
          `${minimalTitle(otherway)}:`,
          ...otherway.sentences.map((line) => `  ${line}`),
          `shrink it that way: ${otherway.command}`,
        ]
      : []),
    `record it again: ${commandOfSeed(report, seed)}`,
  ].join('\n');
}

/** The builder does not escape output, and `]]>` would end its section. */
function forOutput(text: string): string {
  return text.replaceAll(']]>', ']] >');
}

function addRules(suite: TestSuite, { machine, checks, ...found }: SweepReport): void {
  const groups = [...found.groups, ...(found.others ?? [])];
  for (const rule of RULE_NAMES) {
    if (groups.some(({ kind, name }) => kind === 'rule' && name === rule)) continue;
    const asked = checks.rules[rule];
    const test = suite.testCase().className(`${machine}.rule`).name(rule);
    const waiver = checks.waivers[rule];
    if (waiver !== undefined) test.skipped().standardOutput(forOutput(`waived: ${waiver}`));
    else if (asked === undefined) test.skipped().standardOutput('not asked without faults');
    else if (asked === 0) test.skipped().standardOutput(`never asked: ${RULES[rule].never}`);
    else test.standardOutput(`asked ${formatTimes(asked)}`);
  }
}

function addSettled(suite: TestSuite, { machine, checks, ...found }: SweepReport): void {
  const groups = [...found.groups, ...(found.others ?? [])];
  for (const [property, asked] of Object.entries(checks.settled)) {
    if (groups.some(({ kind, name }) => kind === 'settled' && name === property)) continue;
    const test = suite.testCase().className(`${machine}.settled`).name(property);
    if (asked === 0) test.skipped().standardOutput(forOutput(`never asked: ${NEVER_SETTLED}`));
    else test.standardOutput(`asked ${formatTimes(asked)}`);
  }
}

function addReached(suite: TestSuite, { machine, sometimes }: SweepReport): void {
  for (const { name, reached, seeds } of sometimes) {
    const test = suite.testCase().className(`${machine}.sometimes`).name(name);
    if (reached) test.standardOutput(`reached in ${formatCount(seeds)} seeds`);
    else test.skipped().standardOutput('never reached');
  }
}

function addSeeds(suite: TestSuite, report: SweepReport): void {
  const { machine, broken, brokenMore, regressions } = report;
  const addBroken = (name: string, reason: string) =>
    suite.testCase().className(`${machine}.seed`).name(name).error(reason);
  for (const { seed, reason, saved } of broken) {
    // A saved seed has a test case of its own, below.
    if (saved === undefined) addBroken(`seed ${seed}`, reason);
  }
  if (brokenMore > 0) {
    addBroken('more seeds', `${formatCount(brokenMore)} more seeds broke; they are not listed`);
  }
  for (const { seed, name, message, fails, untried } of regressions) {
    const test = suite.testCase().className(`${machine}.regression`).name(`${name}, seed ${seed}`);
    if (fails) test.failure(message, 'regression');
    if (untried !== undefined) test.skipped().standardOutput(forOutput(untried));
  }
}
