import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-why-'));
  await phasmoscope('record', 'dentist-booking-unchecked', '--out', 'found.jsonl');
  await phasmoscope('record', 'counter', '--operations', '5', '--out', 'sound.jsonl');
});

afterAll(() => rmSync(folder, { recursive: true }));

it('explains the first finding, or a step', async () => {
  const { status, stdout } = await phasmoscope('why', 'found.jsonl');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Why step 77: no two bookings overlap: /);
  expect(stdout).toMatch(/It wrote \w+ \d\d:\d\d, which the finding in step 77 speaks of/);
  const other = await phasmoscope('why', 'found.jsonl', '--step', '0', '--json');
  expect(JSON.parse(other.stdout)).toMatchObject({
    step: 0,
    title: 'What led to step 0, and what followed from it',
  });
  const markdown = await phasmoscope('why', 'found.jsonl', '--markdown');
  expect(markdown.stdout).toContain('- **Step 77**: the result `Success` of `Preauth`');
});

/** The numbered sentences that `why` prints for a shrunk run of the dentist. */
async function whyShrunk(seed: string, finding: string, shape: string): Promise<readonly string[]> {
  const run = ['--faults', 'chaos', '--operations', '1000', '--seed', seed];
  const sought = ['--finding', finding, '--shape', shape, '--out', `shrunk-${seed}.jsonl`];
  await phasmoscope('shrink', 'dentist-booking', ...run, ...sought);
  const { stdout } = await phasmoscope('why', `shrunk-${seed}.jsonl`, '--json');
  const { sentences } = JSON.parse(stdout) as { sentences: { step: number; text: string }[] };
  return sentences.map(({ step, text }) => `${step}: ${text}`);
}

it('says what the container refused in restore, and where', async () => {
  const told = await whyShrunk('5', 'atomicity', 'restore, actionRefused');
  expect(told.at(-1)).toMatch(
    /restore emitted nothing\. The container refused CheckStatus #1 \(machine\.ts:\d+:\d+\)\. Here atomicity/,
  );
});

it('tells every step of a shrunk run, also the rival that took the slot', async () => {
  const told = await whyShrunk(
    '23',
    'every hold is charged for a booking or released',
    'completion Success',
  );
  expect(told.map((line) => Number.parseInt(line, 10))).toEqual(told.map((_, at) => at));
  expect(told.join('\n')).toContain('takes this step, too: shrinking kept it.');
  expect(told.join('\n')).not.toContain('brought back');
});

it('says what is missing', async () => {
  const sound = await phasmoscope('why', 'sound.jsonl');
  expect([sound.status, sound.stderr]).toEqual([2, expect.stringContaining('--step')]);
  const far = await phasmoscope('why', 'sound.jsonl', '--step', '99');
  expect([far.status, far.stderr]).toEqual([2, expect.stringContaining('a step from 0 to 4')]);
});

it('follows a value back to its input, or says that it is not there', async () => {
  const { status, stdout } = await phasmoscope(
    'origin',
    'found.jsonl',
    'pending[5].userId',
    '--json',
  );
  expect(status).toBe(0);
  const { hops } = JSON.parse(stdout);
  expect(hops.at(-1)).toMatchObject({ source: 'taken', text: 'from input.userId', isGuess: false });
  const none = await phasmoscope('origin', 'found.jsonl', 'pending[5].nope');
  expect([none.status, none.stderr]).toEqual([
    2,
    expect.stringContaining('has no pending[5].nope'),
  ]);
});
