import type { Locator, Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { copyOutside } from './helpers/outside.ts';
import {
  DEMO,
  DEMO_FINDING,
  expectRun,
  expectStep,
  launchArgs,
  pickMachine,
} from './helpers/window.ts';

/** Two runs side by side: a fork and its parent, one seed on two machines, and both after a restart. */

const beside = (page: Page) => page.getByRole('region', { name: 'Side by side' });
const runs = (page: Page) => page.getByRole('region', { name: 'Runs' });

async function forkWithoutTheResult(page: Page): Promise<void> {
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog', { name: /^What if, at step/ });
  await dialog.getByRole('radio', { name: 'Lose it on its way' }).click();
  await dialog.getByRole('button', { name: 'Fork' }).click();
  await expect(page.getByRole('list', { name: 'Forks' })).toContainText(/ends in/);
}

test.describe('the demo', () => {
  test.use({ appArgs: DEMO });

  test('a fork beside its parent, from its button', async ({ app, page }) => {
    test.setTimeout(120_000);
    await expectRun(page);
    await page.keyboard.press('9');
    await expect(page.getByRole('tabpanel')).toContainText('There is only this run.');
    await forkWithoutTheResult(page);
    await page.getByRole('button', { name: 'Compare the two side by side' }).click();
    const view = beside(page);
    await expect(view).toContainText(`The same before step ${DEMO_FINDING.stepIndex}.`);
    const names = page.locator('.timeline-name');
    await expect(names).toHaveText([/^A\s*dentist-booking/, /^B\s*.*is lost/]);
    await page.keyboard.press('z');
    // In the fork, the result comes at the end: its cursor waits where that would have come.
    await expectStep(page, DEMO_FINDING.stepIndex - 1);
    const moved = view.getByRole('columnheader', { name: /moved$/ });
    await expect(moved).toHaveText([/^A\s*step 78/, /^B\s*step 1\s?053/]);
    await expect(view.getByRole('tree', { name: 'State' })).toBeVisible();
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

    const other = page.getByRole('slider', { name: 'Timeline of the run beside' });
    await expect(other).toHaveAttribute('aria-valuenow', String(DEMO_FINDING.stepIndex));

    // Next and previous differences, by the keyboard, and the other way round.
    await page.keyboard.press(']');
    await expect(view.getByRole('columnheader', { name: /^B .* only in B$/ })).toBeVisible();
    await page.keyboard.press('[');
    await expect(moved).toHaveText([/^A\s*step 78/, /^B/]);
    // The number of the other place leads there, and the cursors come along.
    await moved.last().getByRole('button', { name: /^step/ }).click();
    await expectStep(page, 1053);
    await expect(moved).toHaveText([/^A\s*step 78/, /^B\s*step 1\s?053/]);
    await moved.first().getByRole('button', { name: /^step/ }).click();
    await expect(other).toHaveAttribute('aria-valuenow', String(DEMO_FINDING.stepIndex));
    await page.keyboard.press('Shift+H');
    await expect(runs(page).locator('[aria-current="true"]')).not.toContainText('is lost');
    await expect(moved).toHaveText([/^A\s*step 1\s?053/, /^B\s*step 78/]);

    // Both cursors move together, or apart.
    await page.keyboard.press('Home');
    await expect(view.getByRole('columnheader', { name: /^A start/ })).toBeVisible();
    // A click into the timeline of the other run takes this one along.
    await other.click();
    await expect
      .poll(async () => Number(await other.getAttribute('aria-valuenow')))
      .toBeGreaterThan(100);
    await expect(page.getByRole('slider', { name: 'Timeline', exact: true })).not.toHaveAttribute(
      'aria-valuenow',
      '-1',
    );
    // Apart, the keys move the cursor of the timeline that has the focus.
    const own = page.getByRole('slider', { name: 'Timeline', exact: true });
    const [headA, headB] = (['A', 'B'] as const).map((side) =>
      view.getByRole('columnheader', { name: new RegExp(`^${side} `) }),
    ) as [Locator, Locator];
    await own.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('l');
    await expect(
      view.getByRole('button', { name: 'Move both cursors together, or apart' }),
    ).toHaveAttribute('aria-pressed', 'false');
    await page.keyboard.press('ArrowRight');
    await expect(headB).toHaveText(/^B\s*step 0/);
    await expect(headA).toHaveText(/^A\s*start/);
    await page.keyboard.press('Shift+Tab');
    await expect(other).toBeFocused();
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowRight');
    await expect(headA).toHaveText(/^A\s*step 2.*not aligned$/);
    await expect(headB).toHaveText(/^B\s*step 0.*not aligned$/);
    // Together again, each takes the other one along.
    await page.keyboard.press('l');
    await expect(headA).toHaveText(/^A\s*step 0/);
    await page.keyboard.press('Shift+ArrowRight');
    await expect(headA).toHaveText(/^A\s*step 10/);
    await expect(headB).toHaveText(/^B\s*step 10/);
    // Apart at both of its places, a step that has moved is still one.
    await own.focus();
    await page.keyboard.press('f');
    await moved.first().getByRole('button', { name: /^step/ }).click();
    await page.keyboard.press('l');
    await own.focus();
    await page.keyboard.press('Home');
    await expect(headB).toHaveText(/^B\s*start/);
    await expect(headA).toHaveText(/^A\s*step 1\s?053/);
    await page.keyboard.press('f');
    await expect(moved).toHaveText([/^A\s*step 1\s?053/, /^B\s*step 78/]);

    await page.reload();
    await expect(view).toContainText(`The same before step ${DEMO_FINDING.stepIndex}.`, {
      timeout: 20_000,
    });
    await expect(
      view.getByRole('button', { name: 'Move both cursors together, or apart' }),
    ).toHaveAttribute('aria-pressed', 'false');
    await view.getByRole('button', { name: 'End the comparison' }).click();
    await expect(page.getByRole('tabpanel')).toContainText('Two runs side by side');
  });

  test('leaves room for the state in a small window', async ({ app, page }) => {
    await expectRun(page);
    await forkWithoutTheResult(page);
    const window = await app.browserWindow(page);
    await window.evaluate((shown) => shown.setContentSize(1100, 700));
    await page.getByRole('button', { name: 'Compare the two side by side' }).click();
    const view = beside(page);
    await expect(view).toContainText(`The same before step ${DEMO_FINDING.stepIndex}.`);
    const rowsInView = () =>
      view.getByRole('tree', { name: 'State' }).evaluate((tree) => {
        const { top, bottom } = tree.getBoundingClientRect();
        return [...tree.querySelectorAll('[role="treeitem"]')].filter((row) => {
          const box = row.getBoundingClientRect();
          return box.top >= top && box.bottom <= bottom;
        }).length;
      });
    await expect.poll(rowsInView).toBeGreaterThanOrEqual(5);
    await expect(view.getByRole('columnheader')).toHaveCount(0);
    await view.getByRole('button', { name: 'Unfold the steps' }).click();
    await expect(view.getByRole('columnheader', { name: /^A step/ })).toBeVisible();
    await view.getByRole('button', { name: 'Fold the steps', exact: true }).click();
    await expect.poll(rowsInView).toBeGreaterThanOrEqual(5);
  });

  test('one seed on two machines, from the menu of the list', async ({ page }) => {
    await expectRun(page);
    await pickMachine(page, /^dentist-booking-hardened/);
    await expect(page.getByRole('textbox', { name: 'Seed' })).toHaveValue('12345');
    const run = page.getByRole('banner').getByRole('button', { name: 'Run', exact: true });
    await run.click();
    await expect(runs(page).getByRole('button', { name: /^Close/ })).toHaveCount(2);
    await expectRun(page);
    await runs(page)
      .getByRole('button', { name: /^dentist-booking/ })
      .last()
      .click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Compare with the run on the screen' }).click();
    await expect(beside(page)).toContainText(/The same before step|differ/);

    // A run that is compared with no other one shows its state; the comparison waits where it was.
    const other = runs(page).getByRole('button', { name: /^dentist-booking/ });
    await other.last().click();
    const state = page.getByRole('tab', { name: /^State/ });
    await expect(state).toHaveAttribute('aria-selected', 'true');
    await other.first().click();
    await expect(beside(page)).toBeVisible();
  });
});

test.describe('a machine outside of the checkout', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: copyOutside('lends.ts') },
    }),
  });

  test('two seeds, chosen by the keyboard, and only what differs', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('ControlOrMeta+e');
    await page.getByRole('textbox', { name: 'Seed' }).fill('4');
    await page.keyboard.press('Enter');
    await expect(runs(page).getByRole('button', { name: /^Close/ })).toHaveCount(2);
    await expectRun(page);
    await page.locator('main').getByRole('slider', { name: 'Timeline' }).focus();
    await page.keyboard.press('h');
    await expect(page.getByRole('button', { name: /Compare with$/ })).toBeFocused();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    const view = beside(page);
    await expect(view).toContainText(/only in A/);
    // What is seen first is where they part.
    await expect(view.locator('tr[data-differs="true"]').first()).toBeVisible();
    await page.locator('main').getByRole('slider', { name: 'Timeline', exact: true }).focus();
    await page.keyboard.press(']');
    await page.keyboard.press('Shift+L');
    await expect(view.locator('tr[data-differs="false"]')).toHaveCount(0);
  });
});
