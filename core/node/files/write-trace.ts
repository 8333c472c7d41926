import { setImmediate } from 'node:timers/promises';
import { formatHeader, formatNote } from '../../trace/format.ts';
import type { Note } from '../../trace/notes.ts';
import { TraceSeal } from '../../trace/seal.ts';
import type { Trace } from '../../trace/trace.ts';
import { TraceFileWriter } from './trace-writer.ts';

/** Others have their turn after this long. */
const SLICE_MS = 8;

/**
 * Writes a trace as far as it is: it may still grow, or be damaged from some line on. The file may be the
 * one that the trace is read from.
 *
 * @param path compressed with gzip when it ends in `.gz`.
 * @param notes what the file holds as notes.
 * @throws {ProblemError} when it cannot be written; no partial file is left behind.
 */
export async function writeTrace(
  trace: Trace,
  path: string,
  notes: readonly Note[] = trace.notes,
): Promise<void> {
  const { length, end } = trace;
  const writer = await TraceFileWriter.open(path);
  try {
    const seal = new TraceSeal();
    const add = (line: string) => {
      seal.add(line);
      writer.add(line);
    };
    add(formatHeader(trace.header));
    let untilMs = performance.now() + SLICE_MS;
    for (let stepIndex = 0; stepIndex < length; stepIndex += 1) {
      add(trace.line(stepIndex));
      if (!writer.isDue && performance.now() < untilMs) continue;
      await writer.write();
      await setImmediate();
      untilMs = performance.now() + SLICE_MS;
    }
    for (const note of notes) add(formatNote(note));
    if (end) writer.add(seal.close(end));
    await writer.close(end ? trace.index.withNotes(notes) : undefined);
  } catch (error) {
    await writer.discard();
    throw error;
  }
}
