import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { DEMO, DEMO_FINDING, expectRun, expectStep } from './helpers/window.ts';

/** The window works whatever happens in a panel, to its process or to the profile. */

test('a panel that fails shows why, and leaves the others alone', async () => {
  // Without the fixture, which fails on errors: this window must report one.
  const userDataDir = mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-'));
  const app = await launchApp({ userDataDir, appArgs: DEMO });
  const page = await firstWindow(app);
  await expectRun(page);
  await page.evaluate(() => {
    const prototype = HTMLCanvasElement.prototype as { getContext: unknown };
    const original = prototype.getContext;
    prototype.getContext = () => {
      throw new Error('no canvas today');
    };
    window.addEventListener('mend', () => {
      prototype.getContext = original;
    });
  });
  await page.keyboard.press('ArrowRight');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('The timeline cannot be shown here');
  await expect(alert).toContainText('no canvas today');
  // The other panels still work.
  await expect(page.getByRole('region', { name: 'Step' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Runs' })).toContainText('dentist-booking');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toContainText('no canvas today');
  await page.evaluate(() => window.dispatchEvent(new Event('mend')));
  await page.keyboard.press('ArrowLeft');
  await expect(alert).toHaveCount(0);
  await expectStep(page, DEMO_FINDING.stepIndex);
  await app.close();
  rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 });
});

test.describe('a launch that cannot be read', () => {
  test.use({ appArgs: ['--phasmoscope-launch={"kind":'] });

  test('opens the window all the same', async ({ page }) => {
    await expect(page.getByRole('button', { name: 'Run a seed that fails' })).toBeVisible();
  });
});

test.describe('a folder in place of the settings file', () => {
  test.use({
    userDataDir: async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-'));
      mkdirSync(join(folder, 'settings.json'));
      await use(folder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
    appArgs: DEMO,
  });

  test('opens the window with defaults', async ({ page }) => {
    await expectRun(page);
    await expectStep(page, DEMO_FINDING.stepIndex);
  });
});

/** The text of a window that Playwright can no longer reach, since its process died. */
function textOf(app: ElectronApplication): Promise<string> {
  return app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return String(await contents?.executeJavaScript('document.body.innerText'));
  });
}

test('a run during which the window died is opened again only when asked for', async () => {
  const userDataDir = mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-'));
  const app = await launchApp({ userDataDir, appArgs: DEMO });
  await expectRun(await firstWindow(app));
  await app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const reloaded = new Promise<void>((resolve) =>
      contents?.once('did-finish-load', () => resolve()),
    );
    contents?.forcefullyCrashRenderer();
    await reloaded;
  });
  await expect.poll(() => textOf(app)).toContain('The window ended while this was open');
  await app.close();

  // The next start does not open it, either.
  const again = await launchApp({ userDataDir });
  const page = await firstWindow(again);
  await expect(page.getByText('The window ended while this was open')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Runs' })).toContainText('dentist-booking');
  await page.getByRole('button', { name: 'Open it again' }).click();
  await expectRun(page);
  await again.close();
  rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 });
});

test.describe('the list of runs', () => {
  test.use({ appArgs: DEMO });

  test('says all about the run on the screen', async ({ page }) => {
    await expectRun(page);
    const detail = page.getByRole('region', { name: 'Runs' }).locator('.list-row-detail').first();
    await expect(detail).toHaveText(/^\d+ · .*\d · [\w-]+$/);
    const isCut = await detail.evaluate(
      ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1,
    );
    expect(isCut).toBe(false);
  });
});
