import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;
/** The steps that are readable. */
let steps: number;

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-damaged-'));
  const length = ['--operations', '200'];
  await phasmoscope('record', 'dentist-booking-unchecked', ...length, '--out', 'whole.jsonl.gz');
  const bytes = readFileSync(join(folder, 'whole.jsonl.gz'));
  // The finding at step 77 is readable.
  writeFileSync(join(folder, 'cut.jsonl.gz'), bytes.subarray(0, -Math.floor(bytes.length / 8)));
  writeFileSync(join(folder, 'short.jsonl.gz'), bytes.subarray(0, Math.floor(bytes.length / 4)));
  const { stdout } = await phasmoscope('show', 'cut.jsonl.gz', '--json');
  ({ steps } = JSON.parse(stdout));
  expect(steps).toBeGreaterThan(77);
});

afterAll(() => rmSync(folder, { recursive: true }));

const SAID = /^Only the steps before the damage of cut\.jsonl\.gz: .+\n/m;

it.each([
  ['show'],
  ['show', '--step', '3'],
  ['show', '--step', '3', '--state'],
  ['show', '--changes'],
  ['steps'],
  ['steps', '--where', 'kind == "normal"'],
  ['why'],
  ['why', '--step', '3', '--markdown'],
  ['origin', 'nextId'],
  ['query', '--where', 'step == 3'],
  ['query', '--invariant', 'no two bookings overlap'],
  ['query', '--record', 'request/3'],
  ['query', '--lifecycle'],
  ['notes'],
  ['verify'],
  ['inputs', '--out', 'inputs.json'],
  ['export', '--as', 'itf', '--out', 'cut.itf.json'],
  ['export-test', '--out', 'cut.test.ts'],
  ['shrink', '--out', 'minimal.jsonl'],
])('says once that the trace is damaged: %s %s %s', async (command, ...args) => {
  const { stderr } = await phasmoscope(command, 'cut.jsonl.gz', ...args);
  expect(stderr).toMatch(SAID);
  expect(stderr.match(/before the damage/g)).toHaveLength(1);
});

it.each([
  ['diff', 'cut.jsonl.gz', 'whole.jsonl.gz'],
  ['explain', 'cut.jsonl.gz'],
  ['doom', 'cut.jsonl.gz'],
  ['crash-everywhere', 'cut.jsonl.gz'],
  ['fork', 'cut.jsonl.gz', '--at', '3', '--crash'],
  ['report', 'cut.jsonl.gz'],
  ['report', 'cut.jsonl.gz', '--html', 'cut.html'],
  ['source', 'cut.jsonl.gz'],
])('refuses what needs all of the trace: %s', async (...args) => {
  const { status, stderr } = await phasmoscope(...args);
  expect([status, stderr]).toEqual([2, expect.stringContaining('cut.jsonl.gz is damaged.')]);
});

it.each([['show'], ['steps', '--limit', '1'], ['why'], ['origin', 'nextId'], ['notes']])(
  'has the damage in the document: %s',
  async (command, ...args) => {
    const { stdout } = await phasmoscope(command, 'cut.jsonl.gz', ...args, '--json');
    expect(JSON.parse(stdout).damage.message).not.toBe('');
  },
);

it.each([
  ['show', 'cut.jsonl.gz', '--step'],
  ['why', 'cut.jsonl.gz', '--step'],
  ['steps', 'cut.jsonl.gz', '--from'],
  ['origin', 'cut.jsonl.gz', 'nextId', '--step'],
  ['picture', 'cut.jsonl.gz', '--out', 'cut.png', '--step'],
])('names the damage as the reason why a step is missing: %s', async (...args) => {
  const { status, stderr } = await phasmoscope(...args, '5000');
  expect(status).toBe(2);
  expect(stderr).toContain('No step 5 000 is readable: the trace is damaged before it.');
  expect(stderr).toContain(`Give a step from 0 to ${steps - 1}.`);
});

it('does not say of the readable steps alone that nothing was found', async () => {
  const { status, stderr } = await phasmoscope('why', 'short.jsonl.gz');
  expect([status, stderr]).toEqual([
    2,
    expect.stringContaining('Nothing was found in the steps before the damage'),
  ]);
});

it('refuses a step after which a value is asked for, if the trace has no such step', async () => {
  const { status, stderr } = await phasmoscope(
    'origin',
    'whole.jsonl.gz',
    'nextId',
    '--step',
    '9000',
  );
  expect([status, stderr]).toEqual([2, expect.stringContaining('has no step 9 000')]);
});
