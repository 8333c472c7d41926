import {
  createWriteStream,
  rmSync,
  closeSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { PassThrough, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ProblemError } from '../../problem.ts';
import type { TraceIndex } from '../../trace/trace-index.ts';
import { holdsTrace } from './file-kind.ts';
import { LinePlacer } from './file-lines.ts';
import { packMember } from './gzip-members.ts';
import { remedyOfWriting, whyNotWritten } from './refusals.ts';
import { signs } from './signs-of-life.ts';
import type { MemberPlaces } from './text-bytes.ts';
import { identityOf, saveIndex } from './trace-index-file.ts';

/** The characters that are written at a time. */
const WRITTEN_CHARS_MIN = 256 * 1024;
/** The bytes of text in a member of a compressed file: what is decompressed to read one line. */
const MEMBER_BYTES = 256 * 1024;

/**
 * Writes a trace file piece by piece; it appears under its name only when it is whole. A link is
 * followed. A pipe or a device is written to directly.
 */
export class TraceFileWriter {
  readonly #path: string;
  /** Absent when the file is written directly. */
  readonly #temporary: string | undefined;
  readonly #input = new PassThrough();
  readonly #packer: MemberPacker | undefined;
  readonly #written: Promise<void>;
  #text = '';
  #textBytes = 0;
  readonly #places = new LinePlacer();
  #header: { readonly from: number; readonly to: number } | undefined;
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
    // Before it takes the place of another file, it must be on the disk.
    const file = createWriteStream(this.#temporary ?? path, {
      flush: this.#temporary !== undefined,
    });
    this.#packer = path.endsWith('.gz') ? new MemberPacker() : undefined;
    this.#written = this.#packer
      ? pipeline(this.#input, this.#packer, file)
      : pipeline(this.#input, file);
    // `write` or `close`, whichever comes next, throws the failure.
    this.#written.catch(() => undefined);
  }

  /** The file without links, and what it is until it is whole; `undefined` for a pipe or a device. */
  get place(): { readonly target: string; readonly half: string } | undefined {
    return this.#temporary === undefined
      ? undefined
      : { target: this.#path, half: this.#temporary };
  }

  /** Whether so much was added that it should be written. */
  get isDue(): boolean {
    return this.#text.length >= WRITTEN_CHARS_MIN;
  }

  /** Adds a line, given without its line break. */
  add(line: string): void {
    this.#text += `${line}\n`;
    const from = this.#textBytes;
    const to = from + Buffer.byteLength(line);
    this.#textBytes = to + 1;
    if (this.#header) this.#places.add(from, to);
    else this.#header = { from, to };
  }

  /**
   * Writes what was added.
   *
   * @throws {ProblemError} when the disk is full, the folder missing, and so on.
   */
  async write(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (this.#input.destroyed) await this.#settle();
    if (this.#input.write(text)) return;
    await Promise.race([
      new Promise((resolve) => this.#input.once('drain', resolve)),
      this.#settle(),
    ]);
  }

  /**
   * Finishes the file and moves it to its name.
   *
   * @param index of its steps, if it is known: the file then opens at once.
   */
  async close(index?: TraceIndex): Promise<void> {
    await this.write();
    this.#input.end();
    await this.#settle();
    try {
      if (this.#temporary !== undefined) await rename(this.#temporary, this.#path);
      this.#forget();
      if (index) this.#keepIndex(index);
    } catch (error) {
      await this.#fail(error);
    }
  }

  #keepIndex(index: TraceIndex): void {
    const identity = identityOf(this.#path);
    if (!identity || !this.#header) return;
    // `upTo` leaves out the closing line, which is not a step.
    saveIndex(identity, {
      index,
      header: this.#header,
      lines: this.#places.upTo(index.length),
      members: this.#packer?.places ?? { inFile: [], inText: [] },
      textBytes: this.#textBytes,
      fileBytes: this.#packer?.fileBytes ?? this.#textBytes,
    });
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
      await this.#fail(error);
    }
  }

  async #fail(cause: unknown): Promise<never> {
    await this.#removeTemporary();
    throw new ProblemError(
      {
        title: `The trace could not be written to ${this.#path}: ${whyNotWritten(cause)}.`,
        remedy: remedyOfWriting(cause),
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
    for (const line of lines) {
      writer.add(line);
      if (writer.isDue) await writer.write();
    }
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** Compresses text in members, so that it can be read from anywhere; see `packMember`. */
export class MemberPacker extends Transform {
  readonly places: MemberPlaces = { inFile: [], inText: [] };
  #pending: Buffer[] = [];
  #bytes = 0;
  #textBytes = 0;
  #fileBytes = 0;

  /** The bytes of all members so far. */
  get fileBytes(): number {
    return this.#fileBytes;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + MEMBER_BYTES - this.#bytes);
      this.#pending.push(part);
      this.#bytes += part.length;
      from += part.length;
      if (this.#bytes >= MEMBER_BYTES) this.#pack();
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#bytes > 0) this.#pack();
    done();
  }

  #pack(): void {
    const member = packMember(Buffer.concat(this.#pending, this.#bytes));
    this.places.inFile.push(this.#fileBytes);
    this.places.inText.push(this.#textBytes);
    this.#fileBytes += member.length;
    this.#textBytes += this.#bytes;
    this.push(member);
    this.#pending = [];
    this.#bytes = 0;
  }
}

/** What is appended reaches the disk at least this often, in case the power fails. */
const SYNC_MS = 1_000;
const LINE_FEED = 0x0a;

/**
 * Writes a trace to a file as it is made: whatever {@link flush} has written is kept, also when the process
 * is killed in the middle of the next step.
 */
export class TraceAppender {
  readonly #path: string;
  readonly #file: number;
  #pending = '';
  #bytes: number;
  #lines: number;
  #isFailed = false;
  #syncedMs = performance.now();
  #isSyncing = false;
  #laterSync: NodeJS.Timeout | undefined;

  /**
   * @param options.isContinued the file was begun by another process, which ended: its whole lines are kept,
   * and what is added follows them. Otherwise, the file begins anew.
   * @throws {ProblemError} when the file cannot be written.
   */
  constructor(path: string, { isContinued = false } = {}) {
    this.#path = path;
    try {
      this.#file = openSync(path, isContinued ? 'r+' : 'w+');
      const whole = wholeLines(this.#file);
      this.#bytes = whole.bytes;
      this.#lines = whole.lines;
      ftruncateSync(this.#file, this.#bytes);
    } catch (error) {
      throw notAppended(path, error);
    }
  }

  /** The bytes that are in the file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The lines that were kept or added, in the file or not. */
  get lines(): number {
    return this.#lines;
  }

  /** The characters that are not in the file yet. */
  get charsPending(): number {
    return this.#pending.length;
  }

  /** Adds a line, given without its line break. After a failure it is left out: a trace has no gaps. */
  add(line: string): void {
    if (this.#isFailed) return;
    this.#pending += `${line}\n`;
    this.#lines += 1;
  }

  /**
   * Writes what was added.
   *
   * @throws {ProblemError} when the disk is full; the lines that were written until then are kept.
   */
  flush(): void {
    if (this.#pending === '') return;
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    const from = this.#bytes;
    try {
      while (this.#bytes < from + bytes.length) {
        const at = this.#bytes - from;
        this.#bytes += writeSync(this.#file, bytes, at, bytes.length - at, this.#bytes);
      }
    } catch (error) {
      this.#isFailed = true;
      this.#bytes = from + bytes.subarray(0, this.#bytes - from).lastIndexOf(LINE_FEED) + 1;
      ftruncateSync(this.#file, this.#bytes);
      throw notAppended(this.#path, error);
    }
    this.#syncSoon();
  }

  /** Writes what was added, and ends. */
  close(): void {
    clearTimeout(this.#laterSync);
    try {
      this.flush();
      clearTimeout(this.#laterSync);
      fdatasyncSync(this.#file);
    } finally {
      closeSync(this.#file);
    }
  }

  #syncSoon(): void {
    const dueMs = this.#syncedMs + SYNC_MS - performance.now();
    if (dueMs <= 0) this.#sync();
    else this.#laterSync ??= setTimeout(() => this.#sync(), dueMs).unref();
  }

  #sync(): void {
    clearTimeout(this.#laterSync);
    this.#laterSync = undefined;
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    this.#syncedMs = performance.now();
    // A disk that cannot be synced is no reason to stop: what is in the file survives the process.
    fdatasync(this.#file, () => {
      this.#isSyncing = false;
    });
  }
}

/** The lines of a file that have their line break, and the bytes up to the end of the last one. */
function wholeLines(file: number): { readonly lines: number; readonly bytes: number } {
  const buffer = Buffer.alloc(MEMBER_BYTES);
  let [lines, bytes] = [0, 0];
  for (let from = 0; ;) {
    const read = readSync(file, buffer, 0, buffer.length, from);
    if (read === 0) return { lines, bytes };
    for (let at = buffer.indexOf(LINE_FEED); at !== -1 && at < read;) {
      lines += 1;
      bytes = from + at + 1;
      at = buffer.indexOf(LINE_FEED, at + 1);
    }
    from += read;
  }
}

function notAppended(path: string, cause: unknown): ProblemError {
  return new ProblemError(
    {
      title: `The run could not be written to ${path}: ${whyNotWritten(cause)}.`,
      remedy: 'Make room on the disk; the steps until then are kept.',
    },
    { cause },
  );
}
