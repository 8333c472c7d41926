/**
 * The checklist of https://www.electronjs.org/docs/latest/tutorial/security, item by item, tried on
 * the window and in the main process. The window is not that of the fixture, which fails on every
 * error in the console: here, refusals are expected.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect, firstWindow, test as base } from './helpers/app.ts';

const test = base.extend<{ shown: Page }>({
  shown: async ({ app }, use) => {
    const page = await firstWindow(app);
    await expect(page.getByRole('banner')).toBeVisible();
    await use(page);
  },
});

/** The byte of a fuse that is off, in the executable. */
const FUSE_OFF = '0'.charCodeAt(0);

/** The preferences that the window was made with. */
const preferences = (app: ElectronApplication) =>
  app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    return contents.getLastWebPreferences();
  });

test('1, 18: the page is our own, comes from no server and no file, and loads nothing else', async ({
  shown,
}) => {
  expect(shown.url()).toBe('app://phasmoscope/');
  const refused = await shown.evaluate(() =>
    Promise.all(
      ['http://127.0.0.1:9/', 'https://example.com/', 'file:///etc/hostname', 'data:,x'].map(
        (url) =>
          fetch(url).then(
            () => `${url} was loaded`,
            () => 'refused',
          ),
      ),
    ),
  );
  expect(refused).toEqual(['refused', 'refused', 'refused', 'refused']);
  const outside = await shown.evaluate(async () => {
    const paths = ['../main.cjs', '%2e%2e/main.cjs', '..%2fmain.cjs', '..%5cmain.cjs'];
    return Promise.all(paths.map(async (path) => (await fetch(`/${path}`)).status));
  });
  expect(outside).toEqual([404, 404, 404, 404]);
});

test('2, 3, 4, 6, 8, 9, 10, 11: the page is isolated, sandboxed, and has no extra rights', async ({
  app,
  shown,
}) => {
  expect(await preferences(app)).toMatchObject({
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    contextIsolation: true,
    sandbox: true,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    enableBlinkFeatures: '',
    webviewTag: false,
  });
  const names = ['require', 'process', 'module', 'Buffer', 'global', 'electron'];
  expect(await shown.evaluate((all) => all.filter((name) => name in globalThis), names)).toEqual(
    [],
  );
});

test('5: permissions are denied, when asked for and when looked up', async ({ app, shown }) => {
  const looked = await shown.evaluate(() =>
    Promise.all(
      ['geolocation', 'camera', 'microphone', 'notifications', 'midi', 'clipboard-read'].map(
        async (name) => {
          const query = { name: name as PermissionName };
          return `${name}: ${(await navigator.permissions.query(query)).state}`;
        },
      ),
    ),
  );
  expect(looked.filter((text) => !text.endsWith(': denied'))).toEqual([]);
  const asked = await shown.evaluate(() =>
    Promise.all(
      [
        () => navigator.mediaDevices.getUserMedia({ video: true }),
        () => navigator.mediaDevices.getDisplayMedia(),
        () =>
          new Promise((resolve, reject) => {
            navigator.geolocation.getCurrentPosition(resolve, reject);
          }),
        async () => {
          if ((await Notification.requestPermission()) !== 'granted') throw new Error('denied');
        },
        () => navigator.clipboard.readText(),
      ].map((ask) => ask().then(String, () => 'denied')),
    ),
  );
  expect(asked).toEqual(['denied', 'denied', 'denied', 'denied', 'denied']);
  // The page itself copies at the press of a button.
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.focus());
});

test('7: the policy refuses scripts and styles that are not files of ours', async ({ shown }) => {
  const policy = await shown.evaluate(async () =>
    (await fetch('/')).headers.get('Content-Security-Policy'),
  );
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect(policy).not.toContain('*');
  const other = await shown.evaluate(async () =>
    (await fetch('/')).headers.get('Content-Security-Policy'),
  );
  expect(other, 'each page has a nonce of its own').not.toBe(policy);

  const done = await shown.evaluate(async () => {
    const found: string[] = [];
    const place = document.createElement('div');
    place.innerHTML =
      '<b style="color: rgb(1, 2, 3)">x</b><style>i { color: rgb(1, 2, 3) }</style><i>y</i>' +
      '<img src="x" onerror="globalThis.wasRun = true">';
    const script = document.createElement('script');
    script.textContent = 'globalThis.wasRun = true';
    document.body.append(place, script);
    // Code that a debugger executes may evaluate texts; code after a pause is the page's own again.
    await new Promise((resolve) => setTimeout(resolve, 200));
    try {
      const evaluate = Reflect.get(globalThis, 'eval') as (code: string) => unknown;
      found.push(String(evaluate('"evaluated"')));
    } catch {
      found.push('not evaluated');
    }
    const isStyled = [...place.querySelectorAll('b, i')].some(
      (element) => getComputedStyle(element).color === 'rgb(1, 2, 3)',
    );
    place.remove();
    return [
      ...found,
      isStyled ? 'styled' : 'not styled',
      'wasRun' in globalThis ? 'run' : 'not run',
    ];
  });
  expect(done).toEqual(['not evaluated', 'not styled', 'not run']);
});

test('12: a webview stays an unknown element', async ({ app, shown }) => {
  await shown.evaluate(() => {
    const view = document.createElement('webview');
    view.setAttribute('src', 'https://example.com/');
    view.setAttribute('nodeintegration', '');
    document.body.append(view);
  });
  await shown.waitForTimeout(300);
  expect(await app.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1);
});

test('13: the page goes nowhere else, and no frame of it does', async ({ shown }) => {
  for (const url of ['https://example.com/', 'file:///etc/hostname', 'data:text/html,x']) {
    await shown.evaluate((to) => {
      const link = document.createElement('a');
      link.href = to;
      document.body.append(link);
      link.click();
      link.remove();
      const frame = document.createElement('iframe');
      frame.src = to;
      document.body.append(frame);
    }, url);
    await shown.waitForTimeout(200);
    expect(shown.url()).toBe('app://phasmoscope/');
  }
  const elsewhere = shown.frames().filter((frame) => /^(?:https|file):/.test(frame.url()));
  expect(elsewhere.map((frame) => frame.url())).toEqual([]);
  expect(await shown.evaluate(() => document.querySelector('header') !== null)).toBe(true);
});

test('14: no window is opened', async ({ app, shown }) => {
  const opened = await shown.evaluate(() => {
    const link = document.createElement('a');
    Object.assign(link, { href: 'https://example.com/', target: '_blank' });
    document.body.append(link);
    link.click();
    return [window.open('https://example.com/'), window.open('app://phasmoscope/')].map(String);
  });
  expect(opened).toEqual(['null', 'null']);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('15, 20: the page reaches three functions, and none opens anything outside', async ({
  shown,
}) => {
  const reached = await shown.evaluate(() =>
    Object.keys((globalThis as unknown as { phasmoscope: object }).phasmoscope),
  );
  expect(reached).toEqual(['request', 'onEvent', 'openDroppedFile']);
  const main = readFileSync(join(process.cwd(), 'dist/main.code.cjs'), 'utf8');
  expect(main).not.toMatch(/openExternal|openPath/);
});

test('16: the Electron is no older than the fallback', async ({ app }) => {
  const version = await app.evaluate(() => process.versions.electron ?? '');
  expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(33);
});

test('17: only our page may send requests', async ({ app, shown }) => {
  await expect(
    shown.evaluate(() =>
      (
        globalThis as unknown as {
          phasmoscope: { request(name: string, takes: unknown): Promise<unknown> };
        }
      ).phasmoscope.request('constructor', null),
    ),
  ).rejects.toThrow('no request is named constructor');
  const reply = await app.evaluate(async ({ app: running, BrowserWindow }) => {
    const other = new BrowserWindow({
      show: false,
      webPreferences: { preload: `${running.getAppPath()}/dist/preload.cjs` },
    });
    await other.loadURL('data:text/html,<p>another page');
    const asked = await other.webContents.executeJavaScript(
      "phasmoscope.request('start').then(() => 'answered', String)",
    );
    other.destroy();
    return String(asked);
  });
  expect(reply).toContain('requests from data:');
});

test('17: a session that our page keeps lets the next start read no file but those chosen', async ({
  app,
  shown,
  userDataDir,
}) => {
  // The main process reports that it does not keep such a session.
  await app.evaluate(({ dialog }) => {
    dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
  });
  await shown.evaluate(() => {
    const origin = { kind: 'file', path: '/etc/hostname' };
    const text = JSON.stringify({ runs: { runs: [{ origin }] } });
    return (
      globalThis as unknown as {
        phasmoscope: { request(name: string, takes: unknown): Promise<unknown> };
      }
    ).phasmoscope.request('keepSession', { file: 'session', text });
  });
  const kept = readFileSync(join(userDataDir, 'sessions/1/session.json'), 'utf8');
  expect(kept).not.toContain('hostname');
});

test('19: the fuses of the fallback are as they should be', async () => {
  const executable = process.env['PHASMOSCOPE_ELECTRON'] ?? '';
  test.skip(!executable.includes('.cache'), 'The official binary is used as it is.');
  const wire = await getCurrentFuseWire(executable);
  for (const fuse of [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
    FuseV1Options.GrantFileProtocolExtraPrivileges,
  ]) {
    expect(wire[fuse], FuseV1Options[fuse]).toBe(FUSE_OFF);
  }
});
