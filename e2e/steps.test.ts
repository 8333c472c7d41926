import type { ElectronApplication, Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { expectRun, expectStep, launchArgs } from './helpers/window.ts';

test.describe('the steps of a dentist under chaos', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'sample', name: 'dentist-booking' },
      seed: '3',
      operationsMax: 1000,
      faults: 'chaos',
    }),
  });

  test('are filtered, gone to and copied', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('4');
    const grid = page.getByRole('grid', { name: 'Steps' });
    const count = page.getByRole('status', { name: 'Shown steps' });
    await expect(count).toHaveText(/^1\u202f\d{3} steps$/);
    await expect(currentRow(page)).toContainText('Success');

    await test.step('by a kind of error', async () => {
      await page.getByRole('button', { name: /^Filter by kind/ }).click();
      const menu = page.getByRole('dialog', { name: 'Filter the steps' });
      const errors = menu.getByRole('group', { name: 'Error' });
      await errors.getByRole('button', { name: /^NoSlotFound/ }).click();
      await page.keyboard.press('Escape');
      await expect(chips(page)).toContainText('NoSlotFound');
      await expect(count).toContainText('hidden');
      await expect(rows(page).first()).toContainText('NoSlotFound');
      await page.keyboard.press('Shift+W');
      await expect(chips(page)).toHaveCount(0);
    });

    await test.step('by an outcome', async () => {
      await page.getByRole('button', { name: /^Filter by kind/ }).click();
      const menu = page.getByRole('dialog', { name: 'Filter the steps' });
      await menu.getByRole('button', { name: 'failed by a fault' }).click();
      await page.keyboard.press('Escape');
      await expect(count).toHaveText(/^\d+ of 1\u202f\d{3} steps, .+ hidden$/);
      await expect(rows(page).first()).toContainText(/storage failed|action refused/);
    });

    await test.step('by an expression, whose mistakes have a place', async () => {
      await page.keyboard.press('w');
      const field = page.getByRole('textbox', { name: 'An expression over the step' });
      await field.fill('outcome.kind = "err"');
      await expect(page.getByRole('alert')).toContainText('at character 14');
      await field.fill('kind == "normal" && step > 100');
      await expect(chips(page)).toHaveCount(2);
      await expect(rows(page).first()).toContainText('action refused');
    });

    await test.step('to a step, by keyboard', async () => {
      await page.keyboard.press('ArrowDown');
      await expect(grid).toBeFocused();
      await page.keyboard.press('Home');
      const number = Number((await rows(page).first().locator('td').first().textContent()) ?? '');
      await page.keyboard.press('Enter');
      await expectStep(page, number);
      await expect(currentRow(page)).toContainText(String(number));
      await page.keyboard.press('Shift+W');
      await expect(chips(page)).toHaveCount(0);
      await expectStep(page, number);
      await expect(currentRow(page)).toBeInViewport();
    });

    await test.step('by a cause, which is lit alone', async () => {
      await page
        .getByRole('list', { name: 'Findings by cause' })
        .getByRole('listitem')
        .filter({ hasText: 'results update state' })
        .getByRole('button', { name: 'This cause only' })
        .click();
      await expect(chips(page)).toContainText('only results update state');
      await expect(count).toHaveText(/^35 of/);
      await page.keyboard.press('n');
      await expect(currentRow(page)).toContainText('Pending');
    });

    await test.step('several, as text and as JSON lines', async () => {
      await grid.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Shift+ArrowDown');
      await page.keyboard.press('Shift+ArrowDown');
      await page.getByRole('button', { name: 'Copy as text' }).click();
      await expect.poll(() => copied(app)).toMatch(/^step\tkind\t/);
      expect((await copied(app)).trimEnd().split('\n')).toHaveLength(4);
      await page.getByRole('button', { name: 'Copy as JSON lines' }).click();
      await expect.poll(() => copied(app)).toMatch(/^\{"step":/);
      expect((await copied(app)).trimEnd().split('\n')).toHaveLength(3);
    });

    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

    await test.step('the first chosen one is compared with the last', async () => {
      const numbers = rows(page).locator('td:first-child');
      const first = Number(await numbers.first().textContent());
      await expect(page.getByRole('button', { name: `Compare ${first} with` })).toBeVisible();
      await grid.focus();
      await page.keyboard.press('Shift+Enter');
      await expect(page.getByRole('button', { name: /^step \d+ against step \d+/ })).toContainText(
        `against step ${first}`,
      );
      await expect(page.getByRole('tree')).toBeVisible();
    });
  });

  test('of one path are those that change it', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('s');
    const row = page.getByRole('treeitem', { name: /^bookings: / });
    await row.click();
    await page.keyboard.press('s');
    await expect(chips(page)).toHaveText('changed bookings');
    const count = page.getByRole('status', { name: 'Shown steps' });
    await expect(count).toHaveText(/^\d+ of 1\u202f\d{3} steps, .+ hidden$/);
    // What changes the bookings is a payment that succeeded, or a crash that took it back.
    await expect(rows(page).first()).toContainText('Success');
    await page.keyboard.press('n');
    await expect(currentRow(page)).toContainText('Success');
  });

  test('are bookmarked, gone to and shown alone', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('4');
    await page.keyboard.press('Home');
    for (let at = 0; at < 3; at += 1) await page.keyboard.press('ArrowRight');
    await expectStep(page, 2);
    await page.keyboard.press('m');
    await expect(currentRow(page)).toContainText('bookmarked');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('m');
    await page.keyboard.press('Shift+K');
    await expectStep(page, 2);
    await page.getByRole('button', { name: /^Filter by kind/ }).click();
    const menu = page.getByRole('dialog', { name: 'Filter the steps' });
    await menu.getByRole('button', { name: 'with a note', exact: true }).click();
    await page.keyboard.press('Escape');
    await expect(rows(page)).toHaveCount(2);
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    await page.keyboard.press('m');
    await expect(rows(page)).toHaveCount(1);
    await page.keyboard.press('Shift+W');

    // A filter that hides all of them says so, and how to go on.
    await page.keyboard.press('/');
    await page.keyboard.type('nothing holds that');
    await expect(page.getByRole('heading', { name: 'No step of this run is shown' })).toBeVisible();
    await page.getByRole('button', { name: 'Show all steps', exact: true }).click();
    await expect(currentRow(page)).toBeVisible();
  });

  test('fit in a small window', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('4');
    const window = await app.browserWindow(page);
    await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
    const grid = page.getByRole('grid', { name: 'Steps' });
    // What is cut off at the edge of a column must not widen the list, in any row.
    const hidden = await grid.evaluate(async (element) => {
      const widths = [];
      for (let top = 0; top < element.scrollHeight; top += 200) {
        element.scrollTop = top;
        await new Promise((resolve) => setTimeout(resolve, 30));
        widths.push(element.scrollWidth - element.clientWidth);
      }
      return Math.max(...widths);
    });
    expect(hidden).toBe(0);
    await expect(page.getByRole('button', { name: 'Sweep' })).toHaveText('Sweep');
  });
});

function rows(page: Page) {
  return page.getByRole('grid', { name: 'Steps' }).locator('tbody > tr.steps-row');
}

function currentRow(page: Page) {
  return page.locator('tr[aria-current="step"]');
}

function chips(page: Page) {
  return page.getByRole('list', { name: 'Filter' }).getByRole('listitem');
}

function copied(app: ElectronApplication): Promise<string> {
  return app.evaluate(({ clipboard }) => clipboard.readText());
}
