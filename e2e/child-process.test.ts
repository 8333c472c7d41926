import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Launch } from '../core/contract/window.ts';
import { expect, test } from './helpers/app.ts';
import { expectRun, expectStatus, launchArgs, position } from './helpers/window.ts';

const ROOT = dirname(import.meta.dirname);
const isPythonMissing = spawnSync('python3', ['--version']).status !== 0;
const locker: Launch = {
  kind: 'machine',
  machine: { kind: 'sample', name: 'parcel-locker-python' },
  scenario: 'busy-street',
  seed: '7',
  operationsMax: 200,
  faults: 'chaos',
};
const spinning: Launch = {
  kind: 'machine',
  machine: { kind: 'file', path: join(ROOT, 'e2e/machines/process-spins.ts') },
};

/** Counts the processes whose command contains a text. */
function countProcesses(text: string): number {
  const commands = readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
  return commands.filter((command) => command.includes(text)).length;
}

test.describe('a machine in Python', () => {
  test.skip(isPythonMissing, 'there is no python3');
  test.use({ appArgs: launchArgs(locker) });

  test('is run under faults, stepped and verified', async ({ page }) => {
    await expectRun(page);
    await expectStatus(page, 'no findings');
    await page.keyboard.press('Home');
    await expect(position(page)).toContainText('initial state');
    await expect(page.getByRole('tree')).toContainText('nextId');
    await page.keyboard.press('d');
    await expect(page.getByRole('region', { name: 'Step' })).toContainText('OpenDoor');
    await page.keyboard.press('c');
    await expect(page.getByRole('region', { name: 'Step' })).toContainText(/crash/i);
    await page.getByRole('button', { name: 'not verified' }).click();
    await expectStatus(page, 'verified', { timeout: 20_000 });
  });
});

test.describe('a process that spins', () => {
  test.use({ appArgs: launchArgs(spinning) });

  test('is reported, stopped, and not left behind', async ({ page }) => {
    await expect(page.getByRole('alert')).toContainText('does not answer', { timeout: 15_000 });
    await page.getByRole('button', { name: 'Stop the machine' }).click();
    await expectStatus(page, '5 steps', { timeout: 20_000 });
    await expect.poll(() => countProcesses('process-spins.mjs'), { timeout: 15_000 }).toBe(0);
  });
});

test.describe('a process that spins while it is loaded', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: join(ROOT, 'e2e/machines/process-spins-at-once.ts') },
    }),
  });
  const count = () => countProcesses('process-spins.mjs\0at-once');

  test('ends when the window is closed', async ({ app }) => {
    await app.firstWindow();
    await expect.poll(count, { timeout: 15_000 }).toBe(1);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(count, { timeout: 15_000 }).toBe(0);
  });

  test('ends when the main process is killed', async ({ app }) => {
    await app.firstWindow();
    await expect.poll(count, { timeout: 15_000 }).toBe(1);
    app.process().kill('SIGKILL');
    await expect.poll(count, { timeout: 15_000 }).toBe(0);
  });
});
