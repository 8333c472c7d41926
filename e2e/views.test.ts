import type { ElectronApplication, Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { DEMO, DEMO_FINDING, expectRun, expectStep } from './helpers/window.ts';

/** The middle of the window: its views, beside and below each other. */

test.describe('views', () => {
  test.use({ appArgs: DEMO });

  test('are split, chosen, swapped and closed by keyboard', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('v');
    await expect(panes(page)).toHaveCount(2);
    await expect(focused(page)).toHaveAccessibleName('Steps pane');
    await page.keyboard.press('2');
    await expect(focused(page)).toHaveAccessibleName('Causality pane');
    await page.keyboard.press('Shift+V');
    await expect(panes(page)).toHaveCount(3);

    await page.keyboard.press('F6');
    await expect(focused(page)).toHaveAccessibleName('State pane');
    await page.keyboard.press('Shift+F6');
    await expect(focused(page)).toHaveAccessibleName('Steps pane');
    // A view that is shown is gone to, and not shown twice.
    await page.keyboard.press('1');
    await expect(focused(page)).toHaveAccessibleName('State pane');
    await expect(panes(page)).toHaveCount(3);

    // The keys that step are still those of the run.
    await expectStep(page, DEMO_FINDING.stepIndex);
    await page.keyboard.press('ArrowRight');
    await expectStep(page, DEMO_FINDING.stepIndex + 1);

    await pane(page, 'State').getByRole('button', { name: 'View of this pane: State' }).press(' ');
    await page.getByRole('menuitem', { name: 'Steps' }).press('Enter');
    await expect(panes(page).first()).toHaveAccessibleName('Steps pane');
    await expect(panes(page).last()).toHaveAccessibleName('State pane');

    await page.keyboard.press('Control+w');
    await page.keyboard.press('Control+w');
    await expect(panes(page)).toHaveCount(0);
    await expect(page.getByRole('tab', { selected: true })).toBeVisible();
  });

  test('are arranged for a purpose, and resized', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('Control+2');
    await expect(panes(page)).toHaveCount(3);
    await expect(page.getByRole('region', { name: 'Runs' })).toHaveCount(0);
    await expect(page.locator('.react-flow__node').first()).toBeVisible();
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

    const widthOf = async () => (await pane(page, 'State').boundingBox())?.width ?? 0;
    const width = await widthOf();
    await page.locator('.panes [role="separator"]').first().focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(widthOf).toBeGreaterThan(width);

    // There is no difference to show, so its pane is left out.
    await page.keyboard.press('Control+3');
    await expect(panes(page)).toHaveCount(2);
    await expect(page.getByRole('region', { name: 'Step', exact: true })).toHaveCount(0);
    await page.keyboard.press('Control+4');
    await expect(panes(page)).toHaveCount(0);
    await expect(page.getByRole('region', { name: 'Runs' })).toHaveCount(0);
    await page.keyboard.press('Control+1');
    await expect(page.getByRole('region', { name: 'Runs' })).toBeVisible();
    // Another arrangement is no problem to report.
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('take turns where there is no room for all of them', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('v');
    await page.keyboard.press('2');
    await expect(panes(page)).toHaveCount(2);
    await resize(app, page, 1100, 700);
    await expect(panes(page)).toHaveCount(0);
    await expect(tab(page, 'Causality')).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('F6');
    await expect(tab(page, 'State')).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('v');
    await expect(page.getByRole('contentinfo')).toContainText('No room for another pane');
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    await resize(app, page, 1440, 900);
    await expect(panes(page)).toHaveCount(2);
    await expect(focused(page)).toHaveAccessibleName('State pane');
  });

  test('that have no tab are in a menu', async ({ app, page }) => {
    await expectRun(page);
    await resize(app, page, 1040, 700);
    // The list of runs and the step take as much room as they may.
    const separators = page.locator('.separator.vertical');
    for (const [separator, key] of [
      [separators.first(), 'ArrowRight'],
      [separators.last(), 'ArrowLeft'],
    ] as const) {
      await separator.focus();
      for (let presses = 0; presses < 8; presses += 1) await page.keyboard.press(key);
    }
    const more = page.getByRole('button', { name: 'More views' });
    await more.click();
    await page.getByRole('menuitem').last().click();
    const last = page.getByRole('tab').last();
    await expect(last).toHaveAttribute('aria-selected', 'true');
    await expect(last).toBeInViewport();
    // The arrow keys reach them all.
    await last.focus();
    await page.keyboard.press('ArrowRight');
    await expect(tab(page, 'State')).toBeFocused();
  });

  test('come back with the session', async ({ app, page, userDataDir }) => {
    await expectRun(page);
    await page.keyboard.press('v');
    await page.keyboard.press('Shift+V');
    await expect(panes(page)).toHaveCount(3);
    await app.close();
    const again = await launchApp({ userDataDir });
    const window = await firstWindow(again);
    await expectRun(window);
    await expect(panes(window)).toHaveCount(3);
    await expect(focused(window)).toHaveAccessibleName('Causality pane');
    await again.close();
  });
});

function panes(page: Page) {
  return page.locator('.pane');
}

function pane(page: Page, view: string) {
  return page.getByRole('region', { name: `${view} pane` });
}

function focused(page: Page) {
  return page.locator('.pane[data-focused="true"]');
}

function tab(page: Page, name: string) {
  return page.getByRole('tab', { name });
}

async function resize(
  app: ElectronApplication,
  page: Page,
  width: number,
  height: number,
): Promise<void> {
  const window = await app.browserWindow(page);
  await window.evaluate(
    (browserWindow, size) => browserWindow.setContentSize(size.width, size.height),
    {
      width,
      height,
    },
  );
}
