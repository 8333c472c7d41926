import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../thrown.ts';
import type { SourceFiles } from './source-files.ts';

/** How often all paths are looked at, whether anything was reported or not. */
const LOOK_MS = 1_000;
/** An editor writes several files, or one in pieces: a save is over when nothing moves for so long. */
const SETTLED_MS = 80;
/** What goes on moving is taken as saved after so long. */
const MOVING_MS_MAX = 2_000;

/**
 * Watches the files of one machine. What counts is how the paths look: which file each leads to, and
 * when that was written. The system's reports only say when to look, because they are lost with
 * the folders and links that they were asked for. So nothing that vanishes or is exchanged is missed.
 */
export class SourceWatch {
  readonly #onSaved: () => void;
  /** How each path looked the last time. */
  readonly #looks = new Map<string, string>();
  #folders: readonly string[];
  #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isSoon = false;
  /** Since when something moves, in milliseconds since 1970. */
  #movingSinceMs: number | undefined;
  #isClosed = false;

  /** @param entry the machine file; {@link follow} adds the other paths, once they are known. */
  constructor(entry: string, onSaved: () => void) {
    this.#onSaved = onSaved;
    this.#folders = [dirname(entry)];
    this.follow({ own: [entry], others: [], sinceMs: Number.POSITIVE_INFINITY });
  }

  /** From now on, these are the paths of the machine. */
  follow({ own, others, sinceMs }: SourceFiles): void {
    const [entry] = this.#looks.keys();
    const paths = new Set([...(entry === undefined ? [] : [entry]), ...own, ...others]);
    for (const path of this.#looks.keys()) if (!paths.has(path)) this.#looks.delete(path);
    const added = [...paths].filter((path) => !this.#looks.has(path));
    for (const path of added) this.#looks.set(path, UNKNOWN);
    this.#folders = [...new Set(own.map(dirname))];
    this.#listen();
    void this.#takeIn(added, new Set(own), sinceMs);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
  }

  /** Looks at new paths for the first time. What was changed since they were read counts as saved. */
  async #takeIn(added: readonly string[], own: ReadonlySet<string>, sinceMs: number) {
    const looks = await Promise.all(added.map(async (path) => [path, await lookAt(path)] as const));
    for (const [path, { look, changedMs }] of looks) {
      if (this.#looks.get(path) !== UNKNOWN) continue;
      this.#looks.set(path, look);
      const isGone = look === ABSENT && own.has(path) && Number.isFinite(sinceMs);
      if (isGone || changedMs > sinceMs) this.#movingSinceMs ??= Date.now();
    }
    this.#lookIn(this.#movingSinceMs === undefined ? LOOK_MS : SETTLED_MS);
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#isSoon = ms < LOOK_MS;
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#look(), ms);
  }

  /** A folder in which something is written all the time must not put the look off. */
  #lookSoon(): void {
    if (!this.#isSoon) this.#lookIn(SETTLED_MS);
  }

  async #look(): Promise<void> {
    const isMoving = await this.#hasMoved();
    if (isMoving) this.#movingSinceMs ??= Date.now();
    if (this.#movingSinceMs === undefined) return this.#lookIn(LOOK_MS);
    if (isMoving && Date.now() - this.#movingSinceMs < MOVING_MS_MAX) {
      return this.#lookIn(SETTLED_MS);
    }
    this.#movingSinceMs = undefined;
    this.#listen();
    if (!this.#isClosed) this.#onSaved();
    return this.#lookIn(LOOK_MS);
  }

  async #hasMoved(): Promise<boolean> {
    const before = [...this.#looks].filter(([, look]) => look !== UNKNOWN);
    const now = await Promise.all(before.map(async ([path]) => (await lookAt(path)).look));
    let hasMoved = false;
    for (const [at, [path, look]] of before.entries()) {
      const found = now[at] ?? UNKNOWN;
      if (found === look || this.#looks.get(path) !== look) continue;
      this.#looks.set(path, found);
      hasMoved = true;
    }
    return hasMoved;
  }

  /** Asks for reports of the folders as they are now. Where there are none, the next look finds it. */
  #listen(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = this.#isClosed
      ? []
      : this.#folders.flatMap((folder) => this.#listenTo(folder));
  }

  #listenTo(folder: string): readonly FSWatcher[] {
    try {
      const watcher = watch(folder, () => this.#lookSoon());
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  }
}

const UNKNOWN = 'unknown';
const ABSENT = 'absent';

/** How a path looks: a file by its identity, size and time, a folder by its identity. */
async function lookAt(
  path: string,
): Promise<{ readonly look: string; readonly changedMs: number }> {
  try {
    const stats = await stat(path);
    const identity = `${stats.dev}:${stats.ino}`;
    if (stats.isDirectory()) return { look: identity, changedMs: 0 };
    const { size, mtimeMs, ctimeMs } = stats;
    // A file that was renamed to here keeps the time of its contents.
    // In whole milliseconds, as the time that it is compared with.
    const changedMs = Math.floor(Math.max(mtimeMs, ctimeMs));
    return { look: `${identity}:${size}:${mtimeMs}`, changedMs };
  } catch (error) {
    const code = codeOf(error) ?? '';
    return { look: code === 'ENOENT' || code === 'ENOTDIR' ? ABSENT : code, changedMs: 0 };
  }
}
