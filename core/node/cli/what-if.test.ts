import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);
const UNPAID = ['--finding', 'every booking is paid for'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-what-if-'));
  const settings = ['--faults', 'chaos', '--operations', '200'];
  await phasmoscope('record', 'dentist-booking', ...settings, '--seed', '7', '--out', '7.jsonl');
  const hardened = ['--seed', '7', '--out', 'hardened.jsonl'];
  await phasmoscope('record', 'dentist-booking-hardened', ...settings, ...hardened);
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Point {
  readonly from: number;
  readonly share: number;
}

describe('doom', () => {
  it('says at which step a run was decided', async () => {
    const { status, stdout } = await phasmoscope('doom', '7.jsonl', ...UNPAID, '--json');
    const { points, decidedAt, runs } = JSON.parse(stdout);
    expect(status).toBe(1);
    // At step 7 the payment of a request succeeds whose failure is still on its way.
    expect(decidedAt).toBe(7);
    expect(points.find(({ from }: Point) => from === 8).share).toBeGreaterThan(0.9);
    expect(points[0].share).toBeLessThan(0.5);
    expect(runs).toBeGreaterThan(100);
  });

  it('prints the curve', async () => {
    const { stdout } = await phasmoscope('doom', '7.jsonl', ...UNPAID, '--runs', '200');
    expect(stdout).toMatch(/before step +0 +\d+ % /);
    expect(stdout).toMatch(/2\d\d runs with new draws/);
  });

  it('names what is missing', async () => {
    const none = await phasmoscope('doom', 'hardened.jsonl');
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('has no finding')]);
    const other = await phasmoscope('doom', '7.jsonl', '--finding', 'nothing');
    expect(other.stderr).toContain('has no finding "nothing"');
  });
});

describe('crash-everywhere', () => {
  it('finds the actions that the original loses in a crash', async () => {
    const { status, stdout } = await phasmoscope('crash-everywhere', '7.jsonl', '--json');
    const { points } = JSON.parse(stdout);
    const names = points
      .filter(({ verdict }: { verdict: string }) => verdict === 'fails')
      .flatMap(({ findings }: { findings: { name: string }[] }) =>
        findings.map(({ name }) => name),
      );
    expect(status).toBe(1);
    expect(names).toContain('tracked actions are restorable');
  });

  it('finds nothing in the machine that was mended', async () => {
    const { status, stdout } = await phasmoscope('crash-everywhere', 'hardened.jsonl');
    expect(stdout).toContain('It recovers from a crash at every point.');
    expect(status).toBe(0);
  });

  it('tries a stretch of steps', async () => {
    const stretch = ['--from', '10', '--to', '20', '--json'];
    const { stdout } = await phasmoscope('crash-everywhere', '7.jsonl', ...stretch);
    const steps = JSON.parse(stdout).points.map(({ step }: { step: number }) => step);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...steps)).toBeLessThan(20);
  });
});

it('refuses what is damaged, of another machine, or has nothing to crash', async () => {
  const text = readFileSync(join(folder, '7.jsonl'), 'utf8');
  writeFileSync(join(folder, 'cut.jsonl'), text.slice(0, text.length / 2));
  for (const command of ['doom', 'crash-everywhere', 'explain']) {
    const { status, stderr } = await phasmoscope(command, 'cut.jsonl');
    expect([command, status, stderr]).toEqual([command, 2, expect.stringContaining('is damaged')]);
  }
  const diff = await phasmoscope('diff', 'cut.jsonl', 'cut.jsonl');
  expect([diff.status, diff.stderr]).toEqual([2, expect.stringContaining('is damaged')]);
  const other = await phasmoscope('crash-everywhere', '7.jsonl', '--machine', 'counter');
  expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('not of "counter"')]);
  const shrunk = await phasmoscope('shrink', '7.jsonl', '--machine', 'counter', '--out', 's.jsonl');
  expect([shrunk.status, shrunk.stderr]).toEqual([2, expect.stringContaining('not of "counter"')]);
  const verified = await phasmoscope('verify', '7.jsonl', '--machine', 'counter');
  expect([verified.status, verified.stdout]).toEqual([
    1,
    expect.stringMatching(/The trace is of a machine named "dentist-[^"]*", not of "counter"/),
  ]);
  const none = await phasmoscope('crash-everywhere', '7.jsonl', '--from', '5', '--to', '3');
  expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('no step there')]);
  const itself = ['fork', '7.jsonl', '--at', '3', '--crash', '--out', '7.jsonl'];
  expect((await phasmoscope(...itself)).stderr).toContain('would overwrite the other');
});

it('says of a finding in the initial state that no step led to it', async () => {
  writeFileSync(
    join(folder, 'begins.ts'),
    `import { ok } from 'phasmoscope';
    export const machine = {
      name: 'begins', description: '', initialState: () => ({ n: 1 }),
      stf: () => ok(), restore: () => ok(), invariants: { 'n is 0': ({ n }) => n === 0 },
    };
    export const scenarios = [{
      name: 's', description: '', defaults: { seed: '1', operations: 3 },
      start: () => ({
        next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}),
      }),
    }];`,
  );
  await phasmoscope('record', 'begins.ts', '--out', 'begins.jsonl');
  for (const command of ['explain', 'doom']) {
    const machine = ['--machine', 'begins.ts'];
    const { status, stderr } = await phasmoscope(command, 'begins.jsonl', ...machine);
    expect([status, stderr]).toEqual([2, expect.stringContaining('fails already (n is 0)')]);
  }
  const { stderr } = await phasmoscope('why', 'begins.jsonl');
  expect(stderr).toContain('no step led to that');
});

it('says that the finding of a machine that was mended is gone', async () => {
  const source = (limit: number) => `import { ok } from 'phasmoscope';
    export const machine = {
      name: 'grows', description: '', initialState: () => ({ n: 0 }),
      stf: (state) => (state.update((draft) => { draft.n += 1; }), ok()),
      restore: () => ok(), invariants: { 'n is small': ({ n }) => n < ${limit} },
    };
    export const scenarios = [{
      name: 's', description: '', defaults: { seed: '1', operations: 5 },
      start: () => ({
        next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}),
      }),
    }];`;
  const explain = async (limit: number) => {
    writeFileSync(join(folder, 'grows.ts'), source(limit));
    return phasmoscope('explain', 'grows.jsonl', '--machine', 'grows.ts');
  };
  writeFileSync(join(folder, 'grows.ts'), source(3));
  await phasmoscope('record', 'grows.ts', '--out', 'grows.jsonl');
  expect((await explain(3)).status).toBe(1);
  const { status, stdout } = await explain(300);
  expect([status, stdout]).toEqual([0, expect.stringContaining('Gone: with the machine as it is')]);
  // Another defect in its place is none of it being gone.
  const later = await explain(4);
  expect([later.status, later.stderr]).toEqual([2, expect.stringContaining('but at step 3')]);
});

it('says what fails anyway, and that the scenario of a curve is gone, which is not the source', async () => {
  const source = (scenario: string) => `import { ok } from 'phasmoscope';
    export const machine = {
      name: 'counts', description: '', initialState: () => ({ n: 0 }),
      stf: (state) => (state.update((draft) => { draft.n += 1; }), ok()),
      restore: () => ok(), invariants: { 'n is small': ({ n }) => n < 3 },
    };
    export const scenarios = [{
      name: '${scenario}', description: '', defaults: { seed: '1', operations: 5 },
      start: () => ({
        next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}),
        external: { receive() {}, settled: { 'never well': () => 'it never is' } },
      }),
    }];`;
  const file = join(folder, 'counts.ts');
  writeFileSync(file, source('before'));
  await phasmoscope('record', 'counts.ts', '--out', 'counts.jsonl');
  const flat = await phasmoscope('doom', 'counts.jsonl', '--machine', 'counts.ts');
  expect(flat.stdout).toContain(
    'No single step decided it: wherever the run goes on from, 100 % of the runs with other draws fail.',
  );
  const crashes = await phasmoscope('crash-everywhere', 'counts.jsonl', '--machine', 'counts.ts');
  expect(crashes.stdout).toMatch(
    /No crash adds a finding\.\nAt \d+ of \d+ crash points the run fails/,
  );
  expect(crashes.stdout).not.toContain('It recovers');
  writeFileSync(file, source('after'));
  const { status, stderr } = await phasmoscope('doom', 'counts.jsonl', '--machine', 'counts.ts');
  expect([status, stderr]).toEqual([2, expect.stringContaining('has no scenario "before"')]);
  expect(stderr).toContain('record the run again with a scenario of the machine');
  expect(stderr).not.toContain('Correct the source');
});
