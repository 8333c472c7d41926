/** A talk, as its speaker gives it: by keyboard and clicker, from the command line on. */
import type { Locator, Page } from '@playwright/test';
import { storyLaunch } from '../core/node/load/samples.ts';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { count, talk, title } from './helpers/talk.ts';
import { expectStep, launchArgs } from './helpers/window.ts';

test.use({ appArgs: launchArgs(storyLaunch()) });

/** What windows and screens are like that a talk is given on. */
const USUAL_SIZES = [
  [1100, 700],
  [1280, 720],
  [1366, 768],
  [1440, 900],
  [1600, 900],
  [1919, 1051],
  [2560, 1440],
] as const;

/** Waits until nothing moves any more: what fades in has not its contrast yet. */
async function settle(page: Page): Promise<void> {
  await talk(page).evaluate((element) =>
    Promise.all(element.getAnimations({ subtree: true }).map(({ finished }) => finished)),
  );
}

test('walks the notes, with one thing lit at a time', async ({ app, page }) => {
  test.setTimeout(120_000);
  await expect(title(page)).toHaveText('Two patients, one chair');
  await expect(count(page)).toHaveText('1 / 11');
  await page.keyboard.press('PageDown');
  await expect(title(page)).toHaveText('It begins well');
  await expect(talk(page).locator('li:not([data-dimmed="true"]) > .data')).toHaveText([
    '0',
    '1',
    '2',
    '3',
  ]);
  await settle(page);
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

  // The value is open and lit; nothing beside it is.
  await page.keyboard.press('ArrowRight');
  const lit = talk(page).locator('.state-row[data-dimmed="false"]');
  await expect(lit).toHaveCount(6);
  await expect(lit.first()).toContainText('3:');
  await page.keyboard.press('Space');
  await expect(talk(page).getByText('completed in')).toContainText('step 7');
  await page.keyboard.press('PageUp');
  await expect(count(page)).toHaveText('3 / 11');

  for (let times = 0; times < 3; times += 1) await page.keyboard.press('PageDown');
  await expect(talk(page).locator('.calendar-entry')).toHaveCount(4);
  await page.keyboard.press('PageDown');
  await expect(talk(page).locator('[data-lit="true"]')).toContainText('Tuesday 13:00 overlaps');
  await settle(page);
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  await page.keyboard.press('End');
  await expect(count(page)).toHaveText('11 / 11');
  await page.keyboard.press('PageDown');
  await expect(count(page)).toHaveText('11 / 11');
  await page.keyboard.press('Home');
  await expect(count(page)).toHaveText('1 / 11');

  await page.keyboard.press('b');
  await expect(talk(page).getByRole('status', { name: 'The screen is dark' })).toBeVisible();
  await page.keyboard.press('b');
  await expect(talk(page).getByRole('status', { name: 'The screen is dark' })).toBeHidden();
  await page.keyboard.press('End');
  await page.keyboard.press('Escape');
  await expect(talk(page)).toBeHidden();
  await expectStep(page, 7);
});

test('shows the audience what is told, whole at any size, without what it cannot use', async ({
  app,
  page,
}) => {
  await expect(talk(page).getByText('RequestAuto').first()).toBeVisible();
  await expect(talk(page).locator('.view-bar:visible')).toHaveCount(0);
  for (let times = 0; times < 7; times += 1) await page.keyboard.press('PageDown');
  await expect(title(page)).toHaveText('Why it fails');
  const nodes = talk(page).locator('.react-flow__node');
  await expect(nodes).toHaveCount(12);
  const window = await app.browserWindow(page);
  for (const [width, height] of [
    [1100, 700],
    [1440, 900],
  ] as const) {
    await window.evaluate((shown, size) => shown.setContentSize(size[0], size[1]), [
      width,
      height,
    ] as const);
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width);
    const graph = await talk(page).locator('.react-flow').boundingBox();
    await expect
      .poll(async () => {
        const boxes = await Promise.all((await nodes.all()).map((node) => node.boundingBox()));
        return boxes.every(
          (box) => box && graph && box.x >= graph.x && box.x + box.width <= graph.x + graph.width,
        );
      })
      .toBe(true);
  }
  // What is left is the window of the machine that was told of.
  await page.keyboard.press('Escape');
  const toolbar = page.getByRole('banner');
  await expect(toolbar.getByRole('button', { name: /Machine$/ })).toContainText(
    'dentist-booking-unchecked',
  );
  await expect(toolbar.getByRole('textbox', { name: 'Seed' })).toHaveValue('378');
  await expect(toolbar.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
});

test('keeps all of what is lit in view in windows of any size, and cuts no text', async ({
  app,
  page,
}) => {
  await expect(count(page)).toHaveText('1 / 11');
  const window = await app.browserWindow(page);
  const resize = async (width: number, height: number) => {
    await window.evaluate((shown, size) => shown.setContentSize(size.width, size.height), {
      width,
      height,
    });
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width);
  };
  const cut = talk(page).locator('.steps-action, .stage-steps-text, .stage-changes li');
  const cutTexts = () =>
    cut.evaluateAll((texts) =>
      texts
        .filter(
          ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
            scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1,
        )
        .map(({ textContent }) => textContent),
    );
  await resize(1100, 700);
  await expect(talk(page).locator('.steps-action').first()).toBeVisible();
  expect(await cutTexts()).toEqual([]);
  await page.keyboard.press('PageDown');
  await expect(talk(page).locator('.stage-steps-text')).toHaveCount(5);
  expect(await cutTexts()).toEqual([]);

  for (let times = 0; times < 3; times += 1) await page.keyboard.press('PageDown');
  await expect(title(page)).toHaveText('Tuesday 13:45 is free, too');
  const lit = talk(page).locator('.state-row[data-dimmed="false"]');
  for (const [width, height] of [
    [1440, 900],
    [1100, 700],
    [1100, 640],
  ] as const) {
    await resize(width, height);
    await expect(lit).toHaveCount(6);
    for (const row of await lit.all()) await expect(row).toBeInViewport({ ratio: 0.99 });
  }
  for (let times = 0; times < 2; times += 1) await page.keyboard.press('PageDown');
  await expect(talk(page).locator('.stage-changes li')).toHaveCount(2);
  expect(await cutTexts()).toEqual([]);
});

test('keeps the stage and the beginning of the words in their places from note to note', async ({
  app,
  page,
}) => {
  const stage = talk(page).locator('.stage');
  const placeOf = async (part: Locator) => {
    const box = await part.boundingBox();
    return box && [box.x, box.y, box.width, box.height].map(Math.round);
  };
  const window = await app.browserWindow(page);
  for (const [width, height] of [
    [1100, 700],
    [1920, 1080],
  ] as const) {
    await window.evaluate((shown, size) => shown.setContentSize(size[0], size[1]), [
      width,
      height,
    ] as const);
    await page.keyboard.press('Home');
    await expect(count(page)).toHaveText('1 / 11');
    const [first, begins] = [await placeOf(stage), (await title(page).boundingBox())?.y];
    for (let at = 2; at <= 11; at += 1) {
      await page.keyboard.press('PageDown');
      await expect(count(page)).toHaveText(`${at} / 11`);
      await settle(page);
      expect((await title(page).boundingBox())?.y, `note ${at}`).toBeCloseTo(begins ?? NaN, 0);
      // Causes and their effects are below the words, over the whole width.
      if (at !== 8) expect(await placeOf(stage), `note ${at}`).toEqual(first);
    }
  }
});

test('moves nothing for people who want no motion, and fits in a small window', async ({
  app,
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect(title(page)).toHaveText('Two patients, one chair');
  const seconds = await talk(page)
    .getByRole('region', { name: 'Note' })
    .evaluate((words) => getComputedStyle(words).animationDuration);
  expect(Number.parseFloat(seconds)).toBe(0);
  const window = await app.browserWindow(page);
  await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
  for (let at = 1; at <= 11; at += 1) {
    await expect(count(page)).toHaveText(`${at} / 11`);
    const isWide = await talk(page).evaluate(
      (element) =>
        element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight,
    );
    expect(isWide, `note ${at}`).toBe(false);
    await page.keyboard.press('ArrowDown');
  }
});

test('shows all of each note at any usual size', async ({ app, page }) => {
  test.setTimeout(120_000);
  const window = await app.browserWindow(page);
  const words = talk(page).getByRole('region', { name: 'Note' });
  for (const [width, height] of USUAL_SIZES) {
    await window.evaluate((shown, size) => shown.setContentSize(size[0], size[1]), [
      width,
      height,
    ] as const);
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width);
    await page.keyboard.press('Home');
    for (let at = 1; at <= 11; at += 1) {
      await expect(count(page)).toHaveText(`${at} / 11`);
      const hiddenPx = () =>
        words.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
      await expect.poll(hiddenPx, `note ${at} at ${width}x${height}`).toBe(0);
      await page.keyboard.press('PageDown');
    }
  }
});

test('makes the type of a long note smaller, and scrolls what is longer still', async ({
  app,
  page,
}) => {
  await expect(count(page)).toHaveText('1 / 11');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+M');
  const dialog = page.getByRole('dialog', { name: /note/i });
  const paragraph = 'What is said at length has to be read at length, and all of it can be seen. ';
  await dialog
    .getByRole('textbox')
    .first()
    .fill(`# Long\n\n${paragraph.repeat(14)}`);
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.keyboard.press('F5');
  const window = await app.browserWindow(page);
  await window.evaluate((shown) => shown.setContentSize(1100, 700));
  const words = talk(page).getByRole('region', { name: 'Note' });
  while ((await title(page).textContent()) !== 'Long') await page.keyboard.press('PageDown');
  const sizes = () =>
    words.evaluate((element) => ({
      hiddenPx: element.scrollHeight - element.clientHeight,
      isSmaller: Number.parseFloat(getComputedStyle(element).fontSize) < 19,
    }));
  await expect.poll(sizes).toEqual({ hiddenPx: 0, isSmaller: true });
});

test('ends on the mended machine: side by side with the failing run, and its week', async ({
  page,
}) => {
  await expect(count(page)).toHaveText('1 / 11');
  await page.keyboard.press('End');
  await expect(title(page)).toHaveText('And it stays mended');
  await expect(talk(page)).toContainText('dentist-booking-hardened · seed 378');
  const entries = talk(page).locator('.calendar-entry');
  await expect(entries).toHaveCount(4, { timeout: 30_000 });
  await expect(talk(page).locator('[data-tone="bad"]')).toHaveCount(0);

  await page.keyboard.press('PageUp');
  await expect(title(page)).toHaveText('The finding is gone');
  const stage = talk(page).locator('.stage');
  await expect(stage).toContainText('The same before step 7. 1 step went differently.');
  await expect(stage.getByRole('row', { name: /findings/ })).toContainText(
    'Tuesday 13:00 overlaps',
  );
  await expect(stage.getByRole('treeitem', { name: /SlotTaken/ })).toBeInViewport({ ratio: 0.99 });
  // The window is left at what was told last, and the story can be told again from there.
  await page.keyboard.press('Escape');
  const beside = page.getByRole('region', { name: 'Side by side' });
  await expect(beside).toContainText('The same before step 7.');
  await page.keyboard.press('Shift+P');
  await expect(count(page)).toHaveText('1 / 11');
  await expect(title(page)).toHaveText('Two patients, one chair');
});

test('starts from the list of notes, and stays out of the way without any', async ({ page }) => {
  await expect(count(page)).toHaveText('1 / 11');
  await page.keyboard.press('Escape');
  await expect(talk(page)).toBeHidden();
  await page.keyboard.press('Shift+A');
  await page.getByRole('button', { name: 'Present', exact: true }).click();
  await expect(count(page)).toHaveText('1 / 11');
  await page.keyboard.press('Escape');
  await page.keyboard.press('F5');
  await expect(count(page)).toHaveText('1 / 11');
});

test('has the keyboard for itself, but for the buttons that have the focus', async ({ page }) => {
  await expect(count(page)).toHaveText('1 / 11');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('m');
  await page.keyboard.press('c');
  await page.keyboard.press('F5');
  await page.keyboard.press('ControlOrMeta+k');
  await expect(count(page)).toHaveText('2 / 11');
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await talk(page).getByRole('button', { name: 'Previous note' }).focus();
  await page.keyboard.press('Enter');
  await expect(count(page)).toHaveText('1 / 11');
  await page.keyboard.press('PageDown');
  await talk(page).getByRole('button', { name: 'End the presentation' }).focus();
  await page.keyboard.press('Space');
  await expect(talk(page)).toBeHidden();
  await expectStep(page, 0);
  await page.keyboard.press('Shift+A');
  const shown = page.getByRole('status', { name: 'Shown notes' });
  await expect(shown).toHaveText('9 notes');
  // Without a talk, the same key does something.
  await page.keyboard.press('m');
  await expect(shown).toHaveText('10 notes');
});

test('gives the focus back', async ({ page }) => {
  await expect(count(page)).toHaveText('1 / 11');
  await page.keyboard.press('Escape');
  await expect(talk(page)).toBeHidden();
  await page.keyboard.press('Shift+A');
  const present = page.getByRole('button', { name: 'Present', exact: true });
  await present.focus();
  await page.keyboard.press('Enter');
  await expect(count(page)).toHaveText('1 / 11');
  await expect(talk(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(present).toBeFocused();
});
