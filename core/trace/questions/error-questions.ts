import { z } from 'zod';
import { decodeValue } from '../../value/encoding.ts';
import { labelOf } from '../../value/label.ts';
import type { Trace } from '../trace.ts';
import { QUIET_SCANS } from './expression-questions.ts';

/** @file The kinds of errors that steps ended in; a part of `QUESTIONS`. */

const count = z.number().int().nonnegative();

/** The kinds of errors of a run, and at how many steps each occurred. */
export const ERRORS = {
  asked: z.object({
    kind: z.literal('errors'),
    /** Steps before it are left out, so that a run that grows is not read again. */
    from: count,
  }),
  found: z.object({
    /** Steps read so far. */
    searched: count,
    /** The number of steps since the last part, for each kind that occurred in them. */
    kinds: z.array(z.tuple([z.string(), count])).readonly(),
  }),
  answer: z.null(),
};

/** The steps that ended in an error of some kinds, ascending. */
export const FAILING = {
  asked: z.object({
    kind: z.literal('failing'),
    errors: z.array(z.string()).readonly(),
    /** Steps before it are left out, so that a run that grows is not searched again. */
    from: count,
  }),
  found: z.object({
    /** Steps searched so far. */
    searched: count,
    steps: z.array(count).readonly(),
  }),
  answer: z.null(),
};

/** The kind of the error that a step ended in: of a panic it is the name. */
function errorKindAt(trace: Trace, stepIndex: number): string | undefined {
  const { outcome: kind } = trace.glance(stepIndex);
  if (kind !== 'err' && kind !== 'panic') return undefined;
  // The line was checked when the trace was read.
  const { outcome } = JSON.parse(trace.line(stepIndex)) as {
    readonly outcome: { readonly error: unknown };
  };
  if (kind === 'panic') return (outcome.error as { readonly name: string }).name;
  return labelOf(decodeValue(outcome.error));
}

/** Answers {@link ERRORS}. */
export function* countErrors(
  trace: Trace,
  { from }: z.output<typeof ERRORS.asked>,
): Generator<z.output<typeof ERRORS.found>, null, undefined> {
  const kinds = new Map<string, number>();
  for (let at = from; at < trace.length; at += 1) {
    const kind = errorKindAt(trace, at);
    if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if ((at + 1 - from) % QUIET_SCANS > 0) continue;
    yield { searched: at + 1, kinds: [...kinds] };
    kinds.clear();
  }
  yield { searched: trace.length, kinds: [...kinds] };
  return null;
}

/** Answers {@link FAILING}. */
export function* findFailing(
  trace: Trace,
  { errors, from }: z.output<typeof FAILING.asked>,
): Generator<z.output<typeof FAILING.found>, null, undefined> {
  const wanted = new Set(errors);
  let steps: number[] = [];
  for (let at = from; at < trace.length; at += 1) {
    const kind = errorKindAt(trace, at);
    if (kind !== undefined && wanted.has(kind)) steps.push(at);
    if ((at + 1 - from) % QUIET_SCANS > 0) continue;
    yield { searched: at + 1, steps };
    steps = [];
  }
  yield { searched: trace.length, steps };
  return null;
}
