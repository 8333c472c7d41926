import { defineMachine, defineScenario, ok, type MachineTypes } from 'phasmoscope';

interface Odd extends MachineTypes {
  State: { odd: Map<number | string, bigint | number | undefined> };
  Input: { kind: 'Count'; by: bigint };
}

/** Holds what JSON has no words for. */
export const machine = defineMachine<Odd>({
  name: 'odd-values',
  description: 'Holds what JSON has no words for.',
  initialState: () => ({
    odd: new Map<number | string, bigint | number | undefined>([
      [1, 0n],
      ['1', undefined],
      [2, Number.NaN],
    ]),
  }),
  stf(state, input) {
    if (input.kind === 'trackedActionCompleted') return ok();
    const { by } = input.input;
    state.update((draft) => {
      draft.odd.set(1, BigInt(draft.odd.get(1) ?? 0) + by);
    });
    return ok();
  },
  restore: () => ok(),
  invariants: { 'less than two': ({ odd }) => (odd.get(1) === 2n ? 'there are two' : true) },
});

export const scenarios = [
  defineScenario<Odd>({
    name: 'count',
    description: 'Counts one by one.',
    defaults: { seed: '1', operations: 3 },
    start: () => ({
      next: () => ({ kind: 'normal', input: { kind: 'Count', by: 1n } }),
      observe() {},
      tallies: () => ({}),
    }),
  }),
];
