import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { copyOutside } from './helpers/outside.ts';
import { DEMO, expectRun, expectStep, launchArgs } from './helpers/window.ts';

/** Where a value came from: from its row in the state, hop by hop, back to an input. */

test.describe('the demo', () => {
  test.use({ appArgs: DEMO });

  test('leads from the patient of a booking to the input that named them', async ({
    app,
    page,
  }) => {
    await expectRun(page);
    await reveal(page, 'Tuesday 13:00');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('o');
    const origin = page.getByRole('region', { name: /^Origin of bookings\["Tuesday 13:00"\]/ });
    const rows = origin.getByRole('listitem');
    await expect(rows).toHaveCount(2);
    await expect(rows.nth(0)).toContainText(/78.*from state pending\[23\]\.userId/);
    await expect(rows.nth(1)).toContainText(/69.*pending\[23\]\.userId.*from input\.userId/);
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    const window = await app.browserWindow(page);
    await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
    await expect(origin).toBeInViewport({ ratio: 1 });
    await rows.nth(1).getByRole('button').press('Enter');
    await expectStep(page, 69);
    await expect(rows).toHaveCount(2);
    await page.keyboard.press('Escape');
    await expect(origin).toHaveCount(0);
  });
});

test.describe('a machine outside of the checkout', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: copyOutside('lends.ts') },
    }),
  });

  test('leads through a queue that has moved', async ({ page }) => {
    await expectRun(page);
    await reveal(page, 'loans[3]');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('o');
    const rows = page.getByRole('region', { name: 'Origin of loans[3].reader' });
    await expect(rows.getByRole('listitem').last()).toContainText('from input.reader');
    await expect(rows.getByRole('listitem').first()).toContainText(
      /from state queue\[\d+\]\.reader/,
    );
  });
});

/** Finds a member by its path, and makes its row the active one. */
async function reveal(page: Page, path: string): Promise<void> {
  const field = page.getByLabel('Search paths and values');
  await field.fill(path);
  await field.press('Enter');
  await page.keyboard.press('Escape');
  await page.getByRole('tree', { name: 'State' }).focus();
}
