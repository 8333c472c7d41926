/**
 * Kills processes in the middle of a run, at random moments of a fixed seed. Whatever dies, the run has
 * all steps that it had, the cursor is where it was, and nothing is executed again.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { isAlive } from './helpers/processes.ts';
import { expectStep, launchArgs } from './helpers/window.ts';

const SEED = 20_261_129;
/** Many more find what a few miss: `PHASMOSCOPE_KILL_ROUNDS=50 npm run e2e kills`. */
const ROUNDS = Number(process.env['PHASMOSCOPE_KILL_ROUNDS'] ?? 4);
/** What is older than this must not be lost. */
const KEPT_MS = 1_000;

const MACHINE = join(dirname(import.meta.dirname), 'e2e/machines/counts-on.ts');
const VICTIMS = ['main', 'host', 'reader', 'renderer'] as const;
type Victim = (typeof VICTIMS)[number];

/** The names of the processes in Electron's list. */
const PROCESS_NAMES = {
  main: 'Browser',
  host: 'Phasmoscope machine',
  reader: 'Phasmoscope reader',
  renderer: 'Tab',
} as const satisfies Record<Victim, string>;

/** Random numbers from 0 to 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The processes of the program. */
async function pidsOf(app: ElectronApplication): Promise<Readonly<Record<Victim, number[]>>> {
  const metrics = await app.evaluate(({ app: main }) =>
    main.getAppMetrics().map(({ pid, type, name = '' }) => ({ pid, names: [type, name] })),
  );
  const pids = (victim: Victim) =>
    metrics.filter(({ names }) => names.includes(PROCESS_NAMES[victim])).map(({ pid }) => pid);
  return {
    main: pids('main'),
    host: pids('host'),
    reader: pids('reader'),
    renderer: pids('renderer'),
  };
}

/** The steps that are in the session's file of the only run. */
function stepsInFile(profile: string): number {
  const folder = join(profile, 'sessions/1/traces');
  const [name] = existsSync(folder) ? readdirSync(folder) : [];
  if (name === undefined) return 0;
  const text = readFileSync(join(folder, name), 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n'));
  return whole.split('\n').filter((line) => line.startsWith('{"step"')).length;
}

async function stepsShown(page: Page): Promise<number> {
  const text = await page.getByRole('contentinfo').innerText();
  return Number(/([\d\u202F]+) steps/.exec(text)?.[1]?.replaceAll('\u202F', '') ?? -1);
}

async function kill(app: ElectronApplication, victim: Victim, pid: number): Promise<void> {
  if (victim !== 'renderer') {
    process.kill(pid, 'SIGKILL');
    return;
  }
  // A page that is not there yet cannot be asked for its text.
  await app.evaluate(async ({ BrowserWindow }, page) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const reloaded = new Promise<void>((resolve) =>
      contents?.once('did-finish-load', () => resolve()),
    );
    process.kill(page, 'SIGKILL');
    await reloaded;
  }, pid);
}

/** What the window shows, when Playwright can no longer reach it since its process died. */
function textOf(app: ElectronApplication): Promise<string> {
  return app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return String(await contents?.executeJavaScript('document.body.innerText'));
  });
}

/** Checks what the death of a process does to the window that is still there, and closes that. */
async function expectSurvived(app: ElectronApplication, victim: Victim, page: Page, steps: number) {
  switch (victim) {
    case 'main':
      return;
    case 'host':
      await expect(page.getByRole('alert').first()).toContainText('ended unexpectedly', {
        timeout: 30_000,
      });
      // The reader may still be at the last lines that the host has written.
      await expect.poll(() => stepsShown(page)).toBeGreaterThanOrEqual(steps);
      break;
    case 'reader':
      // Another one follows the run.
      await expect.poll(() => stepsShown(page), { timeout: 20_000 }).toBeGreaterThan(steps + 100);
      break;
    case 'renderer':
      await expect.poll(() => textOf(app)).toContain('The window ended while this was open');
      break;
    default:
      throw new Error(`no process is named ${String(victim satisfies never)}`);
  }
  await app.close();
}

/** Checks that the session is as it was, and that no machine makes more of it. */
async function expectBack(profile: string, victim: Victim, steps: number, cursor: number) {
  const app = await launchApp({ userDataDir: profile });
  const page = await firstWindow(app);
  if (victim === 'renderer') await page.getByRole('button', { name: 'Open it again' }).click();
  await expectStep(page, cursor);
  await expect.poll(() => stepsShown(page)).toBeGreaterThanOrEqual(steps);
  const written = stepsInFile(profile);
  await page.keyboard.press('End');
  await expectStep(page, written - 1);
  await page.waitForTimeout(500);
  expect(stepsInFile(profile)).toBe(written);
  await app.close();
}

for (let round = 0; round < ROUNDS; round += 1) {
  const victim = VICTIMS[round % VICTIMS.length] as Victim;
  test(`round ${round}: a run outlives its ${victim} process`, async () => {
    test.setTimeout(120_000);
    const random = randomOf(SEED + round);
    const profile = mkdtempSync(join(tmpdir(), 'phasmoscope-e2e-'));
    const machine = { kind: 'file', path: MACHINE } as const;
    const appArgs = launchArgs({ kind: 'machine', machine });
    const app = await launchApp({ userDataDir: profile, appArgs });
    const page = await firstWindow(app);
    await expect.poll(() => stepsShown(page), { timeout: 30_000 }).toBeGreaterThan(50);
    const cursor = 1 + Math.floor(random() * 8);
    await page.keyboard.press('Home');
    for (let step = 0; step <= cursor; step += 1) await page.keyboard.press('ArrowRight');
    await expectStep(page, cursor);
    await page.waitForTimeout(KEPT_MS + random() * 1_500);

    const pids = await pidsOf(app);
    const [pid] = pids[victim];
    if (pid === undefined) throw new Error(`there is no ${victim} process`);
    const steps = Math.max(await stepsShown(page), stepsInFile(profile));
    await kill(app, victim, pid);
    await expectSurvived(app, victim, page, steps);
    // No process is left that could still write.
    await expect
      .poll(() => Object.values(pids).flat().filter(isAlive), { timeout: 20_000 })
      .toEqual([]);
    await expectBack(profile, victim, steps, cursor);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
}
