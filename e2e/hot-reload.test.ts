import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './helpers/app.ts';
import { makeFolderOutside } from './helpers/outside.ts';
import { expectRun, expectStatus, expectStep, launchArgs } from './helpers/window.ts';

/** A turnstile in a separate package, outside the checkout, with a dependency. */
const PACKAGE = {
  'package.json': '{ "name": "station", "type": "module" }',
  'node_modules/fares/package.json': '{ "name": "fares", "main": "index.js" }',
  'node_modules/fares/index.js':
    'exports.coinsOf = (coins) => { if (!(coins < 90)) throw new RangeError("full"); return coins + 1; };\n',
  'rules/count.ts':
    "import { coinsOf } from 'fares';\nexport const count = (coins: number): number => coinsOf(coins);\n",
  'machine.ts': `import { defineMachine, defineScenario, err, ok, type MachineTypes } from 'phasmoscope';
import { count } from './rules/count.ts';

interface Gate extends MachineTypes {
  State: { coins: number; open: boolean };
  Input: 'coin' | 'push';
  Rejection: 'Locked';
}

export const machine = defineMachine<Gate>({
  name: 'gate',
  description: 'A coin opens it.',
  initialState: () => ({ coins: 0, open: false }),
  stf(state, input) {
    if (input.kind !== 'normal') return ok();
    if (input.input === 'push' && !state.current.open) return err('Locked');
    state.update((draft) => {
      if (input.input === 'coin') draft.coins = count(draft.coins);
      draft.open = input.input === 'coin';
    });
    return ok();
  },
  restore: () => ok(),
  invariants: { 'coins are few': (state) => state.coins < 10 || 'too many coins' },
});

export const scenarios = [
  defineScenario<Gate>({
    name: 'rush-hour',
    description: 'Coins and pushes.',
    defaults: { seed: '1', operations: 60 },
    start: (random) => ({
      next: () => ({ kind: 'normal', input: random.choose(['coin', 'push'] as const) ?? 'coin' }),
      observe: () => {},
      tallies: () => ({}),
    }),
  }),
];
`,
} as const;

function writePackage(): string {
  const folder = makeFolderOutside();
  for (const [name, text] of Object.entries(PACKAGE)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Saves as many editors do: writes another file, and renames it over the old one. */
function save(folder: string, name: string, change: (text: string) => string): void {
  const path = join(folder, name);
  writeFileSync(`${path}~`, change(readFileSync(path, 'utf8')));
  renameSync(`${path}~`, path);
}

async function goToStep(page: Page, stepIndex: number): Promise<void> {
  await page.keyboard.press('Home');
  await page.keyboard.press('g');
  await page.getByLabel(/^Step, 0 to/).fill(String(stepIndex));
  await page.keyboard.press('Enter');
  await expectStep(page, stepIndex);
}

const runs = (page: Page) => page.getByRole('region', { name: 'Runs' });
const views = (page: Page) => page.getByRole('tabpanel');
/** The line above the views that reports the effect of a save. */
const change = (page: Page) => page.locator('.change-line');

const folder = writePackage();
test.use({
  appArgs: launchArgs({
    kind: 'machine',
    machine: { kind: 'file', path: join(folder, 'machine.ts') },
  }),
});
test.describe.configure({ mode: 'default' });
test.beforeEach(() => {
  for (const [name, text] of Object.entries(PACKAGE)) writeFileSync(join(folder, name), text);
});

test('a save takes the seed to the same step again, and shows the difference', async ({ page }) => {
  await expectRun(page);
  await goToStep(page, 30);
  await expectStatus(page, '1 finding');

  // A file that the machine imports, beside its dependency.
  save(folder, 'rules/count.ts', (text) => text.replace('coinsOf(coins)', 'coinsOf(coins) - 1'));
  await expect(change(page)).toContainText(/step \d+ is the first that differs, in state/);
  await expect(change(page)).toContainText('“coins are few” is gone');
  await expectStep(page, 30);
  await expectStatus(page, 'no findings');

  await page.keyboard.press('3');
  await expect(views(page)).toContainText('is the first that differs: coin');
  await expect(views(page).getByRole('columnheader')).toHaveText([
    'Part',
    'Before the change',
    'After it',
  ]);
  await expect(views(page).getByRole('row').nth(1)).toContainText('state');

  // The run before the change is still there, at the same step.
  await runs(page)
    .getByRole('button', { name: /^Before the change/ })
    .click();
  await expectStep(page, 30);
  await expectStatus(page, 'of an earlier source');
  // Its findings are said to be of that source, and are not red any more.
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await expect(timeline).toContainText('1 finding of an earlier source');
  const invariants = page.getByRole('region', { name: 'Invariants' });
  await page.keyboard.press('Home');
  await page.keyboard.press('f');
  await expect(invariants).toContainText('1 of 1 fails · earlier source');
  const inkOf = (text: string) =>
    invariants.getByText(text).evaluate((element) => getComputedStyle(element).color);
  expect(await inkOf('too many coins')).toBe(await inkOf('1 of 1 fails · earlier source'));
  await goToStep(page, 30);
  await page.keyboard.press('o');
  await expectStep(page, 30);
  await expectStatus(page, 'no findings');
});

test('a save that changes the initial state shows where, by path', async ({ page }) => {
  await expectRun(page);
  await page.getByText('not verified').click();
  await expectStatus(page, 'verified');
  save(folder, 'machine.ts', (text) => text.replace('({ coins: 0, open', '({ coins: 5, open'));
  await expect(change(page)).toContainText('initial states differ');
  await page.keyboard.press('3');
  await expect(views(page)).toContainText('The initial states differ');
  await expect(views(page).getByRole('row').nth(1)).toHaveText('coins05');
});

test('a save that changes nothing in the run says so', async ({ page }) => {
  await expectRun(page);
  await goToStep(page, 12);
  save(folder, 'machine.ts', (text) => text.replace("'A coin opens it.'", "'Opened by a coin.'"));
  await expect(change(page)).toContainText('no difference in 60 steps; findings as before');
  await expectStep(page, 12);
  // The newest run gives way to the next one, which is compared with it.
  save(folder, 'machine.ts', (text) => text.replace('coins < 10', 'coins < 12'));
  await expect(change(page)).toContainText('differs, in findings');
  save(folder, 'machine.ts', (text) => text.replace('coins < 12', 'coins < 14'));
  await expect(change(page)).toContainText('“coins are few” is elsewhere');
  await expect(runs(page).getByRole('button', { name: /^Before the change/ })).toHaveCount(1);
  await expect(runs(page).getByRole('button', { name: /^Close/ })).toHaveCount(3);
});

test('a run that has become shorter is shown at its last step', async ({ page }) => {
  await expectRun(page);
  await goToStep(page, 50);
  save(folder, 'machine.ts', (text) =>
    text
      .replace('start: (random) => ({', 'start: (random) => ({ ...{ left: 20 },')
      .replace(
        "next: () => ({ kind: 'normal', input:",
        "next() { this.left -= 1; return this.left < 0 ? undefined : ({ kind: 'normal', input:",
      )
      .replace("?? 'coin' }),", "?? 'coin' }); },"),
  );
  await expectStep(page, 19);
  await expect(change(page)).toContainText(/\b20 steps long instead of 60\b/);
  await expect(change(page)).toContainText('It has no step 50 any more');
});

test('an error is reported with its place until it is fixed, and the run stays', async ({
  page,
}) => {
  await expectRun(page);
  await goToStep(page, 7);
  save(folder, 'rules/count.ts', (text) => text.replace('=> coinsOf(coins)', '=> ;'));
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('rules/count.ts:2:49: Unexpected ";"');
  await expect(alert).toContainText('The run on the screen is of the last good source.');
  await expectStatus(page, 'Saved: the new source could not be loaded');
  await expectStep(page, 7);

  // Another error takes its place, which shows only when the file is loaded.
  save(
    folder,
    'rules/count.ts',
    (text) => `${text.replace('=> ;', '=> coinsOf(coins)')}nowhere();\n`,
  );
  await expect(alert).toContainText('rules/count.ts:3:1: ReferenceError');

  save(folder, 'rules/count.ts', (text) => text.replace('nowhere();\n', ''));
  await expect(alert).toHaveCount(0);
  await expectStep(page, 7);
  await expectStatus(page, '60 steps');
});

test('a run that cannot be repeated says why', async ({ page }) => {
  await expectRun(page);
  const seed = page.getByRole('textbox', { name: 'Seed' });
  await seed.fill('7');
  save(folder, 'machine.ts', (text) => text.replace("'rush-hour'", "'night'"));
  await expect(change(page)).toContainText('the scenario "rush-hour" is gone');
  await expectStatus(page, 'of an earlier source');
  await expectStatus(page, 'Saved: this run was not run again');
  // The scenario with the new name is chosen, and the seed stays.
  await expect(seed).toHaveValue('7');
});

test("a panic inside a dependency is reported at the author's line", async ({ page }) => {
  await expectRun(page);
  save(folder, 'rules/count.ts', (text) => text.replace('coinsOf(coins)', 'coinsOf(coins + 90)'));
  await expect(change(page)).toContainText('“RangeError” is new');
  await page.keyboard.press('Home');
  await page.keyboard.press('f');
  await expect(page.getByRole('region', { name: 'Step' })).toContainText('rules/count.ts:2:49');
});

test('running again on save can be switched off', async ({ page }) => {
  await expectRun(page);
  await goToStep(page, 5);
  await page.getByRole('button', { name: 'Run again on save' }).click();
  save(folder, 'machine.ts', (text) => text.replace('coins < 10', 'coins < 12'));
  await expectStatus(page, 'of an earlier source');
  await expect(change(page)).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Run again on save' })).toHaveAttribute(
    'aria-pressed',
    'false',
  );
});

test('a machine that hangs is fixed by a save', async ({ page }) => {
  await expectRun(page);
  save(folder, 'machine.ts', (text) =>
    text.replace('state.update((draft) => {', 'for (;state.current.coins === 5;);\n$&'),
  );
  await expect(page.getByRole('alert')).toContainText('does not answer');
  save(folder, 'machine.ts', () => PACKAGE['machine.ts']);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expectStatus(page, '60 steps');
});

test.describe('a machine that could not be opened', () => {
  test('opens when a good source is saved', async ({ page, app }) => {
    await expectRun(page);
    const path = join(folder, 'late.ts');
    writeFileSync(path, "import './missing.ts';\nexport const machine = {;\n");
    await app.evaluate(({ dialog }, file) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] });
    }, path);
    await page.keyboard.press('Control+Shift+o');
    await expect(page.getByRole('alert')).toContainText('late.ts:2:25');
    // Now only one file is missing, which is saved next.
    writeFileSync(path, `import './missing.ts';\n${PACKAGE['machine.ts']}`);
    await expect(page.getByRole('alert')).toContainText('Could not resolve "./missing.ts"');
    writeFileSync(join(folder, 'missing.ts'), 'export {};\n');
    await expect(page.getByRole('alert')).toHaveCount(0);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(runs(page)).toContainText('gate');
    await expectStatus(page, '60 steps');
  });
});

test('a shrunk run is executed again with the new source, and says that its finding is gone', async ({
  page,
}) => {
  await expectRun(page);
  await page.keyboard.press('Control+Shift+m');
  await expect(runs(page)).toContainText(/shrunk: \d+ of \d+ steps/, { timeout: 30_000 });
  save(folder, 'rules/count.ts', (text) => text.replace('coinsOf(coins)', 'coinsOf(coins) - 1'));
  await expect(change(page)).toContainText('“coins are few” is gone');
  await expectStatus(page, 'no findings');
  await page.keyboard.press('o');
  await expect(change(page)).toContainText('With the source that was saved: finding gone.');
  const note = page.getByRole('note', { name: 'Finding: coins are few' });
  await expect(note).toContainText('Found in an earlier source; gone with the one that was saved.');
  await change(page).getByRole('button', { name: 'Show it' }).click();
  await expectStatus(page, 'no findings');

  await change(page).getByRole('button', { name: 'Is it really mended?' }).click();
  await page.getByRole('button', { name: 'Run the seeds' }).click();
  const sweep = page.getByRole('main');
  await expect(sweep).toContainText('No findings in 2 995 seeds', { timeout: 30_000 });
  await expect(sweep).toContainText('That took 2 996 runs: 1 seed that had failed');
});

test('shrunk runs and forks that are not shown are executed again as well', async ({ page }) => {
  await expectRun(page);
  await page.keyboard.press('Control+Shift+m');
  const shrunk = page.getByRole('list', { name: 'Shrunk' });
  await expect(shrunk).toContainText(/shrunk: \d+ of \d+ steps/, { timeout: 30_000 });
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog', { name: /^What if, at step/ });
  await dialog.getByRole('radio', { name: 'Crash after it' }).click();
  await dialog.getByRole('button', { name: 'Fork' }).click();
  const forks = page.getByRole('list', { name: 'Forks' });
  await expect(forks).toContainText(/ends in/);
  await runs(page).getByRole('button', { name: /^gate/ }).first().click();

  save(folder, 'machine.ts', (text) => text.replace('coins < 10', 'coins < 11'));
  await expect(change(page)).toContainText('“coins are few” is elsewhere');
  await expect(shrunk).toContainText('gone after the change');
  await expect(forks).toContainText('gone after the change');
  save(folder, 'machine.ts', (text) => text.replace('coins < 11', 'coins < 9'));
  await expect(shrunk).toContainText(/still there, at step \d+/);
  await expect(forks).toContainText(/still there, at step \d+/);

  await shrunk
    .getByRole('button', { name: /^coins are few/ })
    .first()
    .click();
  await expect(change(page)).toContainText('With the source that was saved: still there, at step');
  await change(page).getByRole('button', { name: 'Show it' }).click();
  await expect(change(page)).toContainText('“coins are few” is elsewhere');
});

test('a saved source that does not finish loading is shown to be loading', async ({ page }) => {
  await expectRun(page);
  save(folder, 'machine.ts', (text) => `${text}\nfor (;;);\n`);
  const status = page.getByRole('contentinfo');
  await expect(status).toContainText('loading the saved source…');
  await expect(page.getByRole('alert')).toContainText('did not finish loading in 15 seconds', {
    timeout: 40_000,
  });
  await expect(status).not.toContainText('loading the saved source');
  save(folder, 'machine.ts', (text) => text.replace('for (;;);', ''));
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a folder that goes away and comes back is watched as before', async ({ page }) => {
  await expectRun(page);
  await goToStep(page, 7);
  renameSync(folder, `${folder}-away`);
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('does not exist');
  await expectStep(page, 7);
  // As another branch has it: the same names in new folders.
  for (const [name, text] of Object.entries(PACKAGE)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  rmSync(`${folder}-away`, { recursive: true });
  await expect(alert).toHaveCount(0);
  save(folder, 'rules/count.ts', (text) => text.replace('coinsOf(coins)', 'coinsOf(coins) - 1'));
  await expect(change(page)).toContainText('“coins are few” is gone');
  await expectStep(page, 7);
});
