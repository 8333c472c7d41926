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

    await test.step('as a chain in the graph', async () => {
      await origin.getByRole('button', { name: 'Draw this as a graph' }).press('Enter');
      const graph = page.getByRole('region', { name: 'Causality' });
      await expect(graph).toContainText('Origin of bookings["Tuesday 13:00"].userId');
      await expect(graph).toContainText('from input.userId');
      const chain = graph.getByRole('list', { name: /^The chain/ }).getByRole('listitem');
      await expect(chain).toHaveText([
        /^step 69: .*; pending\[23\]\.userId, which was taken by step 78$/,
        /^step 78: /,
      ]);
      expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
      // The chain stays while the cursor goes elsewhere.
      await page.keyboard.press('Home');
      await expect(chain).toHaveCount(2);
      await graph.getByRole('button', { name: 'Causes' }).press('Enter');
      await expect(graph).toContainText('Around start');
      await page.keyboard.press('1');
    });
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
