import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app, dialog, Menu, nativeTheme, type BrowserWindow } from 'electron';
import { printPictureNews, type PictureNews } from '../../core/contract/picture-order.ts';
import { tracesOf, type ApiEvent, type AppMenu, type Launch } from '../../core/contract/window.ts';
import { openedAs } from '../../core/node/files/file-kind.ts';
import { toProblem } from '../../core/problem.ts';
import { messageOf } from '../../core/thrown.ts';
import { startAhead, startChild } from './child.ts';
import { Files } from './files.ts';
import { connect, sendTo } from './ipc.ts';
import { readLaunch } from './launch.ts';
import { handOver, Links } from './links.ts';
import { HOST } from './machine-host.ts';
import { buildMenu } from './menu.ts';
import { createHandlers, type Asking, type Parts } from './requests.ts';
import { Room } from './room.ts';
import { screenshotFollows, takeAskedScreenshot } from './screenshot.ts';
import { SessionFolder } from './session-folder.ts';
import { Settings } from './settings.ts';
import { READER, TraceReader } from './trace-reader.ts';
import { Trust } from './trust.ts';
import { Warnings } from './warnings.ts';
import { openWindow, registerScheme, reviveWhatDies } from './window.ts';
import { Work } from './work.ts';

registerScheme();

let window: BrowserWindow | undefined;
const warnings = new Warnings(() => window);
const emit = (event: ApiEvent) => {
  sendTo(window, event);
  screenshotFollows(event);
};

function requireWindow(): BrowserWindow {
  if (!window) throw new Error('the window is closed');
  return window;
}

function setMenu(menus: readonly AppMenu[]): void {
  Menu.setApplicationMenu(buildMenu(menus, (id) => emit({ kind: 'command', id })));
}

function tellPicture(news: PictureNews): void {
  process.stdout.write(printPictureNews(news));
  if (news.kind !== 'progress') app.quit();
}

/**
 * Ends the program when whatever wants its picture has ended, even by SIGKILL: nobody would see or close
 * its window. Not on Windows, where programs with windows have no standard input.
 */
function endWithAsker(): void {
  if (process.platform === 'win32') return;
  process.stdin.on('error', () => app.exit(1));
  process.stdin.once('end', () => app.exit(1));
  process.stdin.resume();
}

/** Returns what the window should open; without a usable launch, nothing in particular. */
function launchOrWarn(): Launch {
  try {
    return readLaunch(process.argv.slice(1), app.getAppPath());
  } catch (error) {
    warnings.report(toProblem(error, 'The window cannot open what it was started with'));
    return { kind: 'lastSession' };
  }
}

/** Files named on the command line count as chosen by the user. */
function grantLaunch({ files, trust }: Parts, launch: Launch): void {
  for (const { path, machine } of tracesOf(launch)) {
    files.grant(path);
    if (machine?.kind === 'file') trust.agree(machine.path);
  }
  if (launch.kind === 'trace' && launch.picture) files.order(launch.picture.out);
  if (launch.kind !== 'machine') return;
  if (launch.machine.kind === 'file') trust.agree(launch.machine.path);
  if (launch.inputs !== undefined) files.grant(launch.inputs);
}

/** Opens a file that was dropped on the window, as the kind of file that it is. */
function openDropped({ files, trust }: Parts, path: string): void {
  const kind = openedAs(path);
  files.grant(path);
  if (kind === 'machine') trust.agree(path);
  emit({ kind: 'openFile', recent: { kind, path } });
}

/** Lets the application end only after what the page has said last is on the disk. */
function quitWhenKept(session: SessionFolder): void {
  app.on('will-quit', (event) => {
    if (session.isSettled) return;
    event.preventDefault();
    const exit = () => app.exit();
    session.settled().then(exit, exit);
  });
}

/** Takes a folder for the session; one that is of no use at the next start, if there is no other. */
async function takeSession(userData: string): Promise<SessionFolder> {
  try {
    return await SessionFolder.take(userData, warnings.report);
  } catch (error) {
    warnings.report({
      title: `The session cannot be kept in ${userData}: ${messageOf(error)}`,
      remedy: 'It is kept until the window closes. Free or repair the disk or folder.',
    });
    return await SessionFolder.take(await mkdtemp(join(tmpdir(), 'phasmoscope-')), warnings.report);
  }
}

/** Creates what carries out the requests of the window. */
function createParts(session: SessionFolder, settings: Settings): Parts {
  const files = new Files(settings, emit);
  files.grantKept(session.texts.session);
  const trust = new Trust(settings, requireWindow);
  const reader = new TraceReader({
    start: (listener) => startChild(READER, listener),
    emit,
    fileOf: (traceId) => session.traceFile(traceId),
    copyFolder: session.tracesFolder,
  });
  const room = new Room({
    traces: () => session.traces(),
    isHeld: (traceId) => reader.isLive(traceId) || files.hasSaved(traceId),
    bytesMax: () => settings.sessionBytesMax,
    emit,
  });
  const surroundings = { files, trust, session, reader, room, settings, emit };
  return { ...surroundings, work: new Work(surroundings) };
}

/** Opens the window on what the program was started with, and carries out what its pages ask for. */
function openOn(launch: Launch, parts: Parts, links: Links): void {
  const { files, settings, work } = parts;
  const picture = launch.kind === 'trace' ? launch.picture : undefined;
  /** Whether the previous page died: the run that it showed may be the cause. */
  let hasWindowDied = false;
  const asking: Asking = {
    window: requireWindow,
    pageStarts: () => {
      const started = { launch, hasWindowDied };
      hasWindowDied = false;
      // The launch may be the cause of the window's death.
      return started.hasWindowDied ? { ...started, launch: { kind: 'lastSession' } } : started;
    },
    pageIsReady: () => {
      // Nobody sees a window that takes a picture.
      if (picture) return;
      requireWindow().show();
      links.windowIsReady({
        window: requireWindow,
        onPlace: (place) => {
          files.grant(place.file);
          emit({ kind: 'openPlace', place });
        },
        onProblem: warnings.report,
      });
      warnings.windowIsShown();
      void takeAskedScreenshot(requireWindow());
    },
    setMenu: picture ? () => undefined : setMenu,
    tellPicture,
    warn: warnings.report,
  };
  connect(createHandlers(parts, asking), (path) => openDropped(parts, path));
  // Instead of Electron's own menu, until the window sends its menu.
  setMenu([]);
  if (picture) {
    Menu.setApplicationMenu(null);
    endWithAsker();
  }
  const opened = openWindow(picture ? undefined : settings.bounds, picture !== undefined);
  window = opened;
  if (picture) {
    nativeTheme.themeSource = picture.theme;
    opened.setContentSize(picture.widthPx, picture.heightPx);
  }
  opened.on('close', () => {
    settings.bounds = opened.getNormalBounds();
  });
  reviveWhatDies(opened, () => {
    hasWindowDied = true;
  });
  opened.on('closed', () => {
    window = undefined;
    work.endAll();
  });
}

async function start(): Promise<void> {
  const links = new Links();
  if (handOver(process.argv.slice(1), (link) => links.follow(link))) {
    app.quit();
    return;
  }
  const userData = app.getPath('userData');
  const session = await takeSession(userData);
  const settings = new Settings(userData, warnings.report);
  const parts = createParts(session, settings);
  const launch = launchOrWarn();
  grantLaunch(parts, launch);
  nativeTheme.themeSource = settings.theme;
  openOn(launch, parts, links);
  if (launch.kind === 'machine') startAhead(HOST);
  quitWhenKept(session);
}

// Not awaited at the top level: Electron becomes ready only after this module has run.
void app
  .whenReady()
  .then(start)
  .catch((error: unknown) => {
    // The process must not stay without a window.
    dialog.showErrorBox('Phasmoscope cannot start', toProblem(error, 'It failed').title);
    app.exit(1);
  });

app.on('window-all-closed', () => app.quit());
