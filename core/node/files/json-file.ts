import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { transform, type TransformFailure } from 'esbuild';
import { ProblemError } from '../../problem.ts';

/**
 * Reads a file that holds one JSON document.
 *
 * @param what is expected of it, for the remedy: `an array of inputs`.
 * @throws {ProblemError} when it cannot be read or is no JSON; the problem names line and column.
 */
export async function readJsonFile(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new ProblemError(
      {
        title: `${path} could not be read: ${(error as Error).message}`,
        remedy: `Give the path of a file that holds ${what}.`,
      },
      { cause: error },
    );
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = await placeOf(text, path);
    throw new ProblemError(
      {
        title: `${path} is no JSON: ${place ?? (error as Error).message}`,
        remedy: `Correct it there, or give a file that holds ${what}.`,
      },
      { cause: error },
    );
  }
}

/** Where a text is no JSON; the parser of the language itself does not always tell. */
async function placeOf(text: string, path: string): Promise<string | undefined> {
  try {
    await transform(text, { loader: 'json', logLevel: 'silent' });
    return undefined;
  } catch (error) {
    const [first] = (error as Partial<TransformFailure>).errors ?? [];
    if (!first?.location) return undefined;
    const { line, column } = first.location;
    return `${basename(path)}:${line}:${column + 1}: ${first.text}`;
  }
}
