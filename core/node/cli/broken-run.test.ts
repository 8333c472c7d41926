import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTraceFile } from '../files/trace-file.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

/** A scenario that throws at its 150th operation, after a finding at step 9. */
const SOURCE = `
import { defineMachine, defineScenario, ok } from 'phasmoscope';
export const machine = defineMachine({
  name: 'throws-later', description: '', initialState: () => ({ n: 0 }),
  stf(state) { state.update((draft) => { draft.n += 1; }); return ok(); },
  restore: () => ok(),
  invariants: { 'n stays below 10': (state) => state.n < 10 },
});
export const scenarios = [defineScenario({
  name: 's', description: '', defaults: { seed: '1', operations: 200 },
  start() {
    let made = 0;
    return {
      next() {
        made += 1;
        if (made === 150) throw new Error('boom');
        return { kind: 'normal', input: 'x' };
      },
      observe() {},
      tallies() { throw new Error('not after that'); },
    };
  },
})];
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-broken-'));
  await writeFile(join(folder, 'machine.ts'), SOURCE);
});

afterAll(() => rm(folder, { recursive: true }));

it('prints what was found before the scenario threw', async () => {
  const { status, stdout, stderr } = await runCommandLine(['run', 'machine.ts'], folder);
  expect(status).toBe(2);
  expect(stdout).toContain('invariant: n stays below 10');
  expect(stderr).toMatch(/The scenario s threw in next at machine\.ts:\d+:\d+: Error: boom/);
  const json = await runCommandLine(['run', 'machine.ts', '--json'], folder);
  const told = JSON.parse(json.stdout) as { steps: number; error: { title: string } };
  expect(told).toMatchObject({ steps: 149, error: { title: expect.stringContaining('boom') } });
});

it('says of a run that broke in its first step that nothing was checked', async () => {
  const endless = SOURCE.replace(
    'draft.n += 1;',
    'let pair = []; for (let level = 0; level < 40; level += 1) pair = [pair, pair]; draft.pair = pair;',
  );
  await writeFile(join(folder, 'endless.ts'), endless);
  const args = ['record', 'endless.ts', '--out', 'endless.jsonl'];
  const { status, stdout, stderr } = await runCommandLine(args, folder);
  expect([status, stderr]).toEqual([2, expect.stringContaining('more than 4 000 000 containers')]);
  expect(stdout).toContain('No step ended: the run broke before its end.');
  expect(stdout).not.toMatch(/No findings|written to|steps +1/);
});

it('says how far nothing was found in a run that broke', async () => {
  await writeFile(join(folder, 'clean.ts'), SOURCE.replace('state.n < 10', 'state.n < 1000'));
  const { stdout } = await runCommandLine(['run', 'clean.ts'], folder);
  expect(stdout).toContain('No findings in 149 steps: the run broke before its end.');
});

it('records the steps before the scenario threw', async () => {
  const args = ['record', 'machine.ts', '--out', 'kept.jsonl'];
  const { status, stderr } = await runCommandLine(args, folder);
  expect(status).toBe(2);
  expect(stderr).toContain('The 149 steps until then are in kept.jsonl.');
  const { trace, damage } = await readTraceFile(join(folder, 'kept.jsonl'));
  expect([trace.length, damage]).toEqual([149, undefined]);
  expect(await readFile(join(folder, 'kept.jsonl'), 'utf8')).toContain('"isStopped":true');
});

it('records the example of a sweep up to what the scenario threw', async () => {
  const args = ['sweep', 'machine.ts', '--count', '1', '--traces', 'examples'];
  const { stdout } = await runCommandLine(args, folder);
  expect(stdout).toContain('it ends early. The scenario s threw in next');
  const { trace } = await readTraceFile(join(folder, 'examples/seed-0.jsonl.gz'));
  expect(trace.length).toBe(149);
});
