import { defineMachine, err, ok, type Machine, type MachineTypes } from 'phasmoscope';

/** The largest number of 64 bits, at which the counter stops. */
export const COUNTER_MAX = 2n ** 64n - 1n;

/** The types of the smallest machine: one input, and no tracked action. */
export interface Counter extends MachineTypes {
  /** A bigint, since a number would not hold every value of 64 bits exactly. */
  State: { counter: bigint };
  Input: 'Increment';
  /** Without tracked actions, nothing completes and nothing needs to be restored. */
  Id: never;
  Tracked: never;
  Untracked: { readonly kind: 'Incremented'; readonly from: bigint; readonly to: bigint };
  Result: never;
  Rejection: { readonly kind: 'Overflow' };
}

/**
 * A counter that begins at a given value. The first value belongs to the machine, not to a run, since
 * invariants see only the state.
 */
export function counterFrom(
  start: bigint,
  about: { readonly name: string; readonly description: string },
): Machine<Counter> {
  return defineMachine<Counter>({
    ...about,

    initialState: () => ({ counter: start }),

    stf(state, _input, actions) {
      const from = state.current.counter;
      if (from >= COUNTER_MAX) return err({ kind: 'Overflow' });
      const to = from + 1n;
      // The original counts first, and keeps the change when the action is refused. This sample is
      // meant to be copied: it does first what can fail.
      actions.untracked({ kind: 'Incremented', from, to });
      state.update((draft) => {
        draft.counter = to;
      });
      return ok();
    },

    restore: () => ok(),

    invariants: {
      'the counter fits in 64 bits': ({ counter }) =>
        (counter >= 0n && counter <= COUNTER_MAX) || `the counter is ${counter}`,
      'the counter does not go back': ({ counter }) =>
        counter >= start || `the counter is ${counter}, but it began at ${start}`,
    },
  });
}
