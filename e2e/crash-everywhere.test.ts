import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { copyOutside } from './helpers/outside.ts';
import { DEMO, expectRun, launchArgs } from './helpers/window.ts';

/** What becomes of a run that crashes, at every point of every step. */

test.describe('the demo', () => {
  test.use({ appArgs: DEMO });

  test('shows where a crash fails, and opens the fork of one', async ({ app, page }) => {
    await expectRun(page);
    await page
      .getByRole('region', { name: 'Step', exact: true })
      .getByRole('button', { name: 'Crash everywhere' })
      .click();
    const strip = page.getByRole('region', { name: 'Crash everywhere' });
    await expect(strip).toContainText(/\d of .+ crash points? fails? because of the crash/, {
      timeout: 60_000,
    });
    await page.keyboard.press('Home');
    await page.keyboard.press('j');
    const failing = strip.getByRole('button', {
      name: /fails because of the crash\. Open the fork/,
    });
    await expect(failing.first()).toBeVisible();
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    await failing.first().click();
    await expect(page.getByRole('list', { name: 'Forks' })).toContainText(
      /The process (crashes|dies).+ends in/,
    );
  });

  test('opens the fork of what is clicked on the strip, and can be stopped', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('Shift+Z');
    const strip = page.getByRole('region', { name: 'Crash everywhere' });
    await expect(strip).toContainText(/[1-9]\d* crash points/);
    await strip.getByRole('button', { name: 'Stop crashing' }).click();
    await expect(strip).toHaveCount(0);
    await page.keyboard.press('Shift+Z');
    await expect(strip).toContainText(/of .+ crash points? fails?/, { timeout: 60_000 });
    const canvas = strip.locator('canvas');
    await canvas.hover({ position: { x: 226, y: 30 } });
    await expect(canvas).toHaveAttribute('title', /^step \d+, .+ Click to open the fork\.$/);
    await canvas.click({ position: { x: 226, y: 30 } });
    await expect(page.getByRole('list', { name: 'Forks' })).toContainText('the run settles');
  });
});

test.describe('a machine outside of the checkout', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: copyOutside('lends.ts') },
    }),
  });

  test('says what became of all points', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('Shift+Z');
    const strip = page.getByRole('region', { name: 'Crash everywhere' });
    await expect(strip).toContainText(
      /It recovers from a crash at all|fail because of the crash|No crash adds a finding/,
      {
        timeout: 60_000,
      },
    );
    await strip.getByRole('button', { name: 'Close the crash points' }).click();
    await expect(strip).toHaveCount(0);
  });
});
