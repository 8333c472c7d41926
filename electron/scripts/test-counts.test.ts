import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOTHING, readPlaywrightReport, readVitestReport, sum, summaryOf } from './test-counts.mjs';

describe('test counts', () => {
  it('names what failed before the last line, and mentions skipped tests only when there are some', () => {
    const counts = { passed: 2, failures: ['lint'], skipped: 0 };
    expect(summaryOf({ ...NOTHING, passed: 2 })).toBe('2 passed, 0 failed');
    expect(summaryOf(counts)).toBe('FAILED: lint\n2 passed, 1 failed');
    expect(summaryOf(sum([counts, { passed: 1, failures: ['types'], skipped: 3 }]))).toBe(
      'FAILED: lint\nFAILED: types\n3 passed, 2 failed, 3 skipped',
    );
  });

  it('counts a vitest file that cannot be loaded as one failure', () => {
    const passes = { status: 'passed', fullName: 'a queue keeps order' };
    const fails = { status: 'failed', fullName: 'a queue loses nothing' };
    const report = {
      numPassedTests: 4,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [
        { name: resolve('core/good.test.ts'), status: 'passed', assertionResults: [passes] },
        {
          name: resolve('core/queue.test.ts'),
          status: 'failed',
          assertionResults: [passes, fails],
        },
        { name: resolve('core/broken.test.ts'), status: 'failed', assertionResults: [] },
      ],
    };
    expect(readVitestReport(report)).toEqual({
      passed: 4,
      failures: ['core/queue.test.ts: a queue loses nothing', 'core/broken.test.ts'],
      skipped: 2,
    });
  });

  it('counts a flaky playwright test as passed, and an error outside tests as a failure', () => {
    const group = { title: 'a group', specs: [{ title: 'breaks', ok: false }] };
    const report = {
      stats: { expected: 5, flaky: 1, skipped: 2 },
      suites: [
        { title: 'tour.test.ts', specs: [{ title: 'walks', ok: true }], suites: [group] },
        { title: 'views.test.ts', specs: [{ title: 'splits', ok: false }] },
      ],
      errors: [{ message: 'No test is there.' }],
    };
    expect(readPlaywrightReport(report)).toEqual({
      passed: 6,
      failures: [
        'tour.test.ts: a group: breaks',
        'views.test.ts: splits',
        'no test: No test is there.',
      ],
      skipped: 2,
    });
  });
});
