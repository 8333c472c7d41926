import { describe, expect, it } from 'vitest';
import { FAULT_PROFILES } from '../../core/machine/faults.ts';
import { knownFaults, readSettings, SETTINGS_DEFAULT } from './settings.ts';

it('keeps a fault profile that the machine has, and falls back to none', () => {
  const names = [...Object.keys(FAULT_PROFILES), 'monday morning'];
  const info = { faultProfiles: names.map((name) => ({ name, description: '' })) };
  expect(['chaos', 'monday morning', 'gone'].map((name) => knownFaults(info, name))).toEqual([
    'chaos',
    'monday morning',
    'none',
  ]);
});

describe('readSettings', () => {
  const draft = { ...SETTINGS_DEFAULT, scenario: 'mixed', seed: ' 7 ', operations: '1 000' };

  it('returns the settings of a run', () => {
    const settings = { scenario: 'mixed', seed: '7', operationsMax: 1_000, faults: 'none' };
    expect(readSettings(draft)).toEqual({ kind: 'ok', settings });
  });

  it('says what is wrong, by field', () => {
    expect(readSettings({ ...draft, seed: '-1', operations: '' })).toEqual({
      kind: 'err',
      problems: {
        seed: '"-1" is not a seed. Give a whole number from 0 to 18446744073709551615.',
        operations:
          'An empty text is not a number of operations. Give a whole number from 1 to 5 000 000.',
      },
    });
  });

  it('needs a scenario, or a file of inputs', () => {
    expect(readSettings({ ...draft, scenario: '' })).toMatchObject({
      problems: { scenario: 'There is no scenario to run.' },
    });
    expect(readSettings({ ...draft, scenario: '', inputs: 'visit.json' }).kind).toBe('ok');
  });
});
