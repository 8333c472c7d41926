import { defineMachine, defineScenario, err, ok, type MachineTypes } from 'phasmoscope';

interface Turnstile extends MachineTypes {
  State: { coins: number; open: boolean; nextId: number; unlocking: number[] };
  Input: 'coin' | 'push';
  Id: number;
  Tracked: { kind: 'Unlock' };
  Untracked: { kind: 'Beep' };
  Result: 'unlocked' | 'jammed';
  Rejection: 'Locked';
}

export const machine = defineMachine<Turnstile>({
  name: 'turnstile',
  description: 'A coin unlocks it for one person.',
  initialState: () => ({ coins: 0, open: false, nextId: 1, unlocking: [] }),

  stf(state, input, actions) {
    if (input.kind === 'trackedActionCompleted') {
      // A result may come twice: only the first one counts.
      if (!state.current.unlocking.includes(input.id)) return ok();
      state.update((draft) => {
        draft.unlocking = draft.unlocking.filter((id) => id !== input.id);
        draft.open = input.result === 'unlocked';
      });
      return ok();
    }
    if (input.input === 'push') {
      // An expected refusal is an answer, not an exception.
      if (!state.current.open) return err('Locked');
      // Everything that can fail comes before the first change of the state.
      actions.untracked({ kind: 'Beep' });
      state.update((draft) => {
        draft.open = false;
      });
      return ok();
    }
    const id = state.current.nextId;
    actions.tracked(id, { kind: 'Unlock' });
    state.update((draft) => {
      draft.coins += 1;
      draft.nextId += 1;
      draft.unlocking.push(id);
    });
    return ok();
  },

  // After a crash, from the state alone: the actions whose results are still awaited.
  restore(state, actions) {
    for (const id of state.unlocking) {
      actions.tracked(id, { kind: 'Unlock' });
    }
    return ok();
  },

  invariants: {
    'coins are counted': (state) => state.coins === state.nextId - 1 || 'a coin is missing',
  },
});

export const scenarios = [
  defineScenario<Turnstile>({
    name: 'rush-hour',
    description: 'Coins and pushes in any order.',
    defaults: { seed: '1', operations: 200 },
    start(random) {
      const outstanding = new Set<number>();
      return {
        next() {
          const [id] = outstanding;
          if (id !== undefined && random.genBool(0.4)) {
            outstanding.delete(id);
            return { kind: 'trackedActionCompleted', id, result: 'unlocked' };
          }
          return { kind: 'normal', input: random.choose(['coin', 'push'] as const) ?? 'push' };
        },
        observe({ actions }) {
          // After a crash, restore emits again what is outstanding: a Set has it once.
          for (const action of actions) if (action.kind === 'tracked') outstanding.add(action.id);
        },
        tallies: () => ({ waiting: outstanding.size }),
      };
    },
  }),
];
