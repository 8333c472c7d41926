import { expect } from 'vitest';
import { signatureOf } from '../engine/signature.ts';
import { defineMachine, err, ok, type Machine, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { shrink } from '../shrink/shrink.ts';
import type { Possible } from '../shrink/simplify.ts';
import type { Value } from '../value/value.ts';
import { jobsScenario } from './test-machines.ts';
import { operationsCauses } from './test-shrinking.ts';

/** A machine that accepts any input, may emit actions for it, and may panic at it. */
export interface Judge extends MachineTypes {
  State: { taken: unknown[]; answers: unknown[] };
  Input: Value;
  Id: number | string;
  Tracked: Value;
  Untracked: never;
  Result: Value;
  Rejection: 'unknown';
}

export interface Judgement {
  /** Whether the machine panics at an input. */
  readonly input?: (input: never, taken: readonly unknown[]) => boolean;
  /** Whether it panics at a result. */
  readonly result?: (result: never, taken: readonly unknown[]) => boolean;
  /** The actions that it emits for an input; none by default. */
  readonly asks?: (input: never) => { readonly id: number | string; readonly action: Value };
}

/** A machine that judges what comes. */
export function judge({ input, result, asks }: Judgement): Machine<Judge> {
  const fails = (isWrong: Judgement['input'], value: unknown, taken: readonly unknown[]) => {
    if (isWrong?.(value as never, taken)) throw new RangeError('wrong');
  };
  return defineMachine<Judge>({
    name: 'judge',
    description: 'Judges what comes.',
    initialState: () => ({ taken: [], answers: [] }),
    stf(state, given, actions) {
      const { taken } = state.current;
      if (given.kind === 'trackedActionCompleted') {
        if (taken.length === 0) return err('unknown');
        fails(result, given.result, taken);
        state.update(({ answers }) => void answers.push(given.result));
        return ok();
      }
      fails(input, given.input, taken);
      state.update((draft) => void draft.taken.push(given.input));
      const asked = asks?.(given.input as never);
      if (asked) actions.tracked(asked.id, asked.action);
      return ok();
    },
    restore: () => ok(),
    invariants: {},
  });
}

/** Every value can come. */
export const anything: Possible = { isPossible: () => true, isPossibleResult: () => true };

/** An input as an operation. */
export const inputOf = (input: unknown): Operation => ({ kind: 'normal', input });

/** The shortest run of operations at which the machine panics. */
export async function shrunk(
  machine: Machine<Judge>,
  operations: readonly Operation[],
  possible: Possible = anything,
) {
  const cause = (await operationsCauses(machine, operations)).find(
    ({ finding }) => finding.name === 'RangeError',
  );
  if (!cause) throw new Error('the machine panics');
  const subject = {
    machine,
    signature: signatureOf(cause.finding),
    scenario: { ...jobsScenario(), ...possible },
  };
  const once = await shrink(subject, cause.operations);
  const twice = await shrink(subject, once.operations);
  expect(twice.operations).toEqual(once.operations);
  return once.operations;
}
