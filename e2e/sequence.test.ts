import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { launchDentist } from './helpers/dentist.ts';
import { writeRepairs } from './helpers/repairs.ts';
import { expectRun, expectStep, launchArgs } from './helpers/window.ts';

/** The messages of a run as a sequence diagram. */

test.describe('the messages of the dentist', () => {
  test.use({ appArgs: launchDentist('dentist-booking') });

  test('are followed with the keyboard and the mouse', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('5');
    await expect(tab(page)).toHaveAttribute('aria-selected', 'true');
    await expectStep(page, 7);
    await expect(current(page)).toHaveAccessibleName(
      /^step 7: completion Success; ok; Success #3 arrives, 3 steps after its action at step 4; .*finding/,
    );
    await expect(heads(page)).toHaveText([
      'Inputs',
      'Machine',
      'Network',
      'Preauth',
      'CheckStatus',
      'Release',
    ]);

    await test.step('by keyboard, past steps that send nothing', async () => {
      await current(page).focus();
      await page.keyboard.press('ArrowUp');
      await expectStep(page, 6);
      await page.keyboard.press('ArrowUp');
      await expectStep(page, 4);
      await expect(current(page)).toBeFocused();
      await page.keyboard.press('ArrowRight');
      // A step that sends nothing has a row while it is looked at.
      await expectStep(page, 5);
      await expect(current(page)).toHaveAccessibleName(/^step 5: input/);
    });

    await test.step('by an arrow, to where it arrives', async () => {
      const line = arrow(page, 'overtaken by 2 later results').first().locator('.sequence-hit');
      // The diagram may still be scrolling to the cursor.
      const drawn = await line.elementHandle();
      await drawn?.waitForElementState('stable');
      const end = await line.evaluate((element) => {
        const path = element as unknown as SVGPathElement;
        const { x, y } = path.getPointAtLength(path.getTotalLength() - 40);
        const { x: atX, y: atY } = new DOMPoint(x, y).matrixTransform(
          path.getScreenCTM() ?? undefined,
        );
        return { x: atX, y: atY };
      });
      await page.mouse.click(end.x, end.y);
      await expectStep(page, 10);
      await expect(current(page)).toHaveAccessibleName(/overtaken by 2 later results/);
    });

    await test.step('over a crash to the restore', async () => {
      await page.keyboard.press('c');
      await expect(current(page)).toHaveAccessibleName(/Crash/);
      await page.keyboard.press('ArrowRight');
      await expect(current(page)).toHaveAccessibleName(/Restore; ok; sends CheckStatus #4/);
      await expect(page.locator('.sequence-down').first()).toBeAttached();
    });

    await test.step('far away', async () => {
      await page.keyboard.press('End');
      await expect(current(page)).toBeInViewport();
      await expect(current(page)).toHaveAccessibleName(/Settled/);
      await expect(arrow(page, ' arrives again').first()).toBeAttached();
      await expect(page.locator('.legend')).toContainText('result again');
    });

    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  });

  test('are those of the steps that a filter shows', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('w');
    await page.getByRole('textbox', { name: 'An expression over the step' }).fill('id == 3');
    await expect(page.getByRole('list', { name: 'Filter' })).toBeVisible();
    await page.getByRole('tab', { name: 'Sequence' }).click();
    await page.getByRole('button', { name: 'Filtered' }).click();
    const rows = page.getByRole('list', { name: 'Steps' }).getByRole('button');
    await expect.poll(async () => rows.count()).toBeLessThan(12);
    for (const row of await rows.all()) await expect(row).toHaveAccessibleName(/#3/);
  });

  test('are those of one record, while it is followed', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('5');
    const record = page
      .getByRole('region', { name: 'Records' })
      .getByRole('button', { name: /^Only the steps about request 3: / });
    await record.click();
    const choice = page.getByRole('button', { name: 'request 3', exact: true });
    await expect(choice).toHaveAttribute('aria-pressed', 'true');
    const rows = page.getByRole('list', { name: 'Steps' }).getByRole('button');
    await expect.poll(async () => rows.count()).toBeLessThan(12);
    await expect(current(page)).toHaveAccessibleName(/^step 7: completion Success/);
    await page.getByRole('button', { name: 'Messages' }).click();
    await expect.poll(async () => rows.count()).toBeGreaterThan(20);
    await record.click();
    await expect(choice).toHaveCount(0);
  });

  test('fit in a small window, and are told apart by more than colour', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('5');
    const window = await app.browserWindow(page);
    await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
    await expect(current(page)).toBeInViewport();
    await expect(page.locator('.sequence-arrow.is-untracked')).toHaveCount(0);
    await page.keyboard.press('x');
    await expect(current(page)).toBeInViewport();
  });
});

test.describe('the messages of the hardened dentist', () => {
  test.use({ appArgs: launchDentist('dentist-booking-hardened') });

  test('show what was lost on the way', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('5');
    await page.keyboard.press('Home');
    let name: string | null = null;
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('x');
      await expect.poll(() => nameOfCurrent(page)).not.toBe(name);
      name = await nameOfCurrent(page);
      if (/lost, \d+ steps? after/.test(name ?? '')) break;
    }
    await expect(current(page)).toHaveAccessibleName(/is lost/);
    await expect(page.locator('.legend')).toContainText('lost result');
  });
});

test.describe('the messages of a machine outside of the checkout', () => {
  const workshop = writeRepairs();
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: workshop.machine },
      faults: 'chaos',
    }),
  });

  test('have the lanes of its systems', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('5');
    await page.keyboard.press('Home');
    await expect(heads(page).filter({ hasText: 'OrderPart' })).toBeVisible();
    await expect(heads(page).filter({ hasText: 'Charge' })).toBeVisible();
    await expect(heads(page).filter({ hasText: 'Untracked' })).toBeVisible();
    await expect(page.locator('.sequence-arrow.is-untracked').first()).toBeAttached();
    await page.keyboard.press('ArrowRight');
    await expect(current(page)).toHaveAccessibleName(/sends OrderPart part-r1/);
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  });
});

function tab(page: Page) {
  return page.getByRole('tab', { name: 'Sequence' });
}

/** The row of the step that is looked at. */
function current(page: Page) {
  return page.locator('.sequence-rows > [aria-current="step"] > button');
}

async function nameOfCurrent(page: Page): Promise<string | null> {
  return current(page).getAttribute('aria-label');
}

function heads(page: Page) {
  return page.locator('.sequence-heads > span');
}

/** Arrows by what their tooltips say. */
function arrow(page: Page, text: string) {
  return page.locator('.sequence-arrow').filter({ hasText: text });
}
