import { basename, dirname, join } from 'node:path';
import type { ApiEvent } from '../../core/contract/window.ts';
import type { SourceFiles } from '../../core/node/load/source-files.ts';
import { SourceWatch } from '../../core/node/load/source-watch.ts';
import { ProblemError, type Problem } from '../../core/problem.ts';

/** Loading that takes longer is shown. */
const LOADING_SHOWN_MS = 500;

/** The result of a save. */
export type Saved = Extract<ApiEvent, { kind: 'machineSaved' }>['saved'];

/** The machine that source files are of. */
export interface SourcesOwner {
  readonly machineId: string;
  /** The path of the machine file. */
  readonly path: string;
  readonly emit: (event: ApiEvent) => void;
  /** Loads the source as it is now. */
  readonly reload: () => Promise<Saved>;
}

/** The source files of an open machine, which is loaded again when one of them is saved. */
export class MachineSources {
  readonly #owner: SourcesOwner;
  readonly #watch: SourceWatch;
  /** The author's files. */
  #own: readonly string[] = [];
  #unseen: string | undefined;
  /** The number of saves since the reload under way began. */
  #savesUnderWay = 0;
  #isClosed = false;

  constructor(owner: SourcesOwner) {
    this.#owner = owner;
    this.#watch = new SourceWatch(owner.path, () => void this.#saved());
  }

  /** Watches these files from now on, and reports once what cannot be watched. */
  follow(sources: SourceFiles): void {
    const { machineId, path, emit } = this.#owner;
    this.#watch.follow(sources);
    this.#own = sources.own;
    const { unseen } = sources;
    if (unseen !== undefined && unseen !== this.#unseen) {
      emit({ kind: 'notWatched', machineId, problem: notWatched(path, unseen) });
    }
    this.#unseen = unseen;
  }

  /**
   * The author's file of a path that is relative to the machine file.
   *
   * @throws {ProblemError} for any other file.
   */
  sourceOf(path: string): string {
    const file = join(dirname(this.#owner.path), path);
    if (this.#own.includes(file)) return file;
    throw new ProblemError({ title: `${file} is not a source file of this machine.` });
  }

  /** Watches nothing from now on; the result of a reload under way is not reported. */
  close(): void {
    this.#isClosed = true;
    this.#watch.close();
  }

  /** Reloads a source that was saved; saves during a reload lead to one more reload. */
  async #saved(): Promise<void> {
    this.#savesUnderWay += 1;
    if (this.#savesUnderWay > 1) return;
    const { machineId, emit, reload } = this.#owner;
    for (let taken = 0; taken < this.#savesUnderWay;) {
      taken = this.#savesUnderWay;
      const slow = setTimeout(() => emit({ kind: 'machineLoading', machineId }), LOADING_SHOWN_MS);
      const saved = await reload();
      clearTimeout(slow);
      if (this.#isClosed) return;
      if (taken < this.#savesUnderWay) continue;
      emit({ kind: 'machineSaved', machineId, saved });
    }
    this.#savesUnderWay = 0;
  }
}

function notWatched(path: string, unseen: string): Problem {
  return {
    title: `Changes of ${unseen} are not noticed (${basename(path)}).`,
    remedy: 'Press Run after each of them; it always takes the source as it is on disk.',
  };
}
