import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stretch } from '../../trace/compare/stretches.ts';
import { readTraceFile } from '../files/trace-file.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

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

it('lists a step that has moved once, with both of its places', async () => {
  const { trace } = await readTraceFile(join(folder, 'plain.jsonl'));
  const requests = Array.from({ length: trace.length }, (_, at) => at).filter(
    (at) => trace.glance(at).operation === 'normal',
  );
  const [to = 0, from = 0] = [requests[1], requests[8]];
  const move = ['--at', String(from), '--move-before', String(to), '--out', 'moved.jsonl'];
  await phasmoscope('fork', 'plain.jsonl', ...move);
  const { stdout } = await phasmoscope('diff', 'plain.jsonl', 'moved.jsonl');
  expect(stdout).toContain(`Step ${from} of A is step ${to} of B.`);
  expect(stdout).toMatch(new RegExp(`Moved +1 step\n +Step ${from} of A, ${to} of B {2}input`));
  const { moved, stretches } = JSON.parse(
    (await phasmoscope('diff', 'plain.jsonl', 'moved.jsonl', '--json')).stdout,
  ) as { moved: readonly object[]; stretches: readonly Stretch[] };
  expect(moved).toMatchObject([{ a: from, b: to }]);
  const alone = stretches.filter(({ kind }) => kind === 'onlyA' || kind === 'onlyB');
  expect(alone.some(({ a, b }) => a === from || b === to)).toBe(false);
});

it('names the fault where only that differs', async () => {
  const { trace } = await readTraceFile(join(folder, 'plain.jsonl'));
  const at = Array.from({ length: trace.length }, (_, step) => step).find(
    (step) => trace.step(step).actions.some(({ kind }) => kind === 'tracked') && step > 3,
  );
  const refuse = ['--at', String(at), '--refuse', '0', '--out', 'refused.jsonl'];
  await phasmoscope('fork', 'plain.jsonl', ...refuse);
  const { stdout } = await phasmoscope('diff', 'plain.jsonl', 'refused.jsonl');
  expect(stdout).toMatch(new RegExp(`Step ${at} went differently: fault, `));
  expect(stdout).toMatch(/fault\n +A +none\n +B +The container refused action 1\n/);
  expect(stdout).not.toMatch(/went differently: .*operation/);
  const { pairs } = JSON.parse(
    (await phasmoscope('diff', 'plain.jsonl', 'refused.jsonl', '--json')).stdout,
  ) as { pairs: readonly object[] };
  expect(pairs[0]).toMatchObject({ a: at, b: at, surroundings: ['fault'] });
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
