import { formatHeader, formatNote } from './format/format.ts';
import type { Note } from './format/notes.ts';
import { TraceSeal } from './format/seal.ts';
import type { Trace } from './trace.ts';

/**
 * The lines of a trace as they stand in a file, without their line breaks: the header, the first steps,
 * the notes, and the closing line, if the trace has one and all of its steps are asked for.
 */
export function* sealedLines(
  trace: Trace,
  { steps = trace.length, notes = trace.notes }: { steps?: number; notes?: readonly Note[] } = {},
): Generator<string, void, undefined> {
  const { end, length } = trace;
  const seal = new TraceSeal();
  const sealed = (line: string) => {
    seal.add(line);
    return line;
  };
  yield sealed(formatHeader(trace.header));
  for (let stepIndex = 0; stepIndex < steps; stepIndex += 1) yield sealed(trace.line(stepIndex));
  for (const note of notes) yield sealed(formatNote(note));
  if (end && steps >= length) yield seal.close(end);
}
