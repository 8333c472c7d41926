import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, constants } from 'node:zlib';
import { TraceBuilder, TraceReadError } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';
import { ProblemError } from './problem-error.ts';

const GZIP_MAGIC = [0x1f, 0x8b];
/** Level 1: a quarter of the time of the default for nearly the same size. */
const GZIP_LEVEL = 1;

/**
 * The text of a trace file, in pieces; it may be compressed with gzip whatever its name says.
 *
 * @throws {ProblemError} when the file cannot be read; what was readable has come before.
 */
export async function* readTraceText(path: string): AsyncGenerator<string> {
  try {
    const isCompressed = await startsWithGzip(path);
    const bytes: Readable = createReadStream(path);
    const stream = isCompressed ? bytes.pipe(createGunzip()) : bytes;
    bytes.on('error', (error) => stream.destroy(error));
    const decoder = new TextDecoder();
    for await (const piece of stream) yield decoder.decode(piece as Buffer, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw readProblem(path, error as NodeJS.ErrnoException);
  }
}

async function startsWithGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && GZIP_MAGIC.every((byte, index) => buffer[index] === byte);
  } finally {
    await file.close();
  }
}

function readProblem(path: string, error: NodeJS.ErrnoException): ProblemError {
  const because = {
    ENOENT: ['does not exist', 'Check the path.'],
    EISDIR: ['is a folder', 'Choose a file.'],
    EACCES: ['may not be read', 'Ask for the permission to read it.'],
    Z_BUF_ERROR: ['was cut short while it was compressed', 'What was readable is shown.'],
    Z_DATA_ERROR: ['is damaged inside its compression', 'What was readable is shown.'],
  }[error.code ?? ''] ?? [`could not be read (${error.message})`, 'Try again or choose another.'];
  return new ProblemError(
    { title: `The trace file ${path} ${because[0]}.`, remedy: because[1] },
    { cause: error },
  );
}

/** A trace from a file, with what is wrong with it, if something is. */
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
      title: `${path} is no trace that can be opened. ${error.message}`,
      remedy: 'Choose a file that was written by `phasmoscope record` or saved from the window.',
    },
    { cause: error },
  );
}

/** Writes a trace file piece by piece; it appears under its name only when it is whole. */
export class TraceFileWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #input = new PassThrough();
  readonly #written: Promise<void>;

  /** @param path compressed with gzip when it ends in `.gz`. */
  constructor(path: string) {
    this.#path = path;
    this.#temporary = `${path}.${process.pid}.part`;
    const file = createWriteStream(this.#temporary);
    this.#written = path.endsWith('.gz')
      ? pipeline(
          this.#input,
          createGzip({ level: GZIP_LEVEL, strategy: constants.Z_DEFAULT_STRATEGY }),
          file,
        )
      : pipeline(this.#input, file);
    // The failure is told by `write` or `close`, whichever comes next.
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

  /** Finishes the file and puts it in its place. */
  async close(): Promise<void> {
    this.#input.end();
    await this.#settle();
    await rename(this.#temporary, this.#path);
  }

  /** Gives up; nothing is left behind, and a file of that name stays as it was. */
  async discard(): Promise<void> {
    this.#input.destroy();
    await this.#written.catch(() => undefined);
    await rm(this.#temporary, { force: true });
  }

  async #settle(): Promise<void> {
    try {
      await this.#written;
    } catch (error) {
      await rm(this.#temporary, { force: true });
      throw new ProblemError(
        {
          title: `The trace could not be written to ${this.#path}: ${(error as Error).message}`,
          remedy: 'Choose a folder that exists, may be written to, and has room.',
        },
        { cause: error },
      );
    }
  }
}
