/**
 * How quickly the window starts and follows the arrow keys, on the real Electron.
 *
 * A frame is measured inside the page, from the key event to the first task after the next animation
 * frame: style, layout and paint of a frame come between its callbacks and that task.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile, report } from '../core/bench/report.ts';
import { firstWindow, launchApp } from './helpers/app.ts';
import { DEMO, expectRun, expectStep, launchArgs } from './helpers/window.ts';

const STARTS = 3;
const KEYS = 120;

async function startMs(): Promise<number> {
  const userDataDir = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));
  const beginMs = performance.now();
  const app = await launchApp({ userDataDir, appArgs: DEMO });
  const page = await app.firstWindow();
  await page.locator('.workspace > *').first().waitFor();
  await page.evaluate(
    () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))),
  );
  const tookMs = performance.now() - beginMs;
  await app.close();
  rmSync(userDataDir, { recursive: true, force: true });
  return tookMs;
}

interface KeyTimes {
  /** From the key to the frame that shows the cursor at its new place. */
  readonly frames: readonly number[];
  /** From the key to the frame in which every panel shows the new step. */
  readonly panels: readonly number[];
  readonly idle: readonly number[];
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
  await page.keyboard.press('g');
  await page.keyboard.type(String(startStep));
  await page.keyboard.press('Enter');
  await expectStep(page, startStep);
  const measured = await page.evaluate(async (keys) => {
    const frame = () =>
      new Promise<void>((painted) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => painted());
          port1.start();
          port2.postMessage(null);
        });
      });
    const textOf = (selector: string) =>
      document.querySelector(selector)?.textContent?.replaceAll(/\D/g, '');
    const idle: number[] = [];
    const frames: number[] = [];
    const panels: number[] = [];
    for (let at = 0; at < keys; at += 1) {
      const begin = performance.now();
      await frame();
      idle.push(performance.now() - begin);
    }
    for (let at = 0; at < keys; at += 1) {
      const key = at % 3 === 2 ? 'ArrowLeft' : 'ArrowRight';
      const begin = performance.now();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true }));
      await frame();
      frames.push(performance.now() - begin);
      const shown = textOf('.position')?.slice(0, -'50000'.length);
      while (textOf('.step-head > .muted') !== shown) await frame();
      panels.push(performance.now() - begin);
    }
    return { frames, panels, idle };
  }, KEYS);
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

for (const [startStep, where] of [
  [25_000, 'in the middle of 50 000 steps'],
  [10, 'where every step changes the state'],
] as const) {
  const { frames, panels, idle } = await arrowKeyMs(startStep);
  report(`arrow key ${where}: cursor painted, median`, percentile(frames, 0.5), 'ms');
  report('  p95', percentile(frames, 0.95), 'ms', 'under 33');
  report('  all panels painted, median', percentile(panels, 0.5), 'ms');
  report('  p95', percentile(panels, 0.95), 'ms');
  report('  for comparison, a frame of an idle window, p95', percentile(idle, 0.95), 'ms');
}
