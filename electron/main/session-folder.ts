import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { SESSION_FILES, type SessionFile } from '../../core/contract/window.ts';
import { statsOf } from '../../core/node/files/stats.ts';
import { writeWholeFile } from '../../core/node/files/write-file.ts';

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

  /**
   * Takes the first folder that no other program holds and whose state can be read, and deletes the
   * traces in it that its state does not name.
   *
   * @param userData the folder of the user's profile.
   * @throws when no folder can be made there.
   */
  static async take(userData: string): Promise<SessionFolder> {
    for (let number = 1; number <= SESSIONS_MAX; number += 1) {
      const path = join(userData, 'sessions', String(number));
      mkdirSync(join(path, 'traces'), { recursive: true, mode: 0o700 });
      const lock = await takeLock(realpathSync(path));
      if (!lock) continue;
      try {
        return new SessionFolder(path, lock, readTexts(path));
      } catch {
        lock.close();
      }
    }
    throw new Error(`all ${SESSIONS_MAX} folders of sessions in ${userData} are in use`);
  }

  private constructor(path: string, lock: Server, texts: Readonly<SessionTexts>) {
    this.#path = path;
    this.#lock = lock;
    this.#texts = { ...texts };
    this.#written = { ...texts };
    this.#dropUnnamed();
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
        const stats = statsOf(join(this.tracesFolder, name));
        if (!stats) return [];
        const traceId = name.slice(0, -TRACE_ENDING.length);
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

  /** Also deletes copies that a program which was killed has left. */
  #dropUnnamed(): void {
    const text = this.#texts.session ?? '';
    for (const name of readdirSync(this.tracesFolder)) {
      const isNamed =
        name.endsWith(TRACE_ENDING) && text.includes(name.slice(0, -TRACE_ENDING.length));
      if (!isNamed) rmSync(join(this.tracesFolder, name), { force: true });
    }
    for (const name of readdirSync(this.#path)) {
      if (name.endsWith('.part')) rmSync(join(this.#path, name), { force: true });
    }
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
    return SESSION_FILES.find((file) => this.#texts[file] !== this.#written[file]);
  }
}

function pathOf(folder: string, file: SessionFile): string {
  return join(folder, `${file}.json`);
}

/** @throws when the file that names the traces cannot be read: they must not be deleted. */
function readTexts(folder: string): SessionTexts {
  const session = readText(pathOf(folder, 'session'));
  try {
    return { session, places: readText(pathOf(folder, 'places')) };
  } catch {
    return { session, places: null };
  }
}

/** @throws when there is a file that cannot be read. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
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
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
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
