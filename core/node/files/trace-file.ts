import { once } from 'node:events';
import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { ProblemError } from '../../problem.ts';
import { TraceBuilder, TraceReadError } from '../../trace/trace-builder.ts';
import type { Trace } from '../../trace/trace.ts';
import { holdsTrace, kindOfFile, readHead, type FileKind } from './file-kind.ts';
import { readItfLines } from './itf-file.ts';
import { signs } from './signs-of-life.ts';
import { decodeUtf8Pieces, NOT_UTF8 } from './utf8.ts';

/** The path that stands for standard input. */
export const STANDARD_INPUT = '-';

/** Level 1: a quarter of the time of the default for nearly the same size. */
const GZIP_LEVEL = 1;

/**
 * The text of a trace file, in pieces; it may be compressed with gzip whatever its name says. A
 * counterexample of a model checker (ITF) is converted to a trace.
 *
 * @throws {ProblemError} when the file cannot be read, after what was readable; or is not a trace.
 */
export async function* readTraceText(path: string): AsyncGenerator<string> {
  let bytes: Readable | undefined;
  try {
    const kind = kindOfFile(path);
    if (kind === 'itf') {
      yield `${(await readItfLines(path)).join('\n')}\n`;
      return;
    }
    const { text, isCompressed } = readHead(path);
    if (kind !== 'trace') throw notATrace(path, kind, text);
    bytes = path === STANDARD_INPUT ? createReadStream('', { fd: 0 }) : createReadStream(path);
    const stream =
      isCompressed || (await beginsCompressed(bytes)) ? bytes.pipe(createGunzip()) : bytes;
    bytes.on('error', (error) => stream.destroy(error));
    yield* decodeUtf8Pieces(stream as AsyncIterable<Buffer>);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw readProblem(path, error as NodeJS.ErrnoException);
  } finally {
    // Also when the reader stops early: nothing else closes the file behind a decompression.
    bytes?.destroy();
  }
}

/** Whether a stream begins as gzip does: a pipe can be read only once. */
async function beginsCompressed(bytes: Readable): Promise<boolean> {
  await once(bytes, 'readable');
  const first = bytes.read() as Buffer | null;
  if (first !== null) bytes.unshift(first);
  return first?.[0] === 0x1f && first[1] === 0x8b;
}

/** Says of a file that it is something else than a trace, and how to open that. */
function notATrace(
  path: string,
  kind: Exclude<FileKind, 'trace' | 'itf'>,
  text: string,
): ProblemError {
  const problems = {
    machine: {
      title: `${path} is a machine file, not a trace.`,
      remedy: 'Open it as a machine; `phasmoscope record` writes the trace of a run of it.',
    },
    inputs: {
      title: `${path} holds inputs, not a trace.`,
      remedy: 'Give it to a machine: phasmoscope run MACHINE --inputs FILE.',
    },
    other: {
      title: `${path} is not a trace${text === '' ? ': the file is empty' : ''}.`,
      remedy:
        'Give a file that was written by `phasmoscope record` or saved from the window, or a ' +
        'counterexample of Apalache or Quint (ITF).',
    },
  };
  return new ProblemError(problems[kind]);
}

function readProblem(path: string, error: NodeJS.ErrnoException): ProblemError {
  const because = {
    ENOENT: ['does not exist', 'Check the path.'],
    EISDIR: ['is a folder', 'Choose a file.'],
    EACCES: ['may not be read', 'Change its permissions.'],
    [NOT_UTF8]: ['is not encoded in UTF-8', 'The steps before the damage are shown.'],
    Z_BUF_ERROR: ['was cut short while it was compressed', 'The steps before the end are shown.'],
    Z_DATA_ERROR: ['is damaged inside its compression', 'The steps before the damage are shown.'],
  }[error.code ?? ''] ?? [`could not be read (${error.message})`, 'Try again or choose another.'];
  return new ProblemError(
    { title: `The trace file ${path} ${because[0]}.`, remedy: because[1] },
    { cause: error },
  );
}

/** A trace from a file, with its damage, if there is any. */
export interface ReadTrace {
  /** The steps before the damage, if there is any. */
  readonly trace: Trace;
  readonly damage?: { readonly message: string; readonly line?: number };
}

/**
 * Reads a whole trace file.
 *
 * @throws {ProblemError} when not even its header is readable.
 */
export async function readTraceFile(path: string): Promise<ReadTrace> {
  const builder = new TraceBuilder();
  let damage: ReadTrace['damage'];
  try {
    for await (const text of readTraceText(path)) builder.push(text);
    builder.finish();
  } catch (error) {
    if (error instanceof TraceReadError) damage = { message: error.message, line: error.line };
    else if (error instanceof ProblemError) damage = { message: error.message };
    else throw error;
    if (!builder.trace) throw unreadable(path, error);
  }
  if (!builder.trace) throw new Error('a finished trace has a header');
  return { trace: builder.trace, ...(damage ? { damage } : {}) };
}

function unreadable(path: string, error: TraceReadError | ProblemError): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(
    {
      title: `${path} cannot be opened as a trace. ${error.message}`,
      remedy: 'Choose a file that was written by `phasmoscope record` or saved from the window.',
    },
    { cause: error },
  );
}

/**
 * Writes a trace file piece by piece; it appears under its name only when it is whole. A link is
 * followed. A pipe or a device is written to directly.
 */
export class TraceFileWriter {
  readonly #path: string;
  /** Absent when the file is written directly. */
  readonly #temporary: string | undefined;
  readonly #input = new PassThrough();
  readonly #written: Promise<void>;
  /** Cleans up when the process ends during writing, for example because the machine ended it. */
  readonly #onExit = () => {
    if (this.#temporary !== undefined) rmSync(this.#temporary, { force: true });
  };

  /**
   * @param path compressed with gzip when it ends in `.gz`.
   * @throws {ProblemError} when a folder, or a file that is not a trace, has that name.
   */
  static async open(path: string): Promise<TraceFileWriter> {
    const target = await realpath(path).catch(() => path);
    const stats = await stat(target).catch(() => undefined);
    if (stats?.isDirectory()) {
      throw new ProblemError({ title: `${path} is a folder.`, remedy: 'Give the name of a file.' });
    }
    if (stats?.isFile() && stats.size > 0 && !holdsTrace(target)) {
      throw new ProblemError({
        title: `${path} exists and is not a trace, so it is not overwritten.`,
        remedy: 'Give another name, or remove the file first.',
      });
    }
    return new TraceFileWriter(target, stats === undefined || stats.isFile());
  }

  private constructor(path: string, isOrdinary: boolean) {
    this.#path = path;
    this.#temporary = isOrdinary ? `${path}.${process.pid}.part` : undefined;
    process.on('exit', this.#onExit);
    if (this.#temporary !== undefined) signs.half(this.#temporary, true);
    const file = createWriteStream(this.#temporary ?? path);
    this.#written = path.endsWith('.gz')
      ? pipeline(this.#input, createGzip({ level: GZIP_LEVEL }), file)
      : pipeline(this.#input, file);
    // `write` or `close`, whichever comes next, throws the failure.
    this.#written.catch(() => undefined);
  }

  /** @throws {ProblemError} when the disk is full, the folder missing, and so on. */
  async write(text: string): Promise<void> {
    if (this.#input.destroyed) await this.#settle();
    if (this.#input.write(text)) return;
    await Promise.race([
      new Promise((resolve) => this.#input.once('drain', resolve)),
      this.#settle(),
    ]);
  }

  /** Finishes the file and moves it to its name. */
  async close(): Promise<void> {
    this.#input.end();
    await this.#settle();
    try {
      if (this.#temporary !== undefined) await rename(this.#temporary, this.#path);
      this.#forget();
    } catch (error) {
      await this.#fail(error as Error);
    }
  }

  /** Discards what was written; a file of that name stays unchanged. */
  async discard(): Promise<void> {
    this.#input.destroy();
    await this.#written.catch(() => undefined);
    await this.#removeTemporary();
  }

  async #removeTemporary(): Promise<void> {
    if (this.#temporary !== undefined) await rm(this.#temporary, { force: true });
    this.#forget();
  }

  /** Reports that the incomplete file is gone. */
  #forget(): void {
    process.off('exit', this.#onExit);
    if (this.#temporary !== undefined) signs.half(this.#temporary, false);
  }

  async #settle(): Promise<void> {
    try {
      await this.#written;
    } catch (error) {
      await this.#fail(error as Error);
    }
  }

  async #fail(cause: Error): Promise<never> {
    await this.#removeTemporary();
    throw new ProblemError(
      {
        title: `The trace could not be written to ${this.#path}: ${cause.message}`,
        remedy:
          'Give a file in a folder that exists and may be written to, on a disk with free space.',
      },
      { cause },
    );
  }
}

/**
 * Writes a whole trace file.
 *
 * @param path compressed with gzip when it ends in `.gz`.
 * @param lines without line breaks.
 * @throws {ProblemError} when it cannot be written; no partial file is left behind.
 */
export async function writeTraceFile(path: string, lines: readonly string[]): Promise<void> {
  const writer = await TraceFileWriter.open(path);
  try {
    await writer.write(lines.map((line) => `${line}\n`).join(''));
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}
