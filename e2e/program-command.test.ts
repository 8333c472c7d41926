/** The command line as the installed program runs it: inside of Electron, without Node. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, test } from '@playwright/test';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-program-'));
const main = relative(folder, join(process.cwd(), 'dist/program.cjs'));
writeFileSync(
  join(folder, 'package.json'),
  JSON.stringify({ name: 'phasmoscope', version: '1.0.0', main }),
);

test.afterAll(() => rmSync(folder, { recursive: true }));

/** As `electron/package/bin/phasmoscope` starts it. */
const SWITCHES = [
  '--no-sandbox',
  '--ozone-platform=headless',
  '--disable-gpu',
  '--in-process-gpu',
  '--log-level=3',
  '--phasmoscope-command',
  '--',
];

function command(...args: readonly string[]) {
  return spawnSync(process.env['PHASMOSCOPE_ELECTRON'] ?? '', [folder, ...SWITCHES, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
}

test('ends by itself, with the exit code of the command', () => {
  const clean = command('run', 'turnstile', '--operations', '20');
  expect([clean.status, clean.signal]).toEqual([0, null]);
  expect(clean.stdout).toContain('No findings');
  const found = command('record', 'dentist-booking-unchecked', '--out', 'run.jsonl');
  expect([found.status, found.signal]).toEqual([1, null]);
});
