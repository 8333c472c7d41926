import { counterFrom } from './machine.ts';
import { counting } from './scenarios.ts';

export const machine = counterFrom(0n, {
  name: 'counter',
  description: 'The smallest machine: one input, which counts up to the limit of 64 bits.',
});

export const scenarios = [counting];
