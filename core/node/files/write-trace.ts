import { setImmediate } from 'node:timers/promises';
import type { Note } from '../../trace/format/notes.ts';
import { sealedLines } from '../../trace/sealed-lines.ts';
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
    let untilMs = performance.now() + SLICE_MS;
    for (const line of sealedLines(trace, { steps: length, notes })) {
      writer.add(line);
      if (!writer.isDue && performance.now() < untilMs) continue;
      await writer.write();
      await setImmediate();
      untilMs = performance.now() + SLICE_MS;
    }
    await writer.close(end ? trace.index.withNotes(notes) : undefined);
  } catch (error) {
    await writer.discard();
    throw error;
  }
}
