import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { seriousViolations } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { expectStep, launchArgs } from './helpers/window.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-links-'));
const trace = join(folder, 'a week.jsonl');
const PATH = 'bookings["Tuesday 13:00"].userId';
const ROOT = process.cwd();

test.beforeAll(() => {
  const args = ['record', 'dentist-booking-unchecked', '--seed', '378', '--operations', '200'];
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'electron/scripts/phasmoscope.mjs'),
      ...args,
      '--faults',
      'crashes',
      '--out',
      trace,
    ],
    { encoding: 'utf8' },
  );
  expect(status, stderr).toBe(1);
});

function linkTo(file: string, more = ''): string {
  return `phasmoscope:open?file=${encodeURIComponent(file)}${more}`;
}

/** Answers the questions of the main process, and keeps what they say. */
async function willAnswer(app: ElectronApplication, response: number): Promise<void> {
  await app.evaluate(({ dialog }, answer) => {
    const questions: string[] = [];
    Object.assign(globalThis, { asked: questions });
    dialog.showMessageBox = (...args: unknown[]) => {
      const { message, detail = '' } = args.at(-1) as { message: string; detail?: string };
      questions.push(`${message} ${detail}`);
      return Promise.resolve({ response: answer, checkboxChecked: false });
    };
  }, response);
}

function asked(app: ElectronApplication): Promise<string[]> {
  return app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
}

/** Follows a link as a desktop does: it starts the program, which ends when another one is open. */
async function follow(userDataDir: string, link: string): Promise<number> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [...sandbox, ROOT, '--disable-gpu', `--user-data-dir=${userDataDir}`, link];
  const program = spawn(process.env['PHASMOSCOPE_ELECTRON'] ?? '', args, { stdio: 'ignore' });
  const [code] = await once(program, 'exit');
  return code as number;
}

test('a link goes to the open window, which asks first', async ({ app, page, userDataDir }) => {
  await willAnswer(app, 0);
  const link = linkTo(trace, '&step=78&view=causality&where=step%20%3E%2070');
  expect(await follow(userDataDir, link)).toBe(0);
  await expect.poll(() => asked(app)).toHaveLength(1);
  expect((await asked(app))[0]).toContain(trace);
  await expect(page.getByText('a week.jsonl')).toHaveCount(0);

  await willAnswer(app, 1);
  await follow(userDataDir, link);
  await expectStep(page, 78);
  await expect(page.getByRole('tab', { name: /^Causality/, selected: true })).toBeVisible();
  await page.keyboard.press('4');
  await expect(page.getByText('step > 70').first()).toBeVisible();
  // The same file again, at another place: it is not opened twice.
  await follow(userDataDir, linkTo(trace, `&step=80&path=${encodeURIComponent(PATH)}`));
  await expectStep(page, 80);
  await expect(page.getByRole('treeitem', { name: /^userId: 43/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Runs' }).getByText('a week.jsonl')).toHaveCount(1);
  expect(await seriousViolations(page)).toEqual([]);
});

test('a hostile link opens nothing, and says why', async ({ app, page, userDataDir }) => {
  await willAnswer(app, 1);
  const machine = join(folder, 'machine.ts');
  writeFileSync(machine, 'throw new Error("it ran");');
  const links = [
    'phasmoscope:run?machine=/evil.ts',
    linkTo('//server/share/a.jsonl'),
    linkTo(join(folder, 'missing.jsonl')),
    linkTo(machine),
  ];
  for (const link of links) await follow(userDataDir, link);
  await expect.poll(async () => (await asked(app)).join('\n')).toContain('is not a trace');
  const texts = (await asked(app)).join('\n');
  expect(texts).toContain('it does not begin with phasmoscope:open?');
  expect(texts).toContain('its "file" cannot be used');
  expect(texts).toContain('which is not a file on this computer');
  const hosts = await app.evaluate(
    ({ app: main }) => main.getAppMetrics().filter(({ name }) => name?.includes('machine')).length,
  );
  expect(hosts).toBe(0);
  await expect(page.getByText('machine.ts')).toHaveCount(0);
});

test.describe('the place that a command line names', () => {
  const spot = { step: 78, view: 'state', path: PATH, where: 'step > 70' } as const;
  test.use({ appArgs: launchArgs({ kind: 'trace', path: trace, spot }) });

  test('is shown, and copied as a link and as a command', async ({ app, page }) => {
    await expectStep(page, 78);
    await expect(page.getByRole('treeitem', { name: /^userId: 43/ })).toBeVisible();
    await page.keyboard.press('Control+Shift+K');
    const copied = () => app.evaluate(({ clipboard }) => clipboard.readText());
    const rest = { step: '78', view: 'state', where: 'step > 70', path: PATH };
    const link = `phasmoscope:open?${new URLSearchParams({ file: trace, ...rest })}`;
    await expect.poll(copied).toBe(link);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('copy a command');
    await page.keyboard.press('Enter');
    const command = `npx phasmoscope open '${trace}' --step 78 --view state`;
    await expect.poll(copied).toBe(`${command} --where 'step > 70' --path '${PATH}'`);
  });
});
