import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { setTheme } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { makeFolderOutside } from './helpers/outside.ts';
import { command, saveInto } from './helpers/saving.ts';
import { DEMO, DEMO_FINDING, expectRun, expectStep } from './helpers/window.ts';

/** Pictures of parts of the window, as people save and copy them. */

test.use({ appArgs: DEMO });

const RUN = 'dentist-booking-unchecked-mixed-operations-378';
const VIEW = 'Save a picture of this view…';
const TIMELINE = 'Save a picture of the timeline…';

/** Waits until the window has saved a file. */
async function written(page: Page, path: string): Promise<string> {
  await expect.poll(() => existsSync(path), path).toBe(true);
  await expect(page.getByRole('contentinfo')).toContainText(`Saved ${basename(path)}`);
  return path;
}

/** What is in a PNG: its size in pixels, and how many colours a part of its pixels have. */
async function look(app: ElectronApplication, path: string) {
  expect(readFileSync(path).subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  return app.evaluate(({ nativeImage }, file) => {
    const image = nativeImage.createFromPath(file);
    const pixels = image.toBitmap();
    const colours = new Set<number>();
    for (let at = 0; at < pixels.length; at += 4 * 7) colours.add(pixels.readUInt32LE(at));
    return { ...image.getSize(), colours: colours.size };
  }, path);
}

/** Checks that a picture shows a part of the window at twice its size. */
async function expectTwice(app: ElectronApplication, path: string, part: Locator): Promise<void> {
  const box = await part.boundingBox();
  const { width, height, colours } = await look(app, path);
  // A part whose edge is between two pixels has none of the neighbour's.
  expect(Math.abs(width - 2 * (box?.width ?? 0))).toBeLessThanOrEqual(2);
  expect(Math.abs(height - 2 * (box?.height ?? 0))).toBeLessThanOrEqual(2);
  expect(width % 2).toBe(0);
  expect(colours).toBeGreaterThan(20);
}

/** The width of the picture on the clipboard, in pixels. */
function copiedWidth(app: ElectronApplication): Promise<number> {
  return app.evaluate(async ({ clipboard, nativeImage }) => {
    // The Electron of machines that can't download one is older than its types.
    const older = clipboard as { readImage?: () => Electron.NativeImage };
    if (older.readImage) return older.readImage().getSize().width;
    const [item] = await clipboard.read();
    const png = await item?.getType('image/png');
    if (!png) return 0;
    return nativeImage.createFromBuffer(Buffer.from(await png.arrayBuffer())).getSize().width;
  });
}

test('saves the view and the timeline at twice their size', async ({ app, page }) => {
  const folder = makeFolderOutside();
  const { stepIndex } = DEMO_FINDING;
  const pathOf = (step: number, subject: string) =>
    join(folder, `${RUN}-step-${step}-${subject}.png`);
  const view = page.getByRole('tabpanel');
  const timeline = page.locator('.timeline-body');
  await saveInto(app, folder);
  await expectRun(page);
  await expectStep(page, stepIndex);
  await page.keyboard.press('2');
  await expect(page.locator('.causality .react-flow__node').first()).toBeVisible();

  await command(page, VIEW);
  await expectTwice(app, await written(page, pathOf(stepIndex, 'causality')), view);
  await command(page, TIMELINE);
  const path = await written(page, pathOf(stepIndex, 'timeline'));
  await expectTwice(app, path, timeline);

  // Neither the pointer nor the focus is in a picture.
  const before = readFileSync(path);
  rmSync(path);
  await timeline.getByRole('slider').focus();
  await timeline.hover({ position: { x: 500, y: 90 } });
  await command(page, TIMELINE);
  await written(page, path);
  expect(readFileSync(path).equals(before)).toBe(true);

  const window = await app.browserWindow(page);
  await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
  await setTheme(app, 'dark');
  await page.keyboard.press('ArrowLeft');
  await expectStep(page, stepIndex - 1);
  await page.getByRole('button', { name: 'Arrange the views' }).click();
  await page.getByRole('menuitem', { name: VIEW }).click();
  await expectTwice(app, await written(page, pathOf(stepIndex - 1, 'causality')), view);
  await command(page, TIMELINE);
  await expectTwice(app, await written(page, pathOf(stepIndex - 1, 'timeline')), timeline);
});

test('saves a picture of each view', async ({ app, page }) => {
  const folder = makeFolderOutside();
  const { stepIndex } = DEMO_FINDING;
  await saveInto(app, folder);
  await expectRun(page);
  await expectStep(page, stepIndex);
  for (const [key, view, content] of [
    ['1', 'state', '.state-row'],
    ['4', 'steps', '.steps-row'],
    ['5', 'sequence', 'svg'],
    ['6', 'lifecycle', '.react-flow__node'],
    ['p', 'views', '.calendar-entry'],
  ] as const) {
    await page.keyboard.press(key);
    const panel = page.getByRole('tabpanel');
    await expect(panel.locator(content).first()).toBeVisible();
    await command(page, VIEW);
    const path = join(folder, `${RUN}-step-${stepIndex}-${view}.png`);
    await expectTwice(app, await written(page, path), panel);
  }
});

test('copies them, and says why one was not saved', async ({ app, page }) => {
  const status = page.getByRole('contentinfo');
  await expectRun(page);
  await page.keyboard.press('Control+2');
  const pane = page.locator('.pane[data-focused="true"] > .pane-body');
  const box = await pane.boundingBox();
  await command(page, 'Copy a picture of this view');
  await expect(status).toContainText('Copied a picture of the view');
  const width = await copiedWidth(app);
  expect(Math.abs(width - 2 * (box?.width ?? 0))).toBeLessThanOrEqual(2);

  await saveInto(app, join(makeFolderOutside(), 'missing'));
  await command(page, TIMELINE);
  await expect(page.getByText('its folder does not exist')).toBeVisible();
});
