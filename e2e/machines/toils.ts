import { defineMachine, defineScenario, ok } from 'phasmoscope';

interface Toil {
  State: { ticks: number };
  Input: { kind: 'tick' } | { kind: 'rest' };
  Id: number;
  Tracked: never;
  Untracked: never;
  Result: never;
  Rejection: never;
}

const TICKS_MAX = 150;
/** About a millisecond of work. */
const ROUNDS = 200_000;

/** Is slow at each step, and fails after many steps: shrinking it takes long. */
export const machine = defineMachine<Toil>({
  name: 'toils',
  description: 'Works long, and fails late; and it has no work at first.',
  initialState: () => ({ ticks: 0 }),
  stf(state, given) {
    if (given.kind !== 'normal' || given.input.kind === 'rest') return ok();
    let sum = 0;
    for (let round = 0; round < ROUNDS; round += 1) sum = (sum * 31 + round) % 1_000_003;
    if (sum < 0) throw new Error('sums are not negative');
    state.update((draft) => {
      draft.ticks += 1;
    });
    return ok();
  },
  restore: () => ok(),
  invariants: {
    'there is work': ({ ticks }) => ticks > 0,
    'the work ends': ({ ticks }) => ticks < TICKS_MAX,
  },
});

export const scenarios = [
  defineScenario<Toil>({
    name: 'work',
    description: 'Works, and rests now and then.',
    defaults: { seed: '1', operations: 400 },
    start: (random) => ({
      next: () => ({ kind: 'normal', input: { kind: random.genBool(0.5) ? 'tick' : 'rest' } }),
      observe() {},
      tallies: () => ({}),
    }),
  }),
];
