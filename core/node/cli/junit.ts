import { writeFile } from 'node:fs/promises';
import reports, { type TestSuite } from 'junit-report-builder';
import { RULE_NAMES } from '../../machine/rules.ts';
import type { SweepGroup, SweepReport } from '../../sweep/report.ts';
import { formatCount } from './output.ts';

/**
 * Writes a sweep as JUnit XML, which CI services show: a test case for each rule and saved
 * seed, one that fails for each cause that was found, and one that is skipped for everything that
 * was not reached or not asked.
 */
export async function writeJunit(path: string, report: SweepReport): Promise<void> {
  const builder = reports.newBuilder();
  const suite = builder
    .testSuite()
    .name(`${report.machine} / ${report.scenario} / ${report.faults}`)
    .time(report.seconds);
  suite.property('seeds', String(report.seeds)).property('steps', String(report.steps));
  addGroups(suite, report);
  addRules(suite, report);
  addReached(suite, report);
  addSeeds(suite, report);
  await writeFile(path, builder.build());
}

function addGroups(suite: TestSuite, { machine, groups }: SweepReport): void {
  for (const group of groups) {
    suite
      .testCase()
      .className(`${machine}.${group.kind}`)
      .name(`${group.name} (${group.shape})`)
      .failure(group.message, group.kind)
      .standardOutput(forOutput(describeGroup(group)));
  }
}

function describeGroup(group: SweepGroup): string {
  const { seed, stepIndex, count, expected, actual, source } = group;
  return [
    `seed ${seed}, step ${stepIndex}; found in ${formatCount(count)} seeds`,
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(actual === undefined ? [] : [`came: ${actual}`]),
    ...(source === undefined ? [] : [`at: ${source}`]),
  ].join('\n');
}

/** The builder writes output as it is, in a section that these characters would end. */
function forOutput(text: string): string {
  return text.replaceAll(']]>', ']] >');
}

function addRules(suite: TestSuite, { machine, groups, checks }: SweepReport): void {
  for (const rule of RULE_NAMES) {
    if (groups.some(({ kind, name }) => kind === 'rule' && name === rule)) continue;
    const asked = checks.rules[rule];
    const test = suite.testCase().className(`${machine}.rule`).name(rule);
    const waiver = checks.waivers[rule];
    if (waiver !== undefined) test.skipped().standardOutput(forOutput(`waived: ${waiver}`));
    else if (asked === undefined) test.skipped().standardOutput('not asked without faults');
    else test.standardOutput(`asked ${formatCount(asked)} times`);
  }
}

function addReached(suite: TestSuite, { machine, sometimes }: SweepReport): void {
  for (const { name, reached, seeds } of sometimes) {
    const test = suite.testCase().className(`${machine}.sometimes`).name(name);
    if (reached) test.standardOutput(`reached in ${formatCount(seeds)} seeds`);
    else test.skipped().standardOutput('never reached');
  }
}

function addSeeds(suite: TestSuite, { machine, broken, regressions }: SweepReport): void {
  for (const { seed, reason } of broken) {
    suite.testCase().className(`${machine}.seed`).name(`seed ${seed}`).error(reason);
  }
  for (const { seed, name, message, fails } of regressions) {
    const test = suite.testCase().className(`${machine}.regression`).name(`${name}, seed ${seed}`);
    if (fails) test.failure(message, 'regression');
  }
}
