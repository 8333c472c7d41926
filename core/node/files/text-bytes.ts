import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LINE_CHARS_MAX } from '../../limits.ts';
import { ProblemError } from '../../problem.ts';
import { Recent } from '../../recent.ts';
import { MEMBER_HEADER_BYTES, memberBytes, unpackMember } from './gzip-members.ts';

/** The bytes of a file's text, decompressed, which are read one after the other and again from anywhere. */
export interface TextBytes {
  /** The bytes read so far by {@link next}. */
  readonly length: number;
  /** The next bytes after those; `undefined` when there are none at present. */
  next(): Buffer | undefined;
  /** Some of the bytes read so far. */
  read(from: number, to: number): Buffer;
  /** How far in the file {@link next} has come, and how long the file is, in bytes of the file. */
  readonly progress: { readonly bytes: number; readonly bytesMax: number };
  close(): void;
}

/** The bytes read at a time: enough that a call costs nothing beside what is done with them. */
const CHUNK_BYTES = 256 * 1024;
/** A member holds whole lines; UTF-8 takes up to three bytes for a UTF-16 code unit. */
const MEMBER_TEXT_BYTES_MAX = 3 * LINE_CHARS_MAX + CHUNK_BYTES;
/** Deflate makes what it cannot compress longer by far less than this. */
const MEMBER_BYTES_MAX = Math.ceil(1.01 * MEMBER_TEXT_BYTES_MAX);
/** The decompressed members that are kept. */
const MEMBERS_KEPT = 8;

/** Reads exactly some bytes of a file; fewer where the file ends, which needs no memory for the others. */
function readBytes(file: number, from: number, count: number): Buffer {
  const available = Math.max(0, Math.min(count, fstatSync(file).size - from));
  const buffer = Buffer.allocUnsafe(available);
  let read = 0;
  while (read < available) {
    const more = readSync(file, buffer, read, available - read, from + read);
    if (more === 0) break;
    read += more;
  }
  return buffer.subarray(0, read);
}

/** The text of a file that is not compressed. It may grow at its end. */
export class PlainBytes implements TextBytes {
  readonly #path: string;
  readonly #file: number;
  #length: number;

  /** @param length the bytes that count as read already. */
  constructor(path: string, length = 0) {
    this.#path = path;
    this.#file = openSync(path, 'r');
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  get progress() {
    return { bytes: this.#length, bytesMax: fstatSync(this.#file).size };
  }

  next(): Buffer | undefined {
    const bytes = readBytes(this.#file, this.#length, CHUNK_BYTES);
    this.#length += bytes.length;
    return bytes.length > 0 ? bytes : undefined;
  }

  read(from: number, to: number): Buffer {
    const bytes = readBytes(this.#file, from, to - from);
    if (bytes.length === to - from) return bytes;
    throw new ProblemError({
      title: `${this.#path} was changed by another program while it was open.`,
      remedy: 'Open it again.',
    });
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Where the members of a compressed file begin: in the file, and in the text. Ascending. */
export interface MemberPlaces {
  readonly inFile: number[];
  readonly inText: number[];
}

/** The text of a file that is compressed in members; see `packMember`. */
export class MemberBytes implements TextBytes {
  readonly #file: number;
  readonly places: MemberPlaces;
  #fileLength: number;
  #length: number;
  readonly #kept = new Recent<number, Buffer>(MEMBERS_KEPT);
  /** What is wrong with the last member read, after which nothing is read. */
  #error: Error | undefined;

  /** @param read what was read already: the places of all members, and the bytes that they hold. */
  constructor(path: string, read?: { places: MemberPlaces; fileLength: number; length: number }) {
    this.#file = openSync(path, 'r');
    this.places = read?.places ?? { inFile: [], inText: [] };
    this.#fileLength = read?.fileLength ?? 0;
    this.#length = read?.length ?? 0;
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes of the file up to the last member read. */
  get fileLength(): number {
    return this.#fileLength;
  }

  get progress() {
    return { bytes: this.#fileLength, bytesMax: fstatSync(this.#file).size };
  }

  next(): Buffer | undefined {
    if (this.#error) throw this.#error;
    const from = this.#fileLength;
    const header = readBytes(this.#file, from, MEMBER_HEADER_BYTES);
    if (header.length === 0) return undefined;
    const count = memberBytes(header);
    // A length beyond any member is a wrong one: what is there decides, as for any gunzip.
    const member =
      count === undefined ? header : readBytes(this.#file, from, Math.min(count, MEMBER_BYTES_MAX));
    // What is no member of ours does not decompress; of a damaged one, its beginning does.
    const { text, error } = unpackMember(member, MEMBER_TEXT_BYTES_MAX);
    this.#error = error;
    if (error && text.length === 0) throw error;
    this.places.inFile.push(from);
    this.places.inText.push(this.#length);
    this.#fileLength += member.length;
    this.#length += text.length;
    return text;
  }

  read(from: number, to: number): Buffer {
    const parts: Buffer[] = [];
    for (let at = this.#memberAt(from); at < this.places.inText.length; at += 1) {
      const start = this.places.inText[at] as number;
      if (start >= to) break;
      const text = this.#member(at);
      parts.push(text.subarray(Math.max(0, from - start), Math.min(text.length, to - start)));
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The index of the member that holds a byte of the text. */
  #memberAt(byte: number): number {
    const { inText } = this.places;
    let [low, high] = [0, inText.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((inText[middle] as number) <= byte) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #member(at: number): Buffer {
    return this.#kept.keep(at, this.#kept.get(at) ?? this.#unpack(at));
  }

  #unpack(at: number): Buffer {
    const from = this.places.inFile[at] as number;
    const to = this.places.inFile[at + 1] ?? this.#fileLength;
    return unpackMember(readBytes(this.#file, from, to - from), MEMBER_TEXT_BYTES_MAX).text;
  }
}
