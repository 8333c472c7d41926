import { containerOf, isContainer, valueAt } from '../../value/container.ts';
import type { Path } from '../../value/path.ts';
import { samePath, sameSegment } from '../../value/segment.ts';
import { sameValue, type Value } from '../../value/value.ts';
import { keyText } from '../records/record-kinds.ts';
import { recordsOf } from '../records/record-touches.ts';
import type { Trace } from '../trace.ts';
import { searchWrites, type Write } from '../writes.ts';

/** The most hops that are followed. */
const HOPS_MAX = 100;
/** The most values that are compared in search of an equal one. */
const COMPARED_MAX = 20_000;
/** How deep values are searched. */
const LEVELS_MAX = 6;
/** The most parts of a value whose origins are named. */
const PARTS_MAX = 12;
/** After so many changed steps without a write others may go on. */
const QUIET_SCANS = 256;

/** Something that a step was given, or read. */
export interface Given {
  /**
   * - `input`, `result`: what came to the step;
   * - `id`: the id of the result's action;
   * - `state`: the state before the step;
   * - `action`: the action whose result came, as it was emitted.
   */
  readonly in: 'input' | 'result' | 'id' | 'state' | 'action';
  readonly path: Path;
}

/** Where a step took a value from, as far as equal values tell. */
export type Source =
  /** No step wrote it: it is as in the initial state. */
  | { readonly kind: 'initial' }
  /** An equal value that the step was given, or read. */
  | { readonly kind: 'taken'; readonly from: Given }
  /** A number that is its earlier value plus or minus another one, or plus or minus one. */
  | { readonly kind: 'computed'; readonly from: Path; readonly by?: Given }
  /** Nothing equal: the step made it. */
  | { readonly kind: 'made' };

/** One hop on the way of a value back to where it came from. */
export interface OriginHop {
  /** The step that put the value there; -1 for the initial state. */
  readonly stepIndex: number;
  /** Where it put the value: in the state, or in an action that it emitted. */
  readonly place: { readonly in: 'state' | 'action'; readonly path: Path };
  readonly value: Value;
  readonly source: Source;
  /** Whether something else may be the source: there are other equal values, or the value is a common one. */
  readonly isGuess: boolean;
  /** The origins of the parts of a value that was put together. */
  readonly parts: readonly { readonly path: Path; readonly source: Source }[];
}

/**
 * Follows the value that is at a path after a step back to the input, result or initial state that it came
 * from: each hop is the step that last wrote it, and where that step took it from. Yields the hops as they
 * are found, and `undefined` from time to time.
 *
 * @param at a step, after which there is something at the path.
 */
export function* traceOrigin(
  trace: Trace,
  path: Path,
  at: number,
): Generator<OriginHop | undefined, void, undefined> {
  let member: { readonly path: Path; readonly at: number } = { path, at };
  for (let hops = 0; hops < HOPS_MAX; hops += 1) {
    const write = yield* lastWriteOf(trace, member.path, member.at);
    const hop = hopOfWrite(trace, member, write);
    if (!hop) return;
    yield hop;
    const next = yield* continueFrom(trace, hop);
    if (!next) return;
    member = next;
  }
}

function* lastWriteOf(
  trace: Trace,
  path: Path,
  at: number,
): Generator<undefined, Write | undefined, undefined> {
  for (const { write, scanned } of searchWrites(trace, path, at, 'backwards')) {
    if (write) return write;
    if (scanned % QUIET_SCANS === 0) yield undefined;
  }
  return undefined;
}

function hopOfWrite(
  trace: Trace,
  member: { readonly path: Path; readonly at: number },
  write: Write | undefined,
): OriginHop | undefined {
  const found = valueAt(trace.stateAt(member.at), member.path);
  if (!found.found) return undefined;
  const { value } = found;
  if (!write) {
    const place = { in: 'state', path: member.path } as const;
    return { stepIndex: -1, place, value, source: { kind: 'initial' }, isGuess: false, parts: [] };
  }
  const { stepIndex, after: path = member.path, before } = write;
  const search = new SourceSearch(trace, stepIndex);
  const source = search.find(value, path, before);
  const parts = source.source.kind === 'made' ? search.parts(value, path, before) : [];
  return { stepIndex, place: { in: 'state', path }, value, ...source, parts };
}

/** Where to go on: in the state before, or in the action whose result came. Yields a hop for the action. */
function* continueFrom(
  trace: Trace,
  { stepIndex, value, source }: OriginHop,
): Generator<OriginHop, { readonly path: Path; readonly at: number } | undefined, undefined> {
  if (source.kind !== 'taken') return undefined;
  const { from } = source;
  if (from.in === 'state') return { path: from.path, at: stepIndex - 1 };
  if (from.in !== 'action') return undefined;
  const { operation } = trace.step(stepIndex);
  const span =
    operation.kind === 'trackedActionCompleted' ? trace.spanOfResult(stepIndex) : undefined;
  if (!span) return undefined;
  const search = new SourceSearch(trace, span.emittedAt);
  const found = search.find(value, from.path, undefined);
  const place = { in: 'action', path: from.path } as const;
  yield { stepIndex: span.emittedAt, place, value, ...found, parts: [] };
  return found.source.kind === 'taken' && found.source.from.in === 'state'
    ? { path: found.source.from.path, at: span.emittedAt - 1 }
    : undefined;
}

interface FoundSource {
  readonly source: Source;
  readonly isGuess: boolean;
}

/** Searches what one step was given and read for a value. */
class SourceSearch {
  readonly #trace: Trace;
  readonly #stepIndex: number;

  constructor(trace: Trace, stepIndex: number) {
    this.#trace = trace;
    this.#stepIndex = stepIndex;
  }

  /** @param before where the member was before the step. */
  find(value: Value, path: Path, before: Path | undefined): FoundSource {
    const was = before && valueAt(this.#trace.stateAt(this.#stepIndex - 1), before);
    // Something around it was written, and it stayed as it was.
    if (before && was?.found && sameValue(was.value, value)) {
      return { source: { kind: 'taken', from: { in: 'state', path: before } }, isGuess: false };
    }
    const equal = this.#places((found) => sameValue(found, value), before);
    const [best] = this.#nearestFirst(equal, path);
    const isFarFetched = !best || (best.in === 'state' && !sharesName(best, path));
    const computed = isFarFetched ? this.#computed(value, before) : undefined;
    if (computed) return computed;
    if (!best) return { source: { kind: 'made' }, isGuess: false };
    // One of the same name is distinguished from the others, but not from another one of that name. A machine does
    // not see the action whose result comes.
    const rivals = equal.filter(
      (one) =>
        (sharesName(one, path) || !sharesName(best, path)) &&
        (one.in !== 'action' || best.in === 'action'),
    );
    const source = { kind: 'taken', from: best } as const;
    return { source, isGuess: isCommon(value) || rivals.length > 1 };
  }

  /** The sources of the members of a value that the step put together. */
  parts(value: Value, path: Path, before: Path | undefined): OriginHop['parts'] {
    const container = containerOf(value);
    if (!container) return [];
    const members = Array.from(container.entries()).slice(0, PARTS_MAX);
    return members.map(([segment, item]) => {
      const part = [...path, segment];
      const { source } = this.find(item, part, before && [...before, segment]);
      return { path: part, source };
    });
  }

  /** A number that was added to, or subtracted from, what was there. */
  #computed(value: Value, before: Path | undefined): FoundSource | undefined {
    const was = before && valueAt(this.#trace.stateAt(this.#stepIndex - 1), before);
    if (!was?.found || !before || !isNumber(value) || !isNumber(was.value)) return undefined;
    const change = Number(value) - Number(was.value);
    const isChange = (found: Value) =>
      isNumber(found) && Math.abs(Number(found)) === Math.abs(change);
    const [by] = this.#nearestFirst(this.#places(isChange, before), before);
    if (!by && Math.abs(change) !== 1) return undefined;
    const isOne = Math.abs(change) === 1;
    const source = { kind: 'computed', from: before, ...(by && !isOne ? { by } : {}) } as const;
    return { source, isGuess: !isOne };
  }

  /**
   * In the order in which they are likely: those of the same name; what the step was given before what it
   * may have read; and of that, what it was given the key of.
   */
  #nearestFirst(places: readonly Given[], path: Path): readonly Given[] {
    const { operation } = this.#trace.step(this.#stepIndex);
    const mentioned = new Set<string>();
    const mention = (value: Value, level = 0): void => {
      const container = level < LEVELS_MAX ? containerOf(value) : undefined;
      if (!container) mentioned.add(keyText(value));
      else for (const [, item] of container.entries()) mention(item, level + 1);
    };
    if (operation.kind === 'normal') mention(operation.input as Value);
    const isMentioned = (given: Given) =>
      given.path.some((segment) =>
        mentioned.has(typeof segment === 'object' ? keyText(segment.mapKey) : String(segment)),
      );
    const rank = (given: Given) =>
      PLACE_RANKS[given.in] + (sharesName(given, path) ? 0 : 10) + (isMentioned(given) ? 0 : 1);
    return places.toSorted((a, b) => rank(a) - rank(b));
  }

  /**
   * The places of what the step was given, and of what it may have read.
   *
   * @param before the place of the value itself, which is none of them.
   */
  #places(isWanted: (value: Value) => boolean, before: Path | undefined): readonly Given[] {
    const found: Given[] = [];
    let compared = 0;
    const search = (place: Given['in'], value: Value, path: Path, level = 0): void => {
      compared += 1;
      if (compared > COMPARED_MAX) return;
      const isSelf = place === 'state' && before !== undefined && samePath(path, before);
      if (!isSelf && isWanted(value)) found.push({ in: place, path });
      const container = level < LEVELS_MAX ? containerOf(value) : undefined;
      if (!container) return;
      for (const [segment, item] of container.entries()) {
        // Members of a Set are their own keys.
        if (isContainer(item) || container.kind !== 'set')
          search(place, item, [...path, segment], level + 1);
        else if (isWanted(item)) found.push({ in: place, path: [...path, segment] });
      }
    };
    this.#searchGiven(search);
    this.#searchRead(search, found);
    return found;
  }

  #searchGiven(search: (place: Given['in'], value: Value, path: Path) => void): void {
    const { operation } = this.#trace.step(this.#stepIndex);
    if (operation.kind === 'normal') search('input', operation.input as Value, []);
    if (operation.kind !== 'trackedActionCompleted') return;
    search('result', operation.result as Value, []);
    search('id', operation.id, []);
    const span = this.#trace.spanOfResult(this.#stepIndex);
    if (span) search('action', span.action as Value, []);
  }

  /** The records that the step concerns come first; the rest of the state only if they hold nothing. */
  #searchRead(
    search: (place: Given['in'], value: Value, path: Path) => void,
    found: readonly Given[],
  ): void {
    const before = this.#trace.stateAt(this.#stepIndex - 1);
    const records = recordsOf(this.#trace);
    for (const { record } of records.touchedBy(this.#stepIndex)) {
      const path = records.find(record, this.#stepIndex - 1);
      const lookup = path && valueAt(before, path);
      if (path && lookup?.found) search('state', lookup.value, path);
    }
    if (found.length === 0) search('state', before, []);
  }
}

/** What a step was given is a likelier source than what it may have read. */
const PLACE_RANKS: Readonly<Record<Given['in'], number>> = {
  input: 0,
  result: 0,
  state: 2,
  action: 4,
  id: 6,
};

function sharesName({ path }: Given, other: Path): boolean {
  const [one, two] = [path.at(-1), other.at(-1)];
  return one !== undefined && two !== undefined && sameSegment(one, two);
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Values that are equal by chance more often than not. */
function isCommon(value: Value): boolean {
  if (isNumber(value)) return Math.abs(Number(value)) <= 1;
  return typeof value === 'boolean' || value === null || value === undefined || value === '';
}
