import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { expect, test } from './helpers/app.ts';
import { makeFolderOutside } from './helpers/outside.ts';
import { expectStatus, expectStep, launchArgs, position } from './helpers/window.ts';

/** As many as `npm test` has time for; set to 1000000, the same is tried with a million. */
const STEPS = Number(process.env['PHASMOSCOPE_LONG_STEPS'] ?? 50_000);
const LONG_MS = 20_000 + STEPS;

const ROOT = dirname(import.meta.dirname);
const folder = makeFolderOutside();
const path = join(folder, 'long.jsonl.gz');

function phasmoscope(...args: readonly string[]): string {
  const command = join(ROOT, 'electron/scripts/phasmoscope.mjs');
  return execFileSync(process.execPath, [command, ...args], { encoding: 'utf8' });
}

test.describe('a long run', () => {
  test.setTimeout(LONG_MS * 2);
  test.use({ appArgs: [path] });

  test.beforeAll(() => {
    test.setTimeout(LONG_MS);
    const settings = ['--scenario', 'stress', '--operations', String(STEPS)];
    phasmoscope('record', 'dentist-booking', ...settings, '--out', path);
  });

  test('is opened, scrubbed, searched, verified and saved', async ({ app, page }) => {
    const count = STEPS.toLocaleString('en-US').replaceAll(',', '\u202f');
    await expectStatus(page, `${count} steps`, { timeout: LONG_MS });

    await page.keyboard.press('End');
    await expectStep(page, STEPS - 1);
    await page.keyboard.press('ArrowLeft');
    await expectStep(page, STEPS - 2);

    const timeline = await page.getByRole('region', { name: 'Timeline' }).boundingBox();
    if (!timeline) throw new Error('there is no timeline');
    const [from, to] = [0.8, 0.4].map((share) => timeline.x + timeline.width * share);
    await page.mouse.move(Number(from), timeline.y + 75);
    await page.mouse.down();
    await page.mouse.move(Number(to), timeline.y + 75, { steps: 20 });
    await page.mouse.up();
    const shown = await position(page).textContent();
    const scrubbed = Number(/^step ([\d\s]+)/.exec(shown ?? '')?.[1]?.replaceAll(/\s/g, ''));
    expect(scrubbed).toBeGreaterThan(STEPS * 0.2);
    expect(scrubbed).toBeLessThan(STEPS * 0.5);

    await page.keyboard.press('4');
    const grid = page.getByRole('grid', { name: 'Steps' });
    await expect(grid).toHaveAttribute('aria-rowcount', String(STEPS + 1));
    for (const [share, wanted] of [
      [0, 0],
      [0.5, STEPS / 2],
      [1, STEPS - 1],
    ] as const) {
      await grid.evaluate((element, at) => {
        element.scrollTop = at * (element.scrollHeight - element.clientHeight);
      }, share);
      // Row 1 has the headings, and the one in the middle of the view is as good as any near it.
      const row = grid.locator(`tr[aria-rowindex="${wanted + 2}"]`);
      await expect(row).toBeInViewport();
    }
    await page.keyboard.press('1');

    await page.getByLabel('Search paths and values').fill(`user${STEPS / 2}@example.com`);
    await page.keyboard.press('Alt+Enter');
    const hits = page.getByRole('region', { name: /^Steps with user/ });
    await hits
      .getByRole('button', { name: /@example/ })
      .first()
      .click({ timeout: LONG_MS });
    await expect(position(page)).not.toContainText(shown ?? '');
    await hits.getByRole('button', { name: 'Close the list' }).click();

    await page.getByRole('button', { name: 'not verified' }).click();
    await expect(page.getByText('Verified: every step agrees')).toBeVisible({ timeout: LONG_MS });

    const copy = join(folder, 'saved.jsonl.gz');
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, copy);
    await page.keyboard.press('Control+s');
    await expect(page.getByText('Saved saved.jsonl.gz')).toBeVisible({ timeout: LONG_MS });
    expect(phasmoscope('verify', copy).replaceAll(/\s/g, '')).toContain(`All${STEPS}stepsagree`);
  });

  test('is watched, filtered and shown in every view', async ({ page }) => {
    const count = STEPS.toLocaleString('en-US').replaceAll(',', '\u202f');
    const long = { timeout: LONG_MS };
    await expectStatus(page, `${count} steps`, long);

    await test.step('a watch over all of it', async () => {
      await page.keyboard.press('End');
      await page.keyboard.press('e');
      await page.getByRole('textbox', { name: 'Expression' }).fill('size(state.pending)');
      await page.keyboard.press('Enter');
      const watches = page.getByRole('list', { name: 'Watches' }).getByRole('listitem');
      await expect(watches).toHaveCount(1);
      await expect(watches.getByRole('progressbar')).toHaveCount(0, long);
      await page.keyboard.press('Shift+U');
      await expect(position(page)).not.toContainText('last', long);
    });

    await test.step('the steps of a kind of error', async () => {
      await page.keyboard.press('4');
      await page.getByRole('button', { name: /^Filter by kind/ }).click();
      const errors = page.getByRole('group', { name: 'Error' });
      await expect(errors.getByRole('progressbar')).toHaveCount(0, long);
      await errors.getByRole('button', { name: /^NoSlotFound/ }).click();
      await page.keyboard.press('Escape');
      const shown = page.getByRole('status', { name: 'Shown steps' });
      await expect(shown).toHaveText(/ of .+ steps, .+ hidden$/, long);
      await page.keyboard.press('n');
      await expect(page.getByRole('region', { name: 'Step', exact: true })).toContainText(
        'NoSlotFound',
      );
      await page.keyboard.press('Shift+W');
    });

    await test.step('the phases of its records', async () => {
      await page.keyboard.press('6');
      const transition = page.getByRole('button', { name: /^AwaitingPreauth to SlotConfirmed/ });
      await expect(transition.first()).toBeVisible(long);
    });

    await test.step('its messages and what it printed', async () => {
      await page.keyboard.press('5');
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      const sequence = page.getByRole('tabpanel', { name: 'Sequence' });
      await expect(sequence).toContainText('Preauth', long);
      await page.keyboard.press('7');
      const output = page.getByRole('tabpanel', { name: 'Console' });
      await expect(output).toContainText('Nothing was printed in this run', long);
    });
  });
});

test.describe('a long run that goes on', () => {
  test.setTimeout(LONG_MS * 2);
  const machine = { kind: 'sample', name: 'dentist-booking' } as const;
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine,
      scenario: 'stress',
      seed: '1',
      operationsMax: STEPS,
      faults: 'none',
    }),
  });

  test('is watched and filtered meanwhile, and its lines are counted', async ({ page }) => {
    const long = { timeout: LONG_MS };
    const count = STEPS.toLocaleString('en-US').replaceAll(',', '\u202f');
    await expect(page.getByRole('contentinfo')).toContainText(/[1-9] steps/, long);
    await page.keyboard.press('e');
    await page.getByRole('textbox', { name: 'Expression' }).fill('size(state.pending)');
    await page.keyboard.press('Enter');
    await page.keyboard.press('w');
    await page
      .getByRole('textbox', { name: 'An expression over the step' })
      .fill('outcome.kind == "ok"');
    await page.keyboard.press('ArrowDown');
    await expectStatus(page, `${count} steps`, long);

    const watches = page.getByRole('list', { name: 'Watches' }).getByRole('listitem');
    await expect(watches.getByRole('progressbar')).toHaveCount(0, long);
    const shown = page.getByRole('status', { name: 'Shown steps' });
    await expect(shown).toHaveText(new RegExp(` of ${count} steps, .+ hidden$`), long);
    // In the list, that is its first row.
    await page.keyboard.press('Home');
    await expectStep(page, 0);
    await expect(watches).toContainText('1');

    await page.keyboard.press('Alt+8');
    const marked = page.getByRole('status', { name: 'What is marked in the source' });
    await expect(marked).toHaveText(/never executed$/, long);
    await expect(page.getByText('does not answer')).toHaveCount(0);
  });
});
