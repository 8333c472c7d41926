import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { writeTickets } from './helpers/tickets.ts';
import { DEMO, expectRun, expectStep, launchArgs } from './helpers/window.ts';

const ROOT = dirname(import.meta.dirname);

/** Records a seed that fails, of which the exit code tells. */
function recordFailing(machine: string, seed: string, out: string): void {
  const command = join(ROOT, 'electron/scripts/phasmoscope.mjs');
  const args = [command, 'record', machine, '--seed', seed, '--out', out];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 1) throw new Error(`recording ended with ${status}: ${stderr}`);
}

test.describe('a planted defect', () => {
  test.use({ appArgs: DEMO });

  test('is asked for in the run and in seeds', async ({ app, page }) => {
    await expectRun(page);

    await test.step('an expression, of the open run', async () => {
      await page.keyboard.press('a');
      const field = page.getByRole('textbox', { name: 'Always true' });
      await expect(field).toBeFocused();
      await field.fill('size(state.bookings) < ');
      await expect(page.getByRole('alert')).toContainText('at character');
      await field.fill('size(state.bookings) < 10');
      await page.keyboard.press('Enter');
      await expect(result(page)).toHaveText('Fails in 1 of 1 run');
      expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
      await answers(page).getByRole('button', { name: 'step 27' }).click();
      await expectStep(page, 27);
    });

    await test.step('an invariant, of seeds that are run again', async () => {
      await page.keyboard.press('a');
      const dialog = page.getByRole('dialog', { name: 'Ask of runs' });
      // What was asked last is still there.
      await expect(result(page)).toHaveText('Fails in 1 of 1 run');
      await dialog.getByRole('button', { name: 'Invariant' }).click();
      await expect(dialog.getByRole('button', { name: /no two bookings overlap/ })).toBeVisible();
      await dialog.getByRole('button', { name: 'Seeds' }).click();
      await dialog.getByRole('textbox', { name: 'First seed' }).fill('370');
      await dialog.getByRole('textbox', { name: 'Number of seeds' }).fill('12');
      await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
      await expect(result(page)).toHaveText(/^Fails in \d+ of 12 seeds$/, { timeout: 30_000 });
      const failing = answers(page).filter({ hasText: 'seed 378' });
      await expect(failing).toContainText('Tuesday 13:00 overlaps Tuesday 13:45');
      await failing.getByRole('button', { name: 'step 78' }).click();
      await expectStep(page, 78);
    });
  });
});

test.describe('the hardened dentist', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'sample', name: 'dentist-booking-hardened' },
      operationsMax: 200,
      faults: 'chaos',
    }),
  });

  test('keeps in all seeds what it keeps in one', async ({ app, page }) => {
    await expectRun(page);
    const window = await app.browserWindow(page);
    await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
    await page.keyboard.press('a');
    await page.getByRole('textbox', { name: 'Always true' }).fill('size(outstanding) < 100');
    const dialog = page.getByRole('dialog', { name: 'Ask of runs' });
    await dialog.getByRole('button', { name: 'Seeds' }).click();
    await dialog.getByRole('textbox', { name: 'Number of seeds' }).fill('12');
    await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
    await expect(result(page)).toHaveText('Fails in none of 12 seeds', { timeout: 45_000 });
    await expect(answers(page).first()).toContainText('holds in');
    const hidden = await dialog.evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(hidden).toBe(0);
    await expect(dialog).toBeInViewport({ ratio: 1 });
  });
});

test.describe('a machine outside of the checkout', () => {
  const tickets = writeTickets();
  const traces = join(tickets.folder, 'traces');
  test.use({
    appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path: tickets.machine } }),
  });

  test.beforeAll(() => {
    mkdirSync(traces);
    for (const seed of ['1', '2', '3']) {
      recordFailing(tickets.machine, seed, join(traces, `${seed}.jsonl`));
    }
    writeFileSync(
      join(traces, '4.jsonl'),
      readFileSync(join(traces, '3.jsonl')).subarray(0, 9_000),
    );
  });

  test('is asked of the traces of a folder', async ({ app, page }) => {
    await expectRun(page);
    await app.evaluate(({ dialog }, folder) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [folder] });
    }, traces);
    await page.keyboard.press('a');
    const asking = page.getByRole('dialog', { name: 'Ask of runs' });
    await asking.getByRole('button', { name: 'Folder' }).click();
    await asking.getByRole('button', { name: 'Choose…' }).click();
    await expect(asking).toContainText('traces 4 traces');

    await page.getByRole('textbox', { name: 'Always true' }).fill('size(state.seats) < 4');
    await page.keyboard.press('Enter');
    await expect(result(page)).toHaveText('Fails in 3 of 4 runs');
    await expect(answers(page).filter({ hasText: '4.jsonl' })).toContainText('damaged');

    await asking.getByRole('button', { name: 'Invariant' }).click();
    await asking.getByRole('button', { name: 'Ask', exact: true }).click();
    await expect(result(page)).toHaveText('Fails in 3 of 4 runs');
    const second = answers(page).filter({ hasText: '2.jsonl' });
    await expect(second).toContainText('B2 is sold twice');
    await second.getByRole('button', { name: 'step 55' }).click();
    await expectStep(page, 55);
    await expect(page.getByRole('button', { name: /^2\.jsonl/ })).toBeVisible();
  });
});

function result(page: Page) {
  return page.getByRole('status', { name: 'Result' });
}

function answers(page: Page) {
  return page.getByRole('list', { name: 'Runs' }).getByRole('listitem');
}
