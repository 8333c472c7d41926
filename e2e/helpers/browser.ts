import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { _electron as electron, type ElectronApplication, type Page } from '@playwright/test';

/** What a browser was asked for, and what it wrote to its console. */
export interface BrowserLog {
  /** The addresses of all requests, whether they were answered or not. */
  readonly requests: () => Promise<readonly string[]>;
  /** Errors in the console, and those that nobody caught. */
  readonly errors: readonly string[];
}

/** A Chromium without our program: a sandboxed window that loads files, and has no network. */
export interface Browser {
  readonly app: ElectronApplication;
  /** Opens a file in a new window. */
  readonly open: (path: string, size?: Size) => Promise<{ page: Page; log: BrowserLog }>;
  readonly close: () => Promise<void>;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const MANIFEST = '{ "name": "browser", "version": "1.0.0", "main": "main.cjs" }';
/** It stays without a window. */
const MAIN = `require('electron').app.on('window-all-closed', () => {});`;

const SIZE: Size = { width: 1440, height: 900 };

/** Starts such a browser: the Electron at hand, with an empty app and a profile of its own. */
export async function startBrowser(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'phasmoscope-browser-'));
  await writeFile(join(folder, 'package.json'), MANIFEST);
  await writeFile(join(folder, 'main.cjs'), MAIN);
  const app = await electron.launch({
    executablePath: process.env['PHASMOSCOPE_ELECTRON'] ?? '',
    chromiumSandbox: process.getuid?.() !== 0,
    colorScheme: null,
    args: [folder, '--disable-gpu', `--user-data-dir=${join(folder, 'profile')}`],
  });
  return {
    app,
    open: async (path, size = SIZE) => {
      const opened = app.waitForEvent('window');
      await openWindow(app, size);
      const page = await opened;
      const errors: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
      await page.goto(pathToFileURL(path).href);
      return {
        page,
        log: { requests: () => app.evaluate(() => (globalThis as Kept).requests ?? []), errors },
      };
    },
    close: async () => {
      await endNow(app);
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** A browser that has not ended by itself after this long is killed. */
const ENDING_MS_MAX = 5_000;

/** Ends a browser whatever its pages do: `app.quit()` would wait for a page that does not answer for ever. */
async function endNow(app: ElectronApplication): Promise<void> {
  const browser = app.process();
  const killing = setTimeout(() => browser.kill('SIGKILL'), ENDING_MS_MAX);
  // The answer does not come any more.
  await app.evaluate(({ app: electronApp }) => electronApp.exit()).catch(() => undefined);
  await app.close().catch(() => undefined);
  clearTimeout(killing);
}

/** Where the main process keeps the addresses of requests. */
interface Kept {
  requests?: string[];
}

/** Opens an empty window, in whose session nothing can be reached. */
function openWindow(app: ElectronApplication, size: Size): Promise<void> {
  return app.evaluate(async ({ app: electronApp, BrowserWindow, session }, contentSize) => {
    await electronApp.whenReady();
    const kept = globalThis as Kept;
    if (!kept.requests) {
      const requests: string[] = (kept.requests = []);
      session.defaultSession.enableNetworkEmulation({ offline: true });
      session.defaultSession.webRequest.onBeforeRequest(({ url }, answer) => {
        requests.push(url);
        answer({});
      });
    }
    const webPreferences = { sandbox: true };
    const window = new BrowserWindow({ ...contentSize, useContentSize: true, webPreferences });
    // Playwright sees a window once it shows something.
    void window.loadURL('about:blank');
  }, size);
}
