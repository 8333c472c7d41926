import { childProcess, defineScenario, type MachineTypes } from 'phasmoscope';

interface Spinning extends MachineTypes {
  State: { steps: number };
  Input: 'go';
}

/** The time limit is long, so that the user stops the process before it strikes. */
export const machine = childProcess({
  name: 'process-spins',
  description: 'Falls into an endless loop in a process of its own.',
  command: ['node', 'process-spins.mjs'],
  timeLimitMs: 600_000,
});

export const scenarios = [
  defineScenario<Spinning>({
    name: 'go',
    description: 'Goes on.',
    defaults: { seed: '1', operations: 10 },
    start: () => ({
      next: () => ({ kind: 'normal', input: 'go' }),
      observe() {},
      tallies: () => ({}),
    }),
  }),
];
