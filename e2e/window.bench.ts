/**
 * How quickly the window starts and follows the arrow keys, on the real Electron.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile, report } from '../core/bench/report.ts';
import { firstWindow, launchApp } from './helpers/app.ts';
import { measureKeys, reportKeys, untilPainted, type KeyTimes } from './helpers/measure.ts';
import { DEMO, expectRun, launchArgs } from './helpers/window.ts';

const STARTS = 3;

async function startMs(): Promise<number> {
  const userDataDir = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));
  const beginMs = performance.now();
  const app = await launchApp({ userDataDir, appArgs: DEMO });
  const page = await app.firstWindow();
  await page.locator('.workspace > *').first().waitFor();
  await untilPainted(page);
  const tookMs = performance.now() - beginMs;
  await app.close();
  rmSync(userDataDir, { recursive: true, force: true });
  return tookMs;
}

/** @param startStep where the keys begin: near 0 every step changes the state, later few do. */
async function arrowKeyMs(startStep: number): Promise<KeyTimes> {
  const userDataDir = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));
  const appArgs = launchArgs({
    kind: 'machine',
    machine: { kind: 'sample', name: 'dentist-booking' },
    scenario: 'stress',
  });
  const app = await launchApp({ userDataDir, appArgs });
  const page = await firstWindow(app);
  await expectRun(page);
  const measured = await measureKeys(page, startStep);
  await app.close();
  rmSync(userDataDir, { recursive: true, force: true });
  return measured;
}

const starts: number[] = [];
for (let at = 0; at < STARTS; at += 1) starts.push(await startMs());
report(
  'cold start to the first painted window, median',
  percentile(starts, 0.5) / 1000,
  's',
  'under 2',
);
reportKeys('in the middle of 50 000 steps', await arrowKeyMs(25_000));
reportKeys('where every step changes the state', await arrowKeyMs(10));
