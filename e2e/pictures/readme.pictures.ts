import type { ElectronApplication, Page } from '@playwright/test';
import { test } from '../helpers/app.ts';
import { DEMO, expectRun } from '../helpers/window.ts';

/** Takes the pictures of the README with `npm run pictures`. No test: it checks nothing. */

const FOLDER = 'e2e/pictures';
/** Graphs and panels have moved to their places by then. */
const SETTLED_MS = 1_500;

test.use({ appArgs: DEMO });

test('the window, its causes and its messages', async ({ app, page }) => {
  test.setTimeout(120_000);
  await expectRun(page);
  await choose(app, 'light');
  await take(page, 'window');

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
