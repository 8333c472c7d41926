import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { expectRun, expectStatus, expectStep, launchArgs } from './helpers/window.ts';

const ROOT = dirname(import.meta.dirname);
const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-'));

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Makes the system's file dialog return a file. */
async function willChoose(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, file) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] });
  }, path);
}

/** Counts the machines that run. */
function hostsOf(app: ElectronApplication): Promise<number> {
  return app.evaluate(
    ({ app: main }) =>
      main.getAppMetrics().filter(({ name }) => name === 'Phasmoscope machine').length,
  );
}

const STATES = [{ balance: { '#bigint': '0' } }, { balance: { '#bigint': '-5' } }];

test.describe('a counterexample of a model checker', () => {
  const path = write('bank.itf.json', { vars: ['balance'], states: STATES });
  test.use({ appArgs: [path] });

  test('is stepped through like a trace', async ({ app, page }) => {
    await expectStep(page, 0);
    await expect(page.getByRole('region', { name: 'Runs' })).toContainText('bank.itf.json');
    await expect(page.getByRole('treeitem', { name: /^balance: -5n?\b/ })).toBeVisible();
    const status = page.getByRole('contentinfo');
    await expect(status).toContainText('no machine to verify against');
    await expect(status.getByRole('button', { name: 'not verified' })).toHaveCount(0);
    expect(await hostsOf(app)).toBe(0);
  });

  test('is opened from the menu, with a clear error when it is not one', async ({ app, page }) => {
    await expectStep(page, 0);
    const states = [STATES[0], { balance: { '#money': 5 } }];
    await willChoose(app, write('odd.itf.json', { vars: ['balance'], states }));
    await page.keyboard.press('Control+o');
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('state 1, balance: unknown tag "#money"');
    await willChoose(app, write('cut.itf.json', '{ "vars": [\n'));
    await page.keyboard.press('Control+o');
    await expect(alert.last()).toContainText('cut.itf.json:2:1');
  });
});

test.describe('a counterexample without an end', () => {
  const states = [1, 2, 3].map((x, at) => (at === 0 ? { LIMIT: 5, x } : { x }));
  test.use({
    appArgs: [write('lasso.itf.json', { params: ['LIMIT'], vars: ['x'], states, loop: 1 })],
  });

  test('shows where it goes on, and what never changes', async ({ page }) => {
    await expectStep(page, 0);
    await expect(page.getByRole('contentinfo')).toContainText('A loop: step 1 goes back to step 0');
    await expect(page.getByRole('treeitem', { name: 'LIMIT: 5, constant' })).toBeVisible();
    await page.keyboard.press('End');
    const step = page.getByRole('region', { name: 'Step' });
    await expect(step).toContainText('A loop: step 1 goes back to step 0');
    await expect(step).toContainText('From there, the run repeats the same steps for ever.');
  });
});

test.describe('a document of Quint', () => {
  const picks = { amount: { tag: 'Some', value: { '#bigint': '5' } } };
  const states = [
    { '#meta': { index: 0, no: 70 }, x: 1, 'mbt::actionTaken': 'init', 'mbt::nondetPicks': picks },
    { '#meta': { index: 1, no: 71 }, x: 2, 'mbt::actionTaken': 'pay', 'mbt::nondetPicks': picks },
  ];
  const vars = ['x', 'mbt::actionTaken', 'mbt::nondetPicks'];
  const description = 'Created by Quint on a day that takes a very long description '.repeat(3);
  const meta = { status: 'failed', description };
  test.use({ appArgs: [write('quint.itf.json', { '#meta': meta, vars, states })] });

  test('shows its status, its comments, and what led to the first state', async ({ page }) => {
    await expectStep(page, 0);
    await expect(page.getByRole('contentinfo')).toContainText('status: failed');
    const step = page.getByRole('region', { name: 'Step' });
    await expect(step).toContainText('The document names none.');
    const document = step.getByRole('region', { name: 'Document' });
    await expect(document).toContainText('71');
    await page.keyboard.press('Home');
    await expect(document).toContainText('"init"');
    await expect(document).toContainText('70');
    await expect(document).toContainText('"failed"');
    // The head is one line: nothing in it overlaps, and no seed is named.
    const head = step.locator('header');
    await expect(head).not.toContainText('seed');
    const [title, origin, box] = await Promise.all(
      [head.locator('h2'), head.locator('span'), head].map((part) => part.boundingBox()),
    );
    if (!title || !origin || !box) throw new Error('the head is not on screen');
    expect(origin.x).toBeGreaterThanOrEqual(title.x + title.width);
    expect(origin.x + origin.width).toBeLessThanOrEqual(box.x + box.width);
    expect(title.height).toBeLessThan(box.height);
  });
});

test.describe('a file of inputs', () => {
  const sample = { kind: 'sample', name: 'turnstile' } as const;
  const coin = { kind: 'trackedActionCompleted', id: 1, result: 'unlocked' };
  const path = write('visit.json', ['coin', coin, 'push', 'push']);
  test.use({ appArgs: launchArgs({ kind: 'machine', machine: sample }) });

  test('runs on the open machine, and stays in the list of scenarios', async ({ app, page }) => {
    await expectRun(page);
    await willChoose(app, path);
    await page.keyboard.press('Control+o');
    await expectStatus(page, '4 steps');
    const scenario = page.getByRole('button', { name: /Scenario$/ });
    await expect(scenario).toContainText('visit.json');
    await scenario.click();
    await page.getByRole('option', { name: /^rush-hour/ }).click();
    await expect(page.getByRole('textbox', { name: 'Operations' })).not.toHaveValue('4');
    await scenario.click();
    await page.getByRole('option', { name: /^visit\.json/ }).click();
    await expect(page.getByRole('textbox', { name: 'Operations' })).toHaveValue('4');
  });

  test('is reported with its place when it is wrong', async ({ app, page }) => {
    await expectRun(page);
    await willChoose(app, write('wrong.json', '["coin", {"$bigint": 1}]'));
    await page.keyboard.press('Control+o');
    await expect(page.getByRole('alert')).toContainText(
      'element 1: $bigint must be a decimal string',
    );
  });

  test.describe('on the command line', () => {
    test.use({ appArgs: launchArgs({ kind: 'machine', machine: sample, inputs: path }) });

    test('runs on the machine that it is given with', async ({ page }) => {
      await expectStatus(page, '4 steps');
      await expect(page.getByRole('button', { name: /Scenario$/ })).toContainText('visit.json');
    });
  });

  test('needs a machine', async ({ userDataDir }) => {
    const app = await launchApp({ userDataDir: join(userDataDir, 'other') });
    const page = await firstWindow(app);
    await expect(page.getByRole('button', { name: 'Run a seed that fails' })).toBeEnabled();
    await willChoose(app, path);
    await page.keyboard.press('Control+o');
    await expect(page.getByRole('alert')).toContainText('needs an open machine, and none is open');
    await app.close();
  });
});

test.describe('trust', () => {
  const machine = write(
    'gate.ts',
    `import { defineMachine, defineScenario, ok } from 'phasmoscope';
export const machine = defineMachine({
  name: 'gate', description: 'Counts.', initialState: () => ({ n: 0 }),
  stf(state) { state.update((draft) => { draft.n += 1; }); return ok(); },
  restore: () => ok(), invariants: {},
});
export const scenarios = [defineScenario({
  name: 'count', description: 'Counts.', defaults: { seed: '1', operations: 20 },
  start: () => ({ next: () => ({ kind: 'normal', input: 'go' }), observe() {}, tallies: () => ({}) }),
})];
`,
  );
  const trace = join(folder, 'gate.jsonl');
  const command = join(ROOT, 'electron/scripts/phasmoscope.mjs');
  test.beforeAll(() => {
    execFileSync(process.execPath, [command, 'record', machine, '--out', trace]);
  });

  /** Presses a button of the dialog of the main process, and counts the dialogs. */
  async function willAnswer(app: ElectronApplication, button: string): Promise<void> {
    await app.evaluate(({ dialog }, wanted) => {
      const asked: string[] = [];
      Object.assign(globalThis, { asked });
      dialog.showMessageBox = (...given: readonly unknown[]) => {
        const options = given.at(-1) as { buttons: string[]; detail: string };
        asked.push(options.detail);
        return Promise.resolve({
          response: options.buttons.indexOf(wanted),
          checkboxChecked: false,
        });
      };
    }, button);
  }
  const questions = (app: ElectronApplication): Promise<readonly string[]> =>
    app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);

  test('a trace is verified only when the user has chosen the machine to run', async ({
    app,
    page,
  }) => {
    await expect(page.getByRole('button', { name: 'Run a seed that fails' })).toBeEnabled();
    await willChoose(app, trace);
    await page.keyboard.press('Control+o');
    await expectStep(page, 0);
    await page.getByRole('button', { name: 'not verified' }).click();
    const dialog = page.getByRole('dialog', { name: 'Which machine is this trace of?' });
    await expect(dialog).toContainText('names the machine gate');
    await dialog.getByRole('button', { name: 'Not now' }).click();
    await expect(dialog).toHaveCount(0);
    expect(await hostsOf(app)).toBe(0);

    await page.getByRole('button', { name: 'not verified' }).click();
    await willChoose(app, machine);
    await dialog.getByRole('button', { name: 'Choose its machine file…' }).click();
    await expectStatus(page, 'verified');
    await expect(dialog).toHaveCount(0);
    expect(await hostsOf(app)).toBe(1);
  });

  test('a file that was never opened as a machine is asked about, once', async ({ app, page }) => {
    const open = () =>
      page.evaluate(
        async (path) =>
          JSON.stringify(
            await window.phasmoscope.request('openMachine', {
              machineId: 'm',
              machine: { kind: 'file', path },
            }),
          ),
        machine,
      );
    await willAnswer(app, 'Not now');
    expect(await open()).toContain('was not run');
    expect(await hostsOf(app)).toBe(0);
    expect(await questions(app)).toEqual([expect.stringContaining(machine)]);

    await willAnswer(app, 'Run this machine');
    expect(await open()).toContain('"name":"gate"');
    expect(await open()).toContain('"name":"gate"');
    expect(await questions(app)).toHaveLength(1);
  });

  test.describe('of files named on the command line', () => {
    test.use({
      appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path: machine } }),
    });

    test('nothing is asked, now and when the session is restored', async ({ app, userDataDir }) => {
      await expectRun(await firstWindow(app));
      await app.close();
      const again = await launchApp({ userDataDir });
      await willAnswer(again, 'Not now');
      await expectRun(await firstWindow(again));
      expect(await questions(again)).toEqual([]);
      await again.close();
    });
  });
});

test.describe('a file that cannot be read', () => {
  const path = write('nonsense.jsonl', 'nonsense');
  test.use({ appArgs: [path] });

  test('is reported once, and is gone when that is dismissed', async ({ page }) => {
    await expect(page.getByRole('alert')).toContainText('nonsense.jsonl');
    await expect(page.getByRole('main')).toContainText('Nothing could be read');
    await expect(page.getByRole('region', { name: 'Timeline' })).toHaveCount(0);
    const message = await page.getByRole('alert').getByRole('paragraph').first().textContent();
    await expect(page.getByRole('main')).not.toContainText(message ?? '');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  });

  test('does not come back at the next start', async ({ app, page, userDataDir }) => {
    await expect(page.getByRole('alert')).toContainText('nonsense.jsonl');
    await app.close();
    const second = await launchApp({ userDataDir });
    const secondPage = await firstWindow(second);
    await expect(secondPage.getByRole('heading', { level: 1 })).toBeVisible();
    await second.close();
  });
});

test('a kept session opens its files, whether or not they are recent', async ({ userDataDir }) => {
  const states = [STATES[0], STATES[1]];
  const path = write('kept.itf.json', { vars: ['balance'], states });
  const first = await launchApp({ userDataDir, appArgs: [path] });
  await expectStep(await firstWindow(first), 0);
  await first.close();
  const settings = join(userDataDir, 'settings.json');
  writeFileSync(
    settings,
    JSON.stringify({ ...JSON.parse(readFileSync(settings, 'utf8')), recents: [] }),
  );
  const second = await launchApp({ userDataDir });
  await expectStep(await firstWindow(second), 0);
  await second.close();
});
