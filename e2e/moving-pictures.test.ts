import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { seriousViolationsInBothThemes, setTheme } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { makeFolderOutside } from './helpers/outside.ts';
import { command, saveInto } from './helpers/saving.ts';
import { DEMO, DEMO_FINDING, expectRun, expectStep } from './helpers/window.ts';

/** A stretch of steps as a picture that moves, as people save it for an issue tracker. */

test.use({ appArgs: DEMO });

const RUN = 'dentist-booking-unchecked-mixed-operations-378';
const MAKE = 'Save a moving picture…';

/** Fills in the dialog, and has the moving picture made. */
async function film(page: Page, what: string, from: number, to: number): Promise<void> {
  await command(page, MAKE);
  const dialog = page.getByRole('dialog', { name: 'Save a moving picture' });
  await dialog.getByLabel('First step').fill(String(from));
  await dialog.getByLabel('Last step').fill(String(to));
  await dialog.getByRole('button', { name: what, exact: true }).click();
  await dialog.getByRole('button', { name: '5', exact: true }).click();
  await dialog.getByRole('button', { name: 'Make it' }).click();
}

/** Decodes a GIF with the decoder of the browser. */
function decode(page: Page, path: string) {
  return page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (char) => char.codePointAt(0) ?? 0);
    const decoder = new ImageDecoder({ data, type: 'image/gif' });
    await Promise.all([decoder.completed, decoder.tracks.ready]);
    const frames = [];
    const { frameCount = 0 } = decoder.tracks.selectedTrack ?? {};
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex += 1) {
      const { image } = await decoder.decode({ frameIndex });
      const { displayWidth: width, displayHeight: height, duration } = image;
      const context = new OffscreenCanvas(width, height).getContext('2d');
      context?.drawImage(image, 0, 0);
      image.close();
      const pixels = context?.getImageData(0, 0, width, height).data.buffer ?? new ArrayBuffer(0);
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', pixels)).join('.');
      const colours = new Set(new Uint32Array(pixels)).size;
      frames.push({ width, height, colours, digest, shownMs: (duration ?? 0) / 1_000 });
    }
    return frames;
  }, readFileSync(path).toString('base64'));
}

/** Checks that a film has a frame of a part of the window for each step, and that steps differ. */
async function expectFilm(page: Page, path: string, part: Locator, steps: number): Promise<void> {
  await expect.poll(() => existsSync(path), { message: path, timeout: 60_000 }).toBe(true);
  const frames = await decode(page, path);
  expect(frames).toHaveLength(steps);
  const box = await part.boundingBox();
  for (const { width, height, colours } of frames) {
    expect(Math.abs(width - (box?.width ?? 0))).toBeLessThanOrEqual(1);
    expect(Math.abs(height - (box?.height ?? 0))).toBeLessThanOrEqual(1);
    expect(colours).toBeGreaterThan(20);
  }
  expect(new Set(frames.map(({ digest }) => digest)).size).toBe(steps);
  const shown = frames.map(({ shownMs }) => shownMs);
  expect(shown).toEqual([...Array.from({ length: steps - 1 }, () => 200), 2_000]);
}

test('saves steps of a view and of the timeline', async ({ app, page }) => {
  test.setTimeout(120_000);
  const folder = makeFolderOutside();
  const { stepIndex } = DEMO_FINDING;
  const range = `step-${stepIndex - 4}-to-${stepIndex}`;
  await saveInto(app, folder);
  await expectRun(page);
  await setTheme(app, 'dark');

  await film(page, 'State', stepIndex - 4, stepIndex);
  const state = join(folder, `${RUN}-${range}-state.gif`);
  await expectFilm(page, state, page.getByRole('tabpanel'), 5);
  // The person looks at what they looked at before, and can go on.
  await expectStep(page, stepIndex);
  await page.keyboard.press('ArrowLeft');
  await expectStep(page, stepIndex - 1);

  await film(page, 'Timeline', stepIndex - 4, stepIndex);
  const timeline = join(folder, `${RUN}-${range}-timeline.gif`);
  await expectFilm(page, timeline, page.locator('.timeline-body'), 5);
});

test('proposes the steps that are chosen in the list', async ({ page }) => {
  await expectRun(page);
  await page.keyboard.press('4');
  await page.getByRole('grid', { name: 'Steps' }).focus();
  await page.keyboard.press('Home');
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('Shift+ArrowDown');
  await command(page, MAKE);
  const dialog = page.getByRole('dialog', { name: 'Save a moving picture' });
  await expect(dialog.getByLabel('First step')).toHaveValue('0');
  await expect(dialog.getByLabel('Last step')).toHaveValue('3');
  await expect(dialog.getByRole('button', { name: 'Steps', exact: true })).toBeVisible();
  await expect(dialog.getByText('4 steps, 2 seconds')).toBeVisible();
});

test('says what it takes, and can be cancelled', async ({ app, page }) => {
  const folder = makeFolderOutside();
  await saveInto(app, folder);
  await expectRun(page);
  await command(page, MAKE);
  const dialog = page.getByRole('dialog', { name: 'Save a moving picture' });
  await expect(dialog.getByLabel('Last step')).toHaveValue(String(DEMO_FINDING.stepIndex));
  await expect(dialog.getByText('21 steps, 11 seconds')).toBeVisible();
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  await dialog.getByLabel('First step').fill('0');
  await dialog.getByLabel('Last step').fill('400');
  await expect(dialog.getByText('401 steps are too many')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Make it' })).toBeDisabled();
  await page.keyboard.press('Escape');

  await film(page, 'Whole window', 0, 200);
  const bar = page.getByRole('region', { name: 'The moving picture' });
  await expect(bar.getByText(/^Taking step \d+ of 201/)).toBeVisible();
  // Nothing changes what is pictured.
  await page.keyboard.press('2');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('contentinfo')).toContainText('The moving picture was cancelled');
  await expectStep(page, DEMO_FINDING.stepIndex);
  await expect(page.getByRole('tab', { name: 'State' })).toHaveAttribute('aria-selected', 'true');
});
