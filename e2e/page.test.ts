/**
 * A run that was saved as a page, in a Chromium without our program and without a network: the Electron at
 * hand with an empty app.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test, type Page } from '@playwright/test';
import { seriousViolations, seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { test as windowTest } from './helpers/app.ts';
import { startBrowser, type Browser } from './helpers/browser.ts';
import { copyOutside } from './helpers/outside.ts';
import { DEMO, DEMO_FINDING, expectRun, expectStep } from './helpers/window.ts';

const ROOT = dirname(import.meta.dirname);
/** How large a page may be beside its trace. */
const PROGRAM_BYTES_MAX = 1_500_000;
const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-page-'));

let browser: Browser;

// One after the other, in one browser.
test.describe.configure({ mode: 'default' });

/** Runs a command in the folder. Findings are no failure of it. */
function phasmoscope(...args: readonly string[]): string {
  const command = [join(ROOT, 'electron/scripts/phasmoscope.mjs'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Opens a page of the folder; `log` says what it asked for. */
function open(name: string) {
  return browser.open(join(folder, name));
}

test.beforeAll(async () => {
  phasmoscope('record', 'dentist-booking-unchecked', '--out', 'found.jsonl.gz');
  phasmoscope('report', 'found.jsonl.gz', '--html', 'found.html', '--explain');
  browser = await startBrowser();
});

test.afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

test('opens at the finding, and asks for nothing but itself', async () => {
  const { page, log } = await open('found.html');
  await expectStep(page, 77);
  await expect(page).toHaveTitle('dentist-booking-unchecked · mixed-operations · seed 12345');
  const step = page.getByRole('region', { name: 'Step', exact: true });
  await expect(step).toContainText('Monday 15:00 overlaps Monday 15:15');
  await expect(step.getByRole('region', { name: 'Why did it fail?' })).toContainText(
    /Fails because /,
  );
  expect(await page.evaluate(() => document.fonts.check('12px "Inter Variable"'))).toBe(true);
  expect(log.errors).toEqual([]);
  const own = pathToFileURL(join(folder, 'found.html')).href;
  expect((await log.requests()).filter((url) => url !== own)).toEqual([]);
  const size = statSync(join(folder, 'found.html')).size;
  expect(size - (4 / 3) * statSync(join(folder, 'found.jsonl.gz')).size).toBeLessThan(
    PROGRAM_BYTES_MAX,
  );
  await page.close();
});

test('is stepped through, filtered and searched by keyboard', async () => {
  const { page, log } = await open('found.html');
  await expectStep(page, 77);
  await page.keyboard.press('ArrowLeft');
  await expectStep(page, 76);
  await page.keyboard.press('End');
  await expectStep(page, 9_999);
  await page.keyboard.press('f');
  await page.keyboard.press('Home');
  await expect(page.getByRole('status', { name: 'Position' })).toContainText('initial state');
  await page.keyboard.press('f');
  await expectStep(page, 77);

  await page.keyboard.press('4');
  await page.keyboard.press('w');
  await page
    .getByRole('textbox', { name: 'An expression over the step' })
    .fill('outcome.kind == "ok" && kind == "trackedActionCompleted"');
  const count = page.getByRole('status', { name: 'Shown steps' });
  await expect(count).toHaveText('89 of 10\u202f000 steps, 9\u202f911 hidden');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expectStep(page, 2);

  for (const [key, region] of [
    ['2', 'Causality'],
    ['5', 'Sequence'],
    ['6', 'Lifecycle'],
    ['7', 'Console'],
  ] as const) {
    await page.keyboard.press('Escape');
    await page.keyboard.press(key);
    await expect(page.getByRole('tab', { name: region, selected: true })).toBeVisible();
  }
  expect(log.errors).toEqual([]);
  await page.close();
});

test('has what needs no machine, and nothing else', async () => {
  const { page, log } = await open('found.html');
  await expectStep(page, 77);
  const tabs = page.getByRole('tablist').first().getByRole('tab');
  await expect(tabs).toHaveText([
    'State',
    'Steps',
    'Causality',
    'Sequence',
    'Lifecycle',
    'Console',
    'Notes',
  ]);
  const buttons = await page.getByRole('button').allTextContents();
  for (const text of ['Run', 'Shrink', 'Crash everywhere', 'not verified', 'When was it doomed?'])
    expect(buttons).not.toContain(text);
  await page.keyboard.press('Control+k');
  const commands = page.getByRole('menu', { name: 'Commands' });
  await expect(commands.getByRole('menuitem', { name: 'Go to step…' })).toBeVisible();
  for (const name of [/^Run/, /^What if/, /^Save as a page/, /^Open /, /^Copy a link/])
    await expect(commands.getByRole('menuitem', { name })).toHaveCount(0);
  // Keys of commands that are not there do nothing.
  await page.keyboard.press('Escape');
  for (const key of ['b', 'Shift+B', 'h', 'a', 'Control+Enter', '8', '9', 'p'])
    await page.keyboard.press(key);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(log.errors).toEqual([]);
  await page.close();
});

test('has the notes of the run, and presents them', async () => {
  phasmoscope('report', join(ROOT, 'samples/story/two-patients.jsonl'), '--html', 'story.html');
  const { page, log } = await open('story.html');
  await expectStep(page, 7);
  await page.keyboard.press('Shift+A');
  const notes = page.getByRole('region', { name: 'Notes' });
  await expect(notes.getByRole('listitem').first()).toContainText('Two patients, one chair');
  // They are as they were saved.
  await expect(notes.getByRole('button', { name: 'Change the note' })).toHaveCount(0);
  await page.keyboard.press('m');
  await expect(notes.getByRole('status', { name: 'Shown notes' })).toHaveText('9 notes');
  await page.keyboard.press('Shift+P');
  const talk = page.getByRole('dialog', { name: 'Presentation' });
  await page.keyboard.press('PageDown');
  await expect(talk.getByRole('status', { name: 'Note' })).toHaveText('2 / 9');
  await expect(talk).toContainText('It begins well');
  await page.keyboard.press('Escape');
  await expectStep(page, 0);
  await print(page);
  const sheet = page.getByRole('article');
  await expect(sheet).toContainText('Two patients ask for an appointment.');
  // Notes are written in Markdown, which is not for readers.
  await expect(sheet.getByRole('heading', { name: 'It begins well' })).toBeVisible();
  await expect(sheet).not.toContainText('**');
  expect(log.errors).toEqual([]);
  await page.close();
});

test('shows the views of the machine that were drawn for it, at each step', async () => {
  phasmoscope('report', 'found.jsonl.gz', '--html', 'views.html', '--views', '--to', '200');
  const { page, log } = await open('views.html');
  await expectStep(page, 77);
  await page.keyboard.press('p');
  const monday = page.getByRole('region', { name: 'Monday' });
  await expect(monday.locator('[data-tone="bad"]')).toHaveCount(2);
  await page.keyboard.press('ArrowLeft');
  await expect(monday.locator('[data-tone="bad"]')).toHaveCount(0);
  await page.keyboard.press('Home');
  await expect(page.locator('.calendar-entry')).toHaveCount(0);
  await page.keyboard.press('f');
  expect(await seriousViolationsInBothThemes(browser.app, page)).toEqual([]);
  expect(log.errors).toEqual([]);
  await page.close();
});

test('is accessible in both themes, with every view', async () => {
  test.slow();
  const { page } = await open('found.html');
  await expectStep(page, 77);
  expect(await seriousViolationsInBothThemes(browser.app, page)).toEqual([]);
  for (const key of ['4', '2', '5', '6']) {
    await page.keyboard.press(key);
    expect(await seriousViolations(page), `the view of key ${key}`).toEqual([]);
  }
  await page.close();
});

test('chooses its theme, and gives back the trace', async () => {
  const { page, log } = await open('found.html');
  await expectStep(page, 77);
  const scheme = () => page.evaluate(() => getComputedStyle(document.body).colorScheme);
  const before = await scheme();
  await page.getByRole('button', { name: /^Light, dark/ }).click();
  await expect.poll(scheme).not.toBe(before);

  const path = join(folder, 'again.jsonl.gz');
  await browser.app.evaluate(({ session }, file) => {
    session.defaultSession.once('will-download', (_, item) => item.setSavePath(file));
  }, path);
  await page.getByRole('button', { name: /^Save trace/ }).click();
  const lines = (name: string) => gunzipSync(readFileSync(join(folder, name))).toString('utf8');
  await expect
    .poll(() => {
      try {
        return lines('again.jsonl.gz') === lines('found.jsonl.gz');
      } catch {
        return 'not there yet';
      }
    })
    .toBe(true);
  expect(log.errors).toEqual([]);
  await page.close();
});

test('runs nothing of a hostile trace, and shows its texts as texts', async () => {
  phasmoscope('record', copyOutside('hostile.ts'), '--out', 'hostile.jsonl');
  phasmoscope('report', 'hostile.jsonl', '--html', 'hostile.html');
  const { page, log } = await open('hostile.html');
  await expectStep(page, 1);
  for (const key of ['4', '2', '5', '6', '7', '1', 'End']) await page.keyboard.press(key);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('hostile </script>');
  await print(page);
  await expect(page.getByRole('article')).toContainText('</script><script>');
  expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
  await expect(page.locator('img, iframe, object, embed, base, link[href^="http"]')).toHaveCount(0);
  // The run, the program, what starts it, and what it was unpacked to.
  await expect(page.locator('script')).toHaveCount(4);
  expect(log.errors).toEqual([]);
  expect((await log.requests()).filter((url) => !url.startsWith('file:'))).toEqual([]);
  await page.close();
});

test('lets no script in, and nothing out', async () => {
  const { page, log } = await open('found.html');
  await expectStep(page, 77);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.hacked = 1';
    document.body.append(script);
    document.body.insertAdjacentHTML('beforeend', '<img src="https://evil.example/a.png">');
    document.body.insertAdjacentHTML('beforeend', '<b onclick="globalThis.hacked = 2">x</b>');
    document.querySelector<HTMLElement>('b[onclick]')?.click();
  });
  const answers = await page.evaluate(() =>
    Promise.all(
      ['https://evil.example/', 'file:///etc/hostname', 'data:,x'].map((url) =>
        fetch(url).then(
          () => `${url} was loaded`,
          () => 'refused',
        ),
      ),
    ),
  );
  expect(answers).toEqual(['refused', 'refused', 'refused']);
  expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
  expect(log.errors.filter((error) => error.includes('Content Security Policy'))).not.toEqual([]);
  expect((await log.requests()).filter((url) => url.includes('evil'))).toEqual([]);
  await page.close();
});

test('says so when it was cut or changed', async () => {
  const whole = readFileSync(join(folder, 'found.html'), 'utf8');
  writeFileSync(
    join(folder, 'changed.html'),
    whole.replace(/(id="run">.{4000}).{400}/, (_, start: string) => start),
  );
  const { page } = await open('changed.html');
  await expect(page.getByRole('alert')).toContainText('The run in this page cannot be read');
  await page.close();
});

test('shows the first steps of a run, at a step that was asked for', async () => {
  phasmoscope('report', 'found.jsonl.gz', '--html', 'part.html', '--to', '80', '--step', '40');
  const { page } = await open('part.html');
  await expectStep(page, 40);
  await expect(page.getByRole('banner')).toContainText('the first 81 of 10\u202f000 steps');
  await page.keyboard.press('End');
  await expectStep(page, 80);
  await page.close();
});

test('prints its finding, why, the steps, the changes and the state, without the panels', async () => {
  const { page } = await open('found.html');
  await expectStep(page, 77);
  await print(page);
  const sheet = page.getByRole('article');
  await expect(sheet.getByRole('heading', { level: 1 })).toHaveText('dentist-booking-unchecked');
  await expect(sheet).toContainText('Monday 15:00 overlaps Monday 15:15');
  await expect(sheet).toContainText('Fails because');
  await expect(sheet.getByRole('row')).toHaveCount(18);
  await expect(sheet).toContainText('+ bookings["Monday 15:15"]');
  await expect(sheet).toContainText('pending[30].status: "AwaitingPreauth" → "SlotConfirmed"');
  await expect(sheet.locator('[data-changed="true"]')).toHaveText([
    /^"Monday 15:15": \{.*"amountPaid":200\}$/,
    'status: "SlotConfirmed"',
  ]);
  await expect(page.getByRole('tablist').first()).toBeHidden();
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: null });

  // What is longer than a sheet goes on on the next one.
  const window = await browser.app.browserWindow(page);
  const pdf = await window.evaluate(async (browserWindow) => {
    const bytes = await browserWindow.webContents.printToPDF({ pageSize: 'A4' });
    return bytes.toString('latin1');
  });
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(1);
  await page.close();
});

windowTest.describe('the window', () => {
  windowTest.use({ appArgs: DEMO });

  windowTest(
    'saves the run on the screen as a page, at its step',
    async ({ app, page: window }) => {
      await expectRun(window);
      await window.keyboard.press('ArrowLeft');
      await expectStep(window, DEMO_FINDING.stepIndex - 1);
      await app.evaluate(
        ({ dialog }, filePath) => {
          dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
        },
        join(folder, 'demo.html'),
      );
      await window.keyboard.press('Control+k');
      await window.getByRole('menuitem', { name: 'Save as a page…' }).click();
      await expect(window.getByRole('contentinfo')).toContainText('Saved demo.html');

      const { page, log } = await open('demo.html');
      await expectStep(page, DEMO_FINDING.stepIndex - 1);
      await page.keyboard.press('f');
      await expectStep(page, DEMO_FINDING.stepIndex);
      await expect(page.getByRole('region', { name: 'Step', exact: true })).toContainText(
        DEMO_FINDING.message,
      );
      // Its machine was at hand.
      await page.keyboard.press('p');
      await expect(page.locator('.calendar-entry[data-tone="bad"]')).toHaveCount(2);
      expect(log.errors).toEqual([]);
      await page.close();
    },
  );
});

/** Shows a page as it is printed. */
async function print(page: Page): Promise<void> {
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
}
