import { describe, expect, it } from 'vitest';
import { SETTINGS_DEFAULT } from './settings.ts';
import {
  describeSeeds,
  formatTime,
  readSweep,
  SWEEP_DRAFT_DEFAULT,
  type SweepDraft,
} from './sweep-settings.ts';

const TOOLBAR = { ...SETTINGS_DEFAULT, scenario: 'mixed', operations: '500', faults: 'chaos' };
const SHARED = { scenario: 'mixed', operationsMax: 500, faults: 'chaos' };

function read(change: Partial<SweepDraft>, operations = '500') {
  return readSweep({ ...SWEEP_DRAFT_DEFAULT, ...change }, { ...TOOLBAR, operations });
}

describe('readSweep', () => {
  it('sweeps 200 seeds from 0, unless something else is chosen', () => {
    const settings = { ...SHARED, from: '0', count: 200 };
    expect(read({})).toEqual({ kind: 'ok', settings });
    expect(read({ hasCoverage: true })).toEqual({
      kind: 'ok',
      settings: { ...settings, hasCoverage: true },
    });
  });

  it('takes a time instead of a number of seeds', () => {
    const timeOf = (time: string) => {
      const answer = read({ by: 'time', time });
      return answer.kind === 'ok' ? answer.settings.timeBudgetMs : answer.problems.time;
    };
    expect(['30', '30s', '1.5 m', '10min', '2h'].map(timeOf)).toEqual([
      30_000, 30_000, 90_000, 600_000, 7_200_000,
    ]);
    for (const bad of ['', '0s', 'soon', '-1m', '169h']) expect(timeOf(bad)).toMatch(/60s/);
  });

  it('ignores the seed of the toolbar, and the field that is not chosen', () => {
    expect(readSweep({ ...SWEEP_DRAFT_DEFAULT, time: '?' }, { ...TOOLBAR, seed: '?' }).kind).toBe(
      'ok',
    );
    expect(read({ by: 'time', count: '?' }).kind).toBe('ok');
  });

  it('takes digits in groups', () => {
    expect(read({ count: '1 000', from: '7' })).toMatchObject({
      settings: { from: '7', count: 1_000 },
    });
  });

  it('says what is wrong, by field', () => {
    expect(read({ count: '0', from: '-1' }, 'many')).toMatchObject({
      kind: 'err',
      problems: {
        count: expect.stringContaining('whole number'),
        from: '"-1" is not a seed. Give a whole number from 0 to 18446744073709551615.',
        operations: expect.stringContaining('number of operations'),
      },
    });
  });

  it('does not count beyond the last seed', () => {
    const from = (2n ** 64n - 3n).toString();
    expect(read({ from, count: '3' }).kind).toBe('ok');
    expect(read({ from, count: '4' })).toMatchObject({
      problems: { count: expect.stringContaining('there are only 3 seeds, not 4') },
    });
  });
});

it('names the seeds that are swept', () => {
  const seeds = (rest: object) => describeSeeds({ ...SHARED, from: '5', ...rest });
  expect([seeds({ count: 1 }), seeds({ count: 20 }), seeds({ timeBudgetMs: 90_000 })]).toEqual([
    'seed 5',
    'seeds 5 to 24',
    'from seed 5 for 1 min 30 s',
  ]);
});

it('formats times', () => {
  expect([800, 3_000, 42_000, 185_000, 7_200_000].map(formatTime)).toEqual([
    '0.8 s',
    '3 s',
    '42 s',
    '3 min 5 s',
    '2 h',
  ]);
});
