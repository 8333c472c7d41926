import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  protocol,
  screen,
  session,
  type Rectangle,
  type Session,
  type WebContents,
} from 'electron';
import { SPEAKER_WINDOW } from '../../core/contract/window.ts';

/** Where the page comes from: a scheme of our own, which serves the built renderer only. */
const SCHEME = 'app';
const APP_URL = `${SCHEME}://phasmoscope/`;
const RENDERER_FOLDER = join(import.meta.dirname, 'renderer');
/** `npm run dev` serves the renderer from here instead, with hot reload. A packaged program shows its own pages only. */
const DEV_URL = app.isPackaged ? undefined : process.env['PHASMOSCOPE_DEV_URL'];

/** A page that is still loading after this long is loaded again, and then waited for twice as long. */
const FIRST_LOADING_MS_MAX = 8_000;

/** The placeholder of the nonce in the built page. */
const NONCE_PLACE = 'CSP-NONCE';

/**
 * What the page may load: its own files only. Style attributes and style elements are refused, also
 * those of a text that was taken for markup. Libraries set styles through the DOM, which is allowed;
 * the few that add a style element give it the nonce, which they find in the page.
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Must be called before the application is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      // Compiled once, the page's scripts start faster from the second time on.
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** Whether a frame shows our own page, and so may speak to the main process. */
export function isOwnPage(url: string): boolean {
  return url.startsWith(APP_URL) || (DEV_URL !== undefined && isOfOrigin(url, DEV_URL));
}

function isOfOrigin(url: string, other: string): boolean {
  return URL.canParse(url) && new URL(url).origin === new URL(other).origin;
}

/**
 * Opens the window, closed off from everything but the preload script's bridge.
 *
 * @param isUnseen whether it is never shown: it draws all the same, for pictures.
 */
export function openWindow(bounds: Rectangle | undefined, isUnseen: boolean): BrowserWindow {
  protocol.handle(SCHEME, serveRenderer);
  denyPermissions(session.defaultSession);
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    ...(bounds && isOnScreen(bounds) ? bounds : {}),
    minWidth: 1040,
    minHeight: 640,
    show: false,
    title: 'Phasmoscope',
    webPreferences: {
      preload: join(import.meta.dirname, 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      offscreen: isUnseen,
    },
  });
  keepInPlace(window.webContents);
  takeSpeakers(window);
  reloadWhatStalls(window.webContents);
  void window.loadURL(DEV_URL ?? APP_URL);
  return window;
}

/** Whether a window can be seen and moved there: its screen may be gone since the last session. */
function isOnScreen({ x, y, width }: Rectangle): boolean {
  const { workArea } = screen.getDisplayMatching({ x, y, width, height: 1 });
  const isWithinX = x < workArea.x + workArea.width && x + width > workArea.x;
  return isWithinX && y >= workArea.y && y < workArea.y + workArea.height;
}

/** A page whose process dies this often before it is ready is not loaded again. */
const DEATHS_BEFORE_READY_MAX = 3;

/** Loads the page again when its process has died, and asks first when it dies again and again. */
export function reviveWhatDies(window: BrowserWindow, onDeath: () => void): void {
  let deaths = 0;
  window.on('show', () => {
    deaths = 0;
  });
  window.webContents.on('render-process-gone', (_, { reason }) => {
    if (window.isDestroyed() || reason === 'clean-exit') return;
    onDeath();
    deaths += 1;
    if (deaths < DEATHS_BEFORE_READY_MAX || window.isVisible()) window.reload();
    else askToRevive(window, reason);
  });
}

function askToRevive(window: BrowserWindow, reason: string): void {
  const pressed = dialog.showMessageBoxSync({
    type: 'error',
    message: 'The window cannot be shown',
    detail: `Its process ended ${DEATHS_BEFORE_READY_MAX} times before anything was shown (${reason}).`,
    buttons: ['Try again', 'Quit'],
    cancelId: 1,
  });
  if (pressed === 0) window.reload();
  else app.quit();
}

/** The page needs no permission but to copy texts, and to fill the screen, at the user's request. */
function denyPermissions(pages: Session): void {
  const isNeeded = (permission: string) =>
    permission === 'clipboard-sanitized-write' || permission === 'fullscreen';
  pages.setPermissionRequestHandler((_, permission, answer) => answer(isNeeded(permission)));
  pages.setPermissionCheckHandler((_, permission) => isNeeded(permission));
  pages.setDevicePermissionHandler(() => false);
}

/**
 * The window shows our page only: no frame of it goes elsewhere, and none opens another window but an empty
 * one for the speaker of a talk, which is a part of the page.
 */
function keepInPlace(contents: WebContents): void {
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url, frameName }) =>
    url === 'about:blank' && frameName.startsWith(SPEAKER_WINDOW)
      ? { action: 'allow', overrideBrowserWindowOptions: { autoHideMenuBar: true } }
      : { action: 'deny' },
  );
}

/**
 * Puts the speaker's window on another screen than the talk, where there is one. It lives no longer than the
 * page that opened it, and there is one at a time.
 */
function takeSpeakers(window: BrowserWindow): void {
  let last: BrowserWindow | undefined;
  const close = () => {
    if (last && !last.isDestroyed()) last.destroy();
  };
  window.on('closed', close);
  window.webContents.on('render-process-gone', close);
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) close();
  });
  // The page that goes may open one until the next page takes its place.
  window.webContents.on('did-navigate', close);
  window.webContents.on('did-create-window', (speaker) => {
    close();
    last = speaker;
    keepInPlace(speaker.webContents);
    speaker.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
    const here = screen.getDisplayMatching(window.getBounds());
    const other = screen.getAllDisplays().find(({ id }) => id !== here.id);
    if (other) speaker.setBounds(other.workArea);
  });
}

/**
 * Loads the page again if one of its files never arrives and the page stays empty. That happens,
 * rarely, on machines under load, and loading the page again cures it.
 */
function reloadWhatStalls(contents: WebContents): void {
  let loadingMsMax = FIRST_LOADING_MS_MAX;
  let stalled: NodeJS.Timeout | undefined;
  contents.on('did-start-loading', () => {
    clearTimeout(stalled);
    stalled = setTimeout(() => {
      loadingMsMax *= 2;
      contents.reload();
    }, loadingMsMax);
  });
  contents.on('did-stop-loading', () => clearTimeout(stalled));
  contents.on('destroyed', () => clearTimeout(stalled));
}

/** The types of the built renderer's files. Scripts and style sheets are refused without a type. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Serves a file of the built renderer, and nothing outside its folder. */
async function serveRenderer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const path = normalize(join(RENDERER_FOLDER, pathname === '/' ? 'index.html' : pathname));
  const type = CONTENT_TYPES[extname(path)];
  if (!path.startsWith(RENDERER_FOLDER + sep) || type === undefined) return notFound();
  const content = await readFile(path).catch(() => undefined);
  if (content === undefined) return notFound();
  const nonce = randomBytes(16).toString('base64');
  const body = type.startsWith('text/html')
    ? content.toString('utf8').replaceAll(NONCE_PLACE, nonce)
    : content;
  const headers = {
    'Content-Type': type,
    'Content-Security-Policy': contentSecurityPolicy(nonce),
    'X-Content-Type-Options': 'nosniff',
  };
  return new Response(body, { headers });
}

const notFound = (): Response => new Response(null, { status: 404 });
