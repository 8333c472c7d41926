import { describe, expect, it } from 'vitest';
import { signatureOf } from '../engine/signature.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { defineMachine, ok, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { jobs, jobsScenario } from '../test-helpers/test-machines.ts';
import { operationsCauses, causesOf, shrinkCause } from '../test-helpers/test-shrinking.ts';
import { shrink } from './shrink.ts';

interface Orders extends MachineTypes {
  State: { waits: boolean; answers: string[] };
  Input: string;
  Tracked: { kind: 'Start' } | { kind: 'Check' };
  Result: string;
}

/** Starts one order, and asks how far it is after a crash, under the same id. */
function orders(isWrong: (answers: readonly string[]) => boolean) {
  return defineMachine<Orders>({
    name: 'orders',
    description: 'One order.',
    initialState: () => ({ waits: false, answers: [] }),
    stf(state, given, actions) {
      if (given.kind === 'normal') {
        state.update((draft) => void (draft.waits = true));
        actions.tracked(1, { kind: 'Start' });
      } else state.update((draft) => void draft.answers.push(given.result));
      return ok();
    },
    restore(state, actions) {
      if (state.waits) actions.tracked(1, { kind: 'Check' });
      return ok();
    },
    invariants: { 'all is well': ({ answers }) => !isWrong(answers) },
  });
}

const START: Operation = { kind: 'normal', input: 'start' };
const CRASH: readonly Operation[] = [{ kind: 'crash', dispatched: 1 }, { kind: 'restore' }];

function comes(result: string): Operation {
  return { kind: 'trackedActionCompleted', id: 1, result };
}

async function shrunkOf(
  isWrong: (answers: readonly string[]) => boolean,
  operations: readonly Operation[],
): Promise<readonly Operation[]> {
  const machine = orders(isWrong);
  const causes = await operationsCauses(machine, operations);
  const cause = causes.find(({ finding }) => finding.name === 'all is well');
  if (!cause) throw new Error('the run does not fail');
  const signature = signatureOf(cause.finding);
  return (await shrink({ machine, signature }, cause.operations)).operations;
}

describe('a shorter run', () => {
  it('keeps the crash after which a question got its answer', async () => {
    const operations = [START, ...CRASH, comes('pending')];
    const shrunk = await shrunkOf((answers) => answers.includes('pending'), operations);
    expect(shrunk.map(({ kind }) => kind)).toEqual(operations.map(({ kind }) => kind));
  });

  it('does without it where the same answer was given to the first question, too', async () => {
    const operations = [START, comes('done'), START, ...CRASH, comes('done')];
    const isTwice = (answers: readonly string[]) => answers.length > 1;
    expect(await shrunkOf(isTwice, operations)).toEqual([
      START,
      comes('done'),
      START,
      comes('done'),
    ]);
  });

  it('takes no answer for a second delivery when its question is left out', async () => {
    const operations = [START, ...CRASH, comes('done'), ...CRASH, comes('done')];
    const shrunk = await shrunkOf((answers) => answers.length > 1, operations);
    expect(shrunk.filter((one) => 'isDuplicate' in one && one.isDuplicate)).toEqual([]);
    expect(shrunk.filter(({ kind }) => kind === 'restore')).not.toEqual([]);
  });
});

describe('external systems whose answers do not follow from what they observe', () => {
  /** A system that owes every answer, whether or not it has come. */
  const forgetful = (isObserving: boolean): AnyScenario => {
    const plain = jobsScenario();
    return {
      ...plain,
      start: (...given: Parameters<typeof plain.start>) => {
        const due: number[] = [];
        return {
          ...plain.start(...given),
          observe: ({ operation }: { operation: Operation }) => {
            if (!isObserving || operation.kind !== 'trackedActionCompleted') return;
            due.splice(due.indexOf(operation.id as number), 1);
          },
          external: {
            receive: (id: number) => void due.push(id),
            settle: () => {
              const id = isObserving ? due[0] : due.shift();
              return id === undefined
                ? undefined
                : { kind: 'trackedActionCompleted', id, result: 'done' };
            },
            settled: { never: () => false },
          },
        };
      },
    };
  };

  it.each([true, false])('are named (answers follow: %s)', async (isObserving) => {
    const scenario = forgetful(isObserving);
    const settings = { scenario, seed: 1n, operationsMax: 4, faults: FAULT_PROFILES.crashes };
    const causes = [...(await causesOf(jobs(), settings)).values()];
    const cause = causes.find(({ finding }) => finding.kind === 'settled');
    if (!cause) throw new Error('the property never holds');
    const { unfounded } = await shrinkCause(jobs(), scenario, cause);
    if (isObserving) expect(unfounded).toBeUndefined();
    else expect(unfounded).toMatchObject({ kind: 'trackedActionCompleted', result: 'done' });
  });
});
