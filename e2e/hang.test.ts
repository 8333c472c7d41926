import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { makeFolderOutside } from './helpers/outside.ts';
import { expectRun, expectStatus, expectStep, launchArgs } from './helpers/window.ts';

const folder = makeFolderOutside();

/** A machine outside the checkout that hangs at its seventh ticket, on line 12. */
function tickets(): string {
  const path = join(folder, 'tickets.ts');
  writeFileSync(
    path,
    `export const machine: any = {
  name: 'tickets',
  description: 'Sells tickets.',
  initialState: () => ({ sold: 0 }),
  stf(state: any, { input }: any) {
    state.update((draft: any) => { draft.sold += 1; });
    return settle(input.seat);
  },
  restore: () => ({ kind: 'ok' }),
  invariants: {},
};
function settle(seat: number) { while (seat === 7) {} return { kind: 'ok' }; }
export const scenarios: any = [{
  name: 'window', description: 'One seat after the other.', defaults: { seed: '1', operations: 20 },
  start: () => { let seat = 0; return {
    next: () => ({ kind: 'normal', input: { kind: 'Buy', seat: ++seat } }), observe() {}, tallies: () => ({}),
  }; },
}];
`,
  );
  return path;
}

/** One of the dentists with a loop in it: at its sixtieth input, on line 5. */
function dentist(sample: string): string {
  const path = join(folder, `${sample}-hangs.ts`);
  const source = join(process.cwd(), 'samples', sample, 'index.ts');
  writeFileSync(
    path,
    `import * as sample from ${JSON.stringify(source)};
const given: any = (sample as any).machine;
export const machine: any = { ...given, stf(state: any, input: any, actions: any) {
  const { current } = state;
  while (current.nextId === 12) {}
  return given.stf(state, input, actions);
} };
export const scenarios = (sample as any).scenarios;
`,
  );
  return path;
}

const step = (page: Page) => page.getByRole('region', { name: 'Step' });

function opened(path: string) {
  return launchArgs({ kind: 'machine', machine: { kind: 'file', path }, seed: '1' });
}

function phasmoscope(...args: readonly string[]) {
  const command = join(process.cwd(), 'electron/scripts/phasmoscope.mjs');
  // Playwright asks its own children for colours, and so do CI services.
  const { FORCE_COLOR: _, ...others } = process.env;
  const env = { ...others, NO_COLOR: '1' };
  // While it waits, nothing else can end the test.
  const limits = { timeout: 120_000, killSignal: 'SIGKILL' } as const;
  const options = { encoding: 'utf8', cwd: folder, env, ...limits } as const;
  return spawnSync(process.execPath, [command, ...args], options);
}

test.describe('a step of a foreign machine that does not end', () => {
  const path = tickets();
  test.use({ appArgs: opened(path), settings: { timeLimitMs: 700 } });

  test('is the last step of the run, and a finding with its place', async ({ app, page }) => {
    test.setTimeout(180_000);
    await expectRun(page);
    await expectStatus(page, '7 steps');
    await expectStep(page, 6);
    await expect(step(page)).toContainText('The step did not end within 700 ms.');
    await expect(step(page)).toContainText('tickets.ts:12:');
    await expect(step(page)).toContainText(/seat\s*7/);
    // The steps before it are there, and the machine runs on.
    await page.keyboard.press('ArrowLeft');
    await expectStep(page, 5);
    await page.keyboard.press('f');
    await expectStep(page, 6);
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

    await test.step('within a limit that is set by keyboard', async () => {
      await page.keyboard.press('Control+,');
      const dialog = page.getByRole('dialog', { name: 'Settings' });
      const limit = dialog.getByRole('textbox', { name: 'Time limit of a step' });
      await expect(limit).toHaveValue('700 ms');
      await limit.fill('soon');
      await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
      await limit.fill('300 ms');
      await page.keyboard.press('Enter');
      await expect(dialog).toHaveCount(0);
      await page.keyboard.press('Control+Enter');
      await expect(step(page)).toContainText('The step did not end within 300 ms.');
    });

    await test.step('marked in its source, of which what ran is shown', async () => {
      await page.keyboard.press('8');
      const source = page.locator('.cm-line.code-place');
      await expect(source).toContainText('while (seat === 7) {}');
      await page.keyboard.press('1');
    });

    await test.step('saved, told and exported as a test', async () => {
      const saved = join(folder, 'hang.jsonl');
      await app.evaluate(({ dialog }, filePath) => {
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
      }, saved);
      await page.keyboard.press('Control+s');
      await expect(page.getByText('Saved hang.jsonl')).toBeVisible();
      const why = phasmoscope('why', saved);
      expect(why.stdout).toContain(
        'the input Buy did not come to an end. That was at tickets.ts:12:',
      );
      const exported = join(folder, 'hang.test.ts');
      expect(phasmoscope('export-test', saved, '--machine', path, '--out', exported).status).toBe(
        0,
      );
      expect(readFileSync(exported, 'utf8')).toContain('every step ends');
    });

    await test.step('found by the command line, within its own limit', () => {
      const { status, stdout } = phasmoscope('run', path, '--time-limit', '250ms');
      expect(status).toBe(1);
      expect(stdout).toContain('The step did not end within 250 ms. (tickets.ts:12:');
      expect(stdout).toContain('step 6');
    });

    await test.step('verified, which ends as well', async () => {
      await page.keyboard.press('Control+Shift+E');
      await expectStatus(page, 'verified', { timeout: 20_000 });
    });

    await test.step('shrunk to the one step that hangs, and explained', async () => {
      await page.keyboard.press('Control+Shift+M');
      await expectStatus(page, '1 step', { timeout: 60_000 });
      await expect(step(page)).toContainText('The step did not end within 300 ms.');
      await page.keyboard.press('Shift+B');
      await expect(step(page)).toContainText('Fails because of the request Buy (step 0).', {
        timeout: 60_000,
      });
    });
  });
});

for (const sample of ['dentist-booking-unchecked', 'dentist-booking-hardened']) {
  test.describe(`a loop in ${sample}`, () => {
    test.use({ appArgs: opened(dentist(sample)), settings: { timeLimitMs: 700 } });

    test('is found with its line, and in a sweep', async ({ page }) => {
      await expectRun(page);
      await expect(step(page)).toContainText('The step did not end within 700 ms.');
      await expect(step(page)).toContainText(`${sample}-hangs.ts:5:`);
      await page.keyboard.press('Control+Shift+Enter');
      const form = page.getByRole('dialog', { name: /Sweep/ });
      await form.getByRole('textbox', { name: /Seeds/ }).fill('2');
      await page.keyboard.press('Enter');
      // Until they are shrunk, a request and a completion that hang are two causes.
      await expect(page.getByText('every step ends').first()).toBeVisible({ timeout: 60_000 });
    });
  });
}
