/**
 * @file The counter, begun close to its limit, which no run from 0 would live to see. It is a machine
 * of its own: open this file, or `npx phasmoscope run samples/counter/near-limit.ts`.
 */
import { COUNTER_MAX, counterFrom } from './machine.ts';
import { countingToTheLimit } from './scenarios.ts';

/** Room for so many increments. */
const ROOM = 10n;

export const machine = counterFrom(COUNTER_MAX - ROOM, {
  name: 'counter-near-limit',
  description: 'The counter, begun ten below the largest number of 64 bits.',
});

export const scenarios = [countingToTheLimit];
