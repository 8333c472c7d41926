import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);

/** Panics at the third input, with a text that would be more than text. */
const HOSTILE = `
import { ok } from 'phasmoscope';
const TEXT = '\`\`\`\\n\`\`\`\\n# @octocat <img src=x> [a](https://evil.example) #12';
export const machine = {
  name: 'hostile @octocat', description: '', initialState: () => ({ count: 0 }),
  stf(state) {
    if (state.current.count === 2) throw new Error(TEXT);
    state.update((draft) => { draft.count += 1; });
    return ok();
  },
  restore: () => ok(), invariants: {},
};
export const scenarios = [{
  name: 'count', description: '', defaults: { seed: '1', operations: 5 },
  start: () => ({
    next: () => ({ kind: 'normal', input: { kind: TEXT, note: TEXT } }),
    observe() {}, tallies: () => ({}),
  }),
}];
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-report-'));
  writeFileSync(join(folder, 'hostile.js'), HOSTILE);
  await phasmoscope('record', 'dentist-booking-unchecked', '--out', 'found.jsonl');
  await phasmoscope('record', './hostile.js', '--out', 'hostile.jsonl');
  await phasmoscope('record', 'counter', '--operations', '5', '--out', 'sound.jsonl');
});

afterAll(() => rmSync(folder, { recursive: true }));

it('reports the minimal run of a sample, why it fails, and how to reproduce it', async () => {
  const { status, stdout } = await phasmoscope('report', 'found.jsonl');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^# Monday .* \(dentist-booking-unchecked, seed 12345\)\n/);
  expect(stdout).toContain('**invariant: no two bookings overlap** fails at step 77');
  expect(stdout).toMatch(/## The minimal run: \d steps of 78\n/);
  expect(stdout).toMatch(/- \*\*Step \d\*\*: completion `Success` \(amount \d+\) of `#\d`: ok\./);
  expect(stdout).toMatch(/## Why it fails\n\n- Fails because /);
  expect(stdout).toContain('npx phasmoscope record dentist-booking-unchecked --scenario');
});

it('shrinks a machine elsewhere, with the line that panics, and lets no text be more than text', async () => {
  const { status, stdout } = await phasmoscope(
    'report',
    'hostile.jsonl',
    '--machine',
    './hostile.js',
  );
  expect(status).toBe(0);
  expect(stdout).toContain('## The minimal run: 3 steps of 3');
  expect(stdout).toContain('```ts\nif (state.current.count === 2) throw new Error(TEXT);\n```');
  expect(stdout).toContain('npx phasmoscope record ./hostile.js --scenario count');
  expectTextOnly(stdout);
});

it('reports the last steps without the machine, and writes to a file', async () => {
  const { status, stdout } = await phasmoscope('report', 'hostile.jsonl', '--markdown', 'out.md');
  expect([status, stdout]).toEqual([0, 'Report written to out.md\n']);
  const text = readFileSync(join(folder, 'out.md'), 'utf8');
  expect(text).toContain('## The last steps');
  expect(text).toContain('was not shrunk');
  expectTextOnly(text);
  const other = await phasmoscope('report', 'hostile.jsonl', '--markdown', 'hostile.js');
  expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('not overwritten')]);
});

it('writes no page that cannot be, and over nothing that is not a page', async () => {
  const page = (...args: readonly string[]) => phasmoscope('report', 'found.jsonl', ...args);
  for (const [args, message] of [
    [['--html', 'hostile.js'], 'is not a page of a run, so it is not overwritten'],
    [
      ['--html', 'out.html', '--to', '10', '--step', '11'],
      'Step 11 is not in the page, which has 11 steps',
    ],
    [['--html', 'out.html', '--finding', 'no such'], 'has no finding "no such"'],
    [['--html', 'out.html', '--markdown'], "cannot be used with option '--markdown [file]'"],
    [['--html', '-'], 'Results are not written to standard output'],
  ] as const) {
    const { status, stderr } = await page(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
  expect(existsSync(join(folder, 'out.html'))).toBe(false);
});

it('says that there is nothing to report', async () => {
  const { status, stderr } = await phasmoscope('report', 'sound.jsonl');
  expect([status, stderr]).toEqual([2, expect.stringContaining('has no finding')]);
});

/** Outside of code, nothing is a mention, a link, HTML or a heading that is not ours. */
function expectTextOnly(markdown: string): void {
  const headings = markdown.split('\n').filter((line) => line.startsWith('#'));
  expect(headings.slice(1)).toEqual(expect.arrayContaining(['## Why it fails', '## Reproduce it']));
  expect(headings).toHaveLength(4);
  const outside = markdown
    .replaceAll(/^(`{3,})\w*\n[^]*?\n\1$/gm, '')
    .replaceAll(/\\[^]/g, '')
    .replaceAll(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
  expect(outside).not.toMatch(/@|<|https?:|#\d|\]\(/);
}
