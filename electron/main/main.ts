import { EventEmitter, once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { app, dialog, Menu, nativeTheme, type BrowserWindow } from 'electron';
import type {
  ApiEvent,
  AppMenu,
  Launch,
  Recent,
  Reply,
  RequestTakes,
} from '../../core/contract/window.ts';
import { openedAs } from '../../core/node/files/file-kind.ts';
import { writeWholeFile } from '../../core/node/files/write-file.ts';
import { readInputs } from '../../core/node/load/inputs-file.ts';
import { readCatalog } from '../../core/node/load/samples.ts';
import { ProblemError, toProblem, type Problem } from '../../core/problem.ts';
import { startAhead, startChild } from './child.ts';
import { editorCommand, startProgram } from './editor.ts';
import { Files } from './files.ts';
import { connect, sendTo, type Handlers } from './ipc.ts';
import { readLaunch } from './launch.ts';
import { followLink, handOver } from './links.ts';
import { HOST } from './machine-host.ts';
import { buildMenu } from './menu.ts';
import { takePicture } from './picture.ts';
import { Room } from './room.ts';
import { SessionFolder } from './session-folder.ts';
import { Settings } from './settings.ts';
import { READER, TraceReader } from './trace-reader.ts';
import { Trust } from './trust.ts';
import { openWindow, registerScheme, reviveWhatDies } from './window.ts';
import { Work, type WorkSurroundings } from './work.ts';

/** Set by `npm start` if there is no screen: the file for a screenshot of the window, after which the app ends. */
const SCREENSHOT = process.env['PHASMOSCOPE_SCREENSHOT'];
/** The picture is taken when the first run has ended and had this long to be shown. */
const SCREENSHOT_DELAY_MS = 1_000;
/** Without an end of a run, the picture shows how far it has come. */
const FIRST_RUN_MS_MAX = 30_000;

registerScheme();

let window: BrowserWindow | undefined;
/** Whether the previous page crashed: the run that it showed may be the cause. */
let hasWindowDied = false;
/** Problems to report as soon as there is a window. */
const warnings: Problem[] = [];
/** Links to follow as soon as there is a window to ask over. */
const links: string[] = [];
let isReady = false;
/** Emits `task` when one has ended. */
const ended = new EventEmitter();
const emit = (event: ApiEvent) => {
  sendTo(window, event);
  if (event.kind === 'taskEnded') ended.emit('task');
};
/** Whether the state of the window could be written until now. */
let isSessionKept = true;

/** Carries out a request. An error becomes the problem of the reply. */
async function replyWith<T>(title: string, task: () => T | Promise<T>): Promise<Reply<T>> {
  try {
    return { kind: 'ok', value: await task() };
  } catch (error) {
    return { kind: 'problem', problem: toProblem(error, title) };
  }
}

/** What the requests of the window are carried out with. */
interface Parts extends WorkSurroundings {
  readonly room: Room;
  readonly settings: Settings;
  readonly work: Work;
}

async function chooseFile({ files, trust }: Parts, kind: Recent['kind']): Promise<Recent | null> {
  const chosen = await files.choose(requireWindow(), kind);
  if (chosen?.kind === 'machine') trust.agree(chosen.path);
  return chosen;
}

async function readInputsOf({ files }: Parts, path: string) {
  files.requireGrant(path);
  const { name, defaults } = await readInputs(path);
  files.remember({ kind: 'inputs', path });
  return { name, operations: defaults.operations };
}

/** Asks the user where to save a trace, and writes it there; null when they changed their mind. */
async function saveTrace(
  { files, reader }: Parts,
  { suggestedName, ...trace }: RequestTakes<'saveTrace'>,
): Promise<string | null> {
  const path = await files.chooseTarget(requireWindow(), 'trace', suggestedName);
  if (path === undefined) return null;
  const saved = await reader.save(path, trace);
  if (saved.kind === 'problem') throw new ProblemError(saved.problem);
  files.saved(trace.traceId, path);
  return path;
}

/** Asks the user where to save a trace as a page, and writes it there; null when they changed their mind. */
async function savePage(
  { files, reader }: Parts,
  { suggestedName, ...trace }: RequestTakes<'savePage'>,
): Promise<string | null> {
  const path = await files.chooseTarget(requireWindow(), 'page', suggestedName);
  if (path === undefined) return null;
  const saved = await reader.save(path, trace);
  if (saved.kind === 'problem') throw new ProblemError(saved.problem);
  return path;
}

/** Asks the user where to save the report of a sweep, and writes it there; null when they changed their mind. */
async function saveReport(
  { files }: Parts,
  { suggestedName, report }: RequestTakes<'saveReport'>,
): Promise<string | null> {
  const path = await files.chooseTarget(requireWindow(), 'report', suggestedName);
  if (path === undefined) return null;
  await writeWholeFile(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}

/** Asks the user where to save a picture, and writes it there; null when they changed their mind. */
async function savePicture(
  { files }: Parts,
  { suggestedName, picture }: RequestTakes<'savePicture'>,
): Promise<string | null> {
  const path = await files.chooseTarget(requireWindow(), 'picture', suggestedName);
  if (path === undefined) return null;
  await writeWholeFile(path, picture);
  return path;
}

/** Keeps the state of the window. What cannot be written is kept in memory, and reported once. */
async function keepSession({ files, session }: Parts, text: string): Promise<void> {
  try {
    files.requireKeepable(text);
    await session.keep(text);
  } catch (error) {
    if (!isSessionKept) return;
    isSessionKept = false;
    warnOverWindow(toProblem(error, 'The session cannot be kept for the next start'));
  }
}

function createHandlers(parts: Parts, launch: Launch): Handlers {
  const { settings, session, reader, room, work } = parts;
  return {
    start: () => {
      // Tasks of an earlier page are of no use to this one, which does not know their ids.
      work.endAll();
      const isAfterDeath = hasWindowDied;
      hasWindowDied = false;
      return {
        // The launch may be the cause of the window's death.
        launch: isAfterDeath ? { kind: 'lastSession' } : launch,
        session: session.text,
        hasWindowDied: isAfterDeath,
        ...readCatalog(),
        recents: [...settings.recents],
        theme: settings.theme,
        preferences: settings.preferences,
        versions: { Phasmoscope: app.getVersion(), Electron: process.versions.electron },
      };
    },
    chooseFile: (kind) => chooseFile(parts, kind),
    chooseTraces: () => parts.files.chooseTraces(requireWindow()),
    readInputs: ({ path }) =>
      replyWith('The inputs could not be read', () => readInputsOf(parts, path)),
    openMachine: ({ machineId, machine }) =>
      replyWith('The machine could not be opened', () => work.openMachine(machineId, machine)),
    startTask: ({ taskId, task }) => {
      void work.start(taskId, task);
      return null;
    },
    cancelTask: ({ taskId }) => {
      work.cancel(taskId);
      return null;
    },
    ask: (asked) => reader.ask(asked),
    askFile: async (asked) => {
      const file = await replyWith('The trace could not be asked', () => work.fileOf(asked.trace));
      return file.kind === 'problem' ? file : reader.askFile(file.value, asked);
    },
    cancelAsk: ({ askId }) => {
      reader.cancelAsk(askId);
      return null;
    },
    closeTrace: ({ traceId }) => {
      reader.close(traceId);
      session.drop(traceId);
      return null;
    },
    saveTrace: (saved) => replyWith('The trace could not be saved', () => saveTrace(parts, saved)),
    savePage: (saved) => replyWith('The page could not be saved', () => savePage(parts, saved)),
    saveReport: (saved) =>
      replyWith('The report could not be saved', () => saveReport(parts, saved)),
    takePicture: (area) =>
      replyWith('The picture could not be taken', () =>
        takePicture(requireWindow().webContents, area),
      ),
    savePicture: (saved) =>
      replyWith('The picture could not be saved', () => savePicture(parts, saved)),
    measureSession: () => room.measure(),
    keepSession: async ({ text }) => {
      await keepSession(parts, text);
      return null;
    },
    setMenu: (menus) => {
      setMenu(menus);
      return null;
    },
    setTheme: (theme) => {
      settings.theme = theme;
      nativeTheme.themeSource = theme;
      return null;
    },
    setPreferences: async (preferences) => {
      const { editor } = settings.preferences;
      const isOther = preferences.editor !== '' && preferences.editor !== editor;
      const isAgreed = !isOther || (await parts.trust.agreesToProgram(preferences.editor));
      settings.preferences = isAgreed ? preferences : { ...preferences, editor };
      room.look();
      return settings.preferences;
    },
    openInEditor: ({ machineId, path, ...place }) =>
      replyWith('The file could not be opened in the editor', async () => {
        const file = work.sourceOf(machineId, path);
        const { editor } = settings.preferences;
        await startProgram(editorCommand(editor, { file, ...place }, process.env));
        return null;
      }),
    ready: () => {
      requireWindow().show();
      isReady = true;
      void followLinks(parts);
      for (const problem of warnings.splice(0)) warn(problem);
      if (SCREENSHOT !== undefined) void takeScreenshot(requireWindow(), SCREENSHOT);
      return null;
    },
  };
}

function setMenu(menus: readonly AppMenu[]): void {
  Menu.setApplicationMenu(buildMenu(menus, (id) => emit({ kind: 'command', id })));
}

function requireWindow(): BrowserWindow {
  if (!window) throw new Error('the window is closed');
  return window;
}

/** On a slow machine, panels may still be rendering: they follow the cursor when there is time. */
const UNTIL_IDLE = 'new Promise((resolve) => requestIdleCallback(resolve, { timeout: 10_000 }))';

async function takeScreenshot(pictured: BrowserWindow, path: string): Promise<void> {
  try {
    await Promise.race([once(ended, 'task'), setTimeout(FIRST_RUN_MS_MAX)]);
    await setTimeout(SCREENSHOT_DELAY_MS);
    await pictured.webContents.executeJavaScript(UNTIL_IDLE);
    const image = await pictured.webContents.capturePage();
    await writeFile(path, image.toPNG());
    app.quit();
  } catch (error) {
    process.stderr.write(`error: no picture of the window: ${String(error)}\n`);
    app.exit(1);
  }
}

/**
 * Reports a problem with the window's surroundings in a dialog over it. The window works all the
 * same, with defaults.
 */
function warn({ title, remedy, details }: Problem): void {
  process.stderr.write(`warning: ${title}\n`);
  const detail = [remedy, details].filter((part) => part !== undefined).join('\n\n');
  void dialog.showMessageBox(requireWindow(), {
    type: 'warning',
    message: title,
    detail,
    buttons: ['Go on'],
  });
}

function warnOverWindow(problem: Problem): void {
  if (window?.isVisible() === true) warn(problem);
  else warnings.push(problem);
}

/** Returns what the window should open; without a usable launch, nothing in particular. */
function launchOrWarn(): Launch {
  try {
    return readLaunch(process.argv.slice(1), app.getAppPath());
  } catch (error) {
    warnOverWindow(toProblem(error, 'The window cannot open what it was started with'));
    return { kind: 'lastSession' };
  }
}

/** Files named on the command line count as chosen by the user. */
function grantLaunch({ files, trust }: Parts, launch: Launch): void {
  if (launch.kind === 'trace') files.grant(launch.path);
  if (launch.kind !== 'machine') return;
  if (launch.machine.kind === 'file') trust.agree(launch.machine.path);
  if (launch.inputs !== undefined) files.grant(launch.inputs);
}

/** Brings the window to the front, and opens the places that links lead to, one after the other. */
async function followLinks({ files }: Pick<Parts, 'files'>): Promise<void> {
  for (const link of links.splice(0)) {
    const over = requireWindow();
    if (over.isMinimized()) over.restore();
    over.focus();
    try {
      const place = await followLink(link, over);
      if (!place) continue;
      files.grant(place.file);
      emit({ kind: 'openPlace', place });
    } catch (error) {
      warn(toProblem(error, 'The link could not be opened'));
    }
  }
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
    return await SessionFolder.take(userData);
  } catch (error) {
    warnOverWindow({
      title: `The session cannot be kept in ${userData}: ${(error as Error).message}`,
      remedy: 'It is kept until the window closes. Free or repair the disk or folder.',
    });
    return await SessionFolder.take(await mkdtemp(join(tmpdir(), 'phasmoscope-')));
  }
}

async function start(): Promise<void> {
  const hasNothingToDo = handOver(process.argv.slice(1), (link) => {
    links.push(link);
    if (isReady) void followLinks({ files });
  });
  if (hasNothingToDo) {
    app.quit();
    return;
  }
  const userData = app.getPath('userData');
  const session = await takeSession(userData);
  const settings = new Settings(userData, warnOverWindow);
  const files = new Files(settings, emit);
  files.grantKept(session.text);
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
  const work = new Work(surroundings);
  const parts = { ...surroundings, work };
  const launch = launchOrWarn();
  grantLaunch(parts, launch);
  nativeTheme.themeSource = settings.theme;
  connect(createHandlers(parts, launch), (path) => openDropped(parts, path));
  // Instead of Electron's own menu, until the window sends its menu.
  setMenu([]);
  const opened = openWindow(settings.bounds);
  window = opened;
  opened.on('close', () => {
    settings.bounds = opened.getNormalBounds();
  });
  if (launch.kind === 'machine') startAhead(HOST);
  reviveWhatDies(opened, () => {
    hasWindowDied = true;
  });
  opened.on('closed', () => {
    window = undefined;
    work.endAll();
  });
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
