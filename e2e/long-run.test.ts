import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from './helpers/app.ts';
import { expectStatus, expectStep, position } from './helpers/window.ts';

/** As many as `npm test` has time for; set to 1000000, the same is tried with a million. */
const STEPS = Number(process.env['PHASMOSCOPE_LONG_STEPS'] ?? 50_000);
const LONG_MS = 20_000 + STEPS;

const ROOT = dirname(import.meta.dirname);
const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-long-'));
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

  test.afterAll(() => rmSync(folder, { recursive: true }));

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
});
