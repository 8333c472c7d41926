import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { loadMachine } from '../load/machine-loader.ts';
import { startSweep } from '../sweep/sweep.ts';
import { watchAllThreads } from './start-watching.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-swept-hangs-'));
beforeAll(() => watchAllThreads());
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['loops', 'for (;;);'],
  ['waits', 'await new Promise(() => {});'],
])('a step that hangs on many threads at a time is a finding on each (%s)', async (name, hang) => {
  // A machine file as people write it without types.
  const path = join(folder, `${name}.ts`);
  writeFileSync(
    path,
    `export const machine: any = {
  name: 'ferry', description: '', initialState: () => ({ trips: 0 }),
  async stf(state: any) {
    if (state.current.trips === 2) ${hang}
    state.update((draft: any) => { draft.trips += 1; });
    return { kind: 'ok' };
  },
  restore: () => ({ kind: 'ok' }), invariants: {},
};
export const scenarios: any = [{
  name: 's', description: '', defaults: { seed: '1', operations: 5 },
  start: () => ({ next: () => ({ kind: 'normal', input: 'sail' }), observe() {}, tallies: () => ({}) }),
}];
`,
  );
  const seeds = 16;
  const { report } = startSweep(await loadMachine(path), {
    path,
    settings: {
      scenario: 's',
      operationsMax: 5,
      faults: 'none',
      timeLimitMs: 500,
      sampling: SWEEP_SAMPLING,
    },
    from: 0n,
    count: seeds,
    workers: 8,
    shard: { index: 1, total: 1 },
  });
  const { seeds: done, broken, groups } = await report;
  expect({ done, broken }).toEqual({ done: seeds, broken: [] });
  expect(groups).toMatchObject([{ kind: 'hang', count: seeds, seed: '0', stepIndex: 2 }]);
});
