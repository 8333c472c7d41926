import { machine as hanging, scenarios } from './hangs.ts';

export { scenarios };

/** Ends its own process, as a runaway allocation would. */
export const machine = {
  ...hanging,
  name: 'exits',
  description: 'Ends its own process.',
  stf() {
    // The types of a machine know no process, and rightly so; this one breaks out on purpose.
    const { process } = globalThis as unknown as { process: { exit(code: number): never } };
    return process.exit(3);
  },
};
