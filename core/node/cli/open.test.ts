import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchSchema, tracesOf } from '../../contract/window.ts';
import { readTraceFile } from '../files/trace-file.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-open-'));
const start = join(folder, 'start.cjs');

beforeAll(() => {
  writeFileSync(start, "require('node:fs').writeFileSync('opened.txt', process.argv[2] ?? '');");
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `open`, and returns what the window would be started for. */
async function launchOf(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { status, stderr } = await open(...args);
  expect([status, stderr]).toEqual([0, '']);
  const [, json = ''] = readFileSync(join(folder, 'opened.txt'), 'utf8').split('launch=');
  return JSON.parse(json);
}

function open(...args: readonly string[]) {
  return runCommandLine(['open', ...args], folder, { PHASMOSCOPE_START: start });
}

it('presents the sample story, traces with notes', { timeout: 60_000 }, async () => {
  const launch = launchSchema.parse(await launchOf('--story'));
  expect(launch).toMatchObject({ kind: 'trace', isPresented: true });
  const told: [string, boolean, boolean][] = [];
  for (const { path, machine } of tracesOf(launch)) {
    const { trace, damage, close } = await readTraceFile(path);
    expect(machine).toEqual({ kind: 'sample', name: trace.header.machine });
    expect(damage).toBeUndefined();
    told.push([trace.header.machine, trace.notes.length > 0, trace.findings.length > 0]);
    close();
  }
  expect(told).toEqual([
    ['dentist-booking-unchecked', true, true],
    ['dentist-booking', true, false],
    ['dentist-booking-hardened', true, false],
  ]);
});

it('presents the notes of a trace, and of nothing else', { timeout: 60_000 }, async () => {
  await runCommandLine(['record', 'turnstile', '--operations', '9', '--out', 'told.jsonl'], folder);
  const path = join(folder, 'told.jsonl');
  expect(await launchOf('told.jsonl', '--present')).toMatchObject({ path, isPresented: true });
  expect(await launchOf('told.jsonl')).not.toHaveProperty('isPresented');
  expect(await launchOf('told.jsonl', '--present', '--then', 'told.jsonl')).toMatchObject({
    sequels: [{ path }],
  });
  expect((await open('told.jsonl', '--then', 'told.jsonl')).stderr).toContain('--present');
  expect((await open('told.jsonl', '--present', '--then', 'start.cjs')).stderr).toContain(
    'only a trace has notes',
  );
  const { status, stderr } = await open('turnstile', '--present');
  expect([status, stderr]).toEqual([2, expect.stringContaining('only a trace has notes')]);
  const missing = await open('missing.jsonl.gz');
  expect(missing.stderr).toBe(
    'error: The file missing.jsonl.gz does not exist.\nCheck the path.\n',
  );
  const nothing = await open('--present');
  expect([nothing.status, nothing.stderr]).toEqual([
    2,
    expect.stringContaining('no trace to present'),
  ]);
});

it('opens the machine of a project as its configuration says', { timeout: 60_000 }, async () => {
  const config = { machine: 'turnstile', seed: '7', operations: 30, faults: 'chaos' };
  const file = join(folder, 'phasmoscope.config.json');
  writeFileSync(file, JSON.stringify(config));
  const expected = { seed: '7', operationsMax: 30, faults: 'chaos' };
  expect(await launchOf()).toMatchObject({ kind: 'machine', ...expected });
  expect(await launchOf('--seed', '8')).toMatchObject({ ...expected, seed: '8' });
  rmSync(file);
  expect(await launchOf()).toEqual({ kind: 'lastSession' });
});

it('opens a trace with the machine that is named, and names it for a trace alone', async () => {
  await runCommandLine(['record', 'counter', '--operations', '3', '--out', 'own.jsonl'], folder);
  writeFileSync(join(folder, 'own.ts'), '');
  const launch = await launchOf('own.jsonl', '--machine', './own.ts', '--step', '1');
  expect(launch).toMatchObject({
    kind: 'trace',
    spot: { step: 1 },
    machine: { kind: 'file', path: expect.stringMatching(/own\.ts$/) },
  });
  const { status, stderr } = await open('counter', '--machine', './own.ts');
  expect([status, stderr]).toEqual([2, expect.stringContaining('counter is not a trace file')]);
});
