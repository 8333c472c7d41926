/** The window of the speaker, beside the talk. */
import { storyLaunch } from '../core/node/load/samples.ts';
import { seriousViolations } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { count, talk, title } from './helpers/talk.ts';
import { launchArgs } from './helpers/window.ts';

test.use({ appArgs: launchArgs(storyLaunch()) });

test('gives the speaker a window with the next note and a clock', async ({ app, page }) => {
  await expect(count(page)).toHaveText('1 / 11');
  const opening = app.waitForEvent('window');
  await page.keyboard.press('s');
  const speaker = await opening;
  const next = speaker.getByRole('region', { name: 'Next note' });
  await expect(speaker.getByRole('region', { name: 'This note' })).not.toBeEmpty();
  await expect(next.getByRole('heading')).toHaveText('It begins well');
  await expect(speaker.getByRole('timer', { name: 'Clock' })).toContainText(/^\d+:\d\d/);
  expect(await seriousViolations(speaker)).toEqual([]);
  // All of both notes is read without a hand on the window.
  const hiddenPx = () =>
    speaker
      .getByRole('region')
      .evaluateAll((notes) =>
        Math.max(...notes.map(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)),
      );
  for (let at = 1; at <= 11; at += 1) {
    await expect(speaker.getByRole('status', { name: 'Note' })).toHaveText(`${at} / 11`);
    await expect.poll(hiddenPx, `note ${at}`).toBe(0);
    await speaker.keyboard.press('PageDown');
  }
  await speaker.keyboard.press('Home');
  // A clicker may be connected to either window.
  await speaker.keyboard.press('PageDown');
  await expect(title(page)).toHaveText('It begins well');
  await expect(next.getByRole('heading')).toHaveText('Tuesday 13:00 is free');
  await page.keyboard.press('End');
  await expect(next).toHaveText('This is the last note.');
  const closing = speaker.waitForEvent('close');
  await page.keyboard.press('Escape');
  await closing;
  await expect(talk(page)).toBeHidden();
  expect(app.windows()).toHaveLength(1);
});

test('has one window for the speaker, and takes it along when the page goes', async ({
  app,
  page,
}) => {
  await expect(count(page)).toHaveText('1 / 11');
  const opening = app.waitForEvent('window');
  await page.keyboard.press('s');
  const speaker = await opening;
  await expect(speaker.getByRole('region', { name: 'Next note' })).toBeVisible();
  for (let times = 0; times < 4; times += 1) await page.keyboard.press('s');
  // The program is asked: Playwright may miss the end of a window that goes with the page that opened it.
  const windows = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  await expect.poll(windows).toBe(2);
  const window = await app.browserWindow(page);
  await window.evaluate((browserWindow) => browserWindow.reload());
  await expect.poll(windows).toBe(1);
});

test('puts the window of the speaker on the second screen by itself', async ({ app, page }) => {
  await expect(count(page)).toHaveText('1 / 11');
  await page.keyboard.press('Escape');
  // Virtual displays have one screen: the program and the page are made to see another one.
  const second = { x: 900, y: 40, width: 640, height: 480 };
  await app.evaluate(({ screen }, workArea) => {
    const here = screen.getPrimaryDisplay();
    screen.getAllDisplays = () => [here, { ...here, id: here.id + 1, workArea }];
  }, second);
  await page.evaluate(() => Object.defineProperty(screen, 'isExtended', { value: true }));
  const window = await app.browserWindow(page);
  const before = await window.evaluate((shown) => shown.getBounds());
  const opening = app.waitForEvent('window');
  await page.keyboard.press('Shift+P');
  const speaker = await opening;
  await expect(speaker.getByRole('region', { name: 'Next note' })).toBeVisible();
  const speakerWindow = await app.browserWindow(speaker);
  await expect.poll(() => speakerWindow.evaluate((shown) => shown.getBounds())).toEqual(second);
  expect(await window.evaluate((shown) => shown.getBounds())).toEqual(before);
});

test('says that the window of the speaker was not opened', async ({ page }) => {
  await expect(count(page)).toHaveText('1 / 11');
  await page.evaluate(() => {
    window.open = () => null;
  });
  await page.keyboard.press('s');
  await expect(talk(page).getByRole('alert')).toHaveText('The speaker window was not opened.');
  await page.keyboard.press('PageDown');
  await expect(talk(page).getByRole('alert')).toBeHidden();
});
