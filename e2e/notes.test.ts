/** Notes by keyboard, on a machine outside of the checkout, until they come back from a file and a kill. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { copyOutside } from './helpers/outside.ts';
import { expectStep, launchArgs, position } from './helpers/window.ts';

const path = copyOutside('lends.ts');
const launch = launchArgs({ kind: 'machine', machine: { kind: 'file', path }, seed: '2' });
/** A session is kept this long after a change. */
const KEPT_MS = 1_000;

test.use({ appArgs: launch });

const notes = (page: Page) => page.getByRole('region', { name: 'Notes' }).getByRole('listitem');
const heads = (page: Page) => page.locator('.note-go');

/** Writes into the dialog for a note, and keeps it. */
async function write(page: Page, title: RegExp, text: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: title });
  await expect(dialog.getByRole('textbox')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
  await expect(dialog.getByRole('region', { name: 'As it is shown' })).not.toHaveText('');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(dialog).toBeHidden();
}

/** Goes to the finding at which the run opens, and returns its step. */
async function findingOf(page: Page): Promise<number> {
  await expect(page.getByRole('note', { name: /^Finding: a book is lent once/ })).toBeVisible();
  const text = await position(page).innerText();
  return Number(/^step (\d+)/.exec(text)?.[1]);
}

/** A note on the step of the finding, a bookmark before it, and a note on a value. */
async function writeAll(page: Page): Promise<number> {
  const step = await findingOf(page);
  await page.keyboard.press('Shift+M');
  await write(
    page,
    new RegExp(`^Note on step ${step}$`),
    '# Lent twice\n\n**One** book, <b>two</b> readers',
  );
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expectStep(page, step - 2);
  await page.keyboard.press('m');
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+K');
  await expectStep(page, step);
  await page.keyboard.press('s');
  await page.getByRole('treeitem', { name: /^loans: / }).click();
  await page.keyboard.press('m');
  await write(page, new RegExp(`^Note on step ${step}, loans$`), 'Nobody looks here first.');
  return step;
}

test('are written, listed, searched, reordered, undone and gone to', async ({ app, page }) => {
  const step = await writeAll(page);
  await expect(page.getByRole('treeitem', { name: /note: Nobody looks/ })).toBeVisible();
  await page.keyboard.press('Shift+A');
  await expect(heads(page)).toHaveText([
    `step ${step - 2} bookmark`,
    `step ${step}`,
    `step ${step}, loans`,
  ]);
  await expect(notes(page).nth(1).getByRole('heading', { name: 'Lent twice' })).toBeVisible();
  // A tag is a text.
  await expect(notes(page).nth(1)).toContainText('One book, <b>two</b> readers');
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

  await heads(page).first().focus();
  await page.keyboard.press('Enter');
  await expectStep(page, step - 2);
  await page.keyboard.press('Alt+ArrowDown');
  await expect(heads(page).first()).toHaveText(`step ${step}`);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(heads(page).first()).toHaveText(`step ${step - 2} bookmark`);
  await heads(page).nth(2).focus();
  await page.keyboard.press('e');
  await write(page, /loans$/, 'Two loans of *one* book.');
  await expect(notes(page).nth(2)).toContainText('Two loans of one book.');
  await page.keyboard.press('Delete');
  await expect(notes(page)).toHaveCount(2);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(notes(page)).toHaveCount(3);
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await expect(notes(page)).toHaveCount(2);
  await page.keyboard.press('ControlOrMeta+z');

  // What was typed outlives an Escape, but not a Cancel.
  await page.keyboard.press('Shift+M');
  const dialog = page.getByRole('dialog', { name: /^Note on/ });
  const text = dialog.getByRole('textbox');
  const before = await text.inputValue();
  await page.keyboard.press('End');
  await page.keyboard.type(' half a thought');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('Shift+M');
  await expect(text).toHaveValue(/ half a thought/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.keyboard.press('Shift+M');
  await expect(text).toHaveValue(before);
  await page.keyboard.press('Escape');

  await page.getByRole('textbox', { name: 'Words in the notes' }).fill('two LOANS');
  await expect(notes(page)).toHaveCount(1);
  await expect(page.getByRole('status', { name: 'Shown notes' })).toHaveText('1 of 3 notes');
});

test('are on findings, actions and several steps, too', async ({ page }) => {
  const step = await findingOf(page);
  await page.getByRole('button', { name: 'Write a note on this finding' }).click();
  await write(page, new RegExp(`^Note on step ${step}, a book is lent once$`), 'The finding');
  await page.keyboard.press('4');
  await page.getByRole('grid', { name: 'Steps' }).focus();
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('Shift+M');
  await write(page, new RegExp(`^Note on steps ${step - 3} to ${step}$`), 'How it came to this');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('row', { name: /noted/ })).toHaveCount(4);
  await page.keyboard.press('Control+1');
  await page.keyboard.press('ArrowLeft');
  await expectStep(page, step - 1);
  const action = page.getByRole('button', { name: 'Write a note on this action' }).first();
  await action.focus();
  await page.keyboard.press('Enter');
  await write(page, /^Note on step \d+, action \d+$/, 'The action');
  await page.keyboard.press('Shift+A');
  await expect(notes(page)).toHaveCount(3);
});

test('come back when their run is closed by mistake, and go along when it is shrunk', async ({
  page,
}) => {
  const step = await findingOf(page);
  await page.keyboard.press('Shift+M');
  await write(page, new RegExp(`^Note on step ${step}$`), 'Lent twice');
  const runs = page.getByRole('region', { name: 'Runs' });
  await runs.getByRole('button', { name: /^Close library/ }).click();
  await expect(page.getByText(/^Closed library.* with 1 note$/)).toBeVisible();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expectStep(page, step);
  await runs.getByRole('button', { name: /^Close library/ }).click();
  await page.keyboard.press('ControlOrMeta+Shift+t');
  await expectStep(page, step);

  await page.keyboard.press('ControlOrMeta+Shift+m');
  await expect(page.getByText(/^Shrunk to .*; 1 note carried over$/)).toBeVisible();
  await page.keyboard.press('Shift+A');
  await expect(notes(page)).toContainText(['Lent twice']);
});

test('come back from the saved file, and after a kill', async ({ app, page, userDataDir }) => {
  test.setTimeout(120_000);
  const step = await writeAll(page);
  const saved = join(dirname(path), 'noted.jsonl.gz');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, saved);
  await page.keyboard.press('ControlOrMeta+s');
  await expect(page.getByText('Saved noted.jsonl.gz')).toBeVisible();
  expect(existsSync(saved)).toBe(true);

  const opened = await launchApp({ userDataDir: join(userDataDir, 'other'), appArgs: [saved] });
  const reader = await firstWindow(opened);
  await expectStep(reader, step);
  await reader.keyboard.press('Shift+A');
  await expect(notes(reader)).toHaveCount(3);
  // A change of what the file holds is kept with the session.
  await heads(reader).first().focus();
  await reader.keyboard.press('Delete');
  await expect(notes(reader)).toHaveCount(2);
  await reader.waitForTimeout(KEPT_MS);
  process.kill(opened.process().pid ?? 0, 'SIGKILL');
  await opened.waitForEvent('close');

  const again = await launchApp({ userDataDir: join(userDataDir, 'other') });
  const back = await firstWindow(again);
  await expect(back.getByRole('region', { name: 'Runs' })).toContainText('noted.jsonl.gz');
  await back.keyboard.press('Shift+A');
  await expect(heads(back)).toHaveText([`step ${step}`, `step ${step}, loans`]);
  await again.close();
});
