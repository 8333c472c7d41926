import { expect, it } from 'vitest';
import { FAULT_PROFILES } from '../../core/machine/faults.ts';
import { knownFaults } from './settings.ts';

it('keeps a fault profile that the machine has, and falls back to none', () => {
  const names = [...Object.keys(FAULT_PROFILES), 'monday morning'];
  const info = { faultProfiles: names.map((name) => ({ name, description: '' })) };
  expect(['chaos', 'monday morning', 'gone'].map((name) => knownFaults(info, name))).toEqual([
    'chaos',
    'monday morning',
    'none',
  ]);
});
