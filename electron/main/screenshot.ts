import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { app, type BrowserWindow } from 'electron';
import type { ApiEvent } from '../../core/contract/window.ts';

/** Set by `npm start` if there is no screen: the file for a screenshot of the window, after which the app ends. */
const SCREENSHOT = process.env['PHASMOSCOPE_SCREENSHOT'];
/** The picture is taken when the first run has ended and had this long to be shown. */
const SCREENSHOT_DELAY_MS = 1_000;
/** Without an end of a run, the picture shows how far it has come. */
const FIRST_RUN_MS_MAX = 30_000;
/**
 * On a slow machine, panels may still be rendering, since they follow the cursor when there is time, and views
 * may still be drawn by the machine.
 */
const UNTIL_IDLE = `(async () => {
  const untilMs = performance.now() + 20_000;
  while (document.querySelector('[aria-busy="true"]') && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 10_000 }));
})()`;

/** Emits `task` when one has ended. */
const ended = new EventEmitter();

/** Must be called with every event that the window is sent. */
export function screenshotFollows(event: ApiEvent): void {
  if (event.kind === 'taskEnded') ended.emit('task');
}

/** If a screenshot was asked for, takes it of the window when its first run has ended, and ends the app. */
export async function takeAskedScreenshot(window: BrowserWindow): Promise<void> {
  if (SCREENSHOT === undefined) return;
  try {
    await Promise.race([once(ended, 'task'), setTimeout(FIRST_RUN_MS_MAX)]);
    await setTimeout(SCREENSHOT_DELAY_MS);
    await window.webContents.executeJavaScript(UNTIL_IDLE);
    const image = await window.webContents.capturePage();
    await writeFile(SCREENSHOT, image.toPNG());
    app.quit();
  } catch (error) {
    process.stderr.write(`error: no picture of the window: ${String(error)}\n`);
    app.exit(1);
  }
}
