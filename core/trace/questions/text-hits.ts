import { readShown } from '../../text/visible.ts';
import { containerOf } from '../../value/container.ts';
import { encodeValue } from '../../value/encoding.ts';
import { sizeText } from '../../value/label.ts';
import type { Change } from '../../value/patch.ts';
import {
  appendSegment,
  formatKey,
  formatPath,
  formatSegment,
  type Path,
  type PathSegment,
} from '../../value/path.ts';
import type { Value } from '../../value/value.ts';
import { formatStep, type Step } from '../format/format.ts';
import type { Trace } from '../trace.ts';
import { escapeRegExp } from '../writes.ts';

/** Where a step holds a text. */
export interface TextHit {
  /** -1 for the initial state. */
  readonly stepIndex: number;
  /** What the text is in: the path of a container of the state, or a part of the step, as `input.slot`. */
  readonly place: string;
  /** The name and the value there, as the state tree shows them, around the text. */
  readonly excerpt: string;
  /** Where in the excerpt the text is. */
  readonly at: number;
}

/** The most characters of an excerpt before a text that was found: it stays in view in a narrow list. */
const BEFORE_CHARS = 24;
/** The most characters of an excerpt after it. */
const AFTER_CHARS = 60;

/** Where the whole state stands on the line of a step, beside what the step changed. */
const CHECKPOINT = ',"checkpoint":';

/** On a line, a text stands as JSON has it; it may be asked for as it is shown. */
export function patternOf(text: string): RegExp {
  const texts = [...new Set([text, readShown(text)])];
  const alternatives = texts.map((one) => escapeRegExp(JSON.stringify(one).slice(1, -1)));
  return new RegExp(alternatives.join('|'), 'i');
}

/** The line of a step without what nobody looks for: what earlier steps have put into the state, digests, numbers. */
export function searchedLine(trace: Trace, stepIndex: number): string {
  const line = trace.line(stepIndex);
  const own = line.includes(CHECKPOINT) ? formatStep(trace.step(stepIndex)) : line;
  return own.replace(/^\{"step":\d+,/, '{').replace(/,"stateHash":"[^"]*"/, '');
}

/** Where the initial state holds a text, if it does. */
export function hitInStart({ header: { initialState } }: Trace, pattern: RegExp): TextHit[] {
  const line = JSON.stringify(encodeValue(initialState));
  if (!pattern.test(line)) return [];
  return [hitIn([{ path: [], value: initialState }], pattern, -1) ?? hitOnLine(line, pattern, -1)];
}

/** Where a step holds a text, if it does: the first place. */
export function hitInStep(trace: Trace, stepIndex: number, pattern: RegExp): TextHit[] {
  if (!pattern.test(trace.line(stepIndex))) return [];
  const line = searchedLine(trace, stepIndex);
  if (!pattern.test(line)) return [];
  const hit = hitIn(partsOf(trace.step(stepIndex)), pattern, stepIndex);
  // A text may be one of JSON, such as `"kind":"Success"`.
  return [hit ?? hitOnLine(line, pattern, stepIndex)];
}

/** A value with the path that it is at. */
interface Part {
  readonly path: Path;
  readonly value: Value;
}

/** What a step holds. Parts of the state are at their paths, all others at the name of the part. */
function* partsOf(step: Step): Iterable<Part> {
  const { operation, outcome, actions, patch, attempted, findings } = step;
  const named = (name: string, value: unknown): Part => ({ path: [name], value: value as Value });
  yield named('operation', operation);
  if (outcome.kind !== 'ok') yield named('outcome', outcome);
  yield named('actions', actions);
  for (const change of [...patch, ...attempted]) yield* partsOfChange(change);
  yield named('findings', findings);
}

function* partsOfChange(change: Change): Iterable<Part> {
  const { path } = change;
  if (change.kind !== 'spliced') {
    yield { path, value: change.kind === 'removed' ? undefined : change.value };
    return;
  }
  for (const [at, value] of change.inserted.entries()) {
    yield { path: [...path, change.index + at], value };
  }
}

function hitIn(parts: Iterable<Part>, pattern: RegExp, stepIndex: number): TextHit | undefined {
  for (const { path, value } of parts) {
    const last = path.at(-1);
    const place = path.length === 0 ? '' : formatPath(path.slice(0, -1));
    for (const row of rowsOf(place === '(root)' ? '' : place, last, value)) {
      const found = pattern.exec(row.text);
      if (found) return { stepIndex, place: row.place, ...excerptOf(row.text, found) };
    }
  }
  return undefined;
}

/** The rows of a value as the state tree has them: where it is, and its name with what it is. */
function* rowsOf(
  place: string,
  segment: PathSegment | undefined,
  value: Value,
): Iterable<{ readonly place: string; readonly text: string }> {
  const container = containerOf(value);
  const text = container ? sizeText(value) : formatKey(value);
  yield { place, text: segment === undefined ? text : `${formatSegment(segment)}: ${text}` };
  if (!container) return;
  const inner = segment === undefined ? place : appendSegment(place, segment);
  for (const [name, item] of container.entries()) yield* rowsOf(inner, name, item);
}

function hitOnLine(line: string, pattern: RegExp, stepIndex: number): TextHit {
  const found = pattern.exec(line);
  return { stepIndex, place: '', ...(found ? excerptOf(line, found) : { excerpt: '', at: 0 }) };
}

function excerptOf(text: string, found: RegExpExecArray): Pick<TextHit, 'excerpt' | 'at'> {
  const end = found.index + found[0].length;
  const before = excerptBefore(text.slice(0, found.index));
  const excerpt = before + found[0] + excerptAfter(text.slice(end, end + AFTER_CHARS + 1));
  return { excerpt, at: before.length };
}

/** What stands just before a match, without the part of a word or of a quoted text that it begins in. */
function excerptBefore(text: string): string {
  if (text.length <= BEFORE_CHARS) return text;
  const near = text.slice(-BEFORE_CHARS);
  const boundary = near.search(BOUNDARY);
  return `…${boundary === -1 ? '' : near.slice(boundary + 1)}`;
}

/** What stands after a match, up to the last whole word. */
function excerptAfter(text: string): string {
  if (text.length <= AFTER_CHARS) return text;
  const near = text.slice(0, AFTER_CHARS);
  return `${near.slice(0, near.search(LAST_WORD)) || near}…`;
}

/** Between two words or values of a line. */
const BOUNDARY = /[\s,:{}[\]]/;
const LAST_WORD = /[^\s,:{}[\]]*$/;
