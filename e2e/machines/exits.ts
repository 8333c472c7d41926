import { defineScenario } from 'phasmoscope';
import { machine as hanging } from './hangs.ts';

/** A sound machine, but its scenario breaks out. */
export const machine = {
  ...hanging,
  name: 'exits',
  description: 'Its scenario ends its own process.',
};

export const scenarios = [
  defineScenario({
    name: 'count',
    description: 'Ends its own process, as a runaway allocation would.',
    defaults: { seed: '1', operations: 100 },
    start: () => ({
      next() {
        // The types of a scenario know no process, and rightly so; this one breaks out on purpose.
        const { process } = globalThis as unknown as { process: { exit(code: number): never } };
        return process.exit(3);
      },
      observe() {},
      tallies: () => ({}),
    }),
  }),
];
