import { ProblemError } from '../../problem.ts';
import { askMeant } from '../../text/choices.ts';
import { formatCount, parseStepIndex, type Parsed } from '../../text/quantities.ts';
import type { Trace } from '../../trace/trace.ts';
import { containerOf } from '../../value/container.ts';
import { followPath, type Followed } from '../../value/find-path.ts';
import {
  appendSegment,
  formatKey,
  formatPath,
  type Path,
  type PathSegment,
} from '../../value/path.ts';
import { shownLine, shownName, shownPath, shownSegment, shownValue } from '../../value/shown.ts';
import type { ReadTrace } from '../files/trace-file.ts';

/** The names that a message lists. */
const NAMES_MAX = 8;
/** Among more names than these, the one that may be meant is not looked for. */
const SOUGHT_MAX = 200;

/**
 * The path of a member of the state after a step, as it was written on the command line.
 *
 * @param option the one that gives the step.
 * @throws {ProblemError} when the state has no such member there; it says how far the path leads.
 */
export function statePathOf(trace: Trace, text: string, at: number, option = '--step'): Path {
  const followed = followPath(trace.stateAt(at), text);
  if (followed.rest === '') return followed.path;
  const when = at < 0 ? 'At the start' : `After step ${formatCount(at)}`;
  throw new ProblemError({
    title: `${when}, the state has no ${shownLine(text)}. ${describeEnd(followed)}`,
    remedy:
      meantBy(followed) +
      `Write the path as in bookings["Monday 09:15"].userId, or give another step with ${option}.`,
  });
}

/** What is where a path ends, as a sentence. */
function describeEnd({ path, value }: Followed): string {
  const owner = path.length === 0 ? 'It' : shownPath(path);
  const container = containerOf(value);
  if (!container) return `${owner} is ${shownValue(value)}.`;
  const names: string[] = [];
  for (const [segment] of container.entries()) {
    if (names.length === NAMES_MAX) break;
    names.push(shownSegment(segment));
  }
  const more = container.size - names.length;
  if (names.length === 0) return `${owner} is empty.`;
  return `${owner} has ${names.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}.`;
}

/** Asks whether another name was meant where a path ends: the same one otherwise written, or one mistyped. */
function meantBy({ path, value, rest }: Followed): string {
  const [given = '', plain, within] = /^\.?([^.[\]]+)|^\[["']?([^\]]*?)["']?\]/.exec(rest) ?? [];
  const name = plain ?? within;
  const container = containerOf(value);
  if (name === undefined || !container || container.size > SOUGHT_MAX) return '';
  const parent = path.length === 0 ? '' : formatPath(path);
  const segments = [...container.entries()].map(([segment]) => segment);
  const same = segments.find((segment) => nameOf(segment) === name);
  if (same !== undefined) {
    return `Did you mean ${shownName(appendSegment(parent, same))}${shownLine(rest.slice(given.length))}? `;
  }
  // Ids that look alike name different things.
  const isWord = container.kind === 'object' && /^[A-Za-z_$]+$/.test(name);
  return isWord ? askMeant(name, segments.map(nameOf)) : '';
}

/** A segment without the marks around it. */
function nameOf(segment: PathSegment): string {
  if (typeof segment !== 'object') return String(segment);
  return typeof segment.mapKey === 'string' ? segment.mapKey : formatKey(segment.mapKey);
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
