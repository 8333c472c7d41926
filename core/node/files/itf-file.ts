import { basename } from 'node:path';
import { fromItf, ItfError } from '../../interchange/itf.ts';
import { ProblemError } from '../../problem.ts';
import { readJsonFile } from './json-file.ts';

/**
 * Reads a counterexample of a model checker as the lines of a trace.
 *
 * @throws {ProblemError} when it is none; the problem names line and column, or state and variable.
 */
export async function readItfLines(path: string): Promise<readonly string[]> {
  const json = await readJsonFile(path, 'a counterexample in the Informal Trace Format');
  try {
    return fromItf(json, basename(path).replace(/(?:\.itf)?\.json$/, ''));
  } catch (error) {
    if (!(error instanceof ItfError)) throw error;
    throw new ProblemError(
      {
        title: `${path} is no trace in the Informal Trace Format: ${error.message}.`,
        remedy: 'Give a counterexample as Apalache and Quint write it.',
      },
      { cause: error },
    );
  }
}

/**
 * Whether a file is to be read as a counterexample.
 *
 * @param start the first characters of the file.
 */
export function isItf(path: string, start: string): boolean {
  if (/\.itf\.json$/i.test(path)) return true;
  const isOther = /^\s*(?:[^\s{]|\{\s*"phasmoscope-)/.test(start);
  return /\.json$/i.test(path) && !isOther && /"(?:#meta|vars|states)"\s*:/.test(start);
}
