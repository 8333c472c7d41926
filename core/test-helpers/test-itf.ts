import { type ReadItf, itfText } from '../interchange/itf.ts';
import type { Trace } from '../trace/trace.ts';
import { readTrace } from './test-traces.ts';

/** The trace that a list of lines, or a document that was read, gives. */
export function traceOfItf(given: readonly string[] | ReadItf): Trace {
  const lines = 'lines' in given ? given.lines : given;
  return readTrace(lines.map((line) => `${line}\n`).join(''));
}

/** The document of a trace as whoever reads the file sees it. */
export const exported = (trace: Trace): unknown => JSON.parse([...itfText(trace)].join(''));
