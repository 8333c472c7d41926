/** What is copied is whole, on a machine whose values JSON has no words for. */
import type { ElectronApplication, Page } from '@playwright/test';
import { expect, test } from './helpers/app.ts';
import { copyOutside } from './helpers/outside.ts';
import { expectRun, expectStep, launchArgs } from './helpers/window.ts';

const path = copyOutside('odd-values.ts');

test.use({ appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path } }) });

function copied(app: ElectronApplication): Promise<string> {
  return app.evaluate(({ clipboard }) => clipboard.readText());
}

/** Runs a command of the palette. */
async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.insertText(title);
  await page.keyboard.press('Enter');
}

test('values, paths, steps, findings and notes are copied', async ({ app, page }) => {
  await expectRun(page);
  await expectStep(page, 1);
  // The documented encoding of values.
  const odd = {
    $map: [
      [1, { $bigint: '2' }],
      ['1', { $undefined: true }],
      [2, { $number: 'NaN' }],
    ],
  };

  await test.step('a value, by key and by command', async () => {
    await page.keyboard.press('s');
    await page.getByRole('treeitem', { name: /^odd: / }).click();
    await page.keyboard.press('c');
    await expect.poll(() => copied(app)).toContain('$map');
    expect(JSON.parse(await copied(app))).toEqual(odd);
    await page.keyboard.press('Shift+C');
    await expect.poll(() => copied(app)).toBe('odd');
    await command(page, 'Copy the chosen value as JSON');
    await expect.poll(() => copied(app)).toContain('$map');
    expect(JSON.parse(await copied(app))).toEqual(odd);
    await command(page, 'Copy the path of the chosen value');
    await expect.poll(() => copied(app)).toBe('odd');
  });

  await test.step('a step, and several as a table', async () => {
    await page.keyboard.press('ControlOrMeta+Shift+c');
    await expect.poll(() => copied(app)).toMatch(/^\*\*Step 1\*\*: input `Count`/);
    expect(await copied(app)).toContain('"$bigint": "1"');
    await command(page, 'Copy the chosen steps as JSON lines');
    await expect.poll(() => copied(app)).toMatch(/^\{"step":1,/);
    await page.keyboard.press('4');
    await page.getByRole('grid', { name: 'Steps' }).focus();
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('ControlOrMeta+Shift+c');
    await expect.poll(() => copied(app)).toMatch(/^\| step \| kind \| operation \| /);
    expect((await copied(app)).trimEnd().split('\n')).toHaveLength(4);
    await page.keyboard.press('ControlOrMeta+c');
    await expect.poll(() => copied(app)).toMatch(/^step\tkind\t/);
    await page.keyboard.press('Escape');
  });

  await test.step('a finding, and a note', async () => {
    const finding = page.getByRole('note', { name: /^Finding: less than two/ });
    await finding.getByRole('button', { name: /^Copy the finding/ }).click();
    await expect.poll(() => copied(app)).toContain('**invariant: less than two** fails at step 1');
    await page.keyboard.press('Shift+M');
    await page.keyboard.insertText('**Two** of them');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.keyboard.press('Shift+A');
    await page.locator('.note-go').focus();
    await page.keyboard.press('c');
    await expect.poll(() => copied(app)).toBe('**step 1**\n\n**Two** of them\n');
    await command(page, 'Copy the finding as Markdown');
    await expect.poll(() => copied(app)).toContain('less than two');
    await command(page, 'Copy the notes on this step');
    await expect.poll(() => copied(app)).toBe('**step 1**\n\n**Two** of them\n');
  });
});
