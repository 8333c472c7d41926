import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { app, dialog, Menu, nativeTheme, type BrowserWindow } from 'electron';
import type {
  ApiEvent,
  AppMenu,
  Launch,
  MachineRef,
  Recent,
  Reply,
  Task,
} from '../../core/contract/window.ts';
import { openedAs } from '../../core/node/files/file-kind.ts';
import { readInputs } from '../../core/node/load/inputs-file.ts';
import { pathOfMachine, readCatalog } from '../../core/node/load/samples.ts';
import { toProblem, type Problem } from '../../core/problem.ts';
import { Files } from './files.ts';
import { startHostAhead } from './host-process.ts';
import { connect, sendTo, type Handlers } from './ipc.ts';
import { readLaunch } from './launch.ts';
import { MachineHost } from './machine-host.ts';
import { buildMenu } from './menu.ts';
import { Settings } from './settings.ts';
import { Trust } from './trust.ts';
import { openWindow, registerScheme, reviveWhatDies } from './window.ts';

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
/** Emits `task` when one has ended. */
const ended = new EventEmitter();
const emit = (event: ApiEvent) => {
  sendTo(window, event);
  if (event.kind === 'taskEnded') ended.emit('task');
};
const hosts = new Map<string, MachineHost>();

/** Carries out a request. An error becomes the problem of the reply. */
async function replyWith<T>(title: string, task: () => T | Promise<T>): Promise<Reply<T>> {
  try {
    return { kind: 'ok', value: await task() };
  } catch (error) {
    return { kind: 'problem', problem: toProblem(error, title) };
  }
}

function hostOf(machineId: string): MachineHost {
  const host = hosts.get(machineId);
  if (!host) throw new Error(`no machine is open under ${machineId}`);
  return host;
}

async function openMachine(
  { files, trust }: Gates,
  { machineId, machine }: { machineId: string; machine: MachineRef },
) {
  const path = pathOfMachine(machine);
  if (machine.kind === 'file') await trust.requireAgreement(path);
  hosts.get(machineId)?.kill();
  const host = new MachineHost(machineId, path, emit);
  hosts.set(machineId, host);
  const info = await host.load();
  if (machine.kind === 'file') files.remember({ kind: 'machine', path });
  return info;
}

/** Checks every path that comes from the window. */
interface Gates {
  readonly files: Files;
  readonly trust: Trust;
}

/** Starts a task where it belongs. If it cannot start, the cause is reported as its end. */
async function startTask({ files }: Gates, taskId: string, task: Task): Promise<void> {
  try {
    if (!('machineId' in task)) return files.startReading(taskId, task.path);
    // The user must have chosen a file of inputs.
    const inputs = 'settings' in task ? task.settings.inputs : undefined;
    if (inputs !== undefined) files.requireGrant(inputs);
    await hostOf(task.machineId).start(taskId, task);
  } catch (error) {
    const problem = toProblem(error, 'The task could not be started');
    emit({ kind: 'taskEnded', taskId, end: { kind: 'failed', problem } });
  }
  return undefined;
}

/** The host process in which a task is under way. */
function hostCarrying(taskId: string): MachineHost | undefined {
  return [...hosts.values()].find((host) => host.has(taskId));
}

async function chooseFile({ files, trust }: Gates, kind: Recent['kind']): Promise<Recent | null> {
  const chosen = await files.choose(requireWindow(), kind);
  if (chosen?.kind === 'machine') trust.agree(chosen.path);
  return chosen;
}

async function readInputsOf({ files }: Gates, path: string) {
  files.requireGrant(path);
  const { name, defaults } = await readInputs(path);
  files.remember({ kind: 'inputs', path });
  return { name, operations: defaults.operations };
}

/** Ends the machines, the readings and the saves that are under way. */
function endEverything(files: Files): void {
  for (const host of hosts.values()) host.kill();
  hosts.clear();
  files.cancelReadings();
  void files.discardSaves();
}

function createHandlers(gates: Gates, settings: Settings, launch: Launch): Handlers {
  const { files } = gates;
  return {
    start: () => {
      // Tasks of an earlier page are of no use to this one, which does not know their ids.
      endEverything(files);
      const isAfterDeath = hasWindowDied;
      hasWindowDied = false;
      return {
        // The launch may be the cause of the window's death.
        launch: isAfterDeath ? { kind: 'lastSession' } : launch,
        hasWindowDied: isAfterDeath,
        ...readCatalog(),
        recents: [...settings.recents],
        theme: settings.theme,
        versions: { Phasmoscope: app.getVersion(), Electron: process.versions.electron },
      };
    },
    chooseFile: (kind) => chooseFile(gates, kind),
    readInputs: ({ path }) =>
      replyWith('The inputs could not be read', () => readInputsOf(gates, path)),
    openMachine: (opened) =>
      replyWith('The machine could not be opened', () => openMachine(gates, opened)),
    startTask: ({ taskId, task }) => {
      void startTask(gates, taskId, task);
      return null;
    },
    feedTask: async ({ taskId, text, isLast }) => {
      await hostCarrying(taskId)?.feed(taskId, text, isLast);
      return null;
    },
    readOn: ({ taskId }) => {
      files.readOn(taskId);
      return null;
    },
    cancelTask: ({ taskId }) => {
      if (!files.cancelReading(taskId)) hostCarrying(taskId)?.cancel(taskId);
      return null;
    },
    beginSave: ({ suggestedName }) =>
      replyWith('The trace could not be saved', () =>
        files.beginSave(requireWindow(), suggestedName),
      ),
    writeSave: ({ saveId, text }) =>
      replyWith('The trace could not be saved', async () => {
        await files.write(saveId, text);
        return null;
      }),
    endSave: ({ saveId, keep }) =>
      replyWith('The trace could not be saved', () => files.endSave(saveId, keep)),
    setMenu: (menus) => {
      setMenu(menus);
      return null;
    },
    setTheme: (theme) => {
      settings.theme = theme;
      nativeTheme.themeSource = theme;
      return null;
    },
    ready: () => {
      requireWindow().show();
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
function grantLaunch({ files, trust }: Gates, launch: Launch): void {
  if (launch.kind === 'trace') files.grant(launch.path);
  if (launch.kind !== 'machine') return;
  if (launch.machine.kind === 'file') trust.agree(launch.machine.path);
  if (launch.inputs !== undefined) files.grant(launch.inputs);
}

/** Opens a file that was dropped on the window, as the kind of file that it is. */
function openDropped({ files, trust }: Gates, path: string): void {
  const kind = openedAs(path);
  files.grant(path);
  if (kind === 'machine') trust.agree(path);
  emit({ kind: 'openFile', recent: { kind, path } });
}

function start(): void {
  const settings = new Settings(app.getPath('userData'), warnOverWindow);
  const files = new Files(settings, emit);
  const launch = launchOrWarn();
  const gates = { files, trust: new Trust(settings, requireWindow) };
  grantLaunch(gates, launch);
  nativeTheme.themeSource = settings.theme;
  connect(createHandlers(gates, settings, launch), (path) => openDropped(gates, path));
  // Instead of Electron's own menu, until the window sends its menu.
  setMenu([]);
  window = openWindow(settings.bounds);
  window.on('close', () => {
    settings.bounds = window?.getNormalBounds();
  });
  if (launch.kind === 'machine') startHostAhead();
  reviveWhatDies(window, () => {
    hasWindowDied = true;
  });
  window.on('closed', () => {
    window = undefined;
    endEverything(files);
  });
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
