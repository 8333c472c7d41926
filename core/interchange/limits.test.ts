import { expect, it, vi } from 'vitest';
import type * as limits from '../limits.ts';
import { fromItf } from './itf.ts';

/** @file The limits of counterexamples, small enough to be reached at once. */

vi.mock('../limits.ts', async (importOriginal) => ({
  ...(await importOriginal<typeof limits>()),
  ITF_CONTAINERS_MAX: 10_000,
  ITF_EFFORT_MAX: 20_000_000,
}));

const set = (members: readonly unknown[]) => ({ '#set': members });

/** A document whose states are sets of sets of which each state has others. */
const changing = (states: number, sets: number) => ({
  vars: ['x'],
  states: Array.from({ length: states }, (_, state) => ({
    x: set(Array.from({ length: sets }, (_x, at) => set([at, at + 1 + state]))),
  })),
});

it('refuses a document by the number of its containers', () => {
  const json = { vars: ['x'], states: [{ x: Array.from({ length: 10_000 }, () => []) }] };
  expect(() => fromItf(json, 'm')).toThrow(
    'it has more than 10 000 lists, records, sets and maps, which is the limit',
  );
});

it('refuses a document whose states change too much, and reads one whose states change less', () => {
  expect(() => fromItf(changing(12, 120), 'm')).toThrow(
    /^its states up to \d+ change more than can be compared here$/,
  );
  expect(fromItf(changing(3, 120), 'm').lines).toHaveLength(4);
});
