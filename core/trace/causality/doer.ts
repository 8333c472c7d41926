import { z } from 'zod';
import type { Operation } from '../../machine/operation.ts';
import type { Value } from '../../value/value.ts';
import { count } from '../format/codecs.ts';
import type { Trace } from '../trace.ts';

/** The code of a machine that did something: what a step executed, or what a crash after it would have executed. */
export const doerSchema = z.object({
  stepIndex: count,
  /** Whether it is `restore`, called on the state after the step. */
  isRestore: z.literal(true).exactOptional(),
});
export type Doer = Readonly<z.infer<typeof doerSchema>>;

/** A key by which the same code is found again. */
export function keyOfDoer({ stepIndex, isRestore }: Doer): string {
  return `${stepIndex} ${isRestore === true}`;
}

/**
 * What executes that code: an operation, and the state before it.
 *
 * @throws {LinesNotLoaded} when lines must be fetched first.
 */
export function executionOf(
  trace: Trace,
  { stepIndex, isRestore }: Doer,
): { readonly operation: Operation; readonly initialState: Value } {
  if (isRestore) return { operation: { kind: 'restore' }, initialState: trace.stateAt(stepIndex) };
  const { operation } = trace.step(stepIndex);
  return { operation, initialState: trace.stateAt(stepIndex - 1) };
}
