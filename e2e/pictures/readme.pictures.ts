import { cpSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { storyLaunch } from '../../core/node/load/samples.ts';
import { expect, test } from '../helpers/app.ts';
import { writeDentist } from '../helpers/dentist.ts';
import { DEMO, FIRST_LOOK, expectRun, launchArgs } from '../helpers/window.ts';

/** Takes the pictures of the pages with `npm run pictures`. No test: it checks nothing. */

const FOLDER = 'e2e/pictures';
/** Graphs and panels have moved to their places by then. */
const SETTLED_MS = 1_500;

test.describe('the window that `npm start` opens', () => {
  test.use({ appArgs: FIRST_LOOK });

  test('the two bookings that overlap', async ({ app, page }) => {
    await expectRun(page);
    await page.locator('.calendar-entry').first().waitFor();
    await choose(app, 'light');
    await take(page, 'window');
  });
});

test.describe('the demo', () => {
  test.use({ appArgs: DEMO });

  test('the window, its causes and its messages', async ({ app, page }) => {
    test.setTimeout(120_000);
    await expectRun(page);
    await choose(app, 'light');
    await take(page, 'state');

    await page.keyboard.press('ControlOrMeta+Shift+m');
    await page
      .getByRole('contentinfo')
      .getByText(/Shrunk to \d+ steps/)
      .waitFor();
    await page.keyboard.press('5');
    await choose(app, 'dark');
    await take(page, 'messages');
  });

  test('a fork beside its parent', async ({ app, page }) => {
    await expectRun(page);
    await choose(app, 'light');
    await page.keyboard.press('b');
    const dialog = page.getByRole('dialog', { name: /^What if, at step/ });
    await dialog.getByRole('radio', { name: 'Lose it on its way' }).click();
    await dialog.getByRole('button', { name: 'Fork' }).click();
    await page.getByText(/ends in another state/).waitFor();
    await page.getByRole('button', { name: 'Compare the two side by side' }).click();
    await page.getByText(/^The same before step/).waitFor();
    await page.keyboard.press('z');
    for (let times = 0; times < 5; times += 1) await page.keyboard.press('+');
    await take(page, 'side-by-side');
  });
});

test.describe('from a failing seed to a mended machine', () => {
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
  test('the nearest run that passes', async ({ app, page }) => {
    await expectRun(page);
    await choose(app, 'light');
    await page.getByRole('button', { name: 'Why did it fail?' }).click();
    await page.getByRole('button', { name: 'Nearest run without this cause' }).click();
    await page.getByText(/ends in another state/).waitFor();
    await page.getByRole('button', { name: 'Compare the two side by side' }).click();
    await page.getByText(/^The same before step/).waitFor();
    await page.keyboard.press('z');
    await take(page, 'fork');
  });

  test('crash points, doom and the mend', async ({ app, page }) => {
    test.setTimeout(240_000);
    await expectRun(page);
    await choose(app, 'light');
    await page.keyboard.press('Shift+Z');
    const strip = page.getByRole('region', { name: 'Crash everywhere' });
    await strip.getByText(/crash points? fail|recovers from a crash|No crash adds/).waitFor();
    await takeOf(page, 'strip', page.getByRole('region', { name: 'Timeline' }));
    await strip.getByRole('button', { name: 'Close the crash points' }).click();
    await page.getByRole('button', { name: 'When was it doomed?' }).click();
    const doom = page.getByRole('region', { name: 'When was it doomed?' });
    await doom.getByText(/^Decided at/).waitFor({ timeout: 60_000 });

    dentist.save('true');
    const change = page.locator('.change-line');
    await change.getByText(/is gone/).waitFor();
    await page.keyboard.press('o');
    await doom.getByRole('button', { name: 'Ask again with the saved source' }).click();
    await doom.getByText(/^The change helps/).waitFor({ timeout: 60_000 });
    await takeOf(page, 'doom', doom, { marginPx: 8 });
    await page.keyboard.press('o');
    await change.getByRole('button', { name: 'Is it really mended?' }).click();
    await page.getByRole('button', { name: 'Run the seeds' }).click();
    await page.getByText('Mended, as far as seeds can tell').first().waitFor({ timeout: 120_000 });
    await expect(page.getByRole('button', { name: 'Ask again' })).toBeVisible();
    await choose(app, 'dark');
    await takeOf(page, 'mended', page.getByRole('main'), { heightPxMax: 192 });
  });
});

/** Copies of the traces, at a path that looks the same on every computer: the status line shows it. */
const STORY_FOLDER = '/tmp/story';

test.describe('the story', () => {
  const { path, sequels = [], ...launch } = storyLaunch();
  const copyOf = (original: string) => join(STORY_FOLDER, basename(original));
  const copies = sequels.map((sequel) => ({ ...sequel, path: copyOf(sequel.path) }));
  test.use({ appArgs: launchArgs({ ...launch, path: copyOf(path), sequels: copies }) });
  test.beforeAll(() => cpSync(dirname(path), STORY_FOLDER, { recursive: true }));
  test.afterAll(() => rmSync(STORY_FOLDER, { recursive: true }));

  test('as a talk, and what it leaves in the window', async ({ app, page }) => {
    test.setTimeout(120_000);
    const title = page.getByRole('dialog').getByRole('heading');
    await choose(app, 'dark');
    await title.and(page.getByText('Two patients, one chair')).waitFor();
    for (let times = 0; times < 2; times += 1) await page.keyboard.press('PageDown');
    await title.and(page.getByText('Tuesday 13:00 is free')).waitFor();
    await take(page, 'talk');

    await choose(app, 'light');
    await page.keyboard.press('End');
    await page.keyboard.press('PageUp');
    await title.and(page.getByText('The finding is gone')).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText(/^The same before step/).waitFor();
    await take(page, 'before-after');

    await page.keyboard.press('Shift+P');
    for (let times = 0; times < 7; times += 1) await page.keyboard.press('PageDown');
    await title.and(page.getByText('Why it fails')).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Why did it fail?' }).click();
    await page.getByText(/^Fails because/).waitFor();
    await page.keyboard.press('ControlOrMeta+2');
    await take(page, 'why');
  });
});

async function choose(app: ElectronApplication, theme: 'light' | 'dark'): Promise<void> {
  await app.evaluate(({ nativeTheme }, source) => {
    nativeTheme.themeSource = source;
  }, theme);
}

async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(700, 880);
  await page.waitForTimeout(SETTLED_MS);
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
}

/**
 * Takes a part of the window.
 *
 * @param heightPxMax what lies below is left out; with `marginPx` of what is around it.
 */
async function takeOf(
  page: Page,
  name: string,
  part: Locator,
  { heightPxMax = Number.POSITIVE_INFINITY, marginPx = 0 } = {},
): Promise<void> {
  await part.scrollIntoViewIfNeeded();
  await page.mouse.move(700, 880);
  await page.waitForTimeout(SETTLED_MS);
  const box = await part.boundingBox();
  if (!box) throw new Error(`${name} is not on the screen`);
  const clip = {
    x: box.x - marginPx,
    y: box.y - marginPx,
    width: box.width + 2 * marginPx,
    height: Math.min(box.height, heightPxMax) + 2 * marginPx,
  };
  await page.screenshot({ path: `${FOLDER}/${name}.png`, clip });
}
