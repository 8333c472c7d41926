import type { ElectronApplication, Page } from '@playwright/test';
import { seriousViolations, setTheme } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { writeTickets } from './helpers/tickets.ts';
import { DEMO, expectRun, launchArgs } from './helpers/window.ts';

/**
 * Whatever is asked of a failed run, asked of a planted defect, of the faithful dentist and of a machine
 * outside of the checkout: by keyboard, and each answer in both themes. What each view says of them in
 * particular is in the tests of that view.
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

/** What is asked of a run. */
interface Heading {
  readonly name: string;
  /** Asks it, by keyboard. */
  readonly ask: (page: Page) => Promise<void>;
  /** Expects the answer to be on the screen. */
  readonly see: (page: Page) => Promise<void>;
  /** Goes back to where the next heading begins; by default, that is where this one ended. */
  readonly leave?: (page: Page) => Promise<void>;
}

const chipsOf = (page: Page) => page.getByRole('list', { name: 'Filter' }).getByRole('listitem');
const sweepOf = (page: Page) => page.getByRole('region', { name: 'Sweep', exact: true });

async function focusFirstOfState(page: Page): Promise<void> {
  await page.keyboard.press('1');
  await page.getByRole('tree', { name: 'State' }).focus();
  await page.keyboard.press('Home');
}

async function askAlways(page: Page): Promise<void> {
  await page.keyboard.press('a');
  await page.getByRole('textbox', { name: 'Always true' }).fill('step < 2');
  await page.keyboard.press('Enter');
}

const OF_RUN: readonly Heading[] = [
  {
    name: 'what is known of a finding',
    ask: (page) => page.keyboard.press('f'),
    see: async (page) => {
      const known = page.getByRole('region', { name: 'What is known' }).first();
      await expect(known).toContainText(/Traced to step|Last change of/);
      // The step that did it is executed again, for its line.
      await expect(known.getByRole('button', { name: /:\d+:\d+$/ }).first()).toBeVisible();
    },
  },
  {
    name: 'the steps as a list, filtered by an expression',
    ask: async (page) => {
      await page.keyboard.press('4');
      await page.keyboard.press('w');
      await page.getByRole('textbox', { name: 'An expression over the step' }).fill('step > 3');
      await expect(page.getByRole('status', { name: 'Shown steps' })).toContainText('hidden');
      await page.keyboard.press('ArrowDown');
    },
    see: async (page) => {
      await expect(page.getByRole('status', { name: 'Shown steps' })).toContainText('hidden');
      await expect(page.getByRole('grid', { name: 'Steps' })).toBeFocused();
    },
    leave: (page) => page.keyboard.press('Shift+W'),
  },
  {
    name: 'one record',
    ask: async (page) => {
      await page.keyboard.press('i');
      const field = page.getByRole('searchbox', { name: 'Find a record' });
      await expect(page.getByRole('menuitem').first()).toBeVisible();
      await field.press('ArrowDown');
      await field.press('Enter');
    },
    see: (page) => expect(chipsOf(page)).toHaveText(/^about /),
    leave: async (page) => {
      await page.keyboard.press('Shift+W');
      await expect(chipsOf(page)).toHaveCount(0);
    },
  },
  {
    name: 'causality, and the same as text',
    ask: async (page) => {
      await page.keyboard.press('2');
      await page.keyboard.press('y');
    },
    see: async (page) => {
      await expect(page.locator('.causality .react-flow__node').first()).toBeVisible();
      const story = page.getByRole('complementary', { name: 'The causes as text' });
      await expect(story.getByRole('listitem').first()).toBeVisible();
    },
    leave: (page) => page.keyboard.press('y'),
  },
  {
    name: 'the sequence of messages',
    ask: (page) => page.keyboard.press('5'),
    see: (page) => expect(page.locator('.sequence-rows > [aria-current="step"]')).toBeVisible(),
  },
  {
    name: 'the lifecycle of records',
    ask: (page) => page.keyboard.press('6'),
    see: async (page) => {
      await expect(page.getByRole('button', { name: /^Phase / }).first()).toBeVisible();
      await expect(page.locator('button.lifecycle-count').first()).toBeVisible();
    },
  },
  {
    name: 'what was printed',
    ask: (page) => page.keyboard.press('7'),
    see: (page) =>
      expect(page.getByRole('tab', { name: 'Console' })).toHaveAttribute('aria-selected', 'true'),
  },
  {
    name: 'the source, with what the step executed',
    ask: (page) => page.keyboard.press('8'),
    see: (page) => expect(page.locator('.cm-line.code-executed').first()).toBeVisible(),
  },
  {
    name: 'the source that no step executed',
    ask: (page) => page.keyboard.press('Alt+8'),
    see: async (page) => {
      const marked = page.getByRole('status', { name: 'What is marked in the source' });
      await expect(marked).toHaveText(/^\d+ of \d+ lines never executed$/);
      const missed = page.getByRole('navigation', { name: 'Lines that were never executed' });
      await expect(missed.getByRole('button').first()).toBeVisible();
      await expect(page.locator('.cm-line.code-place')).toBeInViewport();
    },
  },
  {
    name: 'who last wrote a value, and its earlier writes',
    ask: async (page) => {
      await focusFirstOfState(page);
      await page.keyboard.press('h');
    },
    see: async (page) => {
      const history = page.getByRole('region', { name: /^History of / });
      await expect(history.getByRole('button', { name: /step/ }).first()).toBeVisible();
    },
  },
  {
    name: 'where a value came from',
    ask: async (page) => {
      await focusFirstOfState(page);
      await page.keyboard.press('o');
    },
    see: (page) => expect(page.getByRole('region', { name: /^Origin of / })).toBeVisible(),
  },
  {
    name: 'the value of a row over the run',
    ask: async (page) => {
      // The row whose origin was asked for still has the focus.
      await page.getByRole('tree', { name: 'State' }).focus();
      await page.keyboard.press('e');
    },
    see: async (page) => {
      const watches = page.getByRole('list', { name: 'Watches' }).getByRole('listitem');
      await expect(watches).toContainText('state');
    },
    leave: (page) => page.keyboard.press('u'),
  },
  {
    name: 'an invariant, afterwards',
    ask: askAlways,
    see: (page) =>
      expect(page.getByRole('status', { name: 'Result' })).toHaveText('Fails in 1 of 1 run'),
    leave: (page) => page.keyboard.press('Escape'),
  },
  {
    name: 'views side by side, and an arrangement',
    ask: async (page) => {
      await page.keyboard.press('v');
      await expect(page.locator('.pane')).toHaveCount(2);
      await page.keyboard.press('Control+2');
    },
    see: (page) => expect(page.locator('.pane')).toHaveCount(3),
  },
];

/** The same of the seeds of a sweep. */
const OF_SWEEP: readonly Heading[] = [
  {
    name: 'the findings of a sweep by cause',
    ask: async (page) => {
      await page.keyboard.press('Control+Shift+Enter');
      await page.keyboard.type('4');
      await page
        .getByRole('checkbox', { name: /^Find lines that are never executed/ })
        .press('Space');
      await page.keyboard.press('Enter');
      await expect(sweepOf(page).getByRole('button', { name: 'Sweep again' })).toBeVisible({
        timeout: 120_000,
      });
    },
    see: (page) =>
      expect(sweepOf(page).getByRole('complementary')).toContainText('invariants evaluated'),
  },
  {
    name: 'the lifecycle of records in a sweep',
    ask: (page) => page.keyboard.press('6'),
    see: (page) => expect(sweepOf(page).locator('button.lifecycle-count').first()).toBeVisible(),
  },
  {
    name: 'the source that no seed executed',
    ask: (page) => page.keyboard.press('8'),
    see: async (page) => {
      const missed = sweepOf(page).getByRole('navigation', {
        name: 'Lines that were never executed',
      });
      await expect(missed.getByRole('button').first()).toBeVisible();
    },
  },
  {
    name: 'an invariant of the seeds, afterwards',
    ask: askAlways,
    see: (page) =>
      expect(page.getByRole('status', { name: 'Result' })).toHaveText('Fails in 4 of 4 seeds'),
    leave: (page) => page.keyboard.press('Escape'),
  },
];

/** Asks in one theme, and looks at the answer in that and then in the other one. */
async function askInBothThemes(
  app: ElectronApplication,
  page: Page,
  { ask, see, leave }: Heading,
  first: 'light' | 'dark',
): Promise<void> {
  await setTheme(app, first);
  await ask(page);
  await see(page);
  expect(await seriousViolations(page)).toEqual([]);
  await setTheme(app, first === 'light' ? 'dark' : 'light');
  await see(page);
  // The themes differ in colours only.
  expect(await seriousViolations(page, ['color-contrast'])).toEqual([]);
  await leave?.(page);
}

for (const [place, [machine, appArgs]] of Object.entries(MACHINES).entries()) {
  test.describe(machine, () => {
    test.use({ appArgs });

    test('answers every question by keyboard, in both themes', async ({ app, page }) => {
      test.setTimeout(480_000);
      await expectRun(page);
      for (const [at, heading] of [...OF_RUN, ...OF_SWEEP].entries()) {
        await test.step(heading.name, () => {
          // The keys are pressed in one theme here, and in the other one with the next machine.
          const first = (place + at) % 2 === 0 ? 'light' : 'dark';
          return askInBothThemes(app, page, heading, first);
        });
      }
    });
  });
}
