import { tmpdir } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { FILE_CHARS_MAX, QUICK_DIGESTS, THOROUGH_DIGESTS } from '../../limits.ts';
import { ProblemError } from '../../problem.ts';
import { isInstance } from '../../thrown.ts';
import { TraceBuilder, TraceReadError } from '../../trace/trace-builder.ts';
import type { DigestEffort } from '../../trace/trace-growth.ts';
import type { Trace } from '../../trace/trace.ts';
import { CopiedLines } from './copied-lines.ts';
import { kindOfFile, readHead, startsInMembers } from './file-kind.ts';
import { requireWithinReach } from './reach.ts';
import { statsOf } from './stats.ts';
import { MemberBytes, PlainBytes, type TextBytes } from './text-bytes.ts';
import { TraceFollower, type TraceDamage } from './trace-follower.ts';
import {
  identityOf,
  loadIndex,
  saveIndex,
  type FileIdentity,
  type KnownTrace,
} from './trace-index-file.ts';
import { notATrace, readProblem, readTraceText } from './trace-text.ts';

/** How long a slice of reading takes: others have their turn in between. */
const SLICE_MS = 12;

/** How a trace file is opened. */
export interface TraceFileOptions {
  /**
   * The folder for a copy of what cannot be read where it lies: what is compressed as one piece, written by
   * an earlier version, or a counterexample of a model checker. Without one, and where nothing can be
   * written to it, it is kept in memory.
   */
  readonly copyFolder?: string;
  /** Whether the steps are taken from the index of an earlier reading, if there is one. */
  readonly isIndexUsed?: boolean;
  /** Whether somebody is still writing to it, until {@link TraceFile.finish}. */
  readonly isLive?: boolean;
  /** Whether as many digests of states are compared as {@link THOROUGH_DIGESTS} allows. */
  readonly isThorough?: boolean;
  /** Called after each slice of {@link readTraceFile}. */
  readonly onSlice?: (progress: TraceFile['progress']) => void;
}

/**
 * A trace file that is being read, or was: its steps are checked and indexed, and their lines are read
 * again from the file when they are asked for.
 */
export class TraceFile {
  readonly path: string;
  readonly #options: TraceFileOptions;
  #bytes: TextBytes | undefined;
  #follower: TraceFollower | undefined;
  #trace: Trace | undefined;
  #damage: TraceDamage | undefined;
  #isFinished = false;
  #wake: (() => void) | undefined;

  constructor(path: string, options: TraceFileOptions = {}) {
    this.path = path;
    this.#options = options;
  }

  /** The steps so far; absent before the header. Another object, if the steps proved to be wrong. */
  get trace(): Trace | undefined {
    return this.#follower?.trace ?? this.#trace;
  }

  get damage(): TraceDamage | undefined {
    return this.#follower?.damage ?? this.#damage;
  }

  /** How much of the file is read; the whole is not known of a pipe. */
  get progress(): { readonly bytes: number; readonly bytesMax?: number } {
    return this.#bytes?.progress ?? { bytes: 0 };
  }

  /** The file has grown. */
  grow(): void {
    this.#wake?.();
  }

  /** Nothing more is written to the file. */
  finish(): void {
    this.#isFinished = true;
    this.#wake?.();
  }

  close(): void {
    this.#bytes?.close();
    this.#bytes = undefined;
  }

  /**
   * Reads all of it, in slices: yields after each.
   *
   * @throws {ProblemError} when the file cannot be read, or holds no trace. Damage after the header is
   * {@link damage} instead.
   */
  async *read(): AsyncGenerator<void, void, undefined> {
    requireWithinReach(this.path);
    const kind = kindOfFile(this.path);
    if (kind !== 'trace' && kind !== 'itf' && kind !== 'log') {
      throw notATrace(this.path, kind, readHead(this.path).text);
    }
    const isInPlace = kind === 'trace' && (yield* this.#readInPlace());
    if (!isInPlace) yield* this.#convertSomewhere();
    if (!this.trace) throw unreadable(this.path, this.damage?.message ?? 'it has no header');
  }

  /** Returns false for what has to be converted. */
  async *#readInPlace(): AsyncGenerator<void, boolean, undefined> {
    const { isLive = false, isIndexUsed = true, isThorough = false } = this.#options;
    const stats = statsOf(this.path);
    if (stats?.isFile() !== true) return false;
    const identity = isLive ? undefined : identityOf(this.path);
    const indexed =
      identity && isIndexUsed ? loadIndex(this.path, identity, isThorough) : undefined;
    if (indexed) {
      [this.#bytes, this.#trace, this.#damage] = [indexed.bytes, indexed.trace, indexed.damage];
      return true;
    }
    const { isCompressed } = readHead(this.path);
    if (isCompressed && !startsInMembers(this.path)) return false;
    const bytes = isCompressed ? new MemberBytes(this.path) : new PlainBytes(this.path);
    const follower = new TraceFollower(bytes, this.#digests);
    this.#bytes = bytes;
    this.#follower = follower;
    for (;;) {
      const hasMore = this.#readSlice(follower);
      if (!follower.isCurrent) {
        this.close();
        this.#follower = undefined;
        return false;
      }
      yield;
      if (hasMore) await setImmediate();
      else if (!isLive || this.#isFinished) break;
      else await this.#untilGrown();
    }
    // More may have been written between the last slice and the word that nothing more comes.
    while (this.#readSlice(follower)) await setImmediate();
    follower.finish();
    const known = knownOf(follower, bytes, isThorough);
    const read = isLive ? this.#identityWhenWritten(bytes) : identity;
    // While it was read, somebody may have written another file.
    const isSame = read !== undefined && identityOf(this.path)?.mark === read.mark;
    if (isSame && known) saveIndex(read, known);
    return true;
  }

  /** The identity of a file that was read while it was written, if nothing was written after that. */
  #identityWhenWritten(bytes: TextBytes): FileIdentity | undefined {
    const identity = identityOf(this.path);
    const size = statsOf(this.path)?.size;
    return bytes instanceof PlainBytes && bytes.length === size ? identity : undefined;
  }

  #readSlice(follower: TraceFollower): boolean {
    try {
      return follower.readOn(performance.now() + SLICE_MS);
    } catch (error) {
      follower.break(readProblem(this.path, error).message);
      return false;
    }
  }

  async #untilGrown(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#isFinished) resolve();
    });
    this.#wake = undefined;
  }

  async *#convertSomewhere(): AsyncGenerator<void, void, undefined> {
    const { copyFolder } = this.#options;
    if (copyFolder === undefined) return yield* this.#convert();
    try {
      yield* this.#convert(new CopiedLines(copyFolder));
    } catch (error) {
      // Reading does not depend on writing. A pipe cannot be read again.
      const isFile = statsOf(this.path)?.isFile() === true;
      if (!isFile || !isOfFileSystem(error)) throw error;
      this.close();
      this.#damage = undefined;
      yield* this.#convert();
    }
  }

  async *#convert(copy?: CopiedLines): AsyncGenerator<void, void, undefined> {
    this.#bytes = copy?.bytes;
    const kept = copy ? { lines: copy, charsMax: FILE_CHARS_MAX } : {};
    const builder = new TraceBuilder({ ...kept, digests: this.#digests });
    let untilMs = performance.now() + SLICE_MS;
    try {
      for await (const text of readTraceText(this.path)) {
        builder.push(text);
        this.#setTrace(builder.trace);
        if (performance.now() < untilMs) continue;
        yield;
        await setImmediate();
        untilMs = performance.now() + SLICE_MS;
      }
      builder.finish();
    } catch (error) {
      // What the copy made go wrong is no fault of the line.
      if (error instanceof TraceReadError && isOfFileSystem(error.cause)) throw error.cause;
      if (error instanceof TraceReadError)
        this.#damage = { message: error.message, line: error.line };
      else if (error instanceof ProblemError && builder.trace)
        this.#damage = { message: error.message };
      else throw error;
    }
    this.#setTrace(builder.trace);
  }

  get #digests(): DigestEffort {
    return this.#options.isThorough ? THOROUGH_DIGESTS : QUICK_DIGESTS;
  }

  #setTrace(trace: Trace | undefined): void {
    if (trace?.index !== this.#trace?.index) this.#trace = trace;
  }
}

function isOfFileSystem(error: unknown): boolean {
  return isInstance(error, Error) && 'syscall' in error;
}

function knownOf(
  { trace, header, lines, damage }: TraceFollower,
  bytes: TextBytes,
  isThorough: boolean,
): KnownTrace | undefined {
  if (!trace || !header) return undefined;
  const isCompressed = bytes instanceof MemberBytes;
  return {
    index: trace.index,
    header,
    lines: lines.places,
    members: isCompressed ? bytes.places : { inFile: [], inText: [] },
    textBytes: bytes.length,
    fileBytes: isCompressed ? bytes.fileLength : bytes.length,
    damage,
    isThorough,
  };
}

/** A trace from a file, with its damage, if there is any. */
export interface ReadTrace {
  /** The steps before the damage, if there is any. */
  readonly trace: Trace;
  readonly damage?: TraceDamage;
  /** Closes the file, whose lines can be read no more. */
  readonly close: () => void;
}

/**
 * Reads a whole trace file thoroughly. Its lines stay in the file, or in a copy in the folder for temporary
 * files, which stays open.
 *
 * @throws {ProblemError} when not even its header is readable.
 */
export async function readTraceFile(path: string, options?: TraceFileOptions): Promise<ReadTrace> {
  const file = new TraceFile(path, { isThorough: true, copyFolder: tmpdir(), ...options });
  try {
    for await (const _ of file.read()) options?.onSlice?.(file.progress);
  } catch (error) {
    file.close();
    throw error;
  }
  const { trace, damage } = file;
  if (!trace) throw new Error('a trace that was read has a header');
  return { trace, ...(damage ? { damage } : {}), close: () => file.close() };
}

function unreadable(path: string, message: string): ProblemError {
  return new ProblemError({
    title: `${path} cannot be opened as a trace. ${message}`,
    remedy: 'Choose a file that was written by `phasmoscope record` or saved from the window.',
  });
}

/**
 * Reads a trace for a command that needs all of it.
 *
 * @throws {ProblemError} when it cannot be read, or is damaged.
 */
export async function readWholeTrace(path: string, options?: TraceFileOptions): Promise<Trace> {
  const { trace, damage } = await readTraceFile(path, options);
  if (!damage) return trace;
  throw new ProblemError({
    title: `${path} is damaged. ${damage.message}`,
    remedy:
      'Record the run again. `phasmoscope verify` and `query` read what is before the damage.',
  });
}
