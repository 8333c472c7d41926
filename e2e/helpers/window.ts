import type { Page } from '@playwright/test';
import type { Launch } from '../../core/contract/window.ts';
import { expect } from './app.ts';

/** The command line that opens a machine and runs it. */
export function launchArgs(launch: Launch): string[] {
  return [`--phasmoscope-launch=${JSON.stringify(launch)}`];
}

/** What `npm start` shows. */
export const FIRST_LOOK = ['--phasmoscope-demo'];

/** The failing seed that `npm start` shows, at its state. */
export const DEMO = launchArgs({
  kind: 'machine',
  machine: { kind: 'sample', name: 'dentist-booking-unchecked' },
  seed: '378',
  operationsMax: 1000,
  faults: 'crashes',
});

/** The finding of the demo, which its tests pin. */
export const DEMO_FINDING = { stepIndex: 78, message: 'Tuesday 13:00 overlaps Tuesday 13:45' };

/** The cursor's position, as the head of the timeline shows it. */
export function position(page: Page) {
  return page.getByRole('status', { name: 'Position' });
}

/** Waits until the cursor is at a step. */
export async function expectStep(page: Page, stepIndex: number): Promise<void> {
  const shown = stepIndex.toLocaleString('en-US').replaceAll(',', '\u202f');
  await expect(position(page)).toContainText(new RegExp(`^step ${shown}(, last)? of`));
}

/** Waits until the run on the screen is complete. */
export async function expectRun(page: Page): Promise<void> {
  await expect(page.getByRole('contentinfo')).toContainText('carried over', { timeout: 20_000 });
}

/**
 * Waits until an entry of the status line is exactly this: `verified` is not `not verified`, and
 * `4 steps` are not `14 steps`.
 */
export async function expectStatus(
  page: Page,
  entry: string,
  options?: { timeout: number },
): Promise<void> {
  const entries = page.getByRole('contentinfo').getByText(entry, { exact: true });
  await expect(entries).toBeVisible(options);
}

/** Picks a machine in the toolbar. */
export async function pickMachine(page: Page, name: RegExp): Promise<void> {
  await page
    .getByRole('banner')
    .getByRole('button', { name: /Machine$/ })
    .click();
  await page.getByRole('option', { name }).click();
}
