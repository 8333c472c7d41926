import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { makeFolderOutside } from './helpers/outside.ts';
import { expectRun, launchArgs } from './helpers/window.ts';

/** A shrunk run that was opened from a file: its original, and what was asked about it. */

const path = join(makeFolderOutside(), 'minimal.jsonl');
copyFileSync(join(process.cwd(), 'samples/story/two-patients.jsonl'), path);

test.use({ appArgs: launchArgs({ kind: 'trace', path }) });

test('is compared with its original, which is made again from its seed', async ({ page }) => {
  await expectRun(page);
  await page.keyboard.press('9');
  await page.getByRole('button', { name: /Compare with$/ }).click();
  await page.getByRole('option', { name: /^The original/ }).click();
  const view = page.getByRole('region', { name: 'Side by side' });
  await expect(view).toContainText(/They differ from the first step on\..* only in A/, {
    timeout: 40_000,
  });
  await expect(page.locator('.timeline-name').first()).toContainText('dentist-booking-unchecked');
  // The run on the screen is the shrunk one.
  await expect(page.getByRole('contentinfo')).toContainText('8 steps');
});

test('shows what was asked about it after a restart', async ({ app, page, userDataDir }) => {
  await expectRun(page);
  await page.getByRole('button', { name: 'Why did it fail?' }).click();
  const told = page.getByRole('region', { name: 'Why did it fail?' });
  await expect(told).toContainText('Fails because', { timeout: 40_000 });
  const sentences = await told.getByRole('paragraph').allTextContents();
  await app.close();

  const again = await launchApp({ userDataDir });
  const window = await firstWindow(again);
  await expectRun(window);
  const kept = window.getByRole('region', { name: 'Why did it fail?' });
  await expect(kept.getByRole('paragraph')).toHaveText(sentences);
  await again.close();
});
