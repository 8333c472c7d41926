import { ProblemError } from '../../problem.ts';
import { formatCount, parseStepIndex, type Parsed } from '../../text/quantities.ts';
import { cutText } from '../../text/visible.ts';
import type { Trace } from '../../trace/trace.ts';
import { containerOf } from '../../value/container.ts';
import { findPath } from '../../value/find-path.ts';
import type { Path } from '../../value/path.ts';
import { shownSegment } from '../../value/shown.ts';
import type { Value } from '../../value/value.ts';
import type { ReadTrace } from '../files/trace-file.ts';

/** The names that a message lists. */
const NAMES_MAX = 8;

/**
 * The path of a member of the state after a step, as it was written on the command line.
 *
 * @throws {ProblemError} when the state has no such member there.
 */
export function statePathOf(trace: Trace, text: string, at: number): Path {
  const state = trace.stateAt(at);
  const path = findPath(state, text);
  if (path) return path;
  const when = at < 0 ? 'At the start' : `After step ${formatCount(at)}`;
  throw new ProblemError({
    title: `${when}, the state has no ${cutText(text, 200)}.${namesOf(state)}`,
    remedy: `Write the path as in bookings["Monday 09:15"].userId, or give another step with --step.`,
  });
}

function namesOf(state: Value): string {
  const container = containerOf(state);
  if (!container || container.size === 0) return '';
  const names: string[] = [];
  for (const [segment] of container.entries()) {
    if (names.length === NAMES_MAX) return ` It has ${names.join(', ')} and more.`;
    names.push(shownSegment(segment));
  }
  return ` It has ${names.join(', ')}.`;
}

/** A trace, or what is readable of it. */
export type TracePart = Pick<ReadTrace, 'trace' | 'damage'>;

/**
 * The step that a trace has under a number.
 *
 * @throws {ProblemError} when it has no such step.
 */
export function requireStepOf({ trace, damage }: TracePart, stepIndex: number): number {
  const { length } = trace;
  if (stepIndex < length) return stepIndex;
  throw new ProblemError({
    title: damage
      ? `No step ${formatCount(stepIndex)} is readable: the trace is damaged before it.`
      : `The trace has no step ${formatCount(stepIndex)}.`,
    remedy:
      length === 0
        ? `It has no ${damage ? 'readable steps' : 'steps at all'}, only an initial state.`
        : `Give a step from 0 to ${formatCount(length - 1)}.`,
  });
}

/** Parses the number of a step; `start` is the initial state, before step 0. */
export function parseStepOrStart(text: string, last: number): Parsed<number> {
  return text === 'start' ? { kind: 'ok', value: -1 } : parseStepIndex(text, last);
}
