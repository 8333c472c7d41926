import { z } from 'zod';
import { traceOrigin } from '../causality/origins.ts';
import { count, pathCodec, value } from '../format/codecs.ts';
import type { Trace } from '../trace.ts';

const step = z.number().int().min(-1);

const given = z.object({
  in: z.enum(['input', 'result', 'id', 'state', 'action']),
  path: pathCodec,
});

const source = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['initial', 'made']) }),
  z.object({ kind: z.literal('taken'), from: given }),
  z.object({ kind: z.literal('computed'), from: pathCodec, by: given.exactOptional() }),
]);

const hop = z.object({
  stepIndex: step,
  place: z.object({ in: z.enum(['state', 'action']), path: pathCodec }),
  value,
  source,
  isGuess: z.boolean(),
  parts: z.array(z.object({ path: pathCodec, source })).readonly(),
});

/** Where the value of a member came from; see {@link traceOrigin}. */
export const ORIGIN = {
  asked: z.object({ kind: z.literal('origin'), path: pathCodec, at: step }),
  found: z.object({ hop }),
  /** The number of hops. */
  answer: z.object({ hops: count }),
};

/** Answers the question, in the form that travels between processes. */
export function* findOrigin(
  trace: Trace,
  { path, at }: z.output<typeof ORIGIN.asked>,
): Generator<unknown, z.output<typeof ORIGIN.answer>, undefined> {
  let hops = 0;
  for (const found of traceOrigin(trace, path, Math.min(at, trace.length - 1))) {
    if (found) hops += 1;
    yield found && z.encode(ORIGIN.found, { hop: found });
  }
  return { hops };
}
