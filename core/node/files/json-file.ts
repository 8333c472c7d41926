import { basename } from 'node:path';
import { DOCUMENT_BYTES_MAX, DOCUMENT_VALUES_MAX } from '../../limits.ts';
import { ProblemError } from '../../problem.ts';
import { messageOf } from '../../thrown.ts';
import {
  JsonError,
  JsonRefusedError,
  parseJson,
  refuseManyValues,
  refuseRepeatedKeys,
} from '../../value/json.ts';
import { plainBytes } from './plain-bytes.ts';
import { whyNotRead } from './refusals.ts';
import { invalidUtf8Line } from './utf8.ts';

/**
 * Reads a file that holds one JSON document, in UTF-8 with or without a byte-order mark.
 *
 * @param what is expected of it, for the remedy: `an array of inputs`.
 * @param integerTag see `parseJson`.
 * @throws {ProblemError} when it cannot be read, is not JSON, or holds integers that would be rounded;
 * the problem names line and column.
 */
export async function readJsonFile(
  path: string,
  what: string,
  integerTag?: string,
): Promise<unknown> {
  const remedy = `Give the path of a file that holds ${what}.`;
  const text = await readText(path).catch((error: unknown) => {
    const title = `${path} could not be read: ${whyNotRead(error)}`;
    throw new ProblemError({ title, remedy }, { cause: error });
  });
  try {
    refuseManyValues(text, DOCUMENT_VALUES_MAX);
    const json = parseJson(text, integerTag);
    refuseRepeatedKeys(text);
    return json;
  } catch (error) {
    const place =
      error instanceof JsonError ? `${basename(path)}:${error.line}:${error.column}: ` : '';
    const isWhat = error instanceof JsonRefusedError ? 'cannot be read' : 'is not valid JSON';
    throw new ProblemError(
      {
        title: `${path} ${isWhat}: ${place}${messageOf(error)}`,
        remedy: `Correct it there, or give a file that holds ${what}.`,
      },
      { cause: error },
    );
  }
}

/** The text of a file or, for `-`, of standard input; decompressed if it is gzip. */
async function readText(path: string): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of plainBytes(path)) {
    length += piece.length;
    if (length > DOCUMENT_BYTES_MAX) {
      throw new Error(
        `it has more than ${DOCUMENT_BYTES_MAX / 2 ** 20} MB, which is the limit here`,
      );
    }
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  const line = invalidUtf8Line(bytes);
  if (line !== undefined) throw new Error(`line ${line} is not encoded in UTF-8`);
  return bytes.toString();
}
