import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { makeFolderOutside } from './helpers/outside.ts';
import { expectRun, expectStep, launchArgs } from './helpers/window.ts';

const folder = makeFolderOutside();

/** A machine of two files outside the checkout, one of whose branches is never taken. */
function tickets(): string {
  writeFileSync(
    join(folder, 'prices.ts'),
    `export function priceOf(seat: number): number {
  if (seat > 900) {
    return 50;
  }
  return seat % 2 === 0 ? 10 : 20;
}
`,
  );
  const path = join(folder, 'tickets.ts');
  writeFileSync(
    path,
    `import { priceOf } from './prices.ts';
export const machine: any = {
  name: 'tickets',
  description: 'Sells tickets.',
  initialState: () => ({ sold: 0, cents: 0 }),
  stf(state: any, { input }: any) {
    if (input.seat === 3) {
      return { kind: 'err', error: 'Broken' };
    }
    state.update((draft: any) => { draft.sold += 1; draft.cents += priceOf(input.seat); });
    return { kind: 'ok' };
  },
  restore: () => ({ kind: 'ok' }),
  invariants: { 'few are sold': ({ sold }: any) => sold < 30 },
};
export const scenarios: any = [{
  name: 'window', description: 'One seat after the other.', defaults: { seed: '1', operations: 40 },
  start: () => { let seat = 0; return {
    next: () => ({ kind: 'normal', input: { kind: 'Buy', seat: ++seat } }), observe() {}, tallies: () => ({}),
  }; },
}];
`,
  );
  return path;
}

const executed = (page: Page) => page.locator('.cm-line.code-executed, .cm-line.code-partial');
const missed = (page: Page) => page.locator('.cm-line.code-missed');
const count = (page: Page) => page.getByRole('status', { name: 'What is marked in the source' });

test.describe('the source of a foreign machine', () => {
  const path = tickets();
  test.use({
    appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path }, seed: '1' }),
  });

  test('shows what a step executed, and what no step did', async ({ app, page }) => {
    await expectRun(page);
    await page.keyboard.press('8');
    await page.keyboard.press('Home');
    await expect(count(page)).toHaveText('No step has been executed yet');

    await test.step('at each step', async () => {
      await page.keyboard.press('ArrowRight');
      await expectStep(page, 0);
      await expect(executed(page).filter({ hasText: "{ kind: 'ok' };" })).toHaveCount(1);
      await expect(executed(page).filter({ hasText: "'Broken'" })).toHaveCount(0);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await expectStep(page, 2);
      await expect(executed(page).filter({ hasText: "'Broken'" })).toHaveCount(1);
      await expect(executed(page).filter({ hasText: 'draft.sold' })).toHaveCount(0);
    });

    await test.step('in its other files, with the parts of a line', async () => {
      await page.keyboard.press('ArrowRight');
      await expect(executed(page).filter({ hasText: 'draft.sold' })).toHaveCount(1);
      await page.getByRole('button', { name: /File$/ }).click();
      await page.getByRole('option', { name: 'prices.ts' }).click();
      const line = executed(page).filter({ hasText: '? 10 : 20' });
      await expect(line.locator('.code-gap')).toHaveText(/20/);
    });
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

    await test.step('in no step of the run', async () => {
      await page.getByRole('button', { name: 'Never executed' }).click();
      await expect(count(page)).toHaveText(/^\d of \d+ lines never executed$/);
      const lines = page.getByRole('navigation', { name: 'Lines that were never executed' });
      await lines.getByRole('button', { name: 'return 50;' }).press('Enter');
      await expect(page.locator('.cm-line.code-place')).toContainText('return 50;');
      await expect(missed(page).filter({ hasText: 'return 50;' })).toHaveCount(1);
      await expect(missed(page).filter({ hasText: '? 10 : 20' })).toHaveCount(0);
    });

    await test.step('and says that the source has changed since', async () => {
      await page.getByRole('button', { name: 'This step', exact: true }).click();
      await page.getByRole('button', { name: 'Run again on save' }).click();
      writeFileSync(path, readFileSync(path, 'utf8').replace("'Broken'", "'Closed'"));
      await page.keyboard.press('ArrowLeft');
      await expect(
        page.getByText(/The source has changed since this run was recorded/),
      ).toBeVisible();
    });
  });
});

for (const [sample, line, file] of [
  ['dentist-booking-unchecked', 'checksSlotAgain', 'index.ts'],
  ['dentist-booking-hardened', 'return', 'machine.ts'],
] as const) {
  test.describe(`the source of ${sample}`, () => {
    test.use({
      appArgs: launchArgs({
        kind: 'machine',
        machine: { kind: 'sample', name: sample },
        seed: '12345',
        operationsMax: 500,
        faults: 'none',
      }),
    });

    test('follows the cursor', async ({ page }) => {
      await expectRun(page);
      await page.keyboard.press('8');
      await page.keyboard.press('End');
      await page.keyboard.press('Shift+D');
      await expect(count(page)).toHaveText(/^\d+ lines executed$/);
      // The file in which `stf` is comes first, where the step begins in it.
      await expect(page.getByRole('button', { name: `${file} File` })).toBeVisible();
      await expect(executed(page).filter({ hasText: line }).first()).toBeInViewport();
      await page.getByRole('button', { name: 'Never executed' }).click();
      await expect(count(page)).toHaveText(/^\d+ of \d+ lines never executed$/);
    });
  });
}

test('a trace that is opened executes nothing until that is asked for', async ({ userDataDir }) => {
  const path = tickets();
  const args = launchArgs({ kind: 'machine', machine: { kind: 'file', path }, seed: '1' });
  const first = await launchApp({ userDataDir, appArgs: args });
  const page = await firstWindow(first);
  await expectRun(page);
  const saved = join(folder, 'saved.jsonl');
  await first.evaluate(({ dialog }, file) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: file });
  }, saved);
  await page.keyboard.press('Control+s');
  await expect.poll(() => existsSync(saved)).toBe(true);
  await first.close();

  const second = await launchApp({ userDataDir: join(userDataDir, 'other'), appArgs: [saved] });
  const other = await firstWindow(second);
  await expectStep(other, 30);
  await other.keyboard.press('8');
  await expect(other.getByText('This run is open without its machine')).toBeVisible();
  await second.evaluate(({ dialog }, file) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] });
  }, path);
  await other.getByRole('button', { name: 'Open tickets' }).click();
  await other.getByRole('button', { name: 'Choose its machine file…' }).click();
  await expect(executed(other).filter({ hasText: "{ kind: 'ok' };" })).toHaveCount(1);
  await second.close();
});

/** A machine that throws on its ninth line, and an editor that notes what it is given. */
function thrower(): { readonly path: string; readonly editor: string; readonly noted: string } {
  const path = join(folder, 'thrower.ts');
  writeFileSync(
    path,
    `// Throws.
const limit = 3;
export const machine: any = {
  name: 'thrower',
  description: 'Throws.',
  initialState: () => ({ n: 0 }),
  stf(state: any) {
    if (state.current.n === limit) {
      throw new RangeError('too many');
    }
    state.update((draft: any) => { draft.n += 1; });
    return { kind: 'ok' };
  },
  restore: () => ({ kind: 'ok' }),
  invariants: {},
};
export const scenarios: any = [{
  name: 's', description: '', defaults: { seed: '1', operations: 5 },
  start: () => ({ next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}) }),
}];
`,
  );
  const noted = join(folder, 'noted.txt');
  const editor = join(folder, 'editor.sh');
  writeFileSync(editor, `#!/bin/sh\nprintf '%s ' "$@" > '${noted}'\n`, { mode: 0o755 });
  return { path, editor, noted };
}

test.describe('a place in a message', () => {
  const { path, editor, noted } = thrower();
  test.use({
    appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path }, seed: '1' }),
  });

  test('leads to the source, and from there to the editor', async ({ app, page }) => {
    await expectRun(page);
    await expectStep(page, 3);
    await page.getByRole('button', { name: 'thrower.ts:9:' }).click();
    await expect(page.locator('.cm-line.code-place')).toContainText('throw new RangeError');

    await test.step('that is set by keyboard, after a question', async () => {
      const answer = async (response: number) =>
        app.evaluate(({ dialog }, given) => {
          dialog.showMessageBox = () =>
            Promise.resolve({ response: given, checkboxChecked: false });
        }, response);
      await answer(0);
      await page.keyboard.press('Control+,');
      const field = page.getByRole('textbox', { name: 'Editor' });
      await field.fill(`${editor} --line {line} {file}`);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Control+,');
      await expect(field).toHaveValue('');
      await answer(1);
      await field.fill(`${editor} --line {line} {file}`);
      await page.keyboard.press('Enter');
    });
    await page.getByRole('button', { name: 'Open in the editor' }).click();
    await expect
      .poll(() => readFileSync(noted, { encoding: 'utf8', flag: 'a+' }))
      .toBe(`--line 9 ${path} `);
  });
});
