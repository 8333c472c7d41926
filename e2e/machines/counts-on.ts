import { defineMachine, defineScenario, ok, type MachineTypes } from 'phasmoscope';

interface Counting extends MachineTypes {
  State: { count: number };
  Input: number;
}

/** About a millisecond of work. */
const ROUNDS = 200_000;

/** Goes on for minutes at an even pace. */
export const machine = defineMachine<Counting>({
  name: 'counts-on',
  description: 'Counts up for a long time.',
  initialState: () => ({ count: 0 }),
  stf(state) {
    let sum = 0;
    for (let round = 0; round < ROUNDS; round += 1) sum = (sum * 31 + round) % 1_000_003;
    if (sum < 0) throw new Error('sums are not negative');
    state.update((draft) => {
      draft.count += 1;
    });
    return ok();
  },
  restore: () => ok(),
  invariants: {},
});

export const scenarios = [
  defineScenario<Counting>({
    name: 'count',
    description: 'Counts up.',
    defaults: { seed: '1', operations: 500_000 },
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
