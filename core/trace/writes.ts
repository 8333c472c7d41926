import { valueAt, type Lookup } from '../value/container.ts';
import { applyPatches, type Change } from '../value/patch.ts';
import type { Path, PathSegment } from '../value/path.ts';
import { isWithin } from '../value/segment.ts';
import type { Value } from '../value/value.ts';
import { lastAtMost } from './last-at-most.ts';
import type { Trace } from './trace.ts';

/** A step that wrote a member: the value itself, something around it or something inside it. */
export interface Write {
  readonly stepIndex: number;
  /** Where the member was before the step; absent when the step put it into a list. */
  readonly before: Path | undefined;
  /** Where it is after the step; absent when the step took it out of a list. */
  readonly after: Path | undefined;
}

/** Which way a member is followed through a trace. */
export type Direction = 'backwards' | 'forwards';

/** One changed step that a search has looked at. */
export interface WriteScan {
  /** Absent when the step did not write the member. */
  readonly write?: Write;
  /** The number of changed steps looked at so far. */
  readonly scanned: number;
  /** Where the member is on the far side of the step; absent once its life in a list has ended. */
  readonly path: Path | undefined;
}

/**
 * The writes of the member that is at a path after step `at`: backwards from that step, which counts,
 * or forwards from the next one. Items of lists are followed as they move; keys of objects, Maps, Sets
 * and tables are followed by name, also through removal and addition.
 *
 * Yields for each changed step, so that the caller decides how long the search goes on. Ends where a
 * list item was put in or taken out.
 */
export function* searchWrites(
  trace: Trace,
  path: Path,
  at: number,
  direction: Direction,
): Generator<WriteScan, void, undefined> {
  const { changedSteps } = trace;
  const member = new MemberSearch(trace, path, at, direction);
  const stride = direction === 'backwards' ? -1 : 1;
  const start = lastAtMost(changedSteps, at);
  let scanned = 0;
  for (let position = direction === 'backwards' ? start : start + 1; ; position += stride) {
    const stepIndex = changedSteps[position];
    if (stepIndex === undefined) return;
    requireAhead(trace, position, stride, scanned);
    scanned += 1;
    const write = member.visit(stepIndex);
    yield { ...(write ? { write } : {}), scanned, path: member.path };
    if (!member.path) return;
  }
}

/** The fewest and the most changed steps whose lines are required together. */
const AHEAD_MIN = 32;
const AHEAD_MAX = 4_096;

/**
 * Makes sure, now and then, that the lines of the next changed steps are at hand. The number of them
 * doubles each time, so that a search that begins anew after each fetch has few to wait for.
 *
 * @param position that of the next step in `changedSteps`.
 * @param passed the number of changed steps before it that the search has looked at.
 * @throws {LinesNotLoaded} when they must be fetched first.
 */
export function requireAhead(trace: Trace, position: number, stride: 1 | -1, passed: number): void {
  const window = Math.min(AHEAD_MAX, Math.max(AHEAD_MIN, passed));
  if (passed % window !== 0 || (passed < AHEAD_MAX && (passed & (passed - 1)) !== 0)) return;
  const { changedSteps } = trace;
  const [from, to] =
    stride === 1 ? [position, position + window] : [position - window + 1, position + 1];
  trace.require(changedSteps.slice(Math.max(0, from), to));
}

/** What a search for the last writer found. */
export type LastWrite =
  | { readonly kind: 'found'; readonly write: Write }
  /** The member is unchanged since the initial state. */
  | { readonly kind: 'initial' }
  /** No write within the limit of the search. */
  | { readonly kind: 'tooFar' };

/**
 * The last write, at or before a step, of the member that is at a path after that step.
 *
 * @param changedStepsMax how many steps that changed the state are looked at.
 */
export function lastWrite(
  trace: Trace,
  path: Path,
  at: number,
  changedStepsMax = Number.POSITIVE_INFINITY,
): LastWrite {
  for (const { write, scanned } of searchWrites(trace, path, at, 'backwards')) {
    if (write) return { kind: 'found', write };
    if (scanned >= changedStepsMax && scanned <= lastAtMost(trace.changedSteps, at)) {
      return { kind: 'tooFar' };
    }
  }
  return { kind: 'initial' };
}

/** What the member was before and after a write; rebuilds the two states. */
export function writtenValues(
  trace: Trace,
  { stepIndex, before, after }: Write,
): { readonly before: Lookup; readonly after: Lookup } {
  return {
    before: before ? valueAt(trace.stateAt(stepIndex - 1), before) : { found: false },
    after: after ? valueAt(trace.stateAt(stepIndex), after) : { found: false },
  };
}

/** An index in a path that lies beyond the end of its list, and the length of that list. */
interface BeyondEnd {
  readonly depth: number;
  readonly length: number;
}

/**
 * Follows one member through the changed steps of a trace, in one direction. The caller visits every
 * changed step in turn. Lines that cannot concern the member are not parsed, and states are rebuilt
 * only where something around a list item was replaced.
 */
export class MemberSearch {
  readonly #trace: Trace;
  readonly #direction: Direction;
  readonly #filter: LineFilter;
  #path: Path | undefined;
  #beyondEnd: BeyondEnd | undefined;

  constructor(trace: Trace, path: Path, at: number, direction: Direction) {
    this.#trace = trace;
    this.#direction = direction;
    this.#filter = new LineFilter(path);
    this.#path = path;
    if (hasIndex(path, 0)) this.#beyondEnd = beyondEndOf(trace.stateAt(at), path);
  }

  /** Where the member is after the steps visited so far; absent once its life in a list has ended. */
  get path(): Path | undefined {
    return this.#path;
  }

  /** Whether the next visit of a step would parse its line. */
  mayWrite(stepIndex: number): boolean {
    if (!this.#path) return false;
    const [line = ''] = this.#trace.lines(stepIndex, stepIndex + 1);
    return this.#filter.mayTouch(line);
  }

  /** Takes a step into account. Returns the write that it made, if it wrote the member. */
  visit(stepIndex: number): Write | undefined {
    if (!this.mayWrite(stepIndex)) return undefined;
    const { patch } = this.#trace.step(stepIndex);
    const near = this.#path;
    let isWrite = false;
    for (let count = 0; count < patch.length && this.#path; count += 1) {
      const at = this.#direction === 'backwards' ? patch.length - 1 - count : count;
      isWrite = this.#pass(stepIndex, at, patch[at] as Change, this.#path) || isWrite;
    }
    if (!isWrite) return undefined;
    return this.#direction === 'backwards'
      ? { stepIndex, before: this.#path, after: near }
      : { stepIndex, before: near, after: this.#path };
  }

  /** Goes past one change of a step. Returns whether the change wrote the member. */
  #pass(stepIndex: number, at: number, change: Change, path: Path): boolean {
    const depth = change.path.length;
    const beyond = this.#beyondEnd;
    if (change.kind === 'spliced' && beyond?.depth === depth && isWithin(path, change.path)) {
      return this.#passShortList(stepIndex, at, change, path, beyond);
    }
    const passed = passChange(change, path, this.#direction);
    this.#path = passed.path;
    // What was replaced around a list item may have held a list of another length.
    const isAround = passed.isWrite && change.kind !== 'spliced' && depth < path.length;
    if (!passed.path || !isAround || !hasIndex(path, depth)) return passed.isWrite;
    this.#resolve(stepIndex, at);
    return !beyond || !this.#beyondEnd;
  }

  /** Goes past a splice of a list that has no item at the member's index. */
  #passShortList(
    stepIndex: number,
    at: number,
    change: Splice,
    path: Path,
    { depth, length }: BeyondEnd,
  ): boolean {
    const { taken, put } = stretchOf(change, this.#direction);
    const beyondEnd = { depth, length: length - taken + put };
    this.#beyondEnd = beyondEnd;
    if ((path[depth] as number) >= beyondEnd.length) return false;
    this.#resolve(stepIndex, at);
    return true;
  }

  /** Looks up, on the far side of a change, whether an index of the path lies beyond its list. */
  #resolve(stepIndex: number, at: number): void {
    const { patch } = this.#trace.step(stepIndex);
    const made = patch.slice(0, this.#direction === 'backwards' ? at : at + 1);
    const state = applyPatches(this.#trace.stateAt(stepIndex - 1), [made]);
    this.#beyondEnd = beyondEndOf(state, this.#path ?? []);
  }
}

function hasIndex(path: Path, from: number): boolean {
  return path.some((segment, depth) => depth >= from && typeof segment === 'number');
}

function beyondEndOf(state: Value, path: Path): BeyondEnd | undefined {
  for (const [depth, segment] of path.entries()) {
    const list = valueAt(state, path.slice(0, depth));
    if (!list.found) return undefined;
    if (typeof segment !== 'number' || !Array.isArray(list.value)) continue;
    if (segment >= list.value.length) return { depth, length: list.value.length };
  }
  return undefined;
}

type Splice = Extract<Change, { kind: 'spliced' }>;

/** What a splice takes out of its list and puts in, seen in a direction. */
function stretchOf(
  { removed, inserted }: Splice,
  direction: Direction,
): { readonly taken: number; readonly put: number } {
  return direction === 'backwards'
    ? { taken: inserted.length, put: removed }
    : { taken: removed, put: inserted.length };
}

/** Where a change leaves a member. */
export interface Passed {
  /** Absent when the change put a list item in (backwards) or took it out (forwards). */
  readonly path: Path | undefined;
  readonly isWrite: boolean;
}

/** Follows a member past one change, and says whether the change wrote it. */
export function passChange(change: Change, path: Path, direction: Direction): Passed {
  const depth = change.path.length;
  if (depth >= path.length) return { path, isWrite: isWithin(change.path, path) };
  if (!isWithin(path, change.path)) return { path, isWrite: false };
  if (change.kind !== 'spliced') {
    const isBeginning = change.kind === (direction === 'backwards' ? 'added' : 'removed');
    return { path: isBeginning && hasIndex(path, depth) ? undefined : path, isWrite: true };
  }
  const index = path[depth];
  if (typeof index !== 'number' || index < change.index) return { path, isWrite: false };
  const { taken, put } = stretchOf(change, direction);
  if (index < change.index + taken) return { path: undefined, isWrite: true };
  return { path: path.with(depth, index - taken + put), isWrite: false };
}

/**
 * Recognizes by the text of a step's line, some ten times quicker than by parsing it, that the step
 * cannot have written a path. A change touches a path when its own path leads to it, into it, or to
 * something around it: so the line holds the names on the way, or ends a path right after one of them.
 */
class LineFilter {
  /** From the root down to the first list: `text` is on the line, `end` is a path that ends there. */
  readonly #marks: readonly { readonly text: string; readonly end: RegExp }[];

  constructor(path: Path) {
    const marks: { text: string; end: RegExp }[] = [];
    for (const segment of path) {
      const text = textOnLine(segment);
      if (text === undefined) break;
      marks.push({ text, end: new RegExp(`${escapeRegExp(text)}[\\s"}]*\\]`) });
    }
    this.#marks = marks;
  }

  mayTouch(line: string): boolean {
    // The path of the root: a change of the whole state.
    if (/\[\s*\]/.test(line)) return true;
    for (const { text, end } of this.#marks) {
      if (!line.includes(text)) return false;
      if (end.test(line)) return true;
    }
    return true;
  }
}

/**
 * A text that every writer of traces uses for a segment. Absent for an index, since items move, and
 * for a text that another writer than ours might escape.
 */
function textOnLine(segment: PathSegment): string | undefined {
  if (typeof segment === 'number') return undefined;
  const key = typeof segment === 'object' ? segment.mapKey : segment;
  if (typeof key === 'bigint') return String(key);
  if (typeof key === 'number') return Number.isSafeInteger(key) ? String(key) : undefined;
  if (typeof key !== 'string') return undefined;
  return /^[\w :.,+-]*$/.test(key) ? `"${key}"` : undefined;
}

/** A text as the part of a regular expression that matches it alone. */
export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
