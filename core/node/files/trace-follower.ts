import { isAscii, isUtf8 } from 'node:buffer';
import { FILE_CHARS_MAX, LINE_CHARS_MAX } from '../../limits.ts';
import { hasCurrentSteps } from '../../trace/format/upgrades.ts';
import { TraceBuilder, TraceReadError } from '../../trace/trace-builder.ts';
import type { DigestEffort } from '../../trace/trace-growth.ts';
import type { Trace } from '../../trace/trace.ts';
import { FileLines } from './file-lines.ts';
import type { TextBytes } from './text-bytes.ts';
import { invalidUtf8Line } from './utf8.ts';

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
/**
 * Bytes become a text in pieces of about this size. V8 keeps texts of twice that among the large objects, each
 * in memory of its own: six times slower.
 */
const PIECE_BYTES = 64 * 1024;

/** What is wrong with a trace: the steps before it are good. */
export interface TraceDamage {
  readonly message: string;
  /** 1-based, where it is known. */
  readonly line?: number;
}

/**
 * Reads a trace where it lies in a file that may still be written to: its steps are checked and indexed,
 * and their lines stay in the file. Reading is done in slices, so that others have their turn.
 */
export class TraceFollower {
  readonly lines: FileLines;
  readonly #bytes: TextBytes;
  readonly #builder: TraceBuilder;
  #rest: Buffer = Buffer.alloc(0);
  /** Where the rest begins in the text. */
  #restFrom = 0;
  #damage: TraceDamage | undefined;
  #header: { readonly from: number; readonly to: number } | undefined;
  #trace: Trace | undefined;

  constructor(bytes: TextBytes, digests?: DigestEffort) {
    this.#bytes = bytes;
    this.lines = new FileLines(bytes);
    this.#builder = new TraceBuilder({
      lines: this.lines,
      charsMax: FILE_CHARS_MAX,
      ...(digests ? { digests } : {}),
    });
  }

  /** The steps so far, which grow; absent before the header. Another object, if steps proved to be wrong. */
  get trace(): Trace | undefined {
    const known = this.#builder.trace;
    if (known?.index !== this.#trace?.index) this.#trace = known;
    return this.#trace;
  }

  /** After damage, nothing more is read. */
  get damage(): TraceDamage | undefined {
    return this.#damage;
  }

  /** Whether steps are written as the current version writes them; others have to be converted. */
  get isCurrent(): boolean {
    return hasCurrentSteps(this.#builder.version);
  }

  /** Where the header stands in the text, in bytes. */
  get header(): { readonly from: number; readonly to: number } | undefined {
    return this.#header;
  }

  /** The damage of a file that zlib or the file system has refused to read any further. */
  break(message: string): void {
    this.#damage ??= { message };
  }

  /**
   * Reads for a while.
   *
   * @param untilMs the time, as `performance.now` has it, at which another chunk is not begun.
   * @returns whether there may be more to read at present.
   * @throws what reading the bytes throws.
   */
  readOn(untilMs: number): boolean {
    while (!this.#damage) {
      const chunk = this.#bytes.next();
      if (!chunk) return false;
      this.#take(chunk);
      if (performance.now() >= untilMs) return true;
    }
    return false;
  }

  /** Ends the text: what is missing is damage. */
  finish(): void {
    if (this.#damage) return;
    try {
      if (this.#rest.length > 0) this.#addWhole(this.#rest, this.#restFrom);
      if (!this.#damage) this.#builder.finish();
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    const from = this.#restFrom;
    this.#rest = bytes.subarray(end);
    this.#restFrom = from + end;
    this.#addWhole(bytes.subarray(0, end), from);
    // Such a line is over the limit, however many bytes a character has.
    if (this.#rest.length > 3 * LINE_CHARS_MAX && !this.#damage) {
      this.#addLines(this.#rest, this.#restFrom);
    }
  }

  #addWhole(bytes: Buffer, from: number): void {
    if (!isUtf8(bytes)) return this.#stopAtBadBytes(bytes, from);
    for (let at = 0; at < bytes.length && !this.#damage;) {
      const end = endOfPiece(bytes, at);
      this.#addLines(bytes.subarray(at, end), from + at);
      at = end;
    }
  }

  #stopAtBadBytes(bytes: Buffer, from: number): void {
    const before = (invalidUtf8Line(bytes) ?? 1) - 1;
    let end = 0;
    for (let line = 0; line < before; line += 1) end = bytes.indexOf(LINE_FEED, end) + 1;
    const good = bytes.subarray(0, end);
    this.#addLines(good, from);
    this.#damage ??= {
      message: `Line ${this.#builder.line + 1}: the text is not encoded in UTF-8`,
      line: this.#builder.line + 1,
    };
  }

  #addLines(bytes: Buffer, from: number): void {
    const isPlain = isAscii(bytes);
    // Copying characters is much faster than decoding them, and nearly all are ASCII.
    const text = bytes.toString(isPlain ? 'latin1' : 'utf8');
    let at = from;
    let start = 0;
    if (from === 0 && text.startsWith('\uFEFF')) {
      start = 1;
      at += BYTE_ORDER_MARK.length;
    }
    try {
      while (start < text.length) {
        const found = text.indexOf('\n', start);
        const end = found === -1 ? text.length : found;
        const line = text.slice(start, end);
        const to = at + (isPlain ? line.length : Buffer.byteLength(line));
        this.lines.nextAt(at, to);
        this.#builder.addLine(line);
        if (!this.#header && this.#builder.trace) this.#header = { from: at, to };
        start = end + 1;
        at = to + 1;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!(error instanceof TraceReadError)) throw error;
    this.#damage = { message: error.message, line: error.line };
  }
}

/** Where a piece ends that begins at a byte: after a line, of which it has at least one. */
function endOfPiece(bytes: Buffer, start: number): number {
  const most = start + PIECE_BYTES;
  if (most >= bytes.length) return bytes.length;
  const end = bytes.lastIndexOf(LINE_FEED, most - 1) + 1;
  return end > start ? end : bytes.indexOf(LINE_FEED, most) + 1 || bytes.length;
}
