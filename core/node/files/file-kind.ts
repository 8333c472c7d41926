import { closeSync, openSync, readSync } from 'node:fs';
import { memberBytes, unpackUntilDamage } from './gzip-members.ts';
import { statsOf } from './stats.ts';

/** What a file holds; `other` is nothing that can be opened here. */
export type FileKind = 'machine' | 'trace' | 'itf' | 'log' | 'inputs' | 'other';

/** The beginning of a file. */
export interface FileHead {
  /** Decompressed, without a byte-order mark; empty for a file that cannot be read. */
  readonly text: string;
  readonly isCompressed: boolean;
}

/** Enough to recognise what a file holds. */
const HEAD_BYTES = 4_096;
/** Deflate packs a thousand times at most. */
const HEAD_TEXT_BYTES_MAX = 2_000 * HEAD_BYTES;

/** Whether a path names source code, which is opened as a machine. */
export function isMachineFile(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path);
}

/**
 * What a file holds: by its name where that is certain, otherwise by how it begins.
 *
 * A file that cannot be read, and a pipe, which can be read only once, count as a trace if their name
 * does not say otherwise: reading them as one reports what is wrong.
 */
export function kindOfFile(path: string): FileKind {
  if (isMachineFile(path)) return 'machine';
  if (!isRegularFile(path)) return 'trace';
  const { text } = readHead(path);
  const content = kindOfText(text);
  if (content === 'trace' || content === 'log') return content;
  if (/\.itf\.json(?:\.gz)?$/i.test(path)) return 'itf';
  // A damaged trace does not begin like one.
  if (content === 'other' && /\.(?:jsonl|trace)(?:\.gz)?$/i.test(path)) return 'trace';
  return content;
}

/** What a file is opened as by a person who chose or dropped it. Reading as a trace refuses the rest. */
export function openedAs(path: string): 'machine' | 'trace' | 'inputs' {
  const kind = kindOfFile(path);
  return kind === 'machine' || kind === 'inputs' ? kind : 'trace';
}

/** Whether the content of a file, whatever its name, is a trace. */
export function holdsTrace(path: string): boolean {
  return kindOfText(readHead(path).text) === 'trace';
}

/** Reads the beginning of a file. */
export function readHead(path: string): FileHead {
  const bytes = isRegularFile(path) ? readStart(path) : Buffer.alloc(0);
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = (isCompressed ? decompressStart(bytes) : bytes).toString('utf8');
  return { text: text.replace(/^\uFEFF/, ''), isCompressed };
}

function kindOfText(text: string): FileKind {
  const start = text.trimStart();
  if (start.startsWith('[')) return 'inputs';
  if (!start.startsWith('{')) return 'other';
  if (/^\{\s*"phasmoscope-trace"\s*:/.test(start)) return 'trace';
  if (/^\{\s*"phasmoscope-log"\s*:/.test(start)) return 'log';
  return /"(?:#meta|vars|states)"\s*:/.test(start) ? 'itf' : 'other';
}

function isRegularFile(path: string): boolean {
  return statsOf(path)?.isFile() === true;
}

function readStart(path: string): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const buffer = Buffer.alloc(HEAD_BYTES);
    return buffer.subarray(0, readSync(file, buffer, 0, HEAD_BYTES, 0));
  } catch {
    return Buffer.alloc(0);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** What the beginning of a compressed file decompresses to; nothing, when it is longer than any is. */
function decompressStart(bytes: Buffer): Buffer {
  try {
    return unpackUntilDamage(bytes, HEAD_TEXT_BYTES_MAX);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Whether a compressed file was written in members that can be read apart; see `packMember`. */
export function startsInMembers(path: string): boolean {
  return memberBytes(readStart(path)) !== undefined;
}
