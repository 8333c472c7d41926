import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { makeFolderOutside } from './helpers/outside.ts';
import { expectRun, expectStep, launchArgs } from './helpers/window.ts';

const folder = makeFolderOutside();

/** A machine outside the checkout that prints in every other step, and warns now and then. */
function tickets(): string {
  const path = join(folder, 'tickets.ts');
  writeFileSync(
    path,
    `export const machine: any = {
  name: 'tickets',
  description: 'Sells tickets.',
  initialState: () => ({ sold: 0 }),
  stf(state: any, { input }: any) {
    if (input.seat % 2 === 0) console.log('selling seat', input.seat, { to: new Map([['Ada', 1]]) });
    if (input.seat % 10 === 0) console.warn('row is full\\nopen the next one \\u001b[31mnow');
    state.update((draft: any) => { draft.sold += 1; });
    return { kind: 'ok' };
  },
  restore: () => ({ kind: 'ok' }),
  invariants: { 'few are sold': ({ sold }: any) => sold < 38 },
};
export const scenarios: any = [{
  name: 'window', description: 'One seat after the other.', defaults: { seed: '1', operations: 400 },
  start: () => { let seat = 0; return {
    next: () => ({ kind: 'normal', input: { kind: 'Buy', seat: ++seat } }), observe() {}, tallies: () => ({}),
  }; },
}];
`,
  );
  return path;
}

/** One of the dentists that says what it is asked for. */
function dentist(sample: string): string {
  const path = join(folder, `${sample}-speaks.ts`);
  const source = join(process.cwd(), 'samples', sample, 'index.ts');
  writeFileSync(
    path,
    `import * as sample from ${JSON.stringify(source)};
const given: any = (sample as any).machine;
export const machine: any = { ...given, stf(state: any, input: any, actions: any) {
  console.log(input.kind, input.input?.kind ?? input.result);
  return given.stf(state, input, actions);
} };
export const scenarios = (sample as any).scenarios;
`,
  );
  return path;
}

const grid = (page: Page) => page.getByRole('grid', { name: 'Console' });
const rows = (page: Page) => grid(page).getByRole('row');
const current = (page: Page) => grid(page).locator('[aria-current]');
const count = (page: Page) => page.getByRole('status', { name: 'Shown lines' });
const step = (page: Page) => page.getByRole('region', { name: 'Step' });

function opened(path: string) {
  return launchArgs({ kind: 'machine', machine: { kind: 'file', path }, seed: '1' });
}

test.describe('what a foreign machine prints', () => {
  test.use({ appArgs: opened(tickets()) });

  test('stands beside its steps', async ({ app, page }) => {
    await expectRun(page);
    await expectStep(page, 37);
    await expect(step(page)).toContainText("selling seat 38 { to: Map(1) { 'Ada' => 1 } }");
    await page.keyboard.press('7');
    await expect(count(page)).toHaveText('280 lines');

    await test.step('and follows the cursor', async () => {
      await expect(current(page)).toContainText('selling seat 38');
      await expect(current(page)).toBeInViewport();
      await page.keyboard.press('End');
      await expectStep(page, 399);
      await expect(current(page).first()).toContainText('selling seat 400');
      await expect(current(page).first()).toBeInViewport();
    });

    await test.step('with its control characters shown', async () => {
      await expect(current(page).nth(2)).toContainText('open the next one');
      await expect(current(page).nth(2)).not.toContainText('\u001b');
    });

    await test.step('filtered by words and levels', async () => {
      await page.getByRole('textbox', { name: 'Words in what was printed' }).fill('SEAT 20');
      await expect(count(page)).toHaveText('9 of 280 lines');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Warnings' }).click();
      await expect(count(page)).toHaveText('80 of 280 lines');
      await expect(rows(page).first()).toContainText('warn');
    });

    await test.step('and leads to a step, by keyboard', async () => {
      await grid(page).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      await expectStep(page, 9);
      await expect(current(page).first()).toContainText('row is full');
    });
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  });
});

for (const sample of ['dentist-booking-unchecked', 'dentist-booking-hardened']) {
  test.describe(`what ${sample} prints`, () => {
    test.use({ appArgs: opened(dentist(sample)) });

    test('is one line for each step of the machine', async ({ page }) => {
      await expectRun(page);
      await page.keyboard.press('7');
      await expect(count(page)).toHaveText(/^\d+\u202f\d{3} lines$/);
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await expectStep(page, 0);
      await expect(current(page)).toHaveCount(1);
      await expect(step(page)).toContainText('Printed');
    });
  });
}

test.describe('a run that prints nothing', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'sample', name: 'turnstile' },
      seed: '1',
    }),
  });

  test('says how to print something', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('7');
    await expect(page.getByText('Nothing was printed in this run')).toBeVisible();
    await expect(page.getByText('console.log')).toBeVisible();
  });
});
