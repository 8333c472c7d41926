import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { carryOutInHost, startHost } from './test-host.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-host-sweep-'));
  await startHost();
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

it('a sweep counts although what it found cannot be shrunk any more', async () => {
  const path = join(folder, 'meanwhile.ts');
  // It cannot be loaded any more once a thread of the sweep has loaded it.
  const source = `import { ok } from 'phasmoscope';
const { workerData } = process.getBuiltinModule('node:worker_threads');
if (workerData?.settings) process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(path)}, 'this is no TypeScript');
export const machine = {
  name: 'meanwhile', description: '', initialState: () => ({ n: 0 }),
  stf(state) { state.update((draft) => { draft.n += 1; }); return ok(); },
  restore: () => ok(), invariants: { 'n is small': ({ n }) => n < 3 },
};
export const scenarios = [{
  name: 's', description: '', defaults: { seed: '1', operations: 5 },
  start: () => ({
    next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}),
  }),
}];`;
  writeFileSync(path, source);
  const settings = { scenario: 's', faults: 'none', operationsMax: 5, from: '0', count: 1 };
  const { events, end } = await carryOutInHost(
    path,
    { kind: 'sweep', machineId: 'machine', settings },
    {},
  );
  expect(end).toEqual({ kind: 'completed' });
  expect(events.slice(-2)).toMatchObject([
    { kind: 'report', report: { groups: [{ name: 'n is small' }] } },
    { kind: 'notShrunk', problem: { title: expect.stringContaining('was not shrunk') } },
  ]);
}, 60_000);
