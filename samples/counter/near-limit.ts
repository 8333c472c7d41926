/**
 * @file The counter, begun close to its limit, which no run from 0 could reach. It is a separate
 * machine: open this file, or `npx phasmoscope run samples/counter/near-limit.ts`.
 */
import { COUNTER_MAX, counterFrom } from './machine.ts';
import { countingToTheLimit } from './scenarios.ts';

/** The number of increments before the limit. */
const ROOM = 10n;

export const machine = counterFrom(COUNTER_MAX - ROOM, {
  name: 'counter-near-limit',
  description: 'The counter, begun ten below the largest number of 64 bits.',
});

export const scenarios = [countingToTheLimit];
