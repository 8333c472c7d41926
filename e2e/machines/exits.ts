import { defineScenario } from 'phasmoscope';
import { machine as hanging } from './hangs.ts';

/** A sound machine, but its module ends the process while it runs. */
export const machine = {
  ...hanging,
  name: 'exits',
  description: 'Its module ends its own process.',
};

let isRunning = false;

// The types of a machine have neither timers nor a process. During a run both are out of reach, but
// not while the host pauses between steps.
const { process, setInterval } = globalThis as unknown as {
  process: { exit: (code: number) => never };
  setInterval: (callback: () => void, periodMs: number) => void;
};
setInterval(() => {
  if (isRunning) process.exit(3);
}, 1);

export const scenarios = [
  defineScenario({
    name: 'count',
    description: 'Ends its own process, as a runaway allocation would.',
    defaults: { seed: '1', operations: 1_000_000 },
    start: () => ({
      next() {
        isRunning = true;
        return { kind: 'normal', input: 1 };
      },
      observe() {},
      tallies: () => ({}),
    }),
  }),
];
