import type { ElectronApplication, Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { copyOutside } from './helpers/outside.ts';
import { DEMO, expectRun, expectStep, launchArgs } from './helpers/window.ts';

/** Causality: the graph holds what a finding is about, and says the same as text. */

test.describe('a payment that fails after the confirmation', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'sample', name: 'dentist-booking' },
      seed: '7',
      operationsMax: 1000,
      faults: 'chaos',
    }),
  });

  test('is in the graph of the booking that nobody pays for', async ({ app, page }) => {
    await expectRun(page);
    await page
      .getByRole('button', { name: /every booking is paid for/ })
      .first()
      .click();
    await page.keyboard.press('y');
    const story = page.getByRole('complementary', { name: 'The causes as text' });
    await expect(story).toContainText('The finding every booking is paid for');
    await expect(
      graph(page).getByRole('button', { name: /completion Failed of #3/ }),
    ).toBeVisible();
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

    await story.getByRole('button', { name: 'Copy as Markdown' }).press('Enter');
    await expect.poll(() => copied(app)).toMatch(/^\*\*Why step .+every booking is paid for/);
    expect(await copied(app)).toContain('the result `Failed` of `Preauth` `#3`');

    const failed = story.getByRole('listitem').filter({ hasText: 'the result Failed' });
    await failed.getByRole('button', { name: 'step 8', exact: true }).first().press('Enter');
    await expectStep(page, 8);
    await expect(failed).toHaveAttribute('aria-current', 'step');

    const window = await app.browserWindow(page);
    await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
    await expect(story).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('y');
    await expect(story).toHaveCount(0);
  });
});

test.describe('the demo', () => {
  test.use({ appArgs: DEMO });

  test('is told in four sentences', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('y');
    const items = page.getByRole('complementary').getByRole('listitem');
    await expect(items).toHaveCount(4);
    await expect(items.last()).toContainText('Tuesday 13:00 overlaps Tuesday 13:45');
  });
});

test.describe('a machine outside of the checkout', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: copyOutside('lends.ts') },
    }),
  });

  test('has the writes that its finding speaks of', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('y');
    const story = page.getByRole('complementary', { name: 'The causes as text' });
    await expect(story).toContainText('a book is lent once');
    await expect(story).toContainText(/It wrote loan \d+, which the finding in step \d+ speaks of/);
  });
});

function graph(page: Page) {
  return page.locator('.react-flow');
}

function copied(app: ElectronApplication): Promise<string> {
  return app.evaluate(({ clipboard }) => clipboard.readText());
}
