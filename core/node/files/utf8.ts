import { isUtf8 } from 'node:buffer';

const LINE_FEED = 0x0a;

/** The number of the first line, from 1, that is not UTF-8; `undefined` when all are. */
export function invalidUtf8Line(bytes: Buffer): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}

/** The code of the error that is thrown for bytes that are not UTF-8. */
export const NOT_UTF8 = 'ERR_ENCODING_INVALID_ENCODED_DATA';

/**
 * Decodes bytes that arrive in pieces of any size. A byte-order mark is skipped.
 *
 * @throws an error with the code {@link NOT_UTF8}, after the lines before the wrong bytes.
 */
export async function* decodeUtf8Pieces(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const checker = new TextDecoder('utf-8', { fatal: true });
  for await (const piece of pieces) {
    const text = decoder.decode(piece, { stream: true });
    try {
      checker.decode(piece, { stream: true });
    } catch (error) {
      const wrong = text.indexOf('\uFFFD');
      yield text.slice(0, text.lastIndexOf('\n', wrong) + 1);
      throw error;
    }
    yield text;
  }
  yield decoder.decode();
  checker.decode();
}
