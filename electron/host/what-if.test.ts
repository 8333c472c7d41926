import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signatureOf } from '../../core/engine/signature.ts';
import { readTraceFile } from '../../core/node/files/trace-file.ts';
import { pathOfMachine } from '../../core/node/load/samples.ts';
import { runCommandLine } from '../../core/node/test-helpers/test-command.ts';
import { formatFork, type Fork } from '../../core/trace/format/fork.ts';
import { carryOutInHost, startHost } from './test-host.ts';

const MACHINE = pathOfMachine({ kind: 'sample', name: 'dentist-booking-unchecked' });
let folder: string;
let parentPath: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-what-if-'));
  parentPath = join(folder, 'run.jsonl');
  await startHost();
  const seed = ['--seed', '1', '--operations', '20', '--faults', 'chaos'];
  await runCommandLine(
    ['record', 'dentist-booking-unchecked', ...seed, '--out', parentPath],
    folder,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

function fork(given: Fork, tracePath: string) {
  const ids = { machineId: 'machine', traceId: 'fork', parentId: 'run' } as const;
  const task = { kind: 'fork', ...ids, fork: formatFork(given) } as const;
  return carryOutInHost(MACHINE, task, { tracePath, parentPath });
}

it('a fork in the host is the one of the command line, byte for byte', async () => {
  const tracePath = join(folder, 'fork.jsonl');
  const changes = [{ kind: 'crash', after: 9, dispatched: 0 }] as const;
  const { events, end } = await fork({ from: 10, changes, goesOn: 'sameOperations' }, tracePath);
  expect(end).toEqual({ kind: 'completed' });
  expect(events[0]).toEqual({ kind: 'begun', isPastExecuted: false });
  const out = join(folder, 'same.jsonl');
  await runCommandLine(['fork', parentPath, '--at', '9', '--crash', '--out', out], folder);
  expect(readFileSync(tracePath, 'utf8')).toBe(readFileSync(out, 'utf8'));
});

it('says why there is no such fork', async () => {
  const { end } = await fork(
    { from: 0, changes: [{ kind: 'result', at: 0, result: 1 }], goesOn: 'sameOperations' },
    join(folder, 'none.jsonl'),
  );
  expect(end).toMatchObject({
    kind: 'failed',
    problem: { title: expect.stringContaining('needs a step'), remedy: expect.any(String) },
  });
});

it('explains a finding, part by part', async () => {
  const { trace } = await readTraceFile(parentPath);
  const finding = trace.findings[0];
  if (!finding) throw new Error('the run fails');
  const { stepIndex } = finding;
  const what = { signature: signatureOf(finding), stepIndex } as const;
  const task = { kind: 'explain', machineId: 'machine', traceId: 'run', ...what } as const;
  const { events, end } = await carryOutInHost(MACHINE, task, { tracePath: parentPath });
  expect(end).toEqual({ kind: 'completed' });
  const explained = events.at(-1) as { sentences: unknown[] };
  expect(explained).toMatchObject({ kind: 'explained', tries: expect.any(Number) });
  expect(explained.sentences.length).toBeGreaterThan(2);
  const judged = events.flatMap((event) => (event as { parts?: object[] }).parts ?? []);
  expect(judged).toContainEqual({ kind: 'completion', stepIndex, need: expect.any(String) });
});

it('draws when a run was doomed', async () => {
  const { trace } = await readTraceFile(parentPath);
  const finding = trace.findings[0];
  if (!finding) throw new Error('the run fails');
  const { stepIndex } = finding;
  const what = { signature: signatureOf(finding), stepIndex, isChanged: false } as const;
  const task = { kind: 'doom', machineId: 'machine', traceId: 'run', ...what } as const;
  const { events, end } = await carryOutInHost(MACHINE, task, { tracePath: parentPath });
  expect(end).toEqual({ kind: 'completed' });
  expect(events.at(-1)).toMatchObject({ kind: 'decided', runs: expect.any(Number) });
  const points = events.flatMap((event) => (event as { points?: { from: number }[] }).points ?? []);
  expect(points).toContainEqual(expect.objectContaining({ from: stepIndex }));
});

it('crashes a run everywhere', async () => {
  const task = { kind: 'crashEverywhere', machineId: 'machine', traceId: 'run' } as const;
  const { events, end } = await carryOutInHost(MACHINE, task, { tracePath: parentPath });
  expect(end).toEqual({ kind: 'completed' });
  const verdicts = events.flatMap((event) => (event as { verdicts?: object[] }).verdicts ?? []);
  expect(verdicts).toContainEqual(expect.objectContaining({ stepIndex: 0 }));
  expect(verdicts).toContainEqual(expect.objectContaining({ verdict: 'fails' }));
});
