import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from './helpers/app.ts';
import { chooseFile } from './helpers/measure.ts';
import { DEMO_FINDING, expectRun, expectStep, FIRST_LOOK, position } from './helpers/window.ts';

/** The tour of the README, in its order. Its sweep is in `sweep.test.ts`, and the mend in `mended.test.ts`. */
test.describe('the tour of the README', () => {
  test.use({ appArgs: FIRST_LOOK });

  test('leads from the failing seed to a talk about it', async ({ app, page }) => {
    test.setTimeout(240_000);
    const step = page.getByRole('region', { name: 'Step' });

    await test.step('a seed that fails', async () => {
      await expectRun(page);
      await expect(position(page)).toContainText('step 78 of 1\u202f054');
      await expect(page.locator('.calendar-entry[data-tone="bad"]')).toHaveCount(2);
      await expect(step).toContainText('no two bookings overlap');
      await expect(step).toContainText(DEMO_FINDING.message);
    });

    await test.step('what changed', async () => {
      await page.keyboard.press('1');
      const booking = page.getByRole('treeitem', { name: /Tuesday 13:00/ });
      await expect(booking).toBeVisible();
      await expect(step.getByRole('region', { name: 'Records' })).toContainText(
        /AwaitingPreauth.*SlotConfirmed/s,
      );
      await page.keyboard.press('p');
      await expect(page.locator('.calendar-entry').first()).toBeVisible();
    });

    await test.step('why', async () => {
      await page.keyboard.press('2');
      const graph = page.getByRole('tabpanel', { name: 'Causality' });
      await expect(graph.locator('.react-flow__node').first()).toBeVisible();
      await page.keyboard.press('y');
      const story = page.getByRole('tabpanel', { name: 'Causality' });
      await expect(story).toContainText('Why step 78: no two bookings overlap');
      await expect(story).toContainText('Preauth #23');
    });

    await test.step('back and forth', async () => {
      await page.keyboard.press('ArrowLeft');
      await expectStep(page, 77);
      await page.keyboard.press('ArrowRight');
      await expectStep(page, 78);
      await page.keyboard.press('c');
      await expect(step).toContainText('process died');
      await page.keyboard.press('Home');
      await page.keyboard.press('f');
      await expectStep(page, 78);
    });

    await test.step('what is needed for it', async () => {
      await page.keyboard.press('ControlOrMeta+Shift+m');
      await expect(page.getByRole('contentinfo').getByText(/Shrunk to 4 steps of 79/)).toBeVisible({
        timeout: 60_000,
      });
      await step.getByRole('button', { name: 'Why did it fail?' }).click();
      await page.getByRole('button', { name: 'Nearest run without this cause' }).click();
      await expect(page.getByRole('list', { name: 'Forks' })).toContainText('1 cause gone');
      await expect(page.getByRole('list', { name: 'Forks' })).toContainText(
        'Step 3 comes before step 1',
      );
      await page.keyboard.press('b');
      await expect(page.getByRole('dialog', { name: /^What if, at step/ })).toBeVisible();
      await page.keyboard.press('Escape');
    });

    await test.step('tell it', async () => {
      await page.keyboard.press('Shift+M');
      await page.keyboard.type('Two patients, one chair');
      await page.keyboard.press('ControlOrMeta+Enter');
      await page.keyboard.press('Shift+P');
      await expect(page.getByRole('dialog', { name: 'Presentation' })).toContainText(
        'Two patients, one chair',
      );
      await page.keyboard.press('Escape');
    });

    await test.step('take it along', async () => {
      const file = join(mkdtempSync(join(tmpdir(), 'phasmoscope-tour-')), 'run.html');
      await chooseFile(app, file);
      await page.keyboard.press('ControlOrMeta+Shift+s');
      await expect.poll(() => existsSync(file), { timeout: 30_000 }).toBe(true);
    });
  });
});
