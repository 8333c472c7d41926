import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { statsOf } from './stats.ts';

/** The largest compressed file that is unpacked in small pieces. */
const SHORT_BYTES_MAX = 64 * 1024;
/** How much is unpacked at a time: zlib gives nothing of the piece in which it finds damage, but large pieces are faster. */
const [SHORT_PIECE_BYTES, PIECE_BYTES] = [256, 16 * 1024];

/** The path that stands for standard input. */
export const STANDARD_INPUT = '-';

/**
 * The bytes of a file or of standard input, in pieces; decompressed if they are gzip, whatever its name
 * says.
 *
 * @throws the error of the file system, or of zlib, after what was readable.
 */
export async function* plainBytes(path: string): AsyncGenerator<Buffer> {
  // The descriptor of standard input is 0.
  const bytes = path === STANDARD_INPUT ? createReadStream('', { fd: 0 }) : createReadStream(path);
  try {
    const stream = (await beginsCompressed(bytes))
      ? bytes.pipe(createGunzip({ chunkSize: pieceBytes(path) }))
      : bytes;
    bytes.on('error', (error) => stream.destroy(error));
    yield* stream as AsyncIterable<Buffer>;
  } finally {
    // Also when the reader stops early: nothing else closes the file behind a decompression.
    bytes.destroy();
  }
}

function pieceBytes(path: string): number {
  const size = path === STANDARD_INPUT ? undefined : statsOf(path)?.size;
  return size !== undefined && size <= SHORT_BYTES_MAX ? SHORT_PIECE_BYTES : PIECE_BYTES;
}

/** Whether a stream begins as gzip does: a pipe can be read only once. */
async function beginsCompressed(bytes: Readable): Promise<boolean> {
  await once(bytes, 'readable');
  const first = bytes.read() as Buffer | null;
  if (first !== null) bytes.unshift(first);
  return first?.[0] === 0x1f && first[1] === 0x8b;
}
