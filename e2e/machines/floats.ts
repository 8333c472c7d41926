import { defineMachine, defineScenario, ok, type MachineTypes } from 'phasmoscope';

interface Floats extends MachineTypes {
  State: { count: number };
  Input: 'count';
}

/** At its fourth step, starts a promise that rejects, and never awaits it. */
export const machine = defineMachine<Floats>({
  name: 'floats',
  description: 'Leaves a promise behind that is rejected.',
  initialState: () => ({ count: 0 }),
  stf(state) {
    if (state.current.count === 3) void Promise.reject(new Error('nobody listens'));
    state.update((draft) => {
      draft.count += 1;
    });
    return ok();
  },
  restore: () => ok(),
  invariants: {},
});

export const scenarios = [
  defineScenario<Floats>({
    name: 'count',
    description: 'Counts up.',
    defaults: { seed: '1', operations: 50 },
    start: () => ({
      next: () => ({ kind: 'normal', input: 'count' }),
      observe() {},
      tallies: () => ({}),
    }),
  }),
];
