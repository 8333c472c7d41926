import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pathOfMachine } from '../load/samples.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

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
  expect(stdout).toMatch(/bookings overlap\*\* fails at step \d+ \(step 77 of the original\)/);
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
  expect(text).toContain('so the run was not shrunk: --machine PATH names it');
  expect(text).toContain('npx phasmoscope record MACHINE --scenario count');
  expect(text).toContain('MACHINE stands for the file of the machine');
  expectTextOnly(text);
  const other = await phasmoscope('report', 'hostile.jsonl', '--markdown', 'hostile.js');
  expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('not overwritten')]);
});

it('reports a shrunk run as one, also without its machine', async () => {
  await phasmoscope('shrink', 'hostile.jsonl', '--machine', './hostile.js', '--out', 'min.jsonl');
  const { status, stdout } = await phasmoscope('report', 'min.jsonl');
  expect(status).toBe(0);
  expect(stdout).toContain('## The minimal run: 3 steps of 3');
  expect(stdout).not.toContain('not shrunk');
  expect(stdout).toContain('npx phasmoscope record MACHINE --scenario count');
});

it('writes no page that cannot be, and over nothing that is not a page', async () => {
  const page = (...args: readonly string[]) => phasmoscope('report', 'found.jsonl', ...args);
  for (const [args, message] of [
    [['--html', 'hostile.js'], 'is not a page of a run, so it is not overwritten'],
    [
      ['--html', 'out.html', '--to', '10', '--step', '11'],
      'Step 11 is not in the page, which has 11 steps',
    ],
    [['--html', 'out.html', '--explain', '--to', '0'], 'which is not in the page'],
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

/** The command that a report ends with, run as it is printed. */
async function reproduce(report: string) {
  const [, line = ''] = /## Reproduce it\n\n```sh\nnpx phasmoscope (.*)\n```/.exec(report) ?? [];
  const { status, stdout } = await phasmoscope(...line.split(' '));
  return { line, status, stdout };
}

it('reports a fork, which no seed records again', async () => {
  const change = ['--at', '60', '--crash', '--out', 'fork.jsonl'];
  expect((await phasmoscope('fork', 'found.jsonl', ...change)).status).toBe(1);
  const { status, stdout } = await phasmoscope('report', 'fork.jsonl');
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /bookings overlap\*\* fails at step (?:79|\d+ \(step 79 of the original\))/,
  );
  expect(stdout).toMatch(/## The minimal run: \d+ steps of 80\n/);
  expect(await reproduce(stdout)).toMatchObject({
    line: 'verify fork.jsonl --machine dentist-booking-unchecked',
    status: 0,
  });
});

it('reports a run of inputs from a file, whose scenario the machine does not have', async () => {
  await phasmoscope('inputs', 'found.jsonl', '--out', 'visit.json');
  const inputs = ['--inputs', 'visit.json', '--out', 'inputs.jsonl'];
  expect((await phasmoscope('record', 'dentist-booking-unchecked', ...inputs)).status).toBe(1);
  const { status, stdout } = await phasmoscope('report', 'inputs.jsonl');
  expect(status).toBe(0);
  expect(stdout).toContain('- scenario: `visit.json`, seed `0`');
  expect(stdout).toMatch(/## The minimal run: \d+ steps of 78\n/);
  expect(await reproduce(stdout)).toMatchObject({
    line: 'verify inputs.jsonl --machine dentist-booking-unchecked',
    status: 0,
  });
});

it('reports a counterexample of a model checker, which no machine executed', async () => {
  const states = [0, 1, 7].map((n, index) => ({ '#meta': { index }, n: { '#bigint': `${n}` } }));
  const document = { '#meta': { status: 'violation' }, vars: ['n'], states };
  writeFileSync(join(folder, 'jump.itf.json'), JSON.stringify(document));
  const { status, stdout } = await phasmoscope('report', 'jump.itf.json');
  expect(status).toBe(0);
  expect(stdout).toContain(
    '**invariant: property that the model checker checked** fails at step 1',
  );
  expect(stdout).toContain('no machine executed it, so it was not shrunk');
  const shown = await reproduce(stdout);
  expect(shown).toMatchObject({ line: 'show jump.itf.json --step 1', status: 0 });
  expect(shown.stdout).toContain('property that the model checker checked');
});

it('reports a run of the machine of a project, which is no sample although it has its name', async () => {
  const project = join(folder, 'project');
  mkdirSync(join(project, 'deep'), { recursive: true });
  const sample = readFileSync(pathOfMachine({ kind: 'sample', name: 'turnstile' }), 'utf8');
  const weak = sample.replace('state.coins === state.nextId - 1', 'state.coins < 3');
  expect(weak).not.toBe(sample);
  writeFileSync(join(project, 'machine.ts'), weak);
  writeFileSync(
    join(project, 'phasmoscope.config.ts'),
    `import { defineConfig } from 'phasmoscope';
    export default defineConfig({ machine: 'machine.ts', faults: 'crashes' });`,
  );
  const inProject = (...args: readonly string[]) => runCommandLine(args, join(project, 'deep'));
  expect((await inProject('record', '--out', '../run.jsonl')).status).toBe(1);
  const { status, stdout } = await inProject('report', '../run.jsonl');
  expect(status).toBe(0);
  expect(stdout).toMatch(/## The minimal run: 3 steps of \d+\n/);
  expect(stdout).toContain(
    'npx phasmoscope record ../machine.ts --scenario rush-hour --faults crashes',
  );
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
