import { describe, expect, it } from 'vitest';
import { NOTHING, readPlaywrightReport, readVitestReport, sum, summaryOf } from './test-counts.mjs';

describe('test counts', () => {
  it('mentions skipped tests only when there are some', () => {
    const counts = { passed: 2, failed: 1, skipped: 0 };
    expect(summaryOf(counts)).toBe('2 passed, 1 failed');
    expect(summaryOf(sum([counts, { ...NOTHING, skipped: 3 }]))).toBe(
      '2 passed, 1 failed, 3 skipped',
    );
  });

  it('counts a vitest file that cannot be loaded as one failure', () => {
    const report = {
      numPassedTests: 4,
      numFailedTests: 1,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
        { status: 'failed', assertionResults: [{ status: 'failed' }] },
        { status: 'failed', assertionResults: [] },
      ],
    };
    expect(readVitestReport(report)).toEqual({ passed: 4, failed: 2, skipped: 2 });
  });

  it('counts a flaky playwright test as passed, and an error outside tests as a failure', () => {
    const stats = { expected: 5, unexpected: 1, flaky: 1, skipped: 2 };
    expect(readPlaywrightReport({ stats, errors: ['broken'] })).toEqual({
      passed: 6,
      failed: 2,
      skipped: 2,
    });
  });
});
