import { describe, expect, it } from 'vitest';
import { planChecks } from '../engine/check-plan.ts';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { defineMachine, err, ok, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { defineScenario, type ExternalFaults } from '../machine/scenario.ts';
import { formatSentence } from '../trace/words/sentences.ts';
import { askButFor, type JudgedPart } from './but-for.ts';
import { explain } from './explanation.ts';
import { startFork, type ForkSubject } from './fork.ts';
import { parentInMemory, type Parent } from './parent.ts';
import type { Part } from './parts.ts';

interface Visits extends MachineTypes {
  State: { nextId: number; booked: number[]; paid: number[] };
  Input: 'book' | 'look';
  Id: number;
  Tracked: { kind: 'Charge'; visit: number };
  Untracked: never;
  Result: 'Charged' | 'Failed' | 'Odd';
  Rejection: 'odd';
}

/** Books visits, and does nothing about a charge that failed: such a visit stays undecided. */
const machine = defineMachine<Visits>({
  name: 'visits',
  description: 'Visits that are paid for.',
  initialState: () => ({ nextId: 1, booked: [], paid: [] }),
  stf(state, input, actions) {
    if (input.kind === 'trackedActionCompleted') {
      if (input.result === 'Odd') return err('odd');
      if (input.result === 'Failed') return ok();
      state.update((draft) => {
        draft.paid.push(input.id);
        draft.booked = draft.booked.filter((id) => id !== input.id);
      });
      return ok();
    }
    if (input.input === 'look') return ok();
    const id = state.current.nextId;
    actions.tracked(id, { kind: 'Charge', visit: id });
    state.update((draft) => {
      draft.nextId += 1;
      draft.booked.push(id);
    });
    return ok();
  },
  restore(state, actions) {
    for (const id of state.booked) actions.tracked(id, { kind: 'Charge', visit: id });
    return ok();
  },
  invariants: {},
});

/** A bank whose charges fail now and then; each visit must be decided at the end. */
function bank(start: (faults: ExternalFaults) => Visits['Result']) {
  return defineScenario<Visits>({
    name: 'bank',
    description: 'A bank.',
    defaults: { seed: '1', operations: 3 },
    start: (_, faults) => ({
      next: () => ({ kind: 'normal', input: 'book' }),
      observe: () => {},
      tallies: () => ({}),
      external: {
        receive: () => start(faults),
        settled: {
          'each visit is decided': ({ booked }) =>
            booked.length === 0 || `${booked.length} are not`,
        },
      },
    }),
  });
}

const failsNowAndThen = bank((faults) => (faults.strikes() ? 'Failed' : 'Charged'));

const book: Operation<Visits> = { kind: 'normal', input: 'book' };
const look: Operation<Visits> = { kind: 'normal', input: 'look' };
const bookInVain = { ...book, externalFailures: [true] } as const;
const comes = (id: number, result: Visits['Result']): Operation<Visits> => ({
  kind: 'trackedActionCompleted',
  id,
  result,
});

async function explained(scenario: typeof failsNowAndThen, ...list: Operation<Visits>[]) {
  const checks = { ...planChecks(machine, FAULT_PROFILES.none), rules: {} };
  const operations = [...list, { kind: 'settled' } as const];
  const run = new Run(machine, replaySource(operations, { scenario }), { checks });
  const label = { scenario: 'bank', seed: 1n, operationsMax: list.length, faults: 'none' };
  const parent = await parentInMemory({ machine, run, label });
  const subject: ForkSubject = { machine, scenario, checks };
  const [finding] = parent.findings;
  if (!finding) throw new Error('It should fail.');
  const failure = { signature: signatureOf(finding), stepIndex: finding.stepIndex };
  const found = await askButFor(subject, parent, failure);
  return { parent, subject, found, told: explain(parent, found).map(formatSentence) };
}

const needs = (parts: readonly JudgedPart[]) =>
  parts.map(({ part, need }) => `${part.kind} ${part.stepIndex} ${need}`);

/** How many findings a run has without parts. */
async function findingsWithout(subject: ForkSubject, parent: Parent, parts: readonly Part[]) {
  const changes = parts.flatMap(({ without }) => without);
  const fork = { from: 0, changes, goesOn: 'sameOperations' } as const;
  const { run } = await startFork(subject, parent, fork);
  let count = 0;
  await run.advance(Number.POSITIVE_INFINITY, ({ findings }) => {
    count += findings.length;
  });
  return count;
}

describe('a result that the machine accepts without doing anything', () => {
  it('is what the run fails because of, where it passes with another one', async () => {
    const { parent, subject, found, told } = await explained(
      failsNowAndThen,
      book,
      comes(1, 'Charged'),
      bookInVain,
      comes(2, 'Failed'),
    );
    expect(needs(found.parts)).toEqual([
      'input 0 notNeeded',
      'completion 1 notNeeded',
      'input 2 needed',
      'resultValue 3 needed',
    ]);
    expect(told).toEqual([
      'Fails because the result Failed of tracked action 2 comes (step 3) and not Charged; the machine accepts it without changing anything.',
      'With Charged in its place it passes.',
      'It also takes the request book at step 2.',
      '1 result and 1 request before it do not matter.',
    ]);
    for (const judged of found.parts) {
      const count = await findingsWithout(subject, parent, [judged.part]);
      expect([judged.part.stepIndex, count === 0]).toEqual([
        judged.part.stepIndex,
        judged.need === 'needed',
      ]);
    }
  });

  it('is compared with what the scenario answers, where the run has no other answer', async () => {
    const { found, told } = await explained(failsNowAndThen, bookInVain, comes(1, 'Failed'));
    expect(found.nearest).toMatchObject({
      kind: 'resultValue',
      without: [{ kind: 'result', at: 1, result: 'Charged' }],
    });
    expect(told).toContain('With Charged in its place it passes.');
  });

  it('matters together with others that are left undecided as well', async () => {
    const { parent, subject, found, told } = await explained(
      failsNowAndThen,
      bookInVain,
      comes(1, 'Failed'),
      bookInVain,
      comes(2, 'Failed'),
    );
    expect(needs(found.parts)).toEqual([
      'input 0 notNeeded',
      'resultValue 1 notNeeded',
      'input 2 notNeeded',
      'resultValue 3 notNeeded',
    ]);
    expect(found.spare).toEqual([]);
    expect(told).toEqual([
      'No single part of the run before it is needed for it.',
      'Step 1 and step 3 matter only together: without one of them it fails all the same, but not without all of them.',
      'So do step 0 and step 2.',
    ]);
    for (const judged of found.parts) {
      expect(await findingsWithout(subject, parent, [judged.part])).toBe(1);
    }
    for (const group of found.together) {
      expect(await findingsWithout(subject, parent, group)).toBe(0);
    }
  });

  it('is not compared with a result that the machine refuses', async () => {
    const odd = bank((faults) => (faults.strikes() ? 'Failed' : 'Odd'));
    const { found } = await explained(odd, bookInVain, comes(1, 'Failed'));
    expect(needs(found.parts)).toEqual(['input 0 needed', 'completion 1 notNeeded']);
  });

  it('is found in a long run as well', async () => {
    const looks = Array.from({ length: 40 }, () => look);
    const { found } = await explained(failsNowAndThen, bookInVain, comes(1, 'Failed'), ...looks);
    expect(needs(found.parts.filter(({ need }) => need !== 'notNeeded'))).toEqual([
      'input 0 needed',
      'resultValue 1 needed',
    ]);
  });
});
