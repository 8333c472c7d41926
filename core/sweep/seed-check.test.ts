import { describe, expect, it } from 'vitest';
import { CHECK_EVERYTHING, SWEEP_SAMPLING } from '../engine/check-plan.ts';
import type { RunPlan } from '../engine/run.ts';
import { ok } from '../machine/machine.ts';
import { adder, adderScenario } from '../test-helpers/test-machines.ts';
import { checkSeeds, subjectWith } from '../test-helpers/test-seeds.ts';
import { sweepGroupSchema } from './report.ts';
import { checkSeed } from './seed-check.ts';

describe('a sampled seed', () => {
  /** The findings of a seed when no cause is known yet. */
  const groupsOf = async (subject: RunPlan, seed: bigint) => {
    const yes = () => true;
    return (await checkSeed(subject, seed, yes, yes)).groups;
  };

  it('has its example at the step where a recorded run has it', async () => {
    const seed = 2n;
    const every = await groupsOf(subjectWith({ invariantsEvery: 1, rulesEvery: 1 }), seed);
    const sampled = await groupsOf(subjectWith({ invariantsEvery: 5, rulesEvery: 16 }), seed);
    expect(sampled.length).toBeGreaterThan(0);
    expect(every).toEqual(expect.arrayContaining([...sampled]));
  });

  it('reports an example that was not found again', async () => {
    let runs = 0;
    const machine = {
      ...adder(),
      initialState: () => {
        runs += 1;
        return { ...adder().initialState(), total: runs === 1 ? 100 : 0 };
      },
    };
    const groups = await groupsOf({ ...subjectWith(SWEEP_SAMPLING), machine }, 2n);
    const unsteady = groups.filter(({ isUnsteady }) => isUnsteady);
    expect(unsteady).toMatchObject([{ name: 'the total is below 100', stepIndex: -1 }]);
    expect(sweepGroupSchema.parse(unsteady[0])).toEqual(unsteady[0]);
  });

  it('is steady if only the closer run goes elsewhere', async () => {
    // Writes to its input, which panics if the input is frozen, and breaks an invariant otherwise.
    const machine = {
      ...adder(),
      stf: ((state, given) => {
        if (given.kind !== 'normal') return ok();
        (given.input as { amount: number }).amount = 100;
        state.update((draft) => {
          draft.total = 100;
        });
        return ok();
      }) as ReturnType<typeof adder>['stf'],
    };
    const groups = await groupsOf({ ...subjectWith(SWEEP_SAMPLING), machine }, 2n);
    expect(groups.map(({ name }) => name)).toContain('the total is below 100');
    expect(groups.filter(({ isUnsteady }) => isUnsteady)).toEqual([]);
  });

  it('reports what was skipped', async () => {
    const sampled = await checkSeeds(subjectWith({ invariantsEvery: 5, rulesEvery: 16 }), [1n]);
    const all = await checkSeeds(subjectWith({ invariantsEvery: 1, rulesEvery: 1 }), [1n]);
    expect(all.checks.skipped).toBe(0);
    expect(sampled.checks.evaluated + sampled.checks.skipped).toBe(all.checks.evaluated);
    expect(sampled.checks.rules.determinism ?? 0).toBe(
      Math.ceil((all.checks.rules.determinism ?? 0) / 16),
    );
  });

  it('reports its progress every hundred steps', async () => {
    const beats: number[] = [];
    const subject = subjectWith(SWEEP_SAMPLING);
    const long = { ...subject, settings: { ...subject.settings, operationsMax: 1_000 } };
    const checked = await checkSeed(
      long,
      1n,
      () => false,
      (steps) => beats.push(steps) > 0,
    );
    expect(Math.max(...beats)).toBeLessThanOrEqual(100);
    expect(beats.reduce((sum, steps) => sum + steps, 0)).toBe(checked.steps);
  });

  it('that is stopped keeps its findings, and does not count as run', async () => {
    const subject = subjectWith(SWEEP_SAMPLING);
    const long = { ...subject, settings: { ...subject.settings, operationsMax: 5_000 } };
    const news: string[] = [];
    let steps = 0;
    const checked = await checkSeed(
      long,
      1n,
      () => true,
      (more) => (steps += more) < 60,
      ({ signature }) => news.push(signature),
    );
    expect(checked).toMatchObject({ end: { kind: 'stopped' }, seeds: 0, unfinished: 1, steps });
    expect(steps).toBeLessThan(200);
    expect(checked.groups.length).toBeGreaterThan(0);
    expect(news).toEqual(checked.groups.map(({ signature }) => signature));
  });

  it('whose scenario throws keeps its findings, at the steps of a recorded run', async () => {
    const { settings, ...subject } = subjectWith(SWEEP_SAMPLING);
    const throwing = (operations: number): RunPlan['settings']['scenario'] => ({
      ...adderScenario,
      start(...given) {
        const driver = adderScenario.start(...given);
        let left = operations;
        const next: typeof driver.next = (state) => {
          left -= 1;
          if (left < 0) throw new Error('no ideas');
          return driver.next(state);
        };
        return { ...driver, next };
      },
    });
    const broken = await checkSeed(
      { ...subject, settings: { ...settings, scenario: throwing(30) } },
      2n,
      () => true,
      () => true,
    );
    expect(broken).toMatchObject({ end: { kind: 'broken' }, seeds: 0, unfinished: 1 });
    const whole = await checkSeed(
      { ...subject, settings, sampling: CHECK_EVERYTHING },
      2n,
      () => true,
      () => true,
    );
    expect(broken.groups.length).toBeGreaterThan(0);
    expect(whole.groups).toEqual(expect.arrayContaining([...broken.groups]));
  });
});
