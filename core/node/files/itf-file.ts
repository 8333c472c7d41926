import { basename } from 'node:path';
import { fromItf, ItfError, type ReadItf } from '../../interchange/itf.ts';
import { ProblemError } from '../../problem.ts';
import { readJsonFile } from './json-file.ts';

/**
 * Reads a counterexample of a model checker as the lines of a trace.
 *
 * @throws {ProblemError} when it is not one; the problem names line and column, or state and variable.
 */
export async function readItf(path: string): Promise<ReadItf> {
  const json = await readJsonFile(path, 'a counterexample in the Informal Trace Format', '#bigint');
  try {
    return fromItf(json, basename(path).replace(/(?:\.itf)?\.json(?:\.gz)?$/, ''));
  } catch (error) {
    if (!(error instanceof ItfError)) throw error;
    throw new ProblemError(
      {
        title: `${path} is not a trace in the Informal Trace Format: ${error.message}.`,
        remedy: 'Give a counterexample as Apalache and Quint write it.',
      },
      { cause: error },
    );
  }
}
