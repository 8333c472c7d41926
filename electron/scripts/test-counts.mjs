/** @file Counts of tests: read from the runners' reports, and added up. */
import { relative } from 'node:path';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {string[]} failures what failed, by name
 * @property {number} skipped
 */

/** @type {Counts} */
export const NOTHING = { passed: 0, failures: [], skipped: 0 };

/** @param {readonly Counts[]} parts @returns {Counts} */
export function sum(parts) {
  return parts.reduce(
    (total, part) => ({
      passed: total.passed + part.passed,
      failures: [...total.failures, ...part.failures],
      skipped: total.skipped + part.skipped,
    }),
    NOTHING,
  );
}

/**
 * The end of the output: what failed, by name, since much was printed after it, and the counts in the
 * last line.
 * @param {Counts} counts
 */
export function summaryOf({ passed, failures, skipped }) {
  const names = failures.map((name) => `FAILED: ${name}\n`).join('');
  const skippedPart = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${names}${passed} passed, ${failures.length} failed${skippedPart}`;
}

/**
 * A test file that could not even be loaded has no tests in the report; it counts as one failure.
 * @param {{
 *   numPassedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: {
 *     name: string, status: string, assertionResults: { status: string, fullName: string }[],
 *   }[],
 * }} report
 * @returns {Counts}
 */
export function readVitestReport(report) {
  const failures = report.testResults.flatMap(({ name, status, assertionResults }) => {
    const file = relative('', name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [file];
    return failed.map(({ fullName }) => `${file}: ${fullName}`);
  });
  return {
    passed: report.numPassedTests,
    failures,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * @typedef {object} PlaywrightSuite
 * @property {string} title of a file, or of a group of tests in it
 * @property {{ title: string, ok: boolean }[]} specs
 * @property {PlaywrightSuite[]} [suites]
 */

/** @param {PlaywrightSuite} suite @returns {string[]} */
function failedTestsOf({ title, specs, suites = [] }) {
  const own = specs.filter(({ ok }) => !ok).map((spec) => spec.title);
  return [...own, ...suites.flatMap(failedTestsOf)].map((name) => `${title}: ${name}`);
}

/**
 * A flaky test passed, though not the first time: it counts as passed, and Playwright's report names
 * it. Errors of the report are those outside any test.
 * @param {{
 *   stats: { expected: number, flaky: number, skipped: number },
 *   suites: PlaywrightSuite[],
 *   errors: { message?: string }[],
 * }} report
 * @returns {Counts}
 */
export function readPlaywrightReport({ stats, suites, errors }) {
  const outside = errors.map(({ message = 'an error without a message' }) => `no test: ${message}`);
  return {
    passed: stats.expected + stats.flaky,
    failures: [...suites.flatMap(failedTestsOf), ...outside],
    skipped: stats.skipped,
  };
}
