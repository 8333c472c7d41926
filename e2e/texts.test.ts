import { join } from 'node:path';
import { expect, test } from './helpers/app.ts';
import { expectRun, expectStep, launchArgs } from './helpers/window.ts';

const path = join(process.cwd(), 'e2e/machines/texts.ts');
test.use({ appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path } }) });

test('texts of any length and script are cut, and their differences are visible', async ({
  page,
}) => {
  await expectRun(page);
  await expectStep(page, 0);
  const tree = page.getByRole('tree');
  await expect(tree).toContainText(String.raw`"A-1"→"A-1\u200b"`);
  await expect(tree).toContainText(String.raw`"caf\u00e9"→"cafe\u0301"`);

  // The message of the finding: its beginning, and the whole on demand.
  const step = page.getByRole('region', { name: 'Step' });
  const more = step.getByRole('button', { name: /Show all 5.\d+ characters/ }).first();
  const lengthOf = async () => (await step.textContent())?.length ?? 0;
  expect(await lengthOf()).toBeLessThan(4_000);
  await more.click();
  expect(await lengthOf()).toBeGreaterThan(5_000);

  // The id and the result of an action stay visible beside its long name.
  const panel = await step.boundingBox();
  const id = await step.locator('.action-id').first().boundingBox();
  expect((id?.x ?? 0) + (id?.width ?? 0)).toBeLessThan((panel?.x ?? 0) + (panel?.width ?? 0));

  await page.keyboard.press('2');
  const label = page.locator('.causality-step .causality-label').first();
  await expect(label).toBeVisible();
  const overflow = await label.evaluate((element) => {
    const node = element.closest('button')?.getBoundingClientRect();
    return element.getBoundingClientRect().right - (node?.right ?? 0);
  });
  expect(overflow).toBeLessThan(0);
});
