import type { Locator, Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { writeDentist } from './helpers/dentist.ts';
import { expectRun, expectStatus, expectStep, launchArgs } from './helpers/window.ts';

/** From a failing seed to a mended machine, on a dentist that is edited. */

const dentist = writeDentist();
test.use({
  appArgs: launchArgs({
    kind: 'machine',
    machine: { kind: 'file', path: dentist.machine },
    seed: '0',
    operationsMax: 40,
    faults: 'none',
  }),
});
test.describe.configure({ mode: 'default' });
test.beforeEach(() => dentist.save('false'));

const change = (page: Page) => page.locator('.change-line');
const sweep = (page: Page) => page.getByRole('main');
const DEFECT = 'no two bookings overlap';

/** Sweeps a few seeds, of which some fail, and goes back to the run. */
async function sweepSome(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+Enter');
  await page.getByRole('textbox', { name: 'Seeds' }).fill('30');
  await page.getByRole('button', { name: 'Start the sweep' }).click();
  await expect(sweep(page)).toContainText(DEFECT, { timeout: 60_000 });
  await expect(sweep(page).getByRole('button', { name: 'Sweep again' })).toBeVisible({
    timeout: 60_000,
  });
  await page.keyboard.press('ControlOrMeta+j');
}

/** Opens the dialog that asks for more seeds, once the seed on the screen is mended. */
async function askWhetherMended(page: Page): Promise<Locator> {
  await expect(change(page)).toContainText(`“${DEFECT}” is gone`, { timeout: 30_000 });
  const name = 'Is it really mended?';
  await change(page).getByRole('button', { name }).click();
  return page.getByRole('dialog', { name });
}

test('a mend that helps this seed alone is refuted by one that failed before', async ({
  app,
  page,
}) => {
  test.setTimeout(180_000);
  await expectRun(page);
  await sweepSome(page);
  // Enough for the seed on the screen, but not for all.
  dentist.save('state.current.nextId < 10');
  const dialog = await askWhetherMended(page);
  await expect(dialog).toContainText(
    /\d+ seeds that failed with “no two bookings overlap”, and those/,
  );
  await expect(dialog).toContainText('up to 2\u202f995 new ones, from seed 30.');
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Run the seeds' }).click();

  // The run of the seed is opened, at its finding.
  await expect(page.getByRole('note', { name: `Finding: ${DEFECT}` }).first()).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByRole('list', { name: 'Sweeps' })).toContainText(
    /not mended: seed \d+ fails/,
  );
  await page.keyboard.press('ControlOrMeta+j');
  await expect(sweep(page)).toContainText(/Not mended.*Seed \d+ .*fails with “no two bookings/s);
});

test('a mend that holds is shown with the confidence asked for', async ({ app, page }) => {
  test.setTimeout(300_000);
  await expectRun(page);
  dentist.save('true');
  const dialog = await askWhetherMended(page);
  await dialog.getByRole('button', { name: '99 %' }).click();
  await expect(dialog).toContainText('up to 4\u202f603 new ones');
  await dialog.getByRole('button', { name: '95 %' }).click();
  await dialog.getByRole('button', { name: 'Run the seeds' }).click();
  await expect(sweep(page)).toContainText('Mended, as far as seeds can tell', { timeout: 240_000 });
  await expect(sweep(page)).toContainText(
    'With 95 % confidence, fewer than 1 in 1\u202f000 seeds fail with “no two bookings overlap”. ' +
      'That took 2\u202f996 runs: 1 seed that had failed and 2\u202f995 new ones.',
  );
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  // Another save makes it the answer of an earlier source.
  dentist.save('state.current.nextId > 0');
  await expect(sweep(page)).toContainText('this is of an earlier one', { timeout: 30_000 });
  await expect(page.getByRole('list', { name: 'Sweeps' })).toContainText(
    /earlier source · mended: fewer than/,
  );
  await expectStatus(page, 'of an earlier source');
});

test('a finding that a mend brings is shown, and does not count', async ({ app, page }) => {
  test.setTimeout(180_000);
  await expectRun(page);
  dentist.save("(() => { if (state.current.nextId > 8) throw new Error('full'); return true; })()");
  const dialog = await askWhetherMended(page);
  await dialog.getByRole('button', { name: 'Run the seeds' }).click();
  const row = sweep(page).getByRole('listitem').filter({ hasText: 'Panic: Error' }).first();
  await expect(row).toContainText('Not asked about: it does not count.', { timeout: 60_000 });
  await expect(sweep(page)).not.toContainText('Not mended');
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
});

test('the strip and the curve of a run tell before from after, and come back after a restart', async ({
  app,
  page,
}) => {
  test.setTimeout(300_000);
  await expectRun(page);
  const strip = page.getByRole('region', { name: 'Crash everywhere' });
  await page.keyboard.press('Shift+Z');
  await expect(strip).toContainText(
    /crash points? fail|recovers from a crash|No crash adds a finding/,
    {
      timeout: 60_000,
    },
  );
  const step = page.getByRole('region', { name: 'Step', exact: true });
  await step.getByRole('button', { name: 'When was it doomed?' }).click();
  const doom = page.getByRole('region', { name: 'When was it doomed?' });
  await expect(doom).toContainText(/Decided at|No single step/, { timeout: 60_000 });

  dentist.save('true');
  await expect(change(page)).toContainText(`“${DEFECT}” is gone`, { timeout: 30_000 });
  await page.keyboard.press('o');
  await expect(strip).toContainText('Crashed with an earlier source.');
  await expect(doom).toContainText('Drawn with an earlier source.');
  await doom.getByRole('button', { name: 'Ask again with the saved source' }).click();
  await expect(doom).toContainText(/The change helps .+ 0 % of the runs fail/, { timeout: 60_000 });
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

  const [summary, words] = await Promise.all([strip.innerText(), doom.innerText()]);
  await page.reload();
  // The newer run is executed again, as the command line says.
  await expect(change(page)).toContainText(`“${DEFECT}” is gone`, { timeout: 30_000 });
  await page.keyboard.press('o');
  await expect(strip).toContainText('Crashed with an earlier source.', { timeout: 30_000 });
  expect(await strip.innerText()).toBe(summary);
  expect(await doom.innerText()).toBe(words);
  await expect(change(page)).toContainText('With the source that was saved: finding gone.');
});

test('what was recorded and what is executed now are side by side in one press', async ({
  app,
  page,
}) => {
  test.setTimeout(120_000);
  await expectRun(page);
  await page.getByRole('button', { name: 'Run again on save' }).click();
  dentist.save('true');
  await expectStatus(page, 'of an earlier source');
  await page.getByText('not verified').click();
  await page.getByText('step 11 went differently').click();
  await expect(page.getByRole('tabpanel')).toContainText('Step 11 went differently: Success');
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: /executed again, side by side/ }).click();
  const beside = page.getByRole('region', { name: 'Side by side' });
  await expect(beside).toContainText('The same before step 11.', { timeout: 30_000 });
  await expectStep(page, 11);
  await expect(beside.getByRole('columnheader', { name: /^A step 11/ })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Forks' })).toContainText('Executed again');
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
});
