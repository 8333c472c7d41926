import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Launch } from '../core/contract/window.ts';
import { expect, test } from './helpers/app.ts';
import {
  DEMO,
  DEMO_FINDING,
  expectRun,
  expectStatus,
  expectStep,
  launchArgs,
  pickMachine,
} from './helpers/window.ts';

const ROOT = dirname(import.meta.dirname);
const machine = (file: string): Launch => ({
  kind: 'machine',
  machine: { kind: 'file', path: join(ROOT, 'e2e/machines', file) },
});

/** The lines of a trace of twenty steps, in a folder of its own. */
function recordedTrace(): { readonly folder: string; readonly lines: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-'));
  const path = join(folder, 'recorded.jsonl');
  const command = join(ROOT, 'electron/scripts/phasmoscope.mjs');
  const args = ['record', 'dentist-booking', '--operations', '20', '--out', path];
  execFileSync(process.execPath, [command, ...args]);
  return { folder, lines: readFileSync(path, 'utf8').split('\n') };
}

/** A trace of twenty steps, damaged at line 12. */
function damagedTrace(): string {
  const { folder, lines } = recordedTrace();
  const path = join(folder, 'damaged.jsonl');
  writeFileSync(path, lines.with(11, (lines[11] ?? '').slice(0, 50)).join('\n'));
  return path;
}

/** A small file that unpacks to a trace of twenty steps and 4 GB of the same character. */
function bomb(character: string): string {
  const { folder, lines } = recordedTrace();
  const path = join(folder, 'bomb.jsonl.gz');
  const start = gzipSync(`${lines.slice(0, 21).join('\n')}\n`);
  // A file of several members is read as one text.
  const member = gzipSync(Buffer.alloc(16 * 1024 * 1024, character));
  writeFileSync(path, Buffer.concat([start, ...Array.from({ length: 256 }, () => member)]));
  return path;
}

/** The window is alive: another machine can be run. */
async function expectAlive(page: Parameters<typeof expectRun>[0]): Promise<void> {
  await pickMachine(page, /dentist-booking-unchecked/);
  await page.getByLabel('Seed', { exact: true }).fill('12345');
  await page.getByRole('textbox', { name: 'Operations' }).fill('100');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expectStep(page, 77);
}

test.describe('a damaged trace', () => {
  test.use({ appArgs: async ({}, use) => use([damagedTrace()]) });

  test('opens with what was readable, and names the line', async ({ page }) => {
    await expect(page.getByRole('alert')).toContainText('Line 12: not valid JSON');
    await expectStep(page, 0);
    await page.keyboard.press('End');
    await expectStep(page, 9);
  });
});

for (const [name, character, problem] of [
  ['blank lines', '\n', 'a trace has at most 1 000 lines without content'],
  ['a line without an end', 'x', 'a line has at most 67 108 864 characters'],
] as const) {
  test.describe(`a file that unpacks to gigabytes of ${name}`, () => {
    test.use({ appArgs: async ({}, use) => use([bomb(character)]) });

    test('opens with the steps before, and leaves the window alive', async ({ page }) => {
      await expect(page.getByRole('alert')).toContainText(problem, { timeout: 30_000 });
      await expectStep(page, 0);
      await page.keyboard.press('End');
      await expectStep(page, 19);
      await expectAlive(page);
    });
  });
}

test.describe('a machine without scenarios', () => {
  test.use({ appArgs: launchArgs(machine('no-scenarios.ts')) });

  test('says how to add one, and cannot be run until then', async ({ page }) => {
    await expect(page.getByRole('alert')).toContainText(
      'The machine no-scenarios has no scenario, so there is nothing to run. Export a list',
    );
    await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
    await expect(page.getByRole('button', { name: 'Sweep', exact: true })).toBeDisabled();
    await expectAlive(page);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test.describe('a machine that hangs', () => {
  test.use({ appArgs: launchArgs(machine('hangs.ts')), settings: { timeLimitMs: 600_000 } });

  test('is reported, stopped, and keeps its steps', async ({ page }) => {
    await expect(page.getByRole('alert')).toContainText('does not answer', { timeout: 15_000 });
    await page.getByRole('button', { name: 'Stop the machine' }).click();
    // All fifty steps before the one that hangs are kept, although their process was killed.
    await expectStatus(page, '50 steps', { timeout: 20_000 });
    await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
    await expectAlive(page);
  });
});

test.describe('a machine that ends its process', () => {
  test.use({ appArgs: launchArgs(machine('exits.ts')) });

  test('leaves the window alive', async ({ page }) => {
    // A second process looks for the step to blame.
    const alert = page.getByRole('alert').first();
    await expect(alert).toContainText('exit code 3', { timeout: 30_000 });
    await expect(page.getByRole('contentinfo')).toContainText(/\d steps?/);
    await expectAlive(page);
  });
});

test.describe('a machine that leaves a rejected promise behind', () => {
  test.use({ appArgs: launchArgs(machine('floats.ts')) });

  test('is reported with the line, and runs again', async ({ page }) => {
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('broke outside its steps, at floats.ts:14:');
    await expect(alert).toContainText('nobody listens');
    await expect(alert).toContainText(
      'everything that a step starts must end before the step ends',
    );
    await expect(page.getByRole('contentinfo')).toContainText(/\d+ steps/);
    await page.getByRole('textbox', { name: 'Operations' }).fill('3');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expectRun(page);
    await expectStatus(page, '3 steps');
  });
});

test.describe('a machine that throws at import', () => {
  test.use({ appArgs: launchArgs(machine('throws-at-import.ts')) });

  test('is reported with its line', async ({ page }) => {
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('throws-at-import.ts:1:7: Error: no machine today');
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await expect(alert).toHaveCount(0);
    await expectAlive(page);
  });
});

test.describe('a machine with a syntax error', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-')), 'syntax.ts');
  writeFileSync(path, 'export const machine = {;\n');
  test.use({ appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path } }) });

  test('is reported with line and column', async ({ page }) => {
    await expect(page.getByRole('alert')).toContainText('syntax.ts:1:25');
    await expect(page.getByRole('alert')).toContainText('Correct the source');
  });
});

test.describe('a machine that is not atomic', () => {
  test.use({ appArgs: launchArgs(machine('changes-then-refuses.ts')) });

  test('shows the changes that were rolled back', async ({ page }) => {
    await expectStep(page, 0);
    await expect(page.getByRole('region', { name: 'Step' })).toContainText('atomicity');
    await expect(page.getByRole('tabpanel', { name: 'State' })).toContainText('rolled back');
    await expect(page.getByRole('treeitem', { name: /^steps: 7\b/ })).toBeVisible();
  });
});

test.describe('security', () => {
  test.use({ appArgs: DEMO });

  test('the page reaches nothing but its bridge, and goes nowhere', async ({ app, page }) => {
    await expectStep(page, DEMO_FINDING.stepIndex);
    expect(await page.evaluate(() => 'require' in window || 'process' in window)).toBe(false);
    const refused = await page.evaluate(async () => {
      const bridge = window.phasmoscope;
      const ended = new Promise((resolve) =>
        bridge.onEvent((event) => {
          if (JSON.stringify(event).includes('"taskId":"x"')) resolve(event);
        }),
      );
      const task = { kind: 'read', traceId: 'run-1', path: '/etc/passwd' };
      const attempts = [
        bridge.request('startTask', { taskId: 'x', task }).then(() => ended),
        bridge.request('nothing' as never, null),
        bridge.request('startTask', { taskId: 'y', task: { kind: 'run', machineId: 7 } }),
      ];
      return (await Promise.allSettled(attempts)).map((answer) =>
        answer.status === 'rejected' ? 'rejected' : JSON.stringify(answer.value),
      );
    });
    expect(refused[0]).toContain('was not chosen by you');
    expect(refused.slice(1)).toEqual(['rejected', 'rejected']);

    const before = page.url();
    await page.evaluate(() => {
      window.open('https://example.com');
      window.location.assign('https://example.com');
    });
    await page.waitForTimeout(300);
    expect(page.url()).toBe(before);
    expect(app.windows()).toHaveLength(1);
  });
});

test.describe('a page that is loaded again', () => {
  test.use({ appArgs: DEMO });

  test('leaves no machine of the earlier page behind', async ({ app, page }) => {
    const hosts = () =>
      app.evaluate(
        ({ app: main }) =>
          main.getAppMetrics().filter(({ name }) => name === 'Phasmoscope machine').length,
      );
    await expectRun(page);
    expect(await hosts()).toBe(1);
    await page.reload();
    await expectRun(page);
    await expect.poll(hosts).toBe(1);
  });
});

test('a page that waits for a file in vain is loaded again', async ({ app, page }) => {
  await expect(page.getByRole('contentinfo')).toBeVisible();
  await app.evaluate(({ protocol }) => {
    protocol.unhandle('app');
    let loads = 0;
    protocol.handle('app', ({ url }) => {
      if (url.endsWith('.js')) return new Promise<Response>(() => {});
      loads += 1;
      const script = loads === 1 ? '<script src="/never.js"></script>' : '';
      const html = `<!doctype html><title>Load ${loads}</title>${script}`;
      return new Response(html, { headers: { 'Content-Type': 'text/html' } });
    });
  });
  await page.reload({ waitUntil: 'commit' });
  await expect(page).toHaveTitle('Load 1');
  await expect(page).toHaveTitle('Load 2', { timeout: 30_000 });
});

test('opening a trace never runs its machine', async ({ app, page }) => {
  const path = damagedTrace();
  await app.evaluate(({ dialog }, file) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] });
  }, path);
  await page.keyboard.press('Control+o');
  await expectStep(page, 0);
  const hosts = await app.evaluate(
    ({ app: main }) =>
      main.getAppMetrics().filter(({ name }) => name === 'Phasmoscope machine').length,
  );
  expect(hosts).toBe(0);
});

test('a trace is saved and opened again', async ({ app, page }) => {
  const path = join(mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-')), 'saved.jsonl.gz');
  await page.getByRole('button', { name: 'Run a seed that fails' }).click();
  await expectRun(page);
  await app.evaluate(({ dialog }, file) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: file });
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] });
  }, path);
  await page.keyboard.press('Control+s');
  await expect(page.getByText('Saved saved.jsonl.gz')).toBeVisible();
  await page.keyboard.press('Control+o');
  await expect(page.getByRole('region', { name: 'Runs' })).toContainText('saved.jsonl.gz');
  await expectStep(page, DEMO_FINDING.stepIndex);
});
