import { ProblemError } from '../../problem.ts';
import { mergeNotes, noteProblem, type Note } from '../../trace/format/notes.ts';
import type { Trace } from '../../trace/trace.ts';
import { sameValue } from '../../value/value.ts';
import { statsOf } from './stats.ts';
import { readTraceFile } from './trace-file.ts';
import { withFileLock } from './write-file.ts';
import { writeTrace } from './write-trace.ts';

/**
 * Saves traces with notes to files to which others may write notes as well, such as the command `notes`:
 * none of these is lost.
 */
export class TraceSaver {
  /** What was last saved as notes, by the path. */
  readonly #saved = new Map<string, readonly Note[]>();

  /**
   * Writes a trace as far as it is.
   *
   * @throws {ProblemError} when it cannot be written, or would have too many notes.
   */
  save(trace: Trace, path: string, notes: readonly Note[]): Promise<void> {
    // Between reading a file and writing it again, no other process may write it.
    return withFileLock(path, async () => {
      const theirs = await notesInFile(path, trace);
      const base = this.#saved.get(path) ?? trace.notes;
      const merged = theirs ? mergeNotes(base, notes, theirs) : notes;
      requirePlaces(merged, trace.length, path);
      await writeTrace(trace, path, merged);
      this.#saved.set(path, notes);
    });
  }
}

/** The notes of a file that holds this very trace, as far as it is; `undefined` for any other. */
async function notesInFile(path: string, trace: Trace): Promise<readonly Note[] | undefined> {
  if (statsOf(path)?.isFile() !== true) return undefined;
  try {
    const found = await readTraceFile(path, { isThorough: false });
    found.close();
    const { header, length, notes } = found.trace;
    const isSame = length <= trace.length && sameValue(header, trace.header);
    return isSame ? notes : undefined;
  } catch (error) {
    // Whatever else it is, the person has agreed to overwrite it.
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

function requirePlaces(notes: readonly Note[], steps: number, path: string): void {
  const problem = notes
    .map((note, at) => noteProblem(note, notes.slice(0, at), steps))
    .find(Boolean);
  if (problem === undefined) return;
  throw new ProblemError({
    title: `${path} has notes that others added, with which it cannot be saved: ${problem}.`,
    remedy: 'Save it under another name, or remove notes.',
  });
}
