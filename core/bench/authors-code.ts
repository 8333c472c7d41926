import { executedStep, type EmittedAction, type Outcome } from '../machine/executed.ts';
import type { AnyMachine, StfInput } from '../machine/machine.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';
import { openUpdate } from '../value/update.ts';
import { freeze } from '../value/value.ts';

/**
 * Executes a seed with the author's code and the drafts of states alone: nothing is guarded, sampled or
 * executed twice, and no error is caught. No engine around this code can be faster than this.
 */
export function runAuthorsCode(
  machine: AnyMachine,
  scenario: AnyScenario,
  seed: bigint,
  operations: number,
): void {
  const random = (stream: bigint) => ChaCha8Rng.seedFromU64(seed, stream);
  const driver = scenario.start(random(0n), { random: random(1n), strikes: () => false });
  let state = freeze(machine.initialState?.() as object);
  let actions: EmittedAction[] = [];
  const access = {
    get current() {
      return state;
    },
    update(recipe: (draft: never) => void) {
      const update = openUpdate(state);
      recipe(update.draft as never);
      state = update.finish();
    },
  };
  const emitted = {
    tracked: (id: number, action: unknown) => void actions.push({ kind: 'tracked', id, action }),
    untracked: (action: unknown) => void actions.push({ kind: 'untracked', action }),
  };
  for (let stepIndex = 0; stepIndex < operations; stepIndex += 1) {
    const operation = driver.next(state) as StfInput;
    const before = state;
    actions = [];
    const outcome = machine.stf(access, operation, emitted) as Outcome;
    if (outcome.kind === 'err') state = before;
    else if (state !== before) {
      for (const holds of Object.values(machine.invariants)) holds(state, before);
    }
    driver.observe(executedStep({ stepIndex, operation, outcome, actions, before, after: state }));
    for (const action of actions) {
      if (action.kind === 'tracked') driver.external?.receive(action.id, action.action);
    }
  }
}
