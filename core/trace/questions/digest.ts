import { TextDigest } from '../../value/text-digest.ts';
import { formatHeader } from '../format/format.ts';
import type { Trace } from '../trace.ts';

/** Lines that are digested at a time. */
const CHUNK_LINES = 4_096;

/**
 * A digest of what a trace holds of its run: its header and all its steps. Notes can be written into its file
 * without changing it. Yields now and then, so that the caller can stop in between.
 */
export function* digestRun(trace: Trace): Generator<undefined, string, undefined> {
  const digest = new TextDigest();
  digest.add(`${formatHeader(trace.header)}\n`);
  for (let from = 0; from < trace.length; from += CHUNK_LINES) {
    yield;
    const lines = trace.lines(from, Math.min(from + CHUNK_LINES, trace.length));
    digest.add(`${lines.join('\n')}\n`);
  }
  return digest.finish();
}
