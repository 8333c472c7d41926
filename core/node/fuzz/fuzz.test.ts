import { expect, it } from 'vitest';
import { formatReport, fuzz, makeMutant, recordOriginal } from './fuzz.ts';

it('finds no mutant of a trace that opens as another trace, or fails after it was opened', async () => {
  const originals = [await recordOriginal('turnstile'), await recordOriginal('coffee-shop')];
  const settings = { seed: 1, mutants: 300 };
  const report = await fuzz(originals, settings);
  expect(formatReport(report)).not.toContain('Wrong');
  expect(report.wrong).toEqual([]);
  // Each of the other outcomes comes about.
  for (const [, counted] of report.counts) {
    expect(counted['clear error']).toBeGreaterThan(0);
    expect(counted['opened partly']).toBeGreaterThan(0);
    expect(counted['opened whole and equal']).toBeGreaterThan(0);
  }
  expect(makeMutant(originals, 1, 7)).toEqual(makeMutant(originals, 1, 7));
});
