import { defineMachine, ok, type MachineTypes } from 'phasmoscope';

interface Empty extends MachineTypes {
  State: { count: number };
  Input: 'count';
}

/** Its author has not written a scenario yet. */
export const machine = defineMachine<Empty>({
  name: 'no-scenarios',
  description: 'Has nothing to run.',
  initialState: () => ({ count: 0 }),
  stf: () => ok(),
  restore: () => ok(),
  invariants: {},
});
