import { defineMachine, defineScenario, ok, type MachineTypes } from 'phasmoscope';

interface Texts extends MachineTypes {
  State: { code: string; word: string; text: string };
  Input: { kind: string; text: string };
  Id: number;
  Tracked: { kind: string };
}

const LONG_NAME = 'ReserveInventoryInWarehouseAndNotifyCustomerByMail';

/** Texts that are long, wide, or differ in invisible characters. */
export const machine = defineMachine<Texts>({
  name: 'texts',
  description: 'Texts of any length and script.',
  initialState: () => ({ code: 'A-1', word: 'caf\u00e9', text: '' }),
  stf(state, input, actions) {
    if (input.kind !== 'normal') return ok();
    state.update((draft) => {
      draft.code = 'A-1\u200b';
      draft.word = 'cafe\u0301';
      draft.text = input.input.text;
    });
    actions.tracked(1, { kind: `${LONG_NAME}Action` });
    return ok();
  },
  restore: () => ok(),
  invariants: {
    'the code is known': ({ code }) => code === 'A-1' || `no code ${code} ${'!'.repeat(5_000)}`,
  },
});

export const scenarios = [
  defineScenario<Texts>({
    name: 'one',
    description: 'One input.',
    defaults: { seed: '1', operations: 1 },
    start: () => ({
      next: () => ({
        kind: 'normal',
        input: { kind: LONG_NAME, text: '日本語😀é'.repeat(30_000) },
      }),
      observe() {},
      tallies: () => ({}),
    }),
  }),
];
