import { app, nativeTheme, type BrowserWindow } from 'electron';
import type { PictureNews } from '../../core/contract/picture-order.ts';
import {
  tracesOf,
  type AppMenu,
  type Launch,
  type Recent,
  type Reply,
} from '../../core/contract/window.ts';
import { refuseOtherThanFile } from '../../core/node/files/regular-file.ts';
import { writeWholeFile } from '../../core/node/files/write-file.ts';
import { readInputs } from '../../core/node/load/inputs-file.ts';
import { demoLaunch, readCatalog, storyLaunch } from '../../core/node/load/samples.ts';
import { ProblemError, toProblem, type Problem } from '../../core/problem.ts';
import { editorCommand, startProgram } from './editor.ts';
import type { TargetKind } from './files.ts';
import type { Handlers } from './ipc.ts';
import { takePicture } from './picture.ts';
import type { Room } from './room.ts';
import type { Settings } from './settings.ts';
import type { Saved } from './trace-reader.ts';
import { logWarning } from './warnings.ts';
import type { Work, WorkSurroundings } from './work.ts';

/** What the requests of the window are carried out with. */
export interface Parts extends WorkSurroundings {
  readonly room: Room;
  readonly settings: Settings;
  readonly work: Work;
}

/** The window that makes the requests. */
export interface Asking {
  /** @throws an error when the window is closed. */
  readonly window: () => BrowserWindow;
  /** Returns what a page that starts should open, and whether the page before it died. */
  readonly pageStarts: () => { readonly launch: Launch; readonly hasWindowDied: boolean };
  /** The page is drawn, so that the window can be shown. */
  readonly pageIsReady: () => void;
  readonly setMenu: (menus: readonly AppMenu[]) => void;
  /** Tells whoever has ordered a picture, and ends the program when there is no more to tell. */
  readonly tellPicture: (news: PictureNews) => void;
  /** Reports a problem that is not the answer to a request. */
  readonly warn: (problem: Problem) => void;
}

/** Creates what carries out each request of the contract. */
export function createHandlers(parts: Parts, asking: Asking): Handlers {
  return {
    ...windowHandlers(parts, asking),
    ...machineHandlers(parts),
    ...traceHandlers(parts),
    ...fileHandlers(parts, asking.window),
  };
}

/** Carries out a request. An error becomes the problem of the reply. */
async function replyWith<T>(title: string, task: () => T | Promise<T>): Promise<Reply<T>> {
  try {
    return { kind: 'ok', value: await task() };
  } catch (error) {
    return { kind: 'problem', problem: toProblem(error, title) };
  }
}

/** The start of a page, what is kept for the next one, menu and settings. */
function windowHandlers({ files, session, settings, room, trust, work }: Parts, asking: Asking) {
  let isSessionKept = true;
  return {
    start: () => {
      // Tasks of an earlier page are of no use to this one, which does not know their ids.
      work.endAll();
      const story = storyLaunch();
      for (const { path } of tracesOf(story)) files.grant(path);
      return {
        ...asking.pageStarts(),
        session: session.texts,
        samples: readCatalog().samples,
        demo: demoLaunch(),
        story,
        recents: [...settings.recents],
        theme: settings.theme,
        preferences: settings.preferences,
        versions: { Phasmoscope: app.getVersion(), Electron: process.versions.electron },
      };
    },
    ready: () => {
      asking.pageIsReady();
      return null;
    },
    tellPicture: (news) => {
      asking.tellPicture(news);
      return null;
    },
    measureSession: () => room.measure(),
    settleSession: async ({ runIds, unread }) => {
      for (const { title } of unread) logWarning(title);
      const aside = await replyWith('The last session cannot be put aside', () => [
        ...session.putAside(unread.map(({ file }) => file)),
      ]);
      const unnamed = session.unnamed(runIds);
      for (const { path } of unnamed) files.grant(path);
      return { aside, unnamed: [...unnamed] };
    },
    // What cannot be written is kept in memory, and reported once.
    keepSession: async ({ file, text }) => {
      try {
        if (file === 'session') files.requireKeepable(text);
        await session.keep(file, text);
      } catch (error) {
        if (isSessionKept)
          asking.warn(toProblem(error, 'The session cannot be kept for the next start'));
        isSessionKept = false;
      }
      return null;
    },
    setMenu: (menus) => {
      asking.setMenu(menus);
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
      const isAgreed = !isOther || (await trust.agreesToProgram(preferences.editor));
      settings.preferences = isAgreed ? preferences : { ...preferences, editor };
      room.look();
      return settings.preferences;
    },
  } satisfies Partial<Handlers>;
}

/** Machines, and the tasks that run them. */
function machineHandlers({ settings, work }: Parts) {
  return {
    openMachine: ({ machineId, machine }) =>
      replyWith('The machine could not be opened', () => work.openMachine(machineId, machine)),
    openInEditor: ({ machineId, path, ...place }) =>
      replyWith('The file could not be opened in the editor', async () => {
        const file = work.sourceOf(machineId, path);
        const { editor } = settings.preferences;
        await startProgram(editorCommand(editor, { file, ...place }, process.env));
        return null;
      }),
    startTask: ({ taskId, task }) => {
      void work.start(taskId, task);
      return null;
    },
    cancelTask: ({ taskId }) => {
      work.cancel(taskId);
      return null;
    },
  } satisfies Partial<Handlers>;
}

/** Questions about traces. */
function traceHandlers({ reader, session, work }: Parts) {
  return {
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
  } satisfies Partial<Handlers>;
}

/** Files that the user chooses: to open, to read, and to save to. */
function fileHandlers({ files, reader, trust }: Parts, window: () => BrowserWindow) {
  /** Asks the user where to save something, and writes it there; null when they changed their mind. */
  async function save(
    kind: TargetKind,
    suggestedName: string,
    write: (path: string) => Promise<void>,
  ): Promise<string | null> {
    const path = await files.chooseTarget(window(), kind, suggestedName);
    if (path === undefined) return null;
    await write(path);
    return path;
  }
  async function saveByReader(path: string, trace: Saved): Promise<void> {
    const saved = await reader.save(path, trace);
    if (saved.kind === 'problem') throw new ProblemError(saved.problem);
  }
  return {
    chooseFile: async (kind): Promise<Recent | null> => {
      const chosen = await files.choose(window(), kind);
      if (chosen?.kind === 'machine') trust.agree(chosen.path);
      return chosen;
    },
    chooseTraces: () => files.chooseTraces(window()),
    readInputs: ({ path }) =>
      replyWith('The inputs could not be read', async () => {
        files.requireGrant(path);
        refuseOtherThanFile(path);
        const { name, defaults } = await readInputs(path);
        files.remember({ kind: 'inputs', path });
        return { name, operations: defaults.operations };
      }),
    saveTrace: ({ suggestedName, ...trace }) =>
      replyWith('The trace could not be saved', () =>
        save('trace', suggestedName, async (path) => {
          await saveByReader(path, trace);
          files.saved(trace.traceId, path);
        }),
      ),
    choosePage: async ({ suggestedName }) =>
      (await files.chooseTarget(window(), 'page', suggestedName)) ?? null,
    savePage: ({ path, ...page }) =>
      replyWith('The page could not be saved', async () => {
        files.requireTarget(path);
        await saveByReader(path, page);
        return null;
      }),
    cancelSave: ({ saveId }) => {
      reader.cancelSave(saveId);
      return null;
    },
    saveReport: ({ suggestedName, report }) =>
      replyWith('The report could not be saved', () =>
        save('report', suggestedName, (path) =>
          writeWholeFile(path, `${JSON.stringify(report, null, 2)}\n`),
        ),
      ),
    takePicture: (asked) =>
      replyWith('The picture could not be taken', () => takePicture(window().webContents, asked)),
    savePicture: ({ suggestedName, picture }) =>
      replyWith('The picture could not be saved', () =>
        save(picture.kind, suggestedName, (path) => writeWholeFile(path, picture.bytes)),
      ),
  } satisfies Partial<Handlers>;
}
