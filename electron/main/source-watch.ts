import { dirname } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';

/** An editor may write several files, or one in pieces: a save is over this long after the last. */
const SETTLED_MS = 80;
/** What can be a part of a machine. */
const SOURCE_FILE = /\.(?:[cm]?[jt]sx?|json)$/;

/**
 * Watches the source files of one machine. Their folders are watched rather than the files: many
 * editors save by writing another file and renaming it, and some delete the old one first.
 */
export class SourceWatch {
  readonly #onSaved: () => void;
  readonly #watcher: FSWatcher;
  readonly #folders = new Set<string>();
  #sources: ReadonlySet<string>;
  #isBroken = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param entry the machine file; {@link follow} adds what it imports, once that is known. */
  constructor(entry: string, onSaved: () => void, onError: (error: unknown) => void) {
    this.#onSaved = onSaved;
    this.#sources = new Set([entry]);
    this.#watcher = watch([], {
      ignoreInitial: true,
      depth: 0,
      ignored: (path, stats) =>
        stats !== undefined &&
        (stats.isFile() ? !SOURCE_FILE.test(path) : !this.#folders.has(path)),
    });
    this.#watcher.on('all', (_event, path) => this.#seen(path));
    this.#watcher.on('error', onError);
    this.#watchFolders([entry]);
  }

  /** From now on, these are the machine's files. */
  follow(sources: readonly string[]): void {
    this.#sources = new Set(sources);
    this.#watchFolders(sources);
  }

  /**
   * Whether the source cannot be loaded. While it is broken, a change of any file nearby counts: a
   * missing file may appear, and what a broken file imports is not known.
   */
  set isBroken(isBroken: boolean) {
    this.#isBroken = isBroken;
  }

  close(): void {
    clearTimeout(this.#timer);
    void this.#watcher.close();
  }

  #watchFolders(paths: readonly string[]): void {
    const added = paths.map(dirname).filter((folder) => !this.#folders.has(folder));
    for (const folder of added) this.#folders.add(folder);
    if (added.length > 0) this.#watcher.add(added);
  }

  #seen(path: string): void {
    if (!this.#sources.has(path) && !this.#isBroken) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onSaved, SETTLED_MS);
  }
}
