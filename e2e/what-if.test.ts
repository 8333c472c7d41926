import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { copyOutside } from './helpers/outside.ts';
import { DEMO, DEMO_FINDING, expectRun, expectStep, launchArgs } from './helpers/window.ts';

/** What would have happened: forks of a run, and why it fails. */

test.describe('the demo', () => {
  test.use({ appArgs: DEMO });

  test('forks at a step by the keyboard, and compares the fork with its parent', async ({
    app,
    page,
  }) => {
    await expectRun(page);
    await page.keyboard.press('b');
    const dialog = page.getByRole('dialog', { name: `What if, at step ${DEMO_FINDING.stepIndex}` });
    await expect(dialog.getByRole('radio', { name: 'Crash after it' })).toBeFocused();
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await expect(dialog.getByRole('radio', { name: 'Crash before its commit' })).toBeChecked();
    await dialog.getByRole('radio', { name: 'Lose it on its way' }).click();
    await dialog.getByRole('button', { name: 'Fork' }).click();
    const forks = page.getByRole('list', { name: 'Forks' });
    await expect(forks).toContainText(`The result of step ${DEMO_FINDING.stepIndex} is lost`);
    await expect(forks).toContainText(/ends in (the same|another) state/);
    await expectStep(page, DEMO_FINDING.stepIndex);
    await expect(step(page)).toContainText('Lost completion');
    await page.keyboard.press('o');
    await expect(step(page)).toContainText('Completion');

    await page.keyboard.press('o');
    await forks.getByRole('button', { name: /^The result of/ }).click();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: 'Name' }).fill('without the success');
    await page.keyboard.press('Enter');
    await expect(forks).toContainText('without the success');
  });

  test('draws when the run was doomed, and goes to the step that decided it', async ({
    app,
    page,
  }) => {
    await expectRun(page);
    await step(page).getByRole('button', { name: 'When was it doomed?' }).click();
    const doom = page.getByRole('region', { name: 'When was it doomed?' });
    await expect(doom.getByRole('figure', { name: /^The share of runs that fail/ })).toBeVisible();
    await expect(doom).toContainText(/Decided at step \d+:|No single step decided it/, {
      timeout: 40_000,
    });
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    await doom.getByRole('button', { name: 'Close the curve' }).click();
    await expect(step(page).getByRole('button', { name: 'When was it doomed?' })).toBeVisible();
  });

  test('explains why the run fails, and opens the nearest run that passes', async ({
    app,
    page,
  }) => {
    const explanation = await explainShrunk(page);
    await page.keyboard.press('4');
    const rows = page.getByRole('grid', { name: 'Steps' });
    await expect(rows.locator('tr[data-need="needed"]').first()).toBeVisible();
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    await explanation
      .getByRole('button', { name: /^step \d+$/ })
      .first()
      .click();
    await expect(explanation).toBeVisible();
    await explanation.getByRole('button', { name: 'Nearest run without this cause' }).click();
    await expect(page.getByRole('list', { name: 'Forks' })).toContainText(/\d+ causes? gone/);
  });
});

test.describe('what was asked of a run', () => {
  test.use({ appArgs: DEMO });

  test('is there after a restart, with the fields that are needed', async ({
    app,
    page,
    userDataDir,
  }) => {
    const sentences = await (await explainShrunk(page)).getByRole('paragraph').allTextContents();
    await step(page).getByRole('button', { name: 'When was it doomed?' }).click();
    const curve = 'Decided at step|No single step decided it';
    await expect(step(page)).toContainText(new RegExp(curve), { timeout: 40_000 });
    await page.keyboard.press('Shift+Z');
    await expect(page.getByRole('region', { name: 'Crash everywhere' })).toContainText(
      /crash points? fails?|It recovers/,
    );
    await app.close();

    const again = await launchApp({ userDataDir });
    const window = await firstWindow(again);
    await expectRun(window);
    const explanation = window.getByRole('region', { name: 'Why did it fail?' });
    await expect(explanation.getByRole('paragraph')).toHaveText(sentences);
    await expect(step(window)).toContainText(new RegExp(curve));
    await expect(window.getByRole('region', { name: 'Crash everywhere' })).toContainText(
      /crash points? fails?|It recovers/,
    );
    await window.keyboard.press('Home');
    await window.keyboard.press('ArrowRight');
    const day = step(window).locator('[data-need="needed"]', { hasText: /^day/ });
    await expect(day).toContainText('needed: it passes with another value');
    await expect(step(window).locator('[data-need="notNeeded"]').first()).toBeVisible();
    expect(await seriousViolationsInBothThemes(again, window)).toEqual([]);
    await again.close();
  });
});

test.describe('a ledger in a database', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'sample', name: 'payment-ledger-unchecked' },
      seed: '3',
      operationsMax: 60,
      faults: 'chaos',
    }),
  });

  test('edits an input from the menu of its row, with undo', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('4');
    const row = page.getByRole('grid', { name: 'Steps' }).locator('tbody > tr').nth(1);
    await page.keyboard.press('Home');
    await row.click({ button: 'right' });
    await page
      .getByRole('menuitem', { name: /^(Edit its input|Take it out)…$/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: /^What if, at step/ });
    await dialog.getByRole('radio', { name: 'Insert a request' }).click();
    const field = dialog.getByRole('group', { name: 'Input' }).getByRole('textbox').last();
    const before = await field.inputValue();
    await field.fill('7');
    await dialog.getByRole('button', { name: 'Undo the last edit' }).click();
    await expect(field).toHaveValue(before);
    await dialog.getByRole('button', { name: 'Fork' }).click();
    await expect(page.getByRole('list', { name: 'Forks' })).toContainText(/ends in/);
  });
});

test.describe('a machine outside of the checkout', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'file', path: copyOutside('lends.ts') },
    }),
  });

  test('goes on with new draws, and forks the fork', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('b');
    const dialog = page.getByRole('dialog', { name: /^What if, at step/ });
    await dialog.getByRole('radio', { name: 'Go on with new draws' }).click();
    await dialog.getByRole('textbox', { name: 'Seed' }).fill('99');
    await dialog.getByRole('button', { name: 'Fork' }).click();
    const forks = page.getByRole('list', { name: 'Forks' });
    await expect(forks).toContainText(/Draws of seed 99 from step 10 on.*ends in/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('b');
    await dialog.getByRole('radio', { name: 'Take it out' }).click();
    await dialog.getByRole('button', { name: 'Fork' }).click();
    await expect(forks.getByRole('list', { name: 'Forks' })).toContainText('does not take place');
  });
});

/** Shrinks the demo and asks why it fails; the answer is there. */
async function explainShrunk(page: Page) {
  await expectRun(page);
  await page.keyboard.press('ControlOrMeta+Shift+m');
  await expect(page.getByRole('contentinfo')).toContainText(/Shrunk to \d+ steps/, {
    timeout: 20_000,
  });
  await step(page).getByRole('button', { name: 'Why did it fail?' }).click();
  const explanation = page.getByRole('region', { name: 'Why did it fail?' });
  await expect(explanation).toContainText(/Fails because .+\(step \d+\)\./, { timeout: 20_000 });
  return explanation;
}

function step(page: Page) {
  return page.getByRole('region', { name: 'Step', exact: true });
}
