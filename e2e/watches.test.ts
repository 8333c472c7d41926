import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { writeTickets } from './helpers/tickets.ts';
import { DEMO, expectRun, expectStep, launchArgs } from './helpers/window.ts';

test.describe('the watches of a planted defect', () => {
  test.use({ appArgs: DEMO });

  test('are typed, followed over the run and gone along', async ({ app, page }) => {
    await expectRun(page);

    await test.step('a mistake has its place', async () => {
      await page.keyboard.press('e');
      const field = page.getByRole('textbox', { name: 'Expression' });
      await expect(field).toBeFocused();
      await field.fill('size(outstanding) = 2');
      await expect(page.getByRole('alert')).toContainText('at character 19');
      await expect(page.getByRole('button', { name: 'Watch', exact: true })).toBeDisabled();
      await field.fill('size(outstanding)');
      await page.keyboard.press('Enter');
      await expect(watches(page)).toHaveCount(1);
      await expect(watches(page)).toContainText('2');
    });

    await test.step('to the changes on both sides', async () => {
      await page.keyboard.press('u');
      await expectStep(page, 80);
      await expect(watches(page)).toContainText('3');
      await page.keyboard.press('Shift+U');
      await expectStep(page, 78);
    });

    await test.step('to where it becomes true', async () => {
      await watchExpression(page, 'outcome.kind == "err" && step > 90');
      await expect(watches(page)).toHaveCount(2);
      await page.keyboard.press('t');
      await expectStep(page, 92);
      await page.keyboard.press('Shift+Q');
      await page.keyboard.press('Shift+U');
      await expectStep(page, 88);
    });

    await test.step('shown for the step under the pointer', async () => {
      const box = await watches(page).first().boundingBox();
      const timeline = await page.getByRole('slider', { name: 'Timeline' }).boundingBox();
      if (!box || !timeline) throw new Error('the lane of the watch is not on the screen');
      await page.mouse.move(timeline.x + timeline.width / 2, box.y + box.height / 2);
      await expect(page.locator('.timeline-tooltip-watch')).toHaveText(/^size\(outstanding\)\d+$/);
    });

    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

    await test.step('folded, changed and taken away', async () => {
      await page.keyboard.press('Shift+E');
      await expect(watches(page)).toHaveCount(0);
      await page.keyboard.press('Shift+E');
      const second = watches(page).nth(1);
      // The lanes may still move under the pointer, which takes the buttons of the row away.
      const press = (name: string) =>
        expect(async () => {
          await second.hover();
          await second.getByRole('button', { name }).click({ timeout: 1_000 });
        }).toPass();
      await press('Edit');
      await page.getByRole('textbox', { name: 'Expression' }).fill('kind');
      await page.keyboard.press('Enter');
      await expect(watches(page).nth(1)).toContainText('"trackedActionCompleted"');
      await press('Stop watching');
      await expect(watches(page)).toHaveCount(1);
    });
  });
});

test.describe('the watches of the hardened dentist', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'sample', name: 'dentist-booking-hardened' },
      operationsMax: 1000,
      faults: 'chaos',
    }),
  });

  test('fit in a small window, by keyboard', async ({ app, page }) => {
    await expectRun(page);
    const window = await app.browserWindow(page);
    await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
    for (const text of ['size(state.bookings)', 'size(outstanding) > 2', 'kind']) {
      await watchExpression(page, text);
    }
    await page.keyboard.press('Home');
    await page.keyboard.press('u');
    await expectStep(page, 0);
    const panel = page.getByRole('region', { name: 'Timeline' });
    await expect(watches(page).last()).toBeInViewport();
    const hidden = await panel.evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(hidden).toBe(0);
    await watches(page).first().getByRole('button').first().focus();
    // There is no change before the first step, so its button is passed over.
    await page.keyboard.press('Tab');
    const next = watches(page).first().getByRole('button', { name: 'Next change' });
    await expect(next).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(watches(page).first()).toContainText('1');
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  });
});

test.describe('the watches of a machine outside of the checkout', () => {
  const tickets = writeTickets();

  test('are taken from the state, and come back with the session', async ({ userDataDir }) => {
    const appArgs = launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: tickets.machine },
    });
    const first = await launchApp({ userDataDir, appArgs });
    const page = await firstWindow(first);
    await expectRun(page);
    const row = page.getByRole('treeitem', { name: /^orders: / });
    await row.click();
    await page.keyboard.press('e');
    await expect(watches(page)).toContainText('state.orders');
    await page.keyboard.press('Shift+U');
    await expectStep(page, 33);
    await first.close();

    const second = await launchApp({ userDataDir });
    const again = await firstWindow(second);
    await expectStep(again, 33);
    await expect(watches(again)).toContainText('state.orders');
    await second.close();
  });
});

function watches(page: Page) {
  return page.getByRole('list', { name: 'Watches' }).getByRole('listitem');
}

async function watchExpression(page: Page, text: string): Promise<void> {
  await page.keyboard.press('e');
  await page.getByRole('textbox', { name: 'Expression' }).fill(text);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}
