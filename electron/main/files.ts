import { resolve } from 'node:path';
import { dialog, type BrowserWindow } from 'electron';
import { z } from 'zod';
import type { ApiEvent, Recent, RequestReturns } from '../../core/contract/window.ts';
import { ASKED_RUNS_MAX } from '../../core/limits.ts';
import { openedAs } from '../../core/node/files/file-kind.ts';
import { tracesIn } from '../../core/node/files/trace-folder.ts';
import { ProblemError } from '../../core/problem.ts';
import type { Settings } from './settings.ts';

/** The dialog that asks for a file of a kind. */
const CHOOSERS = {
  trace: { title: 'Open a trace', name: 'Traces', extensions: ['jsonl', 'gz', 'trace', 'json'] },
  machine: {
    title: 'Open a machine',
    name: 'Machines',
    extensions: ['ts', 'mts', 'cts', 'tsx', 'js', 'mjs', 'cjs', 'jsx'],
  },
  inputs: { title: 'Choose inputs', name: 'JSON arrays', extensions: ['json'] },
} as const;

/** The dialogs that ask where to save. */
const TARGETS = {
  trace: {
    title: 'Save the trace',
    filters: [
      { name: 'Compressed trace', extensions: ['jsonl.gz'] },
      { name: 'Trace', extensions: ['jsonl'] },
    ],
  },
  report: {
    title: 'Save the report of the sweep',
    filters: [{ name: 'Report', extensions: ['json'] }],
  },
  page: { title: 'Save as a page', filters: [{ name: 'Page', extensions: ['html'] }] },
  picture: { title: 'Save the picture', filters: [{ name: 'PNG', extensions: ['png'] }] },
  film: { title: 'Save the moving picture', filters: [{ name: 'GIF', extensions: ['gif'] }] },
};

/** What the user may save. */
export type TargetKind = keyof typeof TARGETS;

/**
 * The files that the window may ask for: only those that the user chose, dropped, named on the
 * command line, or opened before, as the recent files and the kept session tell. A compromised page
 * cannot read any other file.
 */
export class Files {
  readonly #settings: Settings;
  readonly #emit: (event: ApiEvent) => void;
  readonly #granted = new Set<string>();
  /** Where the command line wants the next picture. */
  #ordered: string | undefined;
  /** The ids of the traces that were saved. */
  readonly #saved = new Set<string>();
  /** Where the user has chosen to save something. */
  readonly #targets = new Set<string>();

  constructor(settings: Settings, emit: (event: ApiEvent) => void) {
    this.#settings = settings;
    this.#emit = emit;
    for (const { path } of settings.recents) this.grant(path);
  }

  /** Lets the window open a path. */
  grant(path: string): void {
    this.#granted.add(resolve(path));
  }

  /** Saves pictures to a file that the command line names, instead of asking where. */
  order(path: string): void {
    this.#ordered = path;
  }

  /** Lets the window open the files that the session it kept names: it could open them then. */
  grantKept(session: string | null): void {
    for (const path of pathsIn(session)) this.grant(path);
  }

  /**
   * Checks the files that a session to be kept names: the next start grants them.
   *
   * @throws {ProblemError} when the user never chose one of them.
   */
  requireKeepable(session: string): void {
    for (const path of pathsIn(session)) this.requireGrant(path);
  }

  /** @throws {ProblemError} when the user never chose that path. */
  requireGrant(path: string): void {
    if (this.#granted.has(resolve(path))) return;
    throw new ProblemError({
      title: `${path} was not chosen by you, so it is not opened.`,
      remedy: 'Open it with the menu or drop it on the window.',
    });
  }

  /** Remembers a file that was opened. */
  remember(recent: Recent): void {
    this.#settings.addRecent(recent);
    this.#emit({ kind: 'recents', recents: [...this.#settings.recents] });
  }

  /** Asks the user for a file; null if the dialog was cancelled. */
  async choose(window: BrowserWindow, kind: Recent['kind']): Promise<Recent | null> {
    const { title, name, extensions } = CHOOSERS[kind];
    const { filePaths } = await dialog.showOpenDialog(window, {
      title,
      properties: ['openFile'],
      filters: [
        { name, extensions: [...extensions] },
        { name: 'All files', extensions: ['*'] },
      ],
    });
    const [path] = filePaths;
    if (path === undefined) return null;
    this.grant(path);
    const found = openedAs(path);
    // A machine runs code, so a file counts as a machine only if the user asked for a machine.
    return { kind: kind === 'inputs' || found === 'machine' ? kind : found, path };
  }

  /** Asks the user for a folder with traces; null if the dialog was cancelled. */
  async chooseTraces(window: BrowserWindow): Promise<RequestReturns<'chooseTraces'>> {
    const { filePaths } = await dialog.showOpenDialog(window, {
      title: 'Ask the traces of a folder',
      properties: ['openDirectory'],
    });
    const [folder] = filePaths;
    if (folder === undefined) return null;
    const files = tracesIn(folder).slice(0, ASKED_RUNS_MAX);
    for (const file of files) this.grant(file);
    return { folder, files: [...files] };
  }

  /** Asks the user where to save something, unless that is known; undefined if the dialog was cancelled. */
  async chooseTarget(
    window: BrowserWindow,
    kind: TargetKind,
    suggestedName: string,
  ): Promise<string | undefined> {
    if (this.#ordered !== undefined) return this.#ordered;
    const { filePath } = await dialog.showSaveDialog(window, {
      ...TARGETS[kind],
      defaultPath: suggestedName,
    });
    if (filePath) this.#targets.add(filePath);
    return filePath || undefined;
  }

  /** @throws {ProblemError} when the user has not chosen to save something there. */
  requireTarget(path: string): void {
    if (this.#targets.has(path)) return;
    throw new ProblemError({
      title: `${path} was not chosen by you, so nothing is written there.`,
      remedy: 'Save it again, and choose a file.',
    });
  }

  /** A trace was saved: the window may open that file. */
  saved(traceId: string, path: string): void {
    this.#saved.add(traceId);
    this.grant(path);
    this.remember({ kind: 'trace', path });
  }

  /** Whether a trace of the session was saved to a file of the user's. */
  hasSaved(traceId: string): boolean {
    return this.#saved.has(traceId);
  }
}

const settingsNaming = z
  .object({ inputs: z.string().optional().catch(undefined) })
  .optional()
  .catch(undefined);
const runNaming = z
  .object({
    origin: z.object({ path: z.string().optional().catch(undefined), settings: settingsNaming }),
  })
  .optional()
  .catch(undefined);
const sweepNaming = z.object({ settings: settingsNaming }).optional().catch(undefined);
/**
 * Where the session of a window names files that it reads; machines ask for an agreement of their own. An entry
 * of another form names none.
 */
const sessionNaming = z.object({
  runs: z
    .object({ runs: z.array(runNaming) })
    .optional()
    .catch(undefined),
  sweeps: z
    .object({ sweeps: z.array(sweepNaming) })
    .optional()
    .catch(undefined),
});

/** The traces and inputs that a session names; none for a session of another form. */
function pathsIn(session: string | null): readonly string[] {
  let naming;
  try {
    naming = sessionNaming.safeParse(JSON.parse(session ?? 'null')).data;
  } catch {
    return [];
  }
  const runs = naming?.runs?.runs ?? [];
  const sweeps = naming?.sweeps?.sweeps ?? [];
  const named = [
    ...runs.flatMap((run) => [run?.origin.path, run?.origin.settings?.inputs]),
    ...sweeps.map((sweep) => sweep?.settings?.inputs),
  ];
  return named.filter((path) => path !== undefined);
}
