import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { copyOutside, makeFolderOutside } from './helpers/outside.ts';
import { DEMO, DEMO_FINDING, expectRun, expectStep, launchArgs } from './helpers/window.ts';

/** One record: only its steps, in the list and in the timeline, from wherever it is seen. */

test.describe('the demo', () => {
  test.use({ appArgs: DEMO });

  test('follows a record of its step, and goes from step to step of it', async ({ app, page }) => {
    await expectRun(page);
    const records = page.getByRole('region', { name: 'Records' });
    const request = records.getByRole('button', { name: /^Only the steps about request \d+: / });
    await expect(request).toContainText('AwaitingPreauth → SlotConfirmed');
    await request.press('Enter');
    await expect(request).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('4');
    await expect(chips(page)).toHaveText(/^about request \d+$/);
    await expect(count(page)).toHaveText(/^2 of 1\u202f\d{3} steps, /);
    await page.keyboard.press('Shift+N');
    await expect(page.getByRole('region', { name: 'Step', exact: true })).toContainText('Request');
    await page.keyboard.press('n');
    await expectStep(page, DEMO_FINDING.stepIndex);
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    await page.keyboard.press('Shift+W');
    await expect(chips(page)).toHaveCount(0);
  });

  test('follows a record that is named, and one of the state', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('i');
    const field = page.getByRole('searchbox', { name: 'Find a record' });
    await expect(page.getByRole('menuitem').first()).toContainText('at this step');
    await field.fill('request 12');
    await expect(page.getByRole('menuitem').first()).toContainText(/request 12\s*since step/);
    await field.press('ArrowDown');
    await field.press('Enter');
    await page.keyboard.press('4');
    await expect(chips(page)).toHaveText('about request 12');

    await page.keyboard.press('s');
    await page.keyboard.press('End');
    await page.keyboard.press('i');
    await expect(page.getByText(/^Only the steps about .+ are shown$/)).toBeVisible();
  });
});

test.describe('a dentist without defects', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'sample', name: 'dentist-booking-hardened' },
      seed: '3',
      operationsMax: 600,
      faults: 'chaos',
    }),
  });

  test('shows all that befell one request', async ({ app, page }) => {
    await expectRun(page);
    const window = await app.browserWindow(page);
    await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
    await page.keyboard.press('i');
    await page.getByRole('searchbox', { name: 'Find a record' }).fill('request 5');
    await page
      .getByRole('menuitem', { name: /^request\/5$|^request 5/ })
      .first()
      .click();
    await page.keyboard.press('4');
    await expect(count(page)).toHaveText(/^\d+ of .+ hidden$/);
    await expect(rows(page).first()).toContainText('Request');
    expect(await rows(page).count()).toBeGreaterThan(1);
  });
});

test.describe('a machine outside of the checkout', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: copyOutside('lends.ts') },
    }),
  });

  test('has the records of its containers, without a declaration', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('i');
    await page.getByRole('searchbox', { name: 'Find a record' }).fill('loans 3');
    // The list narrows as it is searched.
    await page.getByRole('menuitem', { name: /^loans 3(?!\d)/ }).click();
    await expect(page.getByRole('searchbox', { name: 'Find a record' })).toHaveCount(0);
    await page.keyboard.press('4');
    await expect(chips(page)).toHaveText(/^about loans 3/);
    await expect(rows(page).first()).toContainText('Serve');
    await expect(rows(page).nth(1)).toContainText('Fetched');
  });
});

/** A machine whose initial state has more records than a list shows. */
function writeAccounts(): string {
  const path = join(makeFolderOutside(), 'accounts.ts');
  writeFileSync(
    path,
    `import { defineMachine, defineScenario, ok, type MachineTypes } from 'phasmoscope';

interface Bank extends MachineTypes {
  State: { accounts: Map<number, { cents: number }> };
  Input: number;
}

export const machine = defineMachine<Bank>({
  name: 'bank',
  description: 'Twenty thousand accounts.',
  initialState: () => ({
    accounts: new Map(Array.from({ length: 20_000 }, (_, id) => [id, { cents: 1000 }])),
  }),
  stf(state, input) {
    if (input.kind !== 'normal') return ok();
    state.update((draft) => {
      const account = draft.accounts.get(input.input);
      if (account) account.cents += 5;
    });
    return ok();
  },
  restore: () => ok(),
  invariants: {},
});

export const scenarios = [
  defineScenario<Bank>({
    name: 'day',
    description: 'Money comes in.',
    defaults: { seed: '1', operations: 20 },
    start: (random) => ({
      next: () => ({ kind: 'normal', input: random.genRange('u32', 0, 20_000) }),
      observe: () => {},
      tallies: () => ({}),
    }),
  }),
];
`,
  );
  return path;
}

test.describe('a state of twenty thousand records', () => {
  const path = writeAccounts();
  test.use({ appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path } }) });

  test('is listed in part, and found by name', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('i');
    const list = page.getByRole('menu', { name: 'Records' });
    await expect(page.getByText('These are the first 100.')).toBeVisible();
    await expect(list.getByRole('menuitem')).toHaveCount(100);
    const field = page.getByRole('searchbox', { name: 'Find a record' });
    await list.getByRole('menuitem').last().scrollIntoViewIfNeeded();
    await expect(field).toBeInViewport();
    await expect(page.getByText('These are the first 100.')).toBeInViewport();
    await field.fill('accounts 19999');
    await expect(list.getByRole('menuitem')).toHaveCount(1);
    await field.press('Escape');
    await expect(list).toHaveCount(0);
  });
});

function rows(page: Page) {
  return page.getByRole('grid', { name: 'Steps' }).locator('tbody > tr.steps-row');
}

function chips(page: Page) {
  return page.getByRole('list', { name: 'Filter' }).getByRole('listitem');
}

function count(page: Page) {
  return page.getByRole('status', { name: 'Shown steps' });
}
