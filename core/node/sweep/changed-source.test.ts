import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECK_EVERYTHING } from '../../engine/check-plan.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { loadMachine } from '../load/machine-loader.ts';
import type { SweepPlan } from './pool.ts';
import { startShrinking } from './shrinking.ts';
import { startSweep } from './sweep.ts';

let folder: string;
let plan: SweepPlan;
let report: SweepReport;

const source = (limit: number) => `import { ok } from 'phasmoscope';
export const machine = {
  name: 'counting', description: '', initialState: () => ({ n: 0 }),
  stf(state) { state.update((draft) => { draft.n += 1; }); return ok(); },
  restore: () => ok(), invariants: { 'n is small': ({ n }) => n < ${limit} },
};
export const scenarios = [{
  name: 's', description: '', defaults: { seed: '1', operations: 5 },
  start: () => ({
    next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}),
  }),
}];`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-changed-'));
  const path = join(folder, 'counting.ts');
  writeFileSync(path, source(3));
  plan = {
    path,
    settings: { scenario: 's', faults: 'none', operationsMax: 5, sampling: CHECK_EVERYTHING },
    from: 0n,
    count: 2,
    workers: 1,
    shard: { index: 1, total: 1 },
  };
  const loaded = await loadMachine(path);
  report = await startSweep(loaded, plan).report;
  await loaded.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('shrinking what a sweep has found', () => {
  it('leaves it as it is when the machine can no longer be loaded, and says why', async () => {
    writeFileSync(plan.path, `${source(3)} this is no TypeScript`);
    const shrunk = await startShrinking(plan, report).shrunk;
    expect(shrunk.report).toEqual(report);
    expect(shrunk.problem?.title).toContain('counting.ts');
  });

  it('leaves it as it is when the machine was changed meanwhile, and says so', async () => {
    writeFileSync(plan.path, source(2));
    const shrunk = await startShrinking(plan, report).shrunk;
    expect(shrunk.report).toEqual(report);
    expect(shrunk.problem?.title).toContain('has changed since it was swept');
  });

  it('finds the shortest run in the source that was swept', async () => {
    writeFileSync(plan.path, source(3));
    const shrunk = await startShrinking(plan, report).shrunk;
    expect(shrunk.problem).toBeUndefined();
    expect(shrunk.report.groups[0]?.minima).toMatchObject([{ steps: 3 }]);
  });
});
