import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Stretch } from '../../trace/compare/align.ts';
import { readTraceFile } from '../files/trace-file.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-diff-'));
  const settings = ['--faults', 'chaos', '--operations', '60', '--seed', '7'];
  await phasmoscope('record', 'dentist-booking', ...settings, '--out', 'plain.jsonl');
  await phasmoscope('record', 'dentist-booking-hardened', ...settings, '--out', 'hardened.jsonl');
});

afterAll(() => rmSync(folder, { recursive: true }));

it('says that a run is the same as itself', async () => {
  const { status, stdout } = await phasmoscope('diff', 'plain.jsonl', 'plain.jsonl');
  expect([status, stdout]).toEqual([0, expect.stringMatching(/All \d+ steps are the same/)]);
});

it.each([
  [[], 'none is given'],
  [['plain.jsonl'], 'only one is given'],
])('asks for two traces, given %j', async (files, problem) => {
  const { status, stderr } = await phasmoscope('diff', ...files);
  expect([status, stderr]).toEqual([2, expect.stringContaining(`are compared, and ${problem}`)]);
});

it('aligns a run with what it was shrunk to, whatever became of its inputs and ids', async () => {
  const { status } = await phasmoscope('shrink', 'plain.jsonl', '--out', 'minimal.jsonl');
  expect(status).toBe(1);
  const { trace: minimal } = await readTraceFile(join(folder, 'minimal.jsonl'));
  const origins = minimal.header.shrunkFrom?.stepIndices ?? [];
  expect(origins.length).toBeGreaterThan(1);
  for (const files of [
    ['plain.jsonl', 'minimal.jsonl'],
    ['minimal.jsonl', 'plain.jsonl'],
  ]) {
    const { stdout } = await phasmoscope('diff', ...files, '--json');
    const { stretches } = JSON.parse(stdout) as { stretches: readonly Stretch[] };
    const pairs = stretches
      .filter(({ kind }) => kind === 'both')
      .flatMap(({ a, b, length }) => Array.from({ length }, (_, at) => [a + at, b + at]));
    const [shrunk, long] = files[0] === 'minimal.jsonl' ? [0, 1] : [1, 0];
    const ordered = origins.toSorted((one, other) => one - other);
    if (String(ordered) === String(origins)) expect(pairs).toHaveLength(origins.length);
    for (const pair of pairs) expect(pair[long]).toBe(origins[pair[shrunk] ?? -1]);
    expect(pairs.length).toBeGreaterThan(0);
  }
});

it('aligns two machines on one seed, and names the first difference', async () => {
  const { status, stdout } = await phasmoscope('diff', 'plain.jsonl', 'hardened.jsonl');
  expect(status).toBe(1);
  expect(stdout).toMatch(/A +plain\.jsonl, \d+ steps/);
  expect(stdout).toMatch(/went differently: /);
  expect(stdout).toContain('only in A');
  const { stdout: json } = await phasmoscope('diff', 'plain.jsonl', 'hardened.jsonl', '--json');
  const { stretches, pairs, isSame } = JSON.parse(json);
  expect(isSame).toBe(false);
  expect(stretches[0]).toMatchObject({ kind: 'both', a: 0, b: 0 });
  expect(pairs.length).toBeGreaterThan(0);
});

it('says first what a fork does otherwise, and which step is the first that only one has', async () => {
  const crash = ['--at', '5', '--crash', '--out', 'crashed.jsonl'];
  await phasmoscope('fork', 'plain.jsonl', ...crash);
  const { stdout } = await phasmoscope('diff', 'plain.jsonl', 'crashed.jsonl');
  expect(stdout).toContain('B is a fork, and differs in this: The process crashes after step 5');
  expect(stdout).toContain('The first 6 steps are the same. Step 6 of B is in B only.');
  const turned = await phasmoscope('diff', 'crashed.jsonl', 'plain.jsonl');
  expect(turned.stdout).toContain('A is a fork, and differs in this');
});

it('compares what another machine makes of the same operations, whatever ids it gives', async () => {
  const settings = ['--faults', 'chaos', '--operations', '300', '--seed', '7'];
  await phasmoscope('record', 'dentist-booking-unchecked', ...settings, '--out', 'a.jsonl');
  await phasmoscope('record', 'dentist-booking-hardened', ...settings, '--out', 'drawn.jsonl');
  const drawn = await phasmoscope('diff', 'a.jsonl', 'drawn.jsonl');
  expect(drawn.stdout).toContain('the scenario may draw other operations for each');
  const other = ['--machine', 'dentist-booking-hardened', '--out', 'b.jsonl', '--json'];
  const { stdout, status } = await phasmoscope('fork', 'a.jsonl', ...other);
  expect([status, JSON.parse(stdout).machine]).toEqual([0, 'dentist-booking-hardened']);
  expect((await phasmoscope('verify', 'b.jsonl')).status).toBe(0);
  const told = await phasmoscope('diff', 'a.jsonl', 'b.jsonl');
  expect(told.stdout).not.toContain('the scenario may draw');
  const { stretches, pairs } = JSON.parse(
    (await phasmoscope('diff', 'a.jsonl', 'b.jsonl', '--json')).stdout,
  ) as { stretches: readonly Stretch[]; pairs: readonly { a: number; b: number }[] };
  const { trace: a } = await readTraceFile(join(folder, 'a.jsonl'));
  const { trace: b } = await readTraceFile(join(folder, 'b.jsonl'));
  const both = stretches.filter(({ kind }) => kind === 'both');
  const requests = both.flatMap((stretch) =>
    Array.from({ length: stretch.length }, (_, at) => stretch.a + at),
  );
  // Each request of the one stands beside the same one of the other.
  const normal = Array.from({ length: a.length }, (_, at) => at).filter(
    (at) => a.glance(at).operation === 'normal',
  );
  expect(normal.filter((at) => !requests.includes(at))).toEqual([]);
  const renumbered = both.flatMap((stretch) =>
    Array.from({ length: stretch.length }, (_, at) => {
      const [one, its] = [a.step(stretch.a + at), b.step(stretch.b + at)];
      return 'id' in one.operation && 'id' in its.operation
        ? one.operation.id !== its.operation.id
        : false;
    }),
  );
  expect(renumbered).toContain(true);
  expect(pairs.length).toBeLessThan(requests.length);
});
