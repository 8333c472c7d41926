import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

/* The window that takes the pictures is that of e2e/package.test.ts; here, a script says what it would say. */

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-picture-test-'));
const start = join(folder, 'start.cjs');

beforeAll(async () => {
  writeFileSync(
    start,
    `require('node:fs').writeFileSync('started.json', JSON.stringify(process.argv.slice(2)));
    for (const line of JSON.parse(process.env.NEWS)) process.stdout.write(line + '\\n');`,
  );
  await runCommandLine(
    ['record', 'dentist-booking-unchecked', '--operations', '90', '--out', 'run.jsonl'],
    folder,
  );
});

beforeEach(() => rmSync(join(folder, 'started.json'), { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const TAKEN = 'phasmoscope-picture {"kind":"taken"}';

/** Runs `picture` with a window that says these lines. */
function picture(args: readonly string[], news: readonly string[] = [TAKEN]) {
  const environment = { PHASMOSCOPE_START: start, NEWS: JSON.stringify(news) };
  return runCommandLine(['picture', 'run.jsonl', ...args], folder, environment);
}

/** What the window was started with: its launch, and the other arguments. */
function started() {
  const [launch = '', ...others] = JSON.parse(
    readFileSync(join(folder, 'started.json'), 'utf8'),
  ) as string[];
  return { launch: JSON.parse(launch.slice(launch.indexOf('=') + 1)), others };
}

it('orders a picture of a view from a window that nobody sees, with a profile of its own', async () => {
  const args = ['--view', 'causality', '--step', '77', '--theme', 'dark', '--size', '1200x800'];
  const { status, stdout } = await picture([...args, '--out', 'why.png'], ['noise', TAKEN]);
  expect([status, stdout]).toEqual([0, 'Picture written to why.png\n']);
  const { launch, others } = started();
  expect(launch).toEqual({
    kind: 'trace',
    path: join(folder, 'run.jsonl'),
    spot: { step: 77, view: 'causality' },
    picture: {
      out: join(folder, 'why.png'),
      subject: 'view',
      theme: 'dark',
      widthPx: 1200,
      heightPx: 800,
    },
  });
  const [unseen, profile = ''] = others;
  expect(unseen).toBe('--phasmoscope-unseen');
  expect(profile).toMatch(/^--user-data-dir=/);
  expect(existsSync(profile.slice(profile.indexOf('=') + 1))).toBe(false);
});

it('orders a moving picture, and names the machine whose code draws a view', async () => {
  const { status } = await picture(['--view', 'views', '--to', '77', '--out', 'week.gif']);
  expect(status).toBe(0);
  expect(started().launch).toMatchObject({
    machine: { kind: 'sample', name: 'dentist-booking-unchecked' },
    spot: { step: 57, view: 'drawing' },
    picture: { subject: 'view', film: { from: 57, to: 77, stepsPerSecond: 2 } },
  });
});

it('says what the window says, and when it says nothing', async () => {
  const problem = JSON.stringify({
    kind: 'problem',
    problem: { title: 'The disk is full.', remedy: 'Free it.' },
  });
  const failed = await picture(['--out', 'run.png'], [`phasmoscope-picture ${problem}`]);
  expect([failed.status, failed.stderr]).toEqual([2, 'error: The disk is full.\nFree it.\n']);
  const silent = await picture(['--out', 'run.png'], []);
  expect([silent.status, silent.stderr]).toEqual([
    2,
    expect.stringMatching(/No picture was taken[^]*npm install -D electron[^]*Xvfb/),
  ]);
});

it.each([
  [['--out', 'run.gif'], 'does not end in .png'],
  [['--to', '9', '--out', 'run.png'], 'does not end in .gif'],
  [['--step', '400', '--out', 'run.png'], 'The trace has no step 400'],
  [['--step', '9', '--to', '3', '--out', 'run.gif'], 'does not come after'],
  [['--size', '9x9', '--out', 'run.png'], '"9x9" is not a size'],
  [['--out', join('missing', 'run.png')], 'its folder does not exist'],
  [['--view', 'source', '--out', 'run.png'], 'Choose one of: window'],
])('refuses %j before a window is opened', async (args, reason) => {
  const { status, stderr } = await picture(args);
  expect([status, stderr]).toEqual([2, expect.stringContaining(reason)]);
  expect(existsSync(join(folder, 'started.json'))).toBe(false);
});
