import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';
import { withOptionRules } from './option-rules.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-rules-'));
  writeFileSync(join(folder, 'changes.json'), '[{ "kind": "crash", "after": 1, "dispatched": 0 }]');
  const record = [
    'record',
    'dentist-booking-unchecked',
    '--operations',
    '90',
    '--out',
    'run.jsonl',
  ];
  await runCommandLine(record, folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['open --story run.jsonl', 'a file or machine cannot be given with --story'],
  ['open --story --seed 3', '--seed cannot be given with --story'],
  ['open run.jsonl --seed 3', '--seed cannot be given with a trace, which is of one run'],
  ['open run.jsonl --faults none', '--faults cannot be given with a trace'],
  ['open --step 3', '--step is about a trace or a machine, and none is given'],
  ['report run.jsonl --explain', '--explain means something only with --html'],
  ['report run.jsonl --to 3', '--to means something only with --html'],
  [
    'report run.jsonl --html p.html --machine x.ts',
    '--machine means something only with --explain',
  ],
  ['report run.jsonl --html p.html --step 1 --finding x', '--finding means something only with'],
  ['shrink run.jsonl --out m.jsonl --seed 3', '--seed cannot be given with a trace'],
  ['shrink turnstile --out m.jsonl --machine x.ts', '--machine cannot be given with a machine'],
  ['sweep turnstile --confidence 90', '--confidence means something only with --one-in'],
  ['query run.jsonl --where true --faults none', '--faults means something only with --seeds'],
  ['query turnstile --seeds 0..1 --always true --first', '--first cannot be given with --seeds'],
  ['query run.jsonl --where true --machine x.ts', '--machine means something only with'],
  ['why run.jsonl --markdown --json', '--markdown cannot be given with --json'],
  ['notes run.jsonl --from x.json --add A --at 1', '--add cannot be given with --from'],
  ['fork run.jsonl --at 3 --changes changes.json', '--at is given, but nothing is changed there'],
])('refuses an option that would be ignored: %s', async (line, message) => {
  const { status, stdout, stderr } = await runCommandLine(line.split(' '), folder);
  expect([status, stdout + stderr]).toEqual([2, expect.stringContaining(message)]);
});

it('takes no rule about an option that the command does not have', () => {
  const command = new Command('some').option('--one');
  const rules = [{ options: ['--one'], needs: ['--two'] }];
  expect(() => withOptionRules(command, rules)).toThrow('some has no option --two');
});
