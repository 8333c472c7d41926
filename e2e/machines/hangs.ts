import { defineMachine, defineScenario, ok, type MachineTypes } from 'phasmoscope';

interface Hanging extends MachineTypes {
  State: { steps: number };
  Input: number;
}

/** Counts to fifty, and then never returns. */
export const machine = defineMachine<Hanging>({
  name: 'hangs',
  description: 'Falls into an endless loop at step 50.',
  initialState: () => ({ steps: 0 }),
  stf(state, input) {
    if (input.kind === 'normal' && input.input === 50) {
      let spins = 0;
      while (spins >= 0) spins += 1;
    }
    state.update((draft) => {
      draft.steps += 1;
    });
    return ok();
  },
  restore: () => ok(),
  invariants: {},
});

export const scenarios = [
  defineScenario<Hanging>({
    name: 'count',
    description: 'Counts up.',
    defaults: { seed: '1', operations: 100 },
    start() {
      let next = 0;
      return {
        next() {
          const input = next;
          next += 1;
          return { kind: 'normal', input };
        },
        observe() {},
        tallies: () => ({}),
      };
    },
  }),
];
