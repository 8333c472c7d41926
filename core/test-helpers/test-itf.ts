import { type ReadItf, itfText } from '../interchange/itf.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';

/** The trace that a list of lines, or a document that was read, gives. */
export function readTrace(given: readonly string[] | ReadItf): Trace {
  const lines = 'lines' in given ? given.lines : given;
  const builder = new TraceBuilder();
  builder.push(lines.map((line) => `${line}\n`).join(''));
  builder.finish();
  if (!builder.trace) throw new Error('a finished trace has a header');
  return builder.trace;
}

/** The document of a trace as whoever reads the file sees it. */
export const exported = (trace: Trace): unknown => JSON.parse([...itfText(trace)].join(''));
