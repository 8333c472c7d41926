import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { REQUESTS } from '../core/contract/window.ts';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { expectRun, expectStep, launchArgs, position } from './helpers/window.ts';

const CHAOS = launchArgs({
  kind: 'machine',
  machine: { kind: 'sample', name: 'dentist-booking' },
  seed: '100',
  operationsMax: 200,
  faults: 'chaos',
});

test.use({ appArgs: CHAOS });

test('a sweep groups its findings, and an example is opened and shrunk', async ({ app, page }) => {
  test.setTimeout(120_000);
  await expectRun(page);
  const sweep = page.getByRole('region', { name: 'Sweep', exact: true });
  const groups = sweep.getByRole('list', { name: 'Findings by cause' });

  await test.step('the form says what is wrong', async () => {
    await page.keyboard.press('Control+Shift+Enter');
    await page.keyboard.type('0');
    const form = page.getByRole('dialog', { name: 'Sweep many seeds' });
    await expect(form.getByRole('alert')).toContainText('a whole number from 1');
    await expect(form.getByRole('button', { name: 'Start the sweep' })).toBeDisabled();
    await form.getByRole('checkbox', { name: /^Find lines that are never executed/ }).check();
    await form.getByRole('textbox', { name: 'Seeds', exact: true }).fill('20');
    await page.keyboard.press('Enter');
  });

  await test.step('findings are grouped by cause', async () => {
    await expect(groups.getByRole('listitem').first()).toBeVisible();
    // What was found is shrunk and explained before the sweep is over.
    await expect(sweep.getByRole('button', { name: 'Sweep again' })).toBeVisible({
      timeout: 60_000,
    });
    await expect(groups).toContainText('in 20 of 20 seeds');
    await sweep.getByRole('button', { name: '8 rules checked' }).click();
    await expect(sweep.getByRole('complementary')).toContainText('determinism');
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  });

  await test.step('the lines that no seed executed lead into the source', async () => {
    await page.keyboard.press('8');
    await expect(sweep.getByRole('status', { name: 'Lines that were never executed' })).toHaveText(
      /^\d+ of \d+ lines never executed$/,
    );
    const lines = sweep.getByRole('navigation', { name: 'Lines that were never executed' });
    // The week is drawn in the window only.
    await lines.getByRole('button', { name: 'export function week' }).press('Enter');
    await expect(sweep.locator('.cm-line.code-place')).toContainText('export function week(');
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    await page.keyboard.press('1');
    await expect(groups).toBeVisible();
  });

  await test.step('its report is saved as that of the command line is', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-')), 'report.json');
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
    await page.keyboard.press('Control+s');
    await expect(page.getByText('Saved report.json')).toBeVisible();
    const { report } = REQUESTS.saveReport.takes.shape;
    expect(report.parse(JSON.parse(readFileSync(file, 'utf8')))).toMatchObject({
      machine: 'dentist-booking',
      faults: 'chaos',
      seeds: 20,
    });
  });

  // A cause that is not the first finding of its seed.
  const row = groups
    .getByRole('listitem')
    .filter({ hasText: 'atomicity' })
    .filter({ hasText: 'RequestSlot' });
  await expect(row).toContainText('Fails because the container refuses an action');
  await expect(row).toContainText('Also breaks “atomicity”');
  const example = Number(/seed \d+\D*(\d+)/.exec((await row.textContent()) ?? '')?.[1]);

  await test.step('an example opens at its finding', async () => {
    await row.getByRole('button').first().click();
    await expectStep(page, example);
    const step = page.getByRole('region', { name: 'Step' });
    await expect(step.getByRole('note', { name: 'Finding: atomicity' })).toBeVisible();
    await expectRun(page);
    await expectStep(page, example);
  });

  await test.step('it is shrunk to a short run', async () => {
    await page.keyboard.press('Control+Shift+M');
    await expect(position(page)).toContainText(/^step \d(, last)? of \d$/);
    await expect(page.getByRole('note', { name: 'Finding: atomicity' })).toBeVisible();
    await expect(page.getByRole('list', { name: 'Shrunk' })).toContainText(
      `of ${example + 1} steps`,
    );
    await page.getByRole('button', { name: 'not verified' }).click();
    await expect(page.getByText('Verified: every step agrees')).toBeVisible();
  });

  await test.step('and leads to the original and back', async () => {
    await page.getByRole('button', { name: `step ${example} of the original` }).click();
    await expectStep(page, example);
    await page.keyboard.press('o');
    await expect(position(page)).toContainText(/^step \d(, last)? of \d$/);
    await page.keyboard.press('Control+j');
    await expect(row.getByRole('button', { name: /^\d steps?$/ })).toBeVisible();
  });
});

test('a sweep continues beside a run, and keeps its findings when it is cancelled', async ({
  page,
}) => {
  await expectRun(page);
  const sweep = page.getByRole('region', { name: 'Sweep', exact: true });
  await startSweep(page, '100000');
  await expect(sweep.getByRole('list', { name: 'Findings by cause' })).toBeVisible();

  await page.keyboard.press('Control+j');
  await page.keyboard.press('Home');
  await expect(position(page)).toContainText('initial state');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expectStep(page, 1);
  const background = page.getByRole('contentinfo').getByRole('button', { name: /sweeping/ });
  const before = await background.textContent();
  await expect(background).not.toHaveText(before ?? '');

  await background.click();
  await page.keyboard.press('Control+.');
  await expect(sweep.getByText('Cancelled', { exact: true })).toBeVisible();
  await expect(sweep.getByRole('list', { name: 'Findings by cause' })).toContainText('atomicity');
  await expect(sweep.getByRole('complementary')).toContainText('invariants evaluated');
});

test('the lines that no seed executed come back with the session', async ({ userDataDir }) => {
  const first = await launchApp({ userDataDir, appArgs: CHAOS });
  const page = await firstWindow(first);
  await expectRun(page);
  await page.keyboard.press('Control+Shift+Enter');
  await page.keyboard.type('5');
  await page.getByRole('checkbox', { name: /^Find lines that are never executed/ }).press('Space');
  await page.keyboard.press('Enter');
  await page.keyboard.press('8');
  const missed = (window: Page) =>
    window.getByRole('status', { name: 'Lines that were never executed' });
  await expect(missed(page)).toHaveText(/^\d+ of \d+ lines never executed$/, { timeout: 60_000 });
  const words = (await missed(page).textContent()) ?? '';
  await expect(page.getByRole('button', { name: 'Sweep again' })).toBeVisible({ timeout: 60_000 });
  await first.close();

  const second = await launchApp({ userDataDir });
  const again = await firstWindow(second);
  await expect(again.getByRole('button', { name: 'Sweep again' })).toBeVisible();
  await again.keyboard.press('8');
  await expect(missed(again)).toHaveText(words);
  await expect(again.locator('.cm-line.code-missed').first()).toBeVisible();
  await second.close();
});

test.describe('a slow machine', () => {
  const path = join(dirname(import.meta.dirname), 'e2e/machines/toils.ts');
  test.use({ appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path } }) });

  test('is shrunk to a run of no steps, and a stopped shrinking keeps the best run so far', async ({
    page,
  }) => {
    await expectRun(page);
    const shrunk = page.getByRole('list', { name: 'Shrunk' });

    await test.step('the initial state fails', async () => {
      await page.keyboard.press('Home');
      const note = page.getByRole('note', { name: 'Finding: there is work' });
      await expect(note).toBeVisible();
      await page.keyboard.press('Control+Shift+M');
      await expect(shrunk).toContainText('the initial state fails');
      await expect(position(page)).toContainText('initial state');
      await expect(note).toBeVisible();
      await page.getByRole('button', { name: 'not verified' }).click();
      await expect(page.getByText('Verified: every step agrees')).toBeVisible();
    });

    await test.step('another finding is shrunk for long, and stopped', async () => {
      await page.keyboard.press('o');
      await expect(position(page)).toContainText(/of \d{3}/);
      await page.keyboard.press('f');
      await expect(page.getByRole('note', { name: 'Finding: the work ends' })).toBeVisible();
      await page.keyboard.press('Control+Shift+M');
      const shrinking = page.getByRole('region', { name: 'Shrinking', exact: true });
      await expect(shrinking).toContainText('shorter runs tried', { timeout: 30_000 });
      await shrinking.getByRole('button', { name: 'Stop here' }).click();
      await expect(shrunk).toContainText(', stopped');
      await expect(page.getByRole('note', { name: 'Finding: the work ends' })).toBeVisible();
    });
  });
});

/** Starts a sweep of a number of seeds with the keyboard alone. */
async function startSweep(page: Page, seeds: string): Promise<void> {
  await page.keyboard.press('Control+Shift+Enter');
  await page.keyboard.type(seeds);
  await page.keyboard.press('Enter');
}
