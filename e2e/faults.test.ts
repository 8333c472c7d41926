import type { Locator, Page } from '@playwright/test';
import { expect, test } from './helpers/app.ts';
import { expectRun, expectStep, launchArgs } from './helpers/window.ts';

/** A seed in which every kind of fault strikes; the engine's tests keep its steps from shifting. */
const CHAOS = launchArgs({
  kind: 'machine',
  machine: { kind: 'sample', name: 'dentist-booking' },
  seed: '3',
  operationsMax: 1000,
  faults: 'chaos',
});

test.describe('the dentist under chaos', () => {
  test.use({ appArgs: CHAOS });

  test('says in words what struck, and which rules broke', async ({ page }) => {
    await expectRun(page);
    const step = page.getByRole('region', { name: 'Step', exact: true });

    await test.step('a crash inside a step, and the one restore after it', async () => {
      await page.keyboard.press('Home');
      await expect(step).toContainText('Initial state');
      await press(page, 'c', step, /The process died at access \d+ to the state/);
      await expect(step).toContainText(/The process died inside step \d+; restore succeeded in/);
      const died = await stepNumber(page);
      // The crash that follows belongs to it: the next crash is further on.
      await page.keyboard.press('c');
      await expect.poll(() => stepNumber(page)).toBeGreaterThan(died + 2);
      await expect(page.getByRole('table')).toContainText('kept');
    });

    await test.step('a duplicate and a refused action', async () => {
      await page.keyboard.press('Home');
      await press(page, 'x', step, 'Delivered a second time');
      await page.keyboard.press('Home');
      await press(page, 'x', step, /The container refused action \d+/);
      await expect(step.getByRole('region', { name: 'Refused by the container' })).toContainText(
        'refused',
      );
    });

    await test.step('a rule with what came, its cause and its cure', async () => {
      const causes = page.getByRole('region', { name: 'Runs' }).getByRole('list', {
        name: 'Findings by cause',
      });
      await causes.getByRole('button', { name: /^first at .*actions are restorable/ }).click();
      const finding = step.getByRole('note', { name: /tracked actions are restorable/ });
      await expect(finding).toContainText(/expected.*restore emits/);
      await expect(finding).toContainText('Likely cause');
      await expect(finding).toContainText('Usual cure');
      const rules = step.getByRole('region', { name: 'Rules' });
      await expect(rules.getByRole('listitem').filter({ hasText: 'restorable' })).toContainText(
        'violated in this step',
      );
      await page.keyboard.press('ArrowRight');
      await expect(rules.getByRole('listitem').filter({ hasText: 'restorable' })).toContainText(
        /before, last in step/,
      );
    });

    await test.step('the end of the run', async () => {
      await page.keyboard.press('End');
      await expect(step).toContainText('everything outstanding is delivered');
    });
  });

  test('the number of findings opens the list of their causes', async ({ page }) => {
    await expectRun(page);
    await page.keyboard.press('Home');
    await page
      .getByRole('contentinfo')
      .getByRole('button', { name: /findings · \d+ causes/ })
      .click();
    const causes = page.getByRole('dialog', { name: 'Findings by cause' });
    const first = causes.getByRole('button').first();
    const place = Number(/\d+/.exec((await first.textContent()) ?? '')?.[0]);
    await first.click();
    await expectStep(page, place);
    await first.click();
    await expect.poll(() => stepNumber(page)).toBeGreaterThan(place);
  });
});

/** The number of the step at the cursor; -1 for the initial state. */
async function stepNumber(page: Page): Promise<number> {
  const text = await page.getByRole('status', { name: 'Position' }).textContent();
  if (text?.startsWith('initial')) return -1;
  return Number(/\d[\d\u202f]*/.exec(text ?? '')?.[0].replaceAll('\u202f', ''));
}

/** Presses a key until the step panel contains a text, checking every step on the way. */
async function press(page: Page, key: string, step: Locator, wanted: RegExp | string) {
  const number = step.locator('.step-head .data');
  for (;;) {
    const before = await stepNumber(page);
    await page.keyboard.press(key);
    await expect.poll(() => stepNumber(page)).not.toBe(before);
    const shown = (await stepNumber(page)).toLocaleString('en-US').replaceAll(',', '\u202f');
    // The panel may follow a moment after the timeline.
    await expect(number).toHaveText(shown);
    const text = (await step.textContent()) ?? '';
    if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) return;
  }
}
