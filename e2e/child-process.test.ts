import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import type { Launch } from '../core/contract/window.ts';
import { expect, test } from './helpers/app.ts';
import { isAlive, startedBy } from './helpers/processes.ts';
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

/** The processes of a test that spin; other tests have their own at the same time. */
function spinningOf(app: ElectronApplication): readonly number[] {
  return startedBy(app.process().pid ?? -1, 'node\0process-spins.mjs');
}

/** Waits until a process spins, and returns it. */
async function spins(app: ElectronApplication): Promise<number> {
  await expect.poll(() => spinningOf(app).length, { timeout: 30_000 }).toBe(1);
  return spinningOf(app)[0] ?? -1;
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

  test('is reported, stopped, and not left behind', async ({ app, page }) => {
    await expect(page.getByRole('alert')).toContainText('does not answer', { timeout: 15_000 });
    const pid = await spins(app);
    await page.getByRole('button', { name: 'Stop the machine' }).click();
    await expectStatus(page, '5 steps', { timeout: 40_000 });
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
  });
});

test.describe('a process that spins while it is loaded', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: join(ROOT, 'e2e/machines/process-spins-at-once.ts') },
    }),
  });

  test('ends when the window is closed', async ({ app }) => {
    await app.firstWindow();
    const pid = await spins(app);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
  });

  test('ends when the main process is killed', async ({ app }) => {
    await app.firstWindow();
    const pid = await spins(app);
    app.process().kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
  });
});
