import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ProblemError } from '../../problem.ts';
import { JsonError, parseJson } from '../../value/json.ts';

/**
 * Reads a file that holds one JSON document, in UTF-8 with or without a byte-order mark.
 *
 * @param what is expected of it, for the remedy: `an array of inputs`.
 * @throws {ProblemError} when it cannot be read, is not JSON, or holds integers that would be rounded;
 * the problem names line and column.
 */
export async function readJsonFile(path: string, what: string): Promise<unknown> {
  const remedy = `Give the path of a file that holds ${what}.`;
  const bytes = await readFile(path).catch((error: unknown) => {
    const title = `${path} could not be read: ${(error as Error).message}`;
    throw new ProblemError({ title, remedy }, { cause: error });
  });
  try {
    return parseJson(decodeUtf8(bytes));
  } catch (error) {
    const { message } = error as Error;
    const place =
      error instanceof JsonError ? `${basename(path)}:${error.line}:${error.column}: ` : '';
    throw new ProblemError(
      {
        title: `${path} is not valid JSON: ${place}${message}`,
        remedy: `Correct it there, or give a file that holds ${what}.`,
      },
      { cause: error },
    );
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error('it is not encoded in UTF-8', { cause: error });
  }
}
