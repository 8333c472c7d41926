import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startRun } from '../engine/run.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import type { Finding } from '../machine/finding.ts';
import { defineMachine, ok, type Machine, type MachineTypes } from '../machine/machine.ts';
import { defineScenario } from '../machine/scenario.ts';
import { describeRerun, fateOf, isGone } from '../trace/compare/rerun.ts';
import { parentInMemory } from './parent.ts';
import { RerunError, runAgain } from './rerun.ts';

interface Till extends MachineTypes {
  State: { taken: number; next: number };
  Input: number;
  Id: number;
  Tracked: string;
  Result: 'paid';
}

interface TillOptions {
  readonly start?: number;
  /** Above this, an invariant is broken. */
  readonly most?: number;
  /** Payments from this amount on are not asked for. */
  readonly refused?: number;
  readonly other?: boolean;
}

/** A till that must not take more than a sum. */
function till(options: TillOptions = {}): Machine<Till> {
  const { start = 0, most = 10, refused = 100, other = false } = options;
  return defineMachine<Till>({
    name: 'till',
    description: 'Takes money.',
    initialState: () => ({ taken: start, next: 0 }),
    stf(state, input, actions) {
      if (input.kind === 'trackedActionCompleted') return ok();
      if (input.input >= refused) return ok();
      actions.tracked(state.current.next, 'charge');
      state.update((draft) => {
        draft.next += 1;
        draft.taken += input.input;
      });
      return ok();
    },
    restore: () => ok(),
    invariants: {
      'not too much': ({ taken }) => taken <= most || `${taken} is too much`,
      ...(other ? { 'no second': ({ next }: Till['State']) => next < 2 || 'a second one' } : {}),
    },
  });
}

const payments = (amounts: readonly number[]) =>
  defineScenario<Till>({
    name: 'payments',
    description: '',
    defaults: { seed: '1', operations: amounts.length },
    start: () => {
      let at = 0;
      return {
        next: () => {
          const input = amounts[at];
          at += 1;
          return input === undefined ? undefined : { kind: 'normal', input };
        },
        observe() {},
        tallies: () => ({}),
        external: {
          receive: () => 'paid' as const,
          settled: { 'even in the end': ({ taken }) => taken % 2 === 0 || 'odd' },
        },
      };
    },
  });

async function rerunOf(amounts: readonly number[], was: TillOptions, now: TillOptions) {
  const scenario = payments(amounts);
  const faults = FAULT_PROFILES.none;
  const machine = till(was);
  const operationsMax = amounts.length;
  const run = startRun(machine, { scenario, seed: 1n, operationsMax, faults });
  const findings: Finding[] = [...run.executor.initialFindings];
  const label = { scenario: scenario.name, seed: 1n, operationsMax, faults: 'none' };
  const parent = await parentInMemory({ machine, run, label });
  for (let at = 0; at < parent.length; at += 1) findings.push(...parent.step(at).findings);
  const rerun = await runAgain({ machine: till(now), scenario }, parent, findings);
  if (!rerun) throw new Error('it was not stopped');
  return { rerun, findings, parent };
}

describe('a run that is executed again on a source that was saved', () => {
  it('says that a finding is gone', async () => {
    const { rerun, findings } = await rerunOf([6, 6], {}, { most: 20 });
    expect(describeRerun(rerun)).toBe('finding gone');
    expect(isGone(rerun)).toBe(true);
    expect(fateOf(rerun, findings[0] as Finding)).toMatchObject({
      name: 'not too much',
      before: 2,
    });
  });

  it('says that a finding is still there, and where', async () => {
    const { rerun } = await rerunOf([6, 6, 6], {}, { most: 12 });
    expect(describeRerun(rerun)).toBe('still there, at step 4');
    expect(isGone(rerun)).toBe(false);
  });

  it('begins with the initial state of the machine as it is now', async () => {
    const { rerun } = await rerunOf([6, 6], {}, { start: 20 });
    expect(rerun.added).toEqual([{ name: 'not too much', stepIndex: -1 }]);
  });

  it('counts what no longer takes place, and keeps the numbers of the steps', async () => {
    const { rerun } = await rerunOf([6, 8, 4], {}, { refused: 7, most: 9 });
    // The result of the payment that is not asked for does not come; the third payment is still step 4.
    expect(rerun.leftOut).toBe(1);
    expect(describeRerun(rerun)).toBe('still there, at step 4');
  });

  it('counts new findings', async () => {
    const { rerun } = await rerunOf([6, 6], {}, { most: 20, other: true });
    expect(describeRerun(rerun)).toBe('finding gone, 1 new');
    expect(isGone(rerun)).toBe(false);
  });

  it('cannot be asked what held at the end without the scenario', async () => {
    const { parent, findings } = await rerunOf([1], {}, {});
    expect(findings.map(({ kind }) => kind)).toEqual(['settled']);
    const asked = runAgain({ machine: till() }, parent, findings);
    await expect(asked).rejects.toThrow(RerunError);
    await expect(asked).rejects.toThrow('The scenario "payments" is gone');
  });

  it('has all findings where they were, if nothing was changed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 }),
        async (amounts) => {
          const { rerun } = await rerunOf(amounts, {}, {});
          expect(rerun.leftOut).toBe(0);
          expect(rerun.added).toEqual([]);
          for (const { before, now } of rerun.causes) expect(now).toBe(before);
        },
      ),
    ));
});
