import type { Page } from '@playwright/test';
import { seriousViolations, setTheme } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { writeTickets } from './helpers/tickets.ts';
import { DEMO, expectRun, launchArgs } from './helpers/window.ts';

/**
 * Whatever is asked of a failed run, asked of a planted defect, of the faithful dentist and of a machine
 * outside of the checkout: by keyboard, and in both themes. What each view says of them in particular is in
 * the tests of that view.
 */

const MACHINES = {
  'a planted defect': DEMO,
  'the faithful dentist': launchArgs({
    kind: 'machine',
    machine: { kind: 'sample', name: 'dentist-booking' },
    seed: '7',
    operationsMax: 300,
    faults: 'chaos',
  }),
  'a machine outside of the checkout': launchArgs({
    kind: 'machine',
    machine: { kind: 'file', path: writeTickets().machine },
  }),
} as const;

/** What is asked: the keys, and how it is seen that there is an answer. */
const HEADINGS: readonly (readonly [name: string, ask: (page: Page) => Promise<void>])[] = [
  [
    'what is known of a finding',
    async (page) => {
      await page.keyboard.press('f');
      const known = page.getByRole('region', { name: 'What is known' }).first();
      await expect(known).toContainText(/Traced to step|Last change of/);
      // The step that did it is executed again, for its line.
      await expect(known.getByRole('button', { name: /:\d+:\d+$/ }).first()).toBeVisible();
    },
  ],
  [
    'the steps as a list, filtered by an expression',
    async (page) => {
      await page.keyboard.press('4');
      await page.keyboard.press('w');
      await page.getByRole('textbox', { name: 'An expression over the step' }).fill('step > 3');
      await expect(page.getByRole('status', { name: 'Shown steps' })).toContainText('hidden');
      await page.keyboard.press('ArrowDown');
      await expect(page.getByRole('grid', { name: 'Steps' })).toBeFocused();
      await page.keyboard.press('Shift+W');
    },
  ],
  [
    'one record',
    async (page) => {
      await page.keyboard.press('i');
      const field = page.getByRole('searchbox', { name: 'Find a record' });
      await expect(page.getByRole('menuitem').first()).toBeVisible();
      await field.press('ArrowDown');
      await field.press('Enter');
      const chips = page.getByRole('list', { name: 'Filter' }).getByRole('listitem');
      await expect(chips).toHaveText(/^about /);
      await page.keyboard.press('Shift+W');
      await expect(chips).toHaveCount(0);
    },
  ],
  [
    'causality, and the same as text',
    async (page) => {
      await page.keyboard.press('2');
      await expect(page.locator('.causality .react-flow__node').first()).toBeVisible();
      await page.keyboard.press('y');
      const story = page.getByRole('complementary', { name: 'The causes as text' });
      await expect(story.getByRole('listitem').first()).toBeVisible();
      await page.keyboard.press('y');
    },
  ],
  [
    'the sequence of messages',
    async (page) => {
      await page.keyboard.press('5');
      await expect(page.locator('.sequence-rows > [aria-current="step"]')).toBeVisible();
    },
  ],
  [
    'the lifecycle of records',
    async (page) => {
      await page.keyboard.press('6');
      await expect(page.getByRole('button', { name: /^Phase / }).first()).toBeVisible();
      await expect(page.locator('button.lifecycle-count').first()).toBeVisible();
    },
  ],
  [
    'what was printed',
    async (page) => {
      await page.keyboard.press('7');
      await expect(page.getByRole('tab', { name: 'Console' })).toHaveAttribute(
        'aria-selected',
        'true',
      );
    },
  ],
  [
    'the source, with what the step executed',
    async (page) => {
      await page.keyboard.press('8');
      await expect(page.locator('.cm-line.code-executed').first()).toBeVisible();
    },
  ],
  [
    'the source that no step executed',
    async (page) => {
      await page.keyboard.press('Alt+8');
      const marked = page.getByRole('status', { name: 'What is marked in the source' });
      await expect(marked).toHaveText(/^\d+ of \d+ lines never executed$/);
      const missed = page.getByRole('navigation', { name: 'Lines that were never executed' });
      await expect(missed.getByRole('button').first()).toBeVisible();
      await expect(page.locator('.cm-line.code-place')).toBeInViewport();
    },
  ],
  [
    'who last wrote a value, and its earlier writes',
    async (page) => {
      await page.keyboard.press('1');
      await page.getByRole('tree', { name: 'State' }).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('h');
      const history = page.getByRole('region', { name: /^History of / });
      await expect(history.getByRole('button', { name: /step/ }).first()).toBeVisible();
    },
  ],
  [
    'where a value came from',
    async (page) => {
      await page.keyboard.press('1');
      await page.getByRole('tree', { name: 'State' }).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('o');
      await expect(page.getByRole('region', { name: /^Origin of / })).toBeVisible();
    },
  ],
  [
    'the value of a row over the run',
    async (page) => {
      // The row whose origin was asked for still has the focus.
      await page.getByRole('tree', { name: 'State' }).focus();
      await page.keyboard.press('e');
      const watches = page.getByRole('list', { name: 'Watches' }).getByRole('listitem');
      await expect(watches).toContainText('state');
      await page.keyboard.press('u');
    },
  ],
  [
    'an invariant, afterwards',
    async (page) => {
      await page.keyboard.press('a');
      await page.getByRole('textbox', { name: 'Always true' }).fill('step < 2');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('status', { name: 'Result' })).toHaveText('Fails in 1 of 1 run');
      await page.keyboard.press('Escape');
    },
  ],
  [
    'two views side by side, and an arrangement',
    async (page) => {
      await page.keyboard.press('v');
      await expect(page.locator('.pane')).toHaveCount(2);
      await page.keyboard.press('Control+2');
      await expect(page.locator('.pane')).toHaveCount(3);
    },
  ],
  [
    'the same of the seeds of a sweep',
    async (page) => {
      await page.keyboard.press('Control+Shift+Enter');
      await page.keyboard.type('4');
      await page
        .getByRole('checkbox', { name: /^Find lines that are never executed/ })
        .press('Space');
      await page.keyboard.press('Enter');
      const sweep = page.getByRole('region', { name: 'Sweep', exact: true });
      await expect(sweep.getByRole('button', { name: 'Sweep again' })).toBeVisible({
        timeout: 120_000,
      });
      await page.keyboard.press('6');
      await expect(sweep.locator('button.lifecycle-count').first()).toBeVisible();
      await page.keyboard.press('8');
      const missed = sweep.getByRole('navigation', { name: 'Lines that were never executed' });
      await expect(missed.getByRole('button').first()).toBeVisible();
      await page.keyboard.press('a');
      await page.getByRole('textbox', { name: 'Always true' }).fill('step < 2');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('status', { name: 'Result' })).toHaveText(
        'Fails in 4 of 4 seeds',
      );
      await page.keyboard.press('Escape');
      await page.keyboard.press('1');
      await expect(sweep.getByRole('complementary')).toContainText('invariants evaluated');
    },
  ],
];

for (const [place, [machine, appArgs]] of Object.entries(MACHINES).entries()) {
  test.describe(machine, () => {
    test.use({ appArgs });

    test('answers every question by keyboard', async ({ app, page }) => {
      test.setTimeout(240_000);
      await expectRun(page);
      for (const [at, [name, ask]] of HEADINGS.entries()) {
        await test.step(name, async () => {
          // Each answer is looked at in one theme here and in the other one with the next machine.
          await setTheme(app, (place + at) % 2 === 0 ? 'light' : 'dark');
          await ask(page);
          expect(await seriousViolations(page)).toEqual([]);
        });
      }
    });
  });
}
