import { err, type StateAccess } from 'phasmoscope';
import { machine as hanging, scenarios } from './hangs.ts';

export { scenarios };

/** Changes its state and then returns an error: not atomic. */
export const machine = {
  ...hanging,
  name: 'changes-then-refuses',
  description: 'Changes its state before it refuses.',
  stf(state: StateAccess<{ steps: number }>) {
    state.update((draft) => {
      draft.steps = 7;
    });
    return err({ kind: 'TooLate' });
  },
};
