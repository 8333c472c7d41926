import { ProblemError } from '../../problem.ts';
import { codeOf, messageOf } from '../../thrown.ts';
import { kindOfFile, readHead, type FileKind } from './file-kind.ts';
import { readItf } from './itf-file.ts';
import { plainBytes } from './plain-bytes.ts';
import { missingFile } from './refusals.ts';
import { readServiceLog } from './service-log-file.ts';
import { decodeUtf8Pieces, NOT_UTF8 } from './utf8.ts';

/**
 * The text of a trace file, in pieces; it may be compressed with gzip whatever its name says. A
 * counterexample of a model checker (ITF) or the log of a service is converted to a trace.
 *
 * @throws {ProblemError} when the file cannot be read, after what was readable; or is not a trace.
 */
export async function* readTraceText(path: string): AsyncGenerator<string> {
  try {
    const kind = kindOfFile(path);
    if (kind === 'itf') {
      yield `${(await readItf(path)).lines.join('\n')}\n`;
      return;
    }
    if (kind === 'log') {
      yield* readServiceLog(path);
      return;
    }
    if (kind !== 'trace') throw notATrace(path, kind, readHead(path).text);
    yield* decodeUtf8Pieces(plainBytes(path));
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw readProblem(path, error);
  }
}

/** Says of a file that it is something else than a trace, and how to open that. */
export function notATrace(
  path: string,
  kind: Exclude<FileKind, 'trace' | 'itf' | 'log'>,
  text: string,
): ProblemError {
  const problems = {
    machine: {
      title: `${path} is a machine file, not a trace.`,
      remedy: 'Open it as a machine; `phasmoscope record` writes the trace of a run of it.',
    },
    inputs: {
      title: `${path} holds inputs, not a trace.`,
      remedy: 'Give it to a machine: npx phasmoscope run MACHINE --inputs FILE.',
    },
    other: {
      title: `${path} is not a trace${text === '' ? ': the file is empty' : ''}.`,
      remedy:
        'Give a file that was written by `phasmoscope record` or saved from the window, or a ' +
        'counterexample of Apalache or Quint (ITF).',
    },
  };
  return new ProblemError(problems[kind]);
}

/** Says why a trace file cannot be read, or read any further. */
export function readProblem(path: string, error: unknown): ProblemError {
  const code = codeOf(error);
  if (code === 'ENOENT') return missingFile(path);
  const because = {
    EISDIR: ['is a folder', 'Choose the file of a machine or of a trace.'],
    ELOOP: ['is a link that leads in a circle', 'Correct the link.'],
    ENAMETOOLONG: ['has a name that is too long', 'Check the path.'],
    EACCES: ['may not be read', 'Change its permissions.'],
    [NOT_UTF8]: ['is not encoded in UTF-8', 'Any steps before the damage are shown.'],
    Z_BUF_ERROR: ['was cut short while it was compressed', 'Any steps before the end are shown.'],
    // More than any member of ours holds.
    ERR_BUFFER_TOO_LARGE: ['is damaged inside its compression', 'Record the run again.'],
    Z_DATA_ERROR: ['is damaged inside its compression', 'Any steps before the damage are shown.'],
  }[code ?? ''] ?? [`could not be read (${messageOf(error)})`, 'Try again or choose another.'];
  const what = code === 'EISDIR' ? path : `The trace file ${path}`;
  return new ProblemError(
    { title: `${what} ${because[0]}.`, remedy: because[1] },
    { cause: error },
  );
}
