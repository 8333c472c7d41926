import { describe, expect, it } from 'vitest';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { adder, adderScenario } from '../test-helpers/test-machines.ts';
import {
  causesOf,
  expectReproduced,
  expectShrunk,
  type FailingCause,
  recordOperations,
  shrinkCause,
} from '../test-helpers/test-shrinking.ts';
import { ShrinkError } from './shrink.ts';

const faults = FAULT_PROFILES.chaos;

describe('shrinking', () => {
  async function aCause(): Promise<FailingCause> {
    const settings = { scenario: adderScenario, seed: 3n, operationsMax: 200, faults };
    const causes = await causesOf(adder(), settings);
    const name = 'the total is below 100';
    const cause = [...causes.values()].find(({ finding }) => finding.name === name);
    if (!cause) throw new Error('this seed breaks the invariant');
    return cause;
  }

  it('keeps the best run so far when it is cancelled', async () => {
    const cause = await aCause();
    const whole = await shrinkCause(adder(), adderScenario, cause);
    let asked = 0;
    const isCancelled = () => {
      asked += 1;
      return asked > 12;
    };
    const shrunk = await shrinkCause(adder(), adderScenario, cause, { isCancelled });
    expect(shrunk).toMatchObject({ isCancelled: true, progress: { tries: 12 } });
    expectShrunk(cause, shrunk);
    expect(shrunk.operations.length).toBeGreaterThan(whole.operations.length);
    expect(shrunk.operations.length).toBeLessThan(cause.operations.length);
    const lines = await recordOperations(adder(), adderScenario, shrunk.operations);
    await expectReproduced(lines, cause, adder(), { scenario: adderScenario });
  });

  it('reports its progress', async () => {
    const cause = await aCause();
    const told: { readonly steps: number; readonly from: number; readonly phase: string }[] = [];
    const onProgress = (progress: (typeof told)[number]) => void told.push(progress);
    const { operations, progress } = await shrinkCause(adder(), adderScenario, cause, {
      onProgress,
    });
    expect(told.at(-1)).toEqual(progress);
    expect(progress).toMatchObject({ from: cause.operations.length, steps: operations.length });
    const steps = told.map((each) => each.steps);
    expect(steps).toEqual(steps.toSorted((a, b) => b - a));
    expect(new Set(told.map(({ phase }) => phase))).toEqual(new Set(['removing', 'simplifying']));
  });

  it('is refused for a run that does not fail', async () => {
    const cause = await aCause();
    const passing = { ...cause, operations: cause.operations.slice(0, 2) };
    await expect(shrinkCause(adder(), adderScenario, passing)).rejects.toThrow(ShrinkError);
  });
});
