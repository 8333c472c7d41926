import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { launchDentist } from './helpers/dentist.ts';
import { writeRepairs } from './helpers/repairs.ts';
import { expectRun, expectStep, launchArgs } from './helpers/window.ts';

/** The phases that the records of a run go through. */

test.describe('the requests of the dentist', () => {
  test.use({ appArgs: launchDentist('dentist-booking') });

  test('show transitions that nobody declared', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('6');
    await expect(page.getByRole('heading', { name: 'request.status' })).toBeVisible();
    await expect(transition(page, 'AwaitingPreauth to SlotConfirmed')).toHaveText('64');
    const undeclared = transition(page, 'SlotConfirmed to NoSlot, not declared');
    await expect(undeclared).toHaveText('3');
    await expect(undeclared).toBeInViewport();

    await test.step('that the cursor is at, which are lit', async () => {
      await expectStep(page, 7);
      const lit = page.locator('.lifecycle-count[data-lit="true"]');
      await expect(lit).toHaveAccessibleName(/^AwaitingPreauth to SlotConfirmed/);
      await expect(phase(page, 'SlotConfirmed')).toContainText('1');
    });

    await test.step('from one occurrence to the next, by keyboard', async () => {
      await undeclared.focus();
      await page.keyboard.press('Enter');
      await expect(undeclared).toHaveAttribute('data-lit', 'true');
      await expect(undeclared).toHaveAccessibleName(/3 times in this run, 1 up to step/);
      await page.keyboard.press('Enter');
      await expect(undeclared).toHaveAccessibleName(/3 times in this run, 2 up to step/);
      await page.keyboard.press('Shift+Enter');
      await expect(undeclared).toHaveAccessibleName(/3 times in this run, 1 up to step/);
      // The step that breaks the promise of a booking: a payment that failed after it was confirmed.
      await expect(page.getByRole('region', { name: 'Step', exact: true })).toContainText('Failed');
    });

    await test.step('also after another view was shown', async () => {
      await page.keyboard.press('1');
      await expect(undeclared).toHaveCount(0);
      await page.keyboard.press('6');
      await expect(undeclared).toBeVisible();
    });

    await test.step('into a phase', async () => {
      await page.keyboard.press('Home');
      await phase(page, 'SlotTaken').press('Enter');
      await expect(phase(page, 'SlotTaken')).toHaveAttribute('data-lit', 'true');
      await expect(phase(page, 'SlotTaken')).toContainText('1');
    });

    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  });

  test('fit in a small window and beside another view', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('6');
    const window = await app.browserWindow(page);
    await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
    for (const name of ['AwaitingPreauth', 'SlotConfirmed', 'SlotTaken', 'NoSlot']) {
      await expect(phase(page, name)).toBeInViewport({ ratio: 0.99 });
    }
    await page.keyboard.press('Control+b');
    await expect(page.getByRole('region', { name: 'Runs' })).toHaveCount(0);
    await page.keyboard.press('v');
    await expect(page.locator('.pane')).toHaveCount(2);
    for (const name of ['AwaitingPreauth', 'SlotConfirmed', 'SlotTaken', 'NoSlot']) {
      await expect(phase(page, name)).toBeInViewport({ ratio: 0.99 });
    }
  });
});

test.describe('the requests of many seeds', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'sample', name: 'dentist-booking' },
      seed: '100',
      operationsMax: 200,
      faults: 'chaos',
    }),
  });

  test('are counted in the sweep, and beside a run of it', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('Control+Shift+Enter');
    await page.keyboard.type('12');
    await page.keyboard.press('Enter');
    const sweep = page.getByRole('region', { name: 'Sweep', exact: true });
    await expect(sweep.getByRole('complementary')).toContainText('invariants evaluated');
    await page.keyboard.press('6');
    const taken = transition(page, 'SlotConfirmed to SlotTaken, not declared');
    await expect(taken).toHaveAccessibleName(
      /\d+ times in \d+ of 12 seeds, first at step \d+ of seed/,
    );
    await expect(transition(page, 'AwaitingPreauth to SlotConfirmed')).toBeInViewport();
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

    const words = (await taken.getAttribute('aria-label')) ?? '';
    const [, step] = /first at step (\d+) of seed/.exec(words) ?? [];
    await taken.press('Enter');
    await expectStep(page, Number(step));
    await page.keyboard.press('6');
    await expect(transition(page, 'SlotConfirmed to SlotTaken, not declared')).toHaveAttribute(
      'data-lit',
      'true',
    );
    await expect(page.locator('.legend')).toContainText('count in the sweep of 12 seeds');
    const name = /times? in this run, \d+ up to step \d+, \d+ times in 12 seeds/;
    await expect(transition(page, 'AwaitingPreauth to SlotConfirmed')).toHaveAccessibleName(name);
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  });
});

test.describe('the requests of the hardened dentist', () => {
  test.use({ appArgs: launchDentist('dentist-booking-hardened') });

  test('make declared transitions only', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('6');
    await expect(transition(page, 'SlotConfirmed to NoSlot:')).toHaveText('2');
    await expect(page.locator('[data-verdict="undeclared"]')).toHaveCount(0);
    await expect(page.locator('.legend')).not.toContainText('not declared');
  });
});

test.describe('the records of a machine outside of the checkout', () => {
  const workshop = writeRepairs();
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: workshop.machine },
      seed: '7',
      operationsMax: 200,
      faults: 'chaos',
    }),
  });

  test('have the phases that a field of theirs holds', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('6');
    await expect(page.getByRole('heading', { name: 'repairs.status' })).toBeVisible();
    await expect(page.getByRole('status', { name: 'Searched steps' })).toHaveCount(0);
    // What was given up is charged for when its part comes.
    await transition(page, 'givenUp to charging').press('Enter');
    await expect(transition(page, 'givenUp to charging')).toHaveAttribute('data-lit', 'true');
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  });
});

test.describe('a machine without records', () => {
  test.use({
    appArgs: launchArgs({ kind: 'machine', machine: { kind: 'sample', name: 'counter' } }),
  });

  test('is told how to have phases', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('6');
    await expect(page.getByRole('heading', { name: /No record of this run/ })).toBeVisible();
  });
});

/** The count of a transition, by the beginning of its sentence. */
function transition(page: Page, name: string) {
  return page.getByRole('button', { name: new RegExp(`^${name}`) });
}

function phase(page: Page, name: string) {
  return page.getByRole('button', { name: new RegExp(`^Phase ${name}`) });
}
