import type { ElectronApplication, Page } from '@playwright/test';
import { percentile, report } from '../../core/bench/report.ts';
import { expectStep } from './window.ts';

/** @file What the benchmarks of the window measure inside its page. */

const KEYS = 120;

/** The answers to a number of arrow keys, in milliseconds. */
export interface KeyTimes {
  /** From the key to the frame that shows the cursor at its new place. */
  readonly frames: readonly number[];
  /** From the key to the frame in which every panel shows the new step. */
  readonly panels: readonly number[];
  /** The frames of an idle window, for comparison. */
  readonly idle: readonly number[];
}

/**
 * Presses arrow keys, from a step of the run on the screen on. A frame is measured from the key event to the
 * first task after the next animation frame: style, layout and paint of a frame come between its callbacks and
 * that task.
 */
export async function measureKeys(page: Page, startStep: number): Promise<KeyTimes> {
  await goToStep(page, startStep);
  return page.evaluate(async (keys) => {
    const frame = () =>
      new Promise<void>((painted) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => painted());
          port1.start();
          port2.postMessage(null);
        });
      });
    const numberIn = (selector: string, pattern: RegExp) =>
      pattern.exec(document.querySelector(selector)?.textContent ?? '')?.[1]?.replaceAll(/\D/g, '');
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
      const shown = numberIn('.position', /^step ([\d\s]+)/);
      while (numberIn('.step-head > .step-number', /^([\d\s]+)$/) !== shown) await frame();
      panels.push(performance.now() - begin);
    }
    return { frames, panels, idle };
  }, KEYS);
}

/** Prints how quickly the window follows the arrow keys. */
export function reportKeys(where: string, { frames, panels, idle }: KeyTimes): void {
  report(`arrow key ${where}: cursor painted, median`, percentile(frames, 0.5), 'ms');
  report('  p95', percentile(frames, 0.95), 'ms', 'under 33');
  report('  all panels painted, median', percentile(panels, 0.5), 'ms');
  report('  p95', percentile(panels, 0.95), 'ms', 'under 33');
  report('  for comparison, a frame of an idle window, p95', percentile(idle, 0.95), 'ms');
}

/**
 * Clicks at places all over the timeline, which shows the whole run.
 *
 * @returns the milliseconds from each click to the frame in which every panel shows the step.
 */
export async function measureJumps(page: Page, jumps: number): Promise<readonly number[]> {
  const timeline = await page.getByRole('region', { name: 'Timeline' }).boundingBox();
  if (!timeline) throw new Error('the window has a timeline');
  const times: number[] = [];
  for (let at = 0; at < jumps; at += 1) {
    const painted = await page.evaluateHandle(() => {
      const numberIn = (selector: string, pattern: RegExp) =>
        pattern
          .exec(document.querySelector(selector)?.textContent ?? '')?.[1]
          ?.replaceAll(/\D/g, '');
      const shown = () => numberIn('.position', /^step ([\d\s]+)/);
      const isWhole = () => numberIn('.step-head > .step-number', /^([\d\s]+)$/) === shown();
      const before = shown();
      const tookMs = new Promise<number>((resolve) => {
        const onDown = () => {
          const begin = performance.now();
          const onFrame = () => {
            if (shown() === before || !isWhole()) requestAnimationFrame(onFrame);
            else resolve(performance.now() - begin);
          };
          requestAnimationFrame(onFrame);
        };
        addEventListener('pointerdown', onDown, { once: true, capture: true });
      });
      return { tookMs };
    });
    const x = timeline.x + 200 + ((at * 0.618) % 1) * (timeline.width - 260);
    await page.mouse.click(x, timeline.y + 75);
    times.push(await painted.evaluate(({ tookMs }) => tookMs));
  }
  return times;
}

/** Moves the cursor to a step by its number. */
async function goToStep(page: Page, stepIndex: number): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.type(String(stepIndex));
  await page.keyboard.press('Enter');
  await expectStep(page, stepIndex);
}

/** Waits until what is on the screen was painted. */
export function untilPainted(page: Page): Promise<unknown> {
  return page.evaluate(
    () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))),
  );
}

/** The processes in which a machine runs, and in which traces are read, as Electron calls them. */
export const HOST = 'Phasmoscope machine';
export const READER = 'Phasmoscope reader';

/** The processor's time that a process of the program has taken so far, with all its threads, in seconds. */
export function spentSeconds(app: ElectronApplication, name: string): Promise<number> {
  return app.evaluate(
    ({ app: main }, wanted) =>
      main.getAppMetrics().find((one) => one.name === wanted)?.cpu.cumulativeCPUUsage ?? Number.NaN,
    name,
  );
}

/** The memory that the process of the window takes, in megabytes: what it shares with others counts as well. */
export function windowMb(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ app: main }) => {
    const tab = main.getAppMetrics().find(({ type }) => type === 'Tab');
    return (tab?.memory.workingSetSize ?? Number.NaN) / 1000;
  });
}

/** The file that the next dialogs choose, for opening and for saving. */
export async function chooseFile(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, file) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: file });
  }, path);
}
