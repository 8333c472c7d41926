/**
 * The fixture of all end-to-end tests: a real Electron window with a profile of its own. A test
 * fails when its window reports an error, whatever else it checks.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ElectronApplication,
  type Page,
  type TestInfo,
  _electron as electron,
  test as base,
  expect,
} from '@playwright/test';

/** Tests and benchmarks run in the root of the repository, wherever their bundle is. */
const ROOT = process.cwd();
const WINDOW_SIZE = { width: 1440, height: 900 };

export interface AppOptions {
  /** Arguments on the app's command line, such as a file to open. */
  appArgs: string[];
  /** Added to the environment of the app. */
  appEnv: Record<string, string>;
  /** Settings of the profile that differ from the default ones. */
  settings: Record<string, unknown>;
}

export interface AppFixtures {
  /** The profile folder, new for each test. */
  userDataDir: string;
  app: ElectronApplication;
  page: Page;
}

export interface Launch extends Partial<AppOptions> {
  userDataDir: string;
}

/**
 * Starts the app. Tests use it directly only to start it a second time on the same profile.
 */
export async function launchApp({
  userDataDir,
  appArgs = [],
  appEnv = {},
}: Launch): Promise<ElectronApplication> {
  const executablePath = process.env['PHASMOSCOPE_ELECTRON'];
  if (executablePath === undefined) {
    throw new Error(
      'PHASMOSCOPE_ELECTRON does not say which Electron to drive. ' +
        'Start these tests with `npm run e2e`, which finds one, builds the app and has a display.',
    );
  }
  const isRoot = process.getuid?.() === 0;
  return electron.launch({
    executablePath,
    chromiumSandbox: !isRoot,
    // Playwright would emulate a light theme, whatever theme the app chooses.
    colorScheme: null,
    // The virtual display of a test has no GPU; emulating one costs more than painting without.
    args: [ROOT, '--disable-gpu', `--user-data-dir=${userDataDir}`, ...appArgs],
    env: { ...cleanEnvironment(), ...appEnv },
  });
}

/** The first window of an app, at the size that all tests assume. */
export async function firstWindow(app: ElectronApplication): Promise<Page> {
  const page = await app.firstWindow();
  const window = await app.browserWindow(page);
  await window.evaluate((browserWindow, { width, height }) => {
    browserWindow.setContentSize(width, height);
  }, WINDOW_SIZE);
  return page;
}

/** The project's own switches must not leak from the shell into a test. */
function cleanEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !entry[0].startsWith('PHASMOSCOPE_'),
    ),
  );
}

/** Collects the errors that a window reports, as long as it lives. */
function collectErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.stack ?? error.message}`));
  return errors;
}

/** A screenshot that takes longer than this is given up. */
const PICTURE_MS_MAX = 5_000;

/** Keeps a screenshot of a window in which a test failed, or the reason why there is none. */
async function keepEvidence(page: Page, testInfo: TestInfo) {
  const hasFailed = testInfo.status !== testInfo.expectedStatus || testInfo.errors.length > 0;
  if (!hasFailed || page.isClosed()) return;
  const screenshot = testInfo.outputPath('window.png');
  try {
    await page.screenshot({ path: screenshot, timeout: PICTURE_MS_MAX });
    testInfo.attachments.push({ name: 'window', path: screenshot, contentType: 'image/png' });
  } catch (error) {
    await testInfo.attach('no picture of the window', { body: String(error) });
  }
}

export const test = base.extend<AppOptions & AppFixtures>({
  appArgs: [[], { option: true }],
  appEnv: [{}, { option: true }],
  settings: [{}, { option: true }],

  userDataDir: async ({ settings }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'phasmoscope-e2e-'));
    await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
    await use(folder);
    // Chromium's last helper process may still write while it ends, hence the retries.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  },

  app: async ({ userDataDir, appArgs, appEnv }, use, testInfo) => {
    const app = await launchApp({ userDataDir, appArgs, appEnv });
    const output: string[] = [];
    app.process().stdout?.on('data', (chunk) => output.push(String(chunk)));
    app.process().stderr?.on('data', (chunk) => output.push(String(chunk)));
    await use(app);
    await app.close();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('output of the main process', { body: output.join('') });
    }
  },

  page: async ({ app }, use, testInfo) => {
    const page = await firstWindow(app);
    const errors = collectErrors(page);
    await use(page);
    expect.soft(errors, 'the window must report no errors').toEqual([]);
    await keepEvidence(page, testInfo);
  },
});

export { expect };
