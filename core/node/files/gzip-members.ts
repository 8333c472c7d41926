import { constants, crc32, deflateRawSync, gunzipSync } from 'node:zlib';
import { codeOf, isInstance } from '../../thrown.ts';

/**
 * @file Gzip of several members, as BGZF has it: each member is a whole gzip file and says in its header how
 * long it is. Any gunzip reads all of them as one file, and whoever knows where they begin
 * decompresses only those that it needs.
 */

/** The level of compression: a quarter of the time of the default for nearly the same size. */
const LEVEL = 1;

/** The fixed part of a member's header with an extra field: magic, deflate, FEXTRA, no time, Unix. */
const FIXED = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 3];
/** The extra field: its length, two letters, the length of its data, and the bytes of the member. */
const EXTRA_BYTES = 8;
const HEADER_BYTES = FIXED.length + 2 + EXTRA_BYTES;
const TRAILER_BYTES = 8;
/** zlib makes pieces of at least this size. */
const PIECE_BYTES_MIN = 64;
/** Much more than what is written as one member, lines of unusual length apart. */
const PIECE_BYTES_MAX = 1024 * 1024;
/** "PM": ours. */
const LETTERS = [0x50, 0x4d];

/** The bytes of a member's header, which is enough for {@link memberBytes}. */
export const MEMBER_HEADER_BYTES = HEADER_BYTES;

/** Compresses bytes to a member. */
export function packMember(bytes: Buffer): Buffer {
  const deflated = deflateRawSync(bytes, { level: LEVEL });
  const total = HEADER_BYTES + deflated.length + TRAILER_BYTES;
  const header = Buffer.from([...FIXED, EXTRA_BYTES, 0, ...LETTERS, 4, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(total, FIXED.length + 6);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([header, deflated, trailer], total);
}

/**
 * How long the member is that begins with a header; `undefined` for gzip that was not written by
 * {@link packMember}.
 */
export function memberBytes(header: Buffer): number | undefined {
  if (header.length < HEADER_BYTES || header[3] !== FIXED[3]) return undefined;
  if (FIXED.slice(0, 3).some((byte, at) => header[at] !== byte)) return undefined;
  if (header.readUInt16LE(FIXED.length) !== EXTRA_BYTES) return undefined;
  if (LETTERS.some((letter, at) => header[FIXED.length + 2 + at] !== letter)) return undefined;
  const total = header.readUInt32LE(FIXED.length + 6);
  return total >= HEADER_BYTES + TRAILER_BYTES ? total : undefined;
}

/** The text of a member. Of a damaged one, as much as can be read, with the error of zlib. */
export interface UnpackedMember {
  readonly text: Buffer;
  readonly error?: Error;
}

/**
 * Decompresses a member, or what is there of it.
 *
 * @throws an error of zlib when it is longer than `bytesMax`.
 */
export function unpackMember(member: Buffer, bytesMax: number): UnpackedMember {
  try {
    return {
      text: gunzipSync(member, { maxOutputLength: bytesMax, chunkSize: pieceBytes(member) }),
    };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { text: unpackUntilDamage(member, bytesMax), error };
  }
}

/**
 * The size of the pieces in which a member is decompressed. One of ours becomes a single piece, by the length
 * that its trailer says: joining many small ones takes a third of the time of decompressing them. What a
 * damaged one says is used as far as it costs little memory.
 */
function pieceBytes(member: Buffer): number {
  const said = member.length < TRAILER_BYTES ? 0 : member.readUInt32LE(member.length - 4);
  // Only a piece that is not filled is known to be the last one.
  return Math.min(Math.max(PIECE_BYTES_MIN, said + 1), PIECE_BYTES_MAX);
}

/**
 * The text of gzip that is cut off or damaged: that of the longest beginning which decompresses.
 *
 * @throws an error of zlib when it is longer than `bytesMax`.
 */
export function unpackUntilDamage(member: Buffer, bytesMax: number): Buffer {
  let text: Buffer = Buffer.alloc(0);
  let [good, bad] = [0, member.length + 1];
  // Most are only cut off: all of it is tried first.
  for (let length = member.length; bad - good > 1; length = (good + bad) >>> 1) {
    try {
      text = gunzipSync(member.subarray(0, length), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: bytesMax,
      });
      good = length;
    } catch (error) {
      if (!isDamage(error)) throw error;
      bad = length;
    }
  }
  return text;
}

function isDamage(error: unknown): error is Error {
  const code = codeOf(error);
  return isInstance(error, Error) && (code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR');
}
