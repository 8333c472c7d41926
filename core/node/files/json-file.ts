import { constants } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ProblemError } from '../../problem.ts';
import { JsonError, JsonRefusedError, parseJson, refuseRepeatedKeys } from '../../value/json.ts';
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
  const bytes = await readBytes(path).catch((error: unknown) => {
    const title = `${path} could not be read: ${(error as Error).message}`;
    throw new ProblemError({ title, remedy }, { cause: error });
  });
  try {
    const text = decodeUtf8(bytes);
    const json = parseJson(text, integerTag);
    refuseRepeatedKeys(text);
    return json;
  } catch (error) {
    const { message } = error as Error;
    const place =
      error instanceof JsonError ? `${basename(path)}:${error.line}:${error.column}: ` : '';
    const isWhat = error instanceof JsonRefusedError ? 'cannot be read' : 'is not valid JSON';
    throw new ProblemError(
      {
        title: `${path} ${isWhat}: ${place}${message}`,
        remedy: `Correct it there, or give a file that holds ${what}.`,
      },
      { cause: error },
    );
  }
}

/** The bytes of a file or, for `-`, of standard input; decompressed if they are gzip. */
async function readBytes(path: string): Promise<Buffer> {
  // The descriptor of standard input is 0.
  const bytes = path === '-' ? readFileSync(0) : await readFile(path);
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isCompressed ? gunzipSync(bytes, { maxOutputLength: constants.MAX_STRING_LENGTH }) : bytes;
}

function decodeUtf8(bytes: Buffer): string {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    const megabytes = Math.ceil(bytes.length / 2 ** 20);
    throw new Error(`it has ${megabytes} MB, and at most 512 MB can be read at once`);
  }
  const line = invalidUtf8Line(bytes);
  if (line !== undefined) throw new Error(`line ${line} is not encoded in UTF-8`);
  return bytes.toString();
}
