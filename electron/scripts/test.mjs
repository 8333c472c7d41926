/**
 * @file `npm test`: every check, all of them even when one fails. At the end stand the names of what
 * failed, and in the last line `N passed, N failed`; a check counts as one, a test as one.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { build } from './build.mjs';
import { runEndToEnd } from './e2e.mjs';
import { ensurePackages } from './packages.mjs';
import { CACHE, packageScript } from './paths.mjs';
import { TaskError, run, runTask } from './run.mjs';
import { setUp } from './setup.mjs';
import { ensurePostgresql } from './system-libraries.mjs';
import { NOTHING, readPlaywrightReport, readVitestReport, sum, summaryOf } from './test-counts.mjs';

/** @typedef {import('./test-counts.mjs').Counts} Counts */

/** @type {Counts} */
const SUCCESS = { ...NOTHING, passed: 1 };

/** Quick checks of the sources. They take a core or less each, so two run at a time. */
const CHECKS = [
  { name: 'lint', script: packageScript('oxlint/bin/oxlint'), args: [] },
  { name: 'types', script: packageScript('typescript/bin/tsc'), args: ['--noEmit'] },
  { name: 'format', script: packageScript('oxfmt/bin/oxfmt'), args: ['--check'] },
  { name: 'imports', script: 'electron/scripts/imports.mjs', args: [] },
];
const CHECKS_AT_ONCE = 2;

const REPORTS = join(CACHE, 'reports');

/** @param {string} name of what failed @returns {Counts} */
function failureOf(name) {
  return { ...NOTHING, failures: [name] };
}

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof TaskError ? error.message : inspect(error);
}

/**
 * Turns an error that keeps a suite from running into a failure, so that the other suites still run.
 * @param {string} name of the suite
 * @param {() => Promise<Counts>} suite
 */
async function attempt(name, suite) {
  try {
    return await suite();
  } catch (error) {
    print(messageOf(error));
    return failureOf(name);
  }
}

/** @param {(typeof CHECKS)[number]} check @returns {Promise<Counts>} */
async function runCheck({ name, script, args }) {
  const { exitCode, output } = await run(process.execPath, [script, ...args], {
    output: 'capture',
  });
  const hasPassed = exitCode === 0;
  print(hasPassed ? `── ${name}: passed` : `── ${name}: FAILED\n${output}`);
  return hasPassed ? SUCCESS : failureOf(name);
}

async function runChecks() {
  const waiting = [...CHECKS];
  /** @type {Counts[]} */
  const results = [];
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const result = await runCheck(check);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, work));
  return sum(results);
}

async function runUnitTests() {
  print('── unit and property tests');
  // Without a server, the other tests are still worth running.
  await ensurePostgresql().catch((error) => print(messageOf(error)));
  const report = join(REPORTS, 'vitest.json');
  const { exitCode } = await run(process.execPath, [
    packageScript('vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  return countsOf('vitest', exitCode, report, readVitestReport);
}

async function runBuild() {
  print('── build');
  await build('window');
  await build('cli');
  return SUCCESS;
}

async function runEndToEndTests() {
  print('── end-to-end tests');
  const electron = await setUp();
  const report = join(REPORTS, 'playwright.json');
  const exitCode = await runEndToEnd(electron, ['--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  return countsOf('playwright', exitCode, report, readPlaywrightReport);
}

/**
 * The counts of a test runner. A runner that crashed, found no test or failed for a reason that its
 * report does not count adds a failure, so that it does not look like success.
 * @template Report
 * @param {string} name
 * @param {number} exitCode
 * @param {string} path of the report
 * @param {(report: Report) => Counts} read
 * @returns {Counts}
 */
function countsOf(name, exitCode, path, read) {
  if (!existsSync(path)) throw new TaskError(`${name} ended with code ${exitCode} and no report.`);
  const counts = read(JSON.parse(readFileSync(path, 'utf8')));
  if (counts.failures.length > 0) return counts;
  if (counts.passed === 0) {
    return sum([counts, failureOf(`${name} ran no test (exit code ${exitCode}).`)]);
  }
  if (exitCode !== 0) {
    return sum([counts, failureOf(`${name} failed outside its tests (exit code ${exitCode}).`)]);
  }
  return counts;
}

async function runAll() {
  await ensurePackages();
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const checks = await attempt('checks', runChecks);
  const unitTests = await attempt('unit and property tests', runUnitTests);
  const built = await attempt('build', runBuild);
  const endToEnd = await attempt('end-to-end tests', () => {
    if (built.failures.length > 0)
      throw new TaskError('── end-to-end tests: not run, because the build failed');
    return runEndToEndTests();
  });
  return sum([checks, unitTests, built, endToEnd]);
}

await runTask(async () => {
  const counts = await attempt('npm test', runAll);
  print(`\n${summaryOf(counts)}`);
  return counts.failures.length === 0 ? 0 : 1;
});
