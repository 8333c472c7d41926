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
import { firstWindow, launchApp } from './app.ts';
import { DEMO, expectRun, launchArgs } from './window.ts';

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

async function arrowKeyFramesMs(): Promise<{ frames: number[]; idle: number[] }> {
  const userDataDir = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));
  const appArgs = launchArgs({
    kind: 'machine',
    machine: { kind: 'sample', name: 'dentist-booking' },
    scenario: 'stress',
  });
  const app = await launchApp({ userDataDir, appArgs });
  const page = await firstWindow(app);
  await expectRun(page);
  const measured = await page.evaluate(async (keys) => {
    const frame = () =>
      new Promise<number>((painted) => {
        const begin = performance.now();
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => painted(performance.now() - begin));
          port1.start();
          port2.postMessage(null);
        });
      });
    const idle: number[] = [];
    for (let at = 0; at < keys; at += 1) idle.push(await frame());
    const frames: number[] = [];
    for (let at = 0; at < keys; at += 1) {
      const key = at % 3 === 2 ? 'ArrowLeft' : 'ArrowRight';
      const begin = performance.now();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true }));
      await frame();
      frames.push(performance.now() - begin);
    }
    return { frames, idle };
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
  'under 3',
);

const { frames, idle } = await arrowKeyFramesMs();
report('arrow key to painted frame at 50 000 steps, median', percentile(frames, 0.5), 'ms');
report(
  'arrow key to painted frame at 50 000 steps, p95',
  percentile(frames, 0.95),
  'ms',
  'under 33',
);
report('for comparison, a frame of an idle window, p95', percentile(idle, 0.95), 'ms');
