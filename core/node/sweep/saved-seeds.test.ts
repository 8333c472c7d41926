import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LINE_STATES } from '../../sweep/covered-lines.ts';
import { requirementOf } from '../../sweep/minimal-run.ts';
import type { SweepReport } from '../../sweep/report.ts';
import {
  HANG_MS,
  LONG_MS,
  causeOf,
  firstDraw,
  machineFiles,
  planOf,
  sweep,
} from '../test-helpers/test-sweep.ts';
import type { SweepPlan } from './pool.ts';
import { readRegressions, writeRegressions, type Regression } from './regressions.ts';
import { startSaving } from './saving.ts';

const machineFile = machineFiles();

describe('saved seeds', () => {
  const input = (value: unknown) => ({ kind: 'normal', input: value }) as const;
  const saved = (seed: bigint, name: string, inputs: readonly unknown[]): Regression => ({
    scenario: 's',
    faults: 'none',
    seed,
    kind: 'invariant',
    name,
    message: 'it failed',
    signature: causeOf(name),
    operations: inputs.map(input),
  });

  it('that hang or never answer are named, and the sweep goes on', async () => {
    const stf = `if (input.input === 'hang') for (;;);
      if (input.input === 'never') return new Promise(() => {});`;
    const path = machineFile({ stf });
    await writeRegressions(path, [
      saved(100n, 'hangs', [1, 'hang']),
      saved(101n, 'never answers', ['never']),
      saved(102n, 'n is no 7', [3, 4]),
      saved(103n, 'n is no 11', [3, 4]),
    ]);
    const { broken, regressions, seeds } = await sweep(path, { workers: 2, hangMs: HANG_MS });
    const reason = 'The machine file is to blame: it made no progress for 2 seconds.';
    expect(broken).toEqual([
      { seed: '100', reason, saved: 'hangs' },
      { seed: '101', reason, saved: 'never answers' },
    ]);
    expect(regressions.map(({ fails }) => fails)).toEqual([true, true, true, false]);
    expect(regressions[2]).toMatchObject({ stepIndex: 1, scenario: 's', faults: 'none' });
    expect(seeds).toBe(20);
  });

  it('count among what executes lines, although their thread sweeps no seed', async () => {
    const path = machineFile({ stf: 'if (input.input === 9)\n return ok();' });
    await writeRegressions(path, [saved(100n, 'n is no 7', [9])]);
    const settings = { ...planOf(path).settings, hasCoverage: true };
    const { covered } = await sweep(path, { settings, count: 0 });
    const lines = readFileSync(path, 'utf8').split('\n');
    const own = lines.findIndex((line) => line.trim() === 'return ok();');
    expect(covered?.[0]?.lines[own]).toBe(LINE_STATES.executed);
  });

  it('wait no longer than the time budget', async () => {
    const path = machineFile({ stf: "if (input.input === 'hang') for (;;);" });
    await writeRegressions(path, [saved(100n, 'hangs', ['hang'])]);
    const { broken, regressions, seconds } = await sweep(path, {
      timeBudgetMs: 1_500,
      hangMs: LONG_MS,
    });
    expect(seconds).toBeLessThan(LONG_MS / 1000);
    expect(broken).toEqual([]);
    expect(regressions).toMatchObject([{ untried: 'there was no time left for it' }]);
  });

  it('of other scenarios and profiles are tried, too', async () => {
    const path = machineFile();
    await writeRegressions(path, [
      { ...saved(100n, 'n is no 7', [3, 4]), scenario: 'gone', faults: 'chaos' },
      { ...saved(101n, 'n is no 7', [3, 4]), scenario: 'gone', kind: 'settled' },
    ]);
    const { regressions } = await sweep(path, { count: 1 });
    expect(regressions).toMatchObject([
      { fails: true, stepIndex: 1 },
      { fails: false, untried: 'the scenario "gone" no longer exists' },
    ]);
  });

  it('end a sweep that is to end at a failure, before any new seed', async () => {
    const path = machineFile();
    await writeRegressions(path, [
      saved(100n, 'n is no 11', [3, 4]),
      saved(101n, 'n is no 7', [3, 4]),
    ]);
    const report = await sweep(path, { until: { causes: [causeOf('n is no 7')] }, count: 100_000 });
    expect(report.regressions).toMatchObject([{ fails: false }, { fails: true, stepIndex: 1 }]);
    expect(report).toMatchObject({ endedAtFailure: true, isCancelled: false, seeds: 0 });
  });

  it('that fail for another cause end a sweep in which every finding counts', async () => {
    const path = machineFile();
    await writeRegressions(path, [saved(100n, 'n is no 11', [3, 4])]);
    const report = await sweep(path, { until: {}, count: 100_000 });
    expect(report.regressions).toMatchObject([{ fails: true, isOtherwise: true, stepIndex: 1 }]);
    expect(report).toMatchObject({ endedAtFailure: true, seeds: 0 });
  });

  const save = async (plan: SweepPlan, report: SweepReport) => startSaving(plan, report).saved;

  it('are saved with their operations, once for each cause; broken ones by their number', async () => {
    const path = machineFile({ trap: `isEnding = first === ${firstDraw(7n)};` });
    const report = await sweep(path);
    const plan = planOf(path);
    const answer = await save(plan, report);
    expect(answer).toMatchObject({ added: 3, numbered: 1, left: 0 });
    const kept = await readRegressions(path);
    expect(kept.map(({ name }) => name)).toEqual([
      ...report.groups.map(({ name }) => name),
      'a seed that breaks',
    ]);
    for (const [at, { stepIndex }] of report.groups.entries()) {
      expect(kept[at]).toHaveProperty('operations.length', stepIndex + 1);
    }
    expect(kept[2]).toMatchObject({ seed: 7n, operationsMax: 6, faults: 'none', scenario: 's' });
    expect(await save(plan, report)).toMatchObject({ added: 0 });
    expect(await readRegressions(path)).toEqual(kept);
    const again = await sweep(path, { from: 100n, count: 1 });
    expect(again.regressions.map(({ fails }) => fails)).toEqual([true, true, true]);
    expect(again.broken).toMatchObject([{ seed: '7', saved: 'a seed that breaks' }]);
  });

  it('are not saved again when only their place in the source has moved', async () => {
    const path = machineFile({ stf: "if (state.current.n > 3) throw new RangeError('4');" });
    await save(planOf(path), await sweep(path));
    const kept = await readRegressions(path);
    writeFileSync(path, `// One line more.\n${readFileSync(path, 'utf8')}`);
    const report = await sweep(path);
    expect(report.groups.length).toBeGreaterThan(0);
    expect(await save(planOf(path), report)).toMatchObject({ added: 0 });
    expect(await readRegressions(path)).toEqual(kept);
  });

  it('are saved beside one that still fails, when they fail elsewhere for the same cause', async () => {
    const path = machineFile({ stf: "if (state.current.n > 3) throw new RangeError('4');" });
    await save(planOf(path), await sweep(path));
    const kept = await readRegressions(path);
    const source = readFileSync(path, 'utf8');
    const second = "if (state.current.n === 2) throw new RangeError('2');";
    writeFileSync(path, source.replace('state.update(', `${second}\nstate.update(`));
    const report = await sweep(path);
    expect(report.regressions.every(({ fails }) => fails)).toBe(true);
    expect(await save(planOf(path), report)).toMatchObject({ added: 1 });
    expect(await readRegressions(path)).toHaveLength(kept.length + 1);
  });

  it('are saved by their number if they can no longer be recorded', async () => {
    const path = machineFile();
    const report = await sweep(path, { count: 5 });
    const [group, ...others] = report.groups;
    if (!group) throw new Error('something was found');
    const gone = { ...group, signature: JSON.stringify(['invariant', 'gone', '', '']) };
    const answer = await save(planOf(path), { ...report, groups: [gone, ...others] });
    expect(answer).toMatchObject({ added: report.groups.length, numbered: 1 });
    expect((await readRegressions(path)).at(-1)).toMatchObject({
      seed: BigInt(group.seed),
      operationsMax: 6,
    });
  });

  it('are one for a cause of several groups, and none when one of these is saved', async () => {
    const path = machineFile();
    const report = await sweep(path, { count: 5 });
    const breaks = report.groups.map(requirementOf);
    const pattern = [{ what: 'request number', actions: [] }];
    const minimal = { steps: 1, pattern, breaks, sentences: [] };
    const groups = report.groups.map((group) => {
      const { seed, stepIndex } = group;
      return { ...group, minima: [{ ...minimal, seed, stepIndex }] };
    });
    expect(groups.length).toBeGreaterThan(1);
    expect(await save(planOf(path), { ...report, groups })).toMatchObject({ added: 1 });
    const turned = groups.toReversed();
    expect(await save(planOf(path), { ...report, groups: turned })).toMatchObject({ added: 0 });
  });

  it('include only a few of many that break alike', async () => {
    const path = machineFile({ trap: "if (first >= 0) throw new Error('no ideas');" });
    const report = await sweep(path, { count: 120 });
    expect(await save(planOf(path), report)).toMatchObject({ added: 10, numbered: 10, left: 110 });
  });
});
