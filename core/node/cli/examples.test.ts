import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { printPictureNews, UNSEEN_SWITCH } from '../../contract/picture-order.ts';
import { pathOfMachine } from '../load/samples.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { readPage } from '../test-helpers/pages.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';
import { COMMANDS } from './commands.ts';

/** Runs what the help and the page of the command line print, as it is printed, with fewer runs. */

let folder: string;
/** Takes the place of the program that opens the window, and writes what it is given to a file. */
let start: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-examples-'));
  const turnstile = pathOfMachine({ kind: 'sample', name: 'turnstile' });
  for (const name of ['machine.ts', 'turnstile.ts']) copyFileSync(turnstile, join(folder, name));
  const python = join(PACKAGE_ROOT, 'samples/parcel-locker-python');
  for (const name of readdirSync(python).filter((one) => one.endsWith('.py'))) {
    cpSync(join(python, name), join(folder, name));
  }
  const visit = [{ kind: 'trackedActionCompleted', id: 1, result: 'unlocked' }];
  const counterexample = { vars: ['n'], states: [{ n: 0 }, { n: 1 }] };
  const files = {
    'visit.json': ['coin', ...visit, 'push'],
    'visits.json': [{ kind: 'HandIn', parcel: 'a', size: 'small' }],
    'counterexample.itf.json': counterexample,
  };
  for (const [name, value] of Object.entries(files)) {
    writeFileSync(join(folder, name), JSON.stringify(value));
  }
  mkdirSync(join(folder, 'traces'));
  await runCommandLine(['record', 'dentist-booking', '--out', 'traces/seed.jsonl'], folder);
  await runCommandLine(['record', './machine.ts', '--out', 'seed-7.jsonl.gz'], folder);
  start = join(folder, 'start.cjs');
  const taken = JSON.stringify(printPictureNews({ kind: 'taken' }));
  writeFileSync(
    start,
    `require('node:fs').writeFileSync('opened.json', process.argv[2] ?? '');
    if (process.argv.includes('${UNSEEN_SWITCH}')) process.stdout.write(${taken});`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The words of a line, as a shell takes them. */
function wordsOf(line: string): readonly string[] {
  const words = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return words.split('\0').slice(0, -1);
}

const FEWER = [
  [/--count \d+/, '--count 20'],
  [/--time-budget \w+/, '--count 20'],
  [/--one-in \d+/, '--one-in 10'],
  [/--runs \d+/, '--runs 100'],
  [/--seeds \d+\.\.\d+/, '--seeds 0..3 --operations 200'],
  [/^doom(?!.*--runs)/, 'doom --runs 100'],
] as const;

/** Runs a line after `phasmoscope`; it must do what it says: a finding is none that it refuses. */
async function runLine(line: string): Promise<string> {
  const shorter = FEWER.reduce((text, [from, to]) => text.replace(from, to), line);
  const environment = { PHASMOSCOPE_START: start };
  const { status, stdout, stderr } = await runCommandLine(wordsOf(shorter), folder, environment);
  expect([0, 1], `${line}\n${stderr}`).toContain(status);
  return stdout;
}

const entries = Object.values(COMMANDS).flat();

it.each(entries)(
  'the help of $name has examples, which run',
  async ({ name, load }) => {
    const { examples } = await load();
    const help = await runLine(`${name} --help`);
    expect(examples.length).toBeGreaterThan(0);
    for (const [what, line] of examples) {
      expect(help).toContain(`  ${what}:\n    phasmoscope ${line}\n`);
      // What the examples of other commands would have left here.
      if (line.includes('--shard 2/2'))
        await runLine(line.replace(/2\/2(.*)report-2/, '1/2$1report-1'));
      await runLine(line);
    }
    expect(examples.some(([, line]) => line.startsWith(name))).toBe(true);
  },
  120_000,
);

const page = [...readPage('commands').matchAll(/^npx phasmoscope (.*)$/gm)]
  .map(([, line = '']) => line.replace(/ +# .*$/, ''))
  // A page carries the window, which is not built yet: the end-to-end tests write pages.
  .filter((line) => !line.includes('--html'));

it('the page of the command line has examples', () => expect(page.length).toBeGreaterThan(25));

it.each(page)(
  'the page of the command line: %s',
  async (line) => void (await runLine(line)),
  120_000,
);
