import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { makeFolderOutside } from './helpers/outside.ts';
import { DEMO, DEMO_FINDING, expectRun, expectStep, launchArgs } from './helpers/window.ts';

/** The views that the author of a machine declares. */

test.describe('the week of the dentist', () => {
  test.use({ appArgs: DEMO });

  test('shows what a step changed, by keyboard and in a small window', async ({ app, page }) => {
    await expectRun(page);
    await expectStep(page, DEMO_FINDING.stepIndex);
    await page.keyboard.press('p');
    const tuesday = page.getByRole('region', { name: 'Tuesday' });
    await expect(tuesday.locator('[data-tone="bad"]')).toHaveCount(2);
    // The step confirmed one of them; the other is the booking that it was.
    await expect(tuesday.locator('[data-tone="bad"][data-change="changed"]')).toHaveCount(1);
    // Each entry says who is in the slot, also the short ones.
    for (const title of await page.locator('.calendar-title').all()) {
      await expect(title).toHaveText(/^Patient \d+$/);
    }
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

    await page.keyboard.press('ArrowLeft');
    await expect(tuesday.locator('[data-tone="bad"]')).toHaveCount(0);
    await page.keyboard.press('Home');
    await expect(page.locator('.calendar-entry')).toHaveCount(0);

    const window = await app.browserWindow(page);
    await window.evaluate((browserWindow) => browserWindow.setContentSize(1100, 700));
    await page.keyboard.press('f');
    await expect(tuesday.locator('[data-tone="bad"]')).toHaveCount(2);
    await expect(tuesday.locator('[data-tone="bad"]').first()).toBeInViewport();
    await expect(tuesday.locator('[data-tone="bad"] .item-change')).toHaveCount(1);
    await expect(tuesday.locator('[data-tone="bad"] .item-change')).toBeVisible();
    // Both of those that overlap say whose they are, and that something is wrong with them.
    for (const entry of await tuesday.locator('[data-tone="bad"]').all()) {
      await expect(entry.locator('.item-tone')).toBeVisible();
      const cutPx = await entry
        .locator('.calendar-title')
        .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
      expect(cutPx).toBeLessThanOrEqual(1);
    }
  });
});

test.describe('a machine outside of the checkout', () => {
  const folder = makeFolderOutside();
  const machine = join(folder, 'tally.ts');
  const source = (views: string) => `
import { defineMachine, defineScenario, ok, type MachineTypes } from 'phasmoscope';
interface Tally extends MachineTypes { State: { n: number }; Input: 'tick' }
export const machine = defineMachine<Tally>({
  name: 'tally',
  description: 'Counts.',
  initialState: () => ({ n: 0 }),
  stf(state) {
    state.update((draft) => { draft.n += 1; });
    return ok();
  },
  restore: () => ok(),
  invariants: {},
  ${views}
});
export const scenarios = [
  defineScenario<Tally>({
    name: 'ticks',
    description: 'Ticks.',
    defaults: { seed: '1', operations: 9 },
    start: () => ({ next: () => ({ kind: 'normal', input: 'tick' }), observe() {}, tallies: () => ({}) }),
  }),
];
`;
  writeFileSync(machine, source(''));
  test.use({ appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path: machine } }) });

  test('is told how to have views, draws every form, and says what is wrong with one', async ({
    app,
    page,
  }) => {
    await expectRun(page);
    await page.keyboard.press('p');
    const views = page.getByRole('region', { name: 'Views of the machine' });
    await expect(
      page.getByRole('heading', { name: 'This machine declares no views' }),
    ).toBeVisible();

    writeFileSync(
      machine,
      source(`views: {
    cards: ({ n }) => ({ kind: 'cards', cards: [{ id: 'n', title: 'So far', facts: { n } }] }),
    table: ({ n }) => ({ kind: 'table', columns: ['n'], rows: [{ id: 1, cells: [n] }] }),
    bars: ({ n }) => ({ kind: 'bars', bars: [{ id: 'n', title: 'n', value: n }] }),
    lines: ({ n }) => ({ kind: 'lines', x: [0, 1], lines: [{ id: 'n', title: 'n', values: [0, n] }] }),
    graph: ({ n }) => ({
      kind: 'graph',
      nodes: [{ id: 'a', title: 'from' }, { id: 'b', title: String(n) }],
      edges: [{ from: 'a', to: 'b' }],
    }),
    calendar: () => ({
      kind: 'calendar', columns: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'], from: 540, to: 1080,
      entries: ['Root canal', 'Cleaning', 'Checkup'].map((title, id) => (
        { id, column: 1, from: 780 + 10 * id, to: 840 + 10 * id, title, detail: 'held for patient ' + id, tone: 'waiting' }
      )),
    }),
    wrong: () => ({ kind: 'html' }) as never,
  },`),
    );
    const choose = (name: string) => views.getByRole('button', { name, exact: true }).click();
    await choose('cards');
    await expect(views.getByRole('listitem')).toContainText('So far');
    await choose('table');
    await page.keyboard.press('End');
    await expect(views.getByRole('table')).toContainText('9');
    await page.keyboard.press('ArrowLeft');
    await expect(views.getByRole('table')).toContainText('8');
    await choose('bars');
    await expect(views.getByRole('row', { name: /^n 8/ })).toBeVisible();
    await choose('lines');
    await expect(views.locator('.u-legend')).toContainText('n');
    await choose('graph');
    await expect(views.getByRole('listitem').filter({ hasText: 'from' })).toBeVisible();
    await choose('calendar');
    const titles = views.locator('.calendar-title');
    const window = await app.browserWindow(page);
    for (const [width, height] of [
      [1440, 900],
      [1100, 700],
    ] as const) {
      await window.evaluate((shown, size) => shown.setContentSize(size[0], size[1]), [
        width,
        height,
      ] as const);
      await expect(titles).toHaveText(['Root canal', 'Cleaning', 'Checkup']);
      const cut = await titles.evaluateAll(
        (all) =>
          all.filter(
            (title) =>
              title.scrollWidth > title.clientWidth + 1 ||
              title.getBoundingClientRect().bottom >
                (title.closest('.calendar-entry')?.getBoundingClientRect().bottom ?? 0),
          ).length,
      );
      expect(cut, `names that are cut at ${width}`).toBe(0);
    }
    await choose('wrong');
    await expect(views).toContainText('must return an object whose');
  });
});
