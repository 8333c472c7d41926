import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { traceId as traceIdSchema } from '../../core/contract/tasks.ts';
import { SESSION_FILES, type SessionFile } from '../../core/contract/window.ts';
import { moveAside, putAside } from '../../core/node/files/put-aside.ts';
import { readSmallFile } from '../../core/node/files/regular-file.ts';
import { statsOf } from '../../core/node/files/stats.ts';
import { writeWholeFile } from '../../core/node/files/write-file.ts';
import { toProblem, type Problem } from '../../core/problem.ts';
import { codeOf } from '../../core/thrown.ts';
import { dropOldAsides } from './asides.ts';

/** Programs that are open at once. */
const SESSIONS_MAX = 1_000;
const TRACE_ENDING = '.jsonl';

/** The state of a window, file by file; null where nothing was kept. */
export type SessionTexts = Record<SessionFile, string | null>;

/** A trace in the session's folder. */
export interface StoredTrace {
  readonly traceId: string;
  readonly bytes: number;
  /** When it was written last. */
  readonly changedMs: number;
}

/** A trace that no run of the window is of. */
export interface UnnamedTrace {
  readonly traceId: string;
  readonly path: string;
}

/**
 * What a window keeps from one start to the next: its state, and the traces of its runs. It lies in a
 * folder that one program at a time holds; the next program takes the next folder.
 */
export class SessionFolder {
  readonly #path: string;
  /** Listens as long as this process lives: that is the lock. */
  readonly #lock: Server;
  /** The state, as the files have it, and as it should be. */
  readonly #written: SessionTexts;
  readonly #texts: SessionTexts;
  #writing: Promise<void> | undefined;
  /** What must not be written, since what it has could not be put aside. */
  readonly #untouched = new Set<SessionFile>();
  /** Whether the first page has brought back all of the state, and has not named its runs yet; unknown before. */
  #isUnderstood: boolean | undefined;

  /**
   * Takes the first folder that no other program holds and whose state can be read.
   *
   * @param userData the folder of the user's profile.
   * @param report is called with what keeps a session from coming back.
   * @throws when no folder can be made there.
   */
  static async take(userData: string, report: (problem: Problem) => void): Promise<SessionFolder> {
    for (let number = 1; number <= SESSIONS_MAX; number += 1) {
      const path = join(userData, 'sessions', String(number));
      mkdirSync(join(path, 'traces'), { recursive: true, mode: 0o700 });
      const lock = await takeLock(realpathSync(path));
      if (!lock) continue;
      try {
        return new SessionFolder(path, lock, readTexts(path, report));
      } catch (error) {
        lock.close();
        report(notTaken(path, error));
      }
    }
    throw new Error(`all ${SESSIONS_MAX} folders of sessions in ${userData} are in use`);
  }

  private constructor(path: string, lock: Server, texts: Readonly<SessionTexts>) {
    this.#path = path;
    this.#lock = lock;
    this.#texts = { ...texts };
    this.#written = { ...texts };
    this.#dropRemains();
    dropOldAsides(path, Date.now());
  }

  /** The state of the window, as it was given last; null at the first start. */
  get texts(): Readonly<SessionTexts> {
    return { ...this.#texts };
  }

  /** The folder of the traces. */
  get tracesFolder(): string {
    return join(this.#path, 'traces');
  }

  /** The file of a trace. */
  traceFile(traceId: string): string {
    return join(this.tracesFolder, `${traceId}${TRACE_ENDING}`);
  }

  /**
   * Keeps a part of the state. Its file has it, on the disk, when this is settled.
   *
   * @throws {ProblemError} when a file cannot be written; it keeps what it had.
   */
  keep(file: SessionFile, text: string): Promise<void> {
    this.#texts[file] = text;
    return this.settled();
  }

  /**
   * Puts files aside of which the page could not bring back everything, before it gives others to keep.
   *
   * @returns their new paths.
   * @throws when one cannot be put aside. Nothing is written to it, then.
   */
  putAside(unread: readonly SessionFile[]): readonly string[] {
    this.#isUnderstood ??= this.#written.session !== null && !unread.includes('session');
    return unread.map((file) => {
      try {
        return putAside(pathOf(this.#path, file));
      } catch (error) {
        this.#untouched.add(file);
        throw error;
      }
    });
  }

  /**
   * The traces that none of the runs is of, oldest first. Those of runs that were closed are deleted instead, at
   * the start of the program: where the whole state was read, and names them nowhere, and neither does a state
   * that was put aside.
   */
  unnamed(runIds: readonly string[]): readonly UnnamedTrace[] {
    const isUnderstood = this.#isUnderstood === true;
    // A run that is begun from now on may not have been named when its page dies.
    this.#isUnderstood = false;
    const named = new Set(runIds);
    const others = this.traces().filter(({ traceId }) => !named.has(traceId));
    if (others.length === 0) return [];
    const texts = [this.#texts.session ?? '', ...this.#asideTexts()];
    const isClosed = ({ traceId }: StoredTrace) =>
      isUnderstood && texts.every((text) => !text.includes(traceId));
    for (const trace of others) if (isClosed(trace)) this.drop(trace.traceId);
    return others
      .filter((trace) => !isClosed(trace) && holdsSteps(this.traceFile(trace.traceId)))
      .map(({ traceId }) => ({ traceId, path: this.traceFile(traceId) }));
  }

  /** Whether the files have the state that was given last. */
  get isSettled(): boolean {
    return this.#writing === undefined;
  }

  /** Settled when the files have the state that was given last. */
  settled(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** The traces, those that were written first at first. */
  traces(): readonly StoredTrace[] {
    return readdirSync(this.tracesFolder)
      .flatMap((name): StoredTrace[] => {
        const traceId = traceIdOf(name);
        const stats = statsOf(join(this.tracesFolder, name));
        // Whatever else lies there is not ours.
        if (traceId === undefined || stats?.isFile() !== true) return [];
        return [{ traceId, bytes: stats.size, changedMs: stats.mtimeMs }];
      })
      .toSorted((a, b) => a.changedMs - b.changedMs);
  }

  /** Deletes the file of a trace, if there is one. */
  drop(traceId: string): void {
    rmSync(this.traceFile(traceId), { force: true });
  }

  /** Lets another program have the folder. */
  release(): void {
    this.#lock.close();
  }

  /** Deletes what a program that was killed was writing. */
  #dropRemains(): void {
    for (const folder of [this.#path, this.tracesFolder]) {
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        const isRemains = name.endsWith('.part') || /^copy-.*\.lines$/.test(name);
        if (isRemains && statsOf(path)?.isFile()) removeIfPossible(path);
      }
    }
  }

  /** The states that were put aside, at this start or an earlier one. */
  #asideTexts(): readonly string[] {
    return readdirSync(this.#path)
      .filter((name) => /^session-.+\.json$/.test(name))
      .flatMap((name) => {
        try {
          return readSmallFile(join(this.#path, name)) ?? [];
        } catch {
          return [];
        }
      });
  }

  async #write(): Promise<void> {
    for (let file = this.#unwritten(); file !== undefined; file = this.#unwritten()) {
      const text = this.#texts[file];
      if (text !== null) await writeWholeFile(pathOf(this.#path, file), text);
      await syncFolder(this.#path);
      this.#written[file] = text;
    }
  }

  #unwritten(): SessionFile | undefined {
    return SESSION_FILES.find(
      (file) => this.#texts[file] !== this.#written[file] && !this.#untouched.has(file),
    );
  }
}

function pathOf(folder: string, file: SessionFile): string {
  return join(folder, `${file}.json`);
}

/** Nothing depends on that it is gone. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays.
  }
}

/** The id of the run that a file in the folder of the traces is of; `undefined` for other files. */
function traceIdOf(name: string): string | undefined {
  if (!name.endsWith(TRACE_ENDING)) return undefined;
  return traceIdSchema.safeParse(name.slice(0, -TRACE_ENDING.length)).data;
}

/** A longer file is taken for one with steps. */
const HEADER_BYTES_MAX = 64 * 1024;

/** Whether a trace has more than its header. */
function holdsSteps(path: string): boolean {
  const bytes = statsOf(path)?.size ?? 0;
  if (bytes > HEADER_BYTES_MAX) return true;
  return bytes > 0 && readFileSync(path, 'utf8').trimEnd().includes('\n');
}

/** @throws when the file that names the traces cannot be read: its runs must come back when it can be. */
function readTexts(folder: string, report: (problem: Problem) => void): SessionTexts {
  const session = readSmallFile(pathOf(folder, 'session')) ?? null;
  const path = pathOf(folder, 'places');
  try {
    return { session, places: readSmallFile(path) ?? null };
  } catch (error) {
    const { title } = toProblem(error, `${path} could not be read`);
    const aside = moveAside(path);
    report({
      title: `The notes and places of the last session are missing. ${title}`,
      remedy: `It is ${aside} now. To have them back, end the program, repair it, and name it places.json again.`,
    });
    return { session, places: null };
  }
}

/** Why the runs of a session are not there. */
function notTaken(path: string, error: unknown): Problem {
  const { title } = toProblem(error, 'It could not be opened');
  return {
    title: `The session in ${path} was left as it is, and another one is open. ${title}`,
    remedy:
      'Its runs are not lost. Repair or remove what is named here, then start the program again.',
  };
}

/** Without it, a power cut could bring back the file that was replaced. Not every system can do it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/**
 * Takes the lock of a folder: a name in the system's network that only one process listens to. Unlike a
 * file, it is gone with its process, however that ends.
 *
 * @returns undefined when another process has it.
 */
async function takeLock(folder: string): Promise<Server | undefined> {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  if (process.platform === 'linux') return await listen(`\0phasmoscope-${name}`);
  if (process.platform === 'win32') return await listen(`\\\\.\\pipe\\phasmoscope-${name}`);
  // Here the name is a file, and stays behind a process that was killed.
  const path = join('/tmp', `phasmoscope-${name}`);
  if (await isAnswered(path)) return undefined;
  rmSync(path, { force: true });
  return await listen(path);
}

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      const code = codeOf(error);
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => resolve(server.unref()));
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
