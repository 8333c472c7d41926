import type { ElectronApplication, Page } from '@playwright/test';
import { test } from '../helpers/app.ts';
import { DEMO, expectRun } from '../helpers/window.ts';

/** Takes the pictures of the pages with `npm run pictures`. No test: it checks nothing. */

const FOLDER = 'e2e/pictures';
/** Graphs and panels have moved to their places by then. */
const SETTLED_MS = 1_500;

test.use({ appArgs: DEMO });

test('the window, its causes and its messages', async ({ app, page }) => {
  test.setTimeout(120_000);
  await expectRun(page);
  await choose(app, 'light');
  await take(page, 'window');
  await page.keyboard.press('p');
  await page.locator('.calendar-entry').first().waitFor();
  await take(page, 'week');

  await page.keyboard.press('ControlOrMeta+Shift+m');
  await page
    .getByRole('contentinfo')
    .getByText(/Shrunk to \d+ steps/)
    .waitFor();
  await page.getByRole('button', { name: 'Why did it fail?' }).click();
  await page.getByText(/^Fails because/).waitFor();
  await page.keyboard.press('ControlOrMeta+2');
  await take(page, 'why');

  await page.keyboard.press('ControlOrMeta+1');
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
