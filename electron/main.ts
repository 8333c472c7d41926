import { writeFile } from 'node:fs/promises';
import { app, Menu, nativeTheme, type BrowserWindow } from 'electron';
import type { Answer, ApiEvent, Launch, MachineRef } from '../core/api/contract.ts';
import { toProblem } from '../core/node/problem-error.ts';
import { isMachineFile, pathOfMachine, readCatalog } from '../core/node/samples.ts';
import { Files } from './files.ts';
import { connect, sendTo, type Handlers } from './ipc.ts';
import { readLaunch } from './launch.ts';
import { MachineHost } from './machine-host.ts';
import { buildMenu } from './menu.ts';
import { Settings } from './settings.ts';
import { openWindow, registerScheme } from './window.ts';

/** Set by `npm start` where nobody can see the window: it is pictured, and the app ends. */
const SCREENSHOT = process.env['PHASMOSCOPE_SCREENSHOT'];
/** The picture waits this long for the first run to come to its end. */
const SCREENSHOT_DELAY_MS = 2_000;

registerScheme();

let window: BrowserWindow | undefined;
const emit = (event: ApiEvent) => sendTo(window, event);
const hosts = new Map<string, MachineHost>();

/** Carries out a request whose failure is an answer. */
async function answer<T>(title: string, task: () => T | Promise<T>): Promise<Answer<T>> {
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

async function openMachine(files: Files, machineId: string, machine: MachineRef) {
  const path = pathOfMachine(machine);
  if (machine.kind === 'file') files.requireGrant(path);
  hosts.get(machineId)?.kill();
  const host = new MachineHost(machineId, path, emit);
  hosts.set(machineId, host);
  const info = await host.load();
  if (machine.kind === 'file') files.remember({ kind: 'machine', path });
  return info;
}

function createHandlers(files: Files, settings: Settings, launch: Launch): Handlers {
  return {
    start: () => ({
      launch,
      ...readCatalog(),
      recents: [...settings.recents],
      theme: settings.theme,
      versions: { Phasmoscope: app.getVersion(), Electron: process.versions.electron },
    }),
    chooseFile: (kind) => files.choose(requireWindow(), kind),
    openMachine: ({ machineId, machine }) =>
      answer('The machine could not be opened', () => openMachine(files, machineId, machine)),
    closeMachine: ({ machineId }) => {
      hosts.get(machineId)?.kill();
      hosts.delete(machineId);
      return null;
    },
    startRun: ({ machineId, runId, settings: run }) =>
      answer('The run could not be started', async () => {
        await hostOf(machineId).run(runId, run);
        return null;
      }),
    startSweep: ({ machineId, runId, settings: sweep }) =>
      answer('The sweep could not be started', async () => {
        await hostOf(machineId).sweep(runId, sweep);
        return null;
      }),
    startShrink: ({ machineId, runId, settings: run, signature }) =>
      answer('The run could not be shrunk', async () => {
        await hostOf(machineId).shrink(runId, run, signature);
        return null;
      }),
    startVerify: ({ machineId, runId }) =>
      answer('The trace could not be verified', async () => {
        await hostOf(machineId).verify(runId);
        return null;
      }),
    verifyText: ({ runId, text, isLast }) => {
      for (const host of hosts.values()) {
        if (host.isRunning(runId)) host.verifyText(runId, text, isLast);
      }
      return null;
    },
    readTrace: ({ runId, path }) =>
      answer('The trace could not be read', () => {
        files.startReading(runId, path);
        return null;
      }),
    cancel: ({ runId }) => {
      if (files.cancelReading(runId)) return null;
      for (const host of hosts.values()) if (host.isRunning(runId)) host.cancel(runId);
      return null;
    },
    beginSave: ({ suggestedName }) =>
      answer('The trace could not be saved', () => files.beginSave(requireWindow(), suggestedName)),
    writeSave: ({ saveId, text }) =>
      answer('The trace could not be saved', async () => {
        await files.write(saveId, text);
        return null;
      }),
    endSave: ({ saveId, keep }) =>
      answer('The trace could not be saved', () => files.endSave(saveId, keep)),
    setTheme: (theme) => {
      settings.theme = theme;
      nativeTheme.themeSource = theme;
      return null;
    },
    ready: () => {
      requireWindow().show();
      if (SCREENSHOT !== undefined) void takeScreenshot(requireWindow(), SCREENSHOT);
      return null;
    },
  };
}

function requireWindow(): BrowserWindow {
  if (!window) throw new Error('the window is closed');
  return window;
}

async function takeScreenshot(pictured: BrowserWindow, path: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SCREENSHOT_DELAY_MS));
  const image = await pictured.webContents.capturePage();
  await writeFile(path, image.toPNG());
  app.quit();
}

function grantLaunch(files: Files, launch: Launch): void {
  if (launch.kind === 'trace') files.grant(launch.path);
  if (launch.kind === 'machine' && launch.machine.kind === 'file') files.grant(launch.machine.path);
}

function start(): void {
  const settings = new Settings(app.getPath('userData'));
  const files = new Files(settings, emit);
  const launch = readLaunch(process.argv.slice(1), app.getAppPath());
  grantLaunch(files, launch);
  nativeTheme.themeSource = settings.theme;
  connect(createHandlers(files, settings, launch), (path) => {
    files.grant(path);
    emit({ kind: 'openFile', recent: { kind: isMachineFile(path) ? 'machine' : 'trace', path } });
  });
  Menu.setApplicationMenu(buildMenu((command) => emit({ kind: 'command', command })));
  window = openWindow(settings.bounds);
  window.on('close', () => {
    settings.bounds = window?.getNormalBounds();
  });
  window.webContents.on('render-process-gone', () => window?.reload());
  window.on('closed', () => {
    window = undefined;
    void files.discardSaves();
    for (const host of hosts.values()) host.kill();
  });
}

// Not awaited at the top level: Electron becomes ready only after this module has run.
void app.whenReady().then(start);

app.on('window-all-closed', () => app.quit());
