import type { Profiler } from 'node:inspector';
import { decodedMappings, type TraceMap } from '@jridgewell/trace-mapping';
import { LINE_STATES, type LineState } from '../../sweep/covered-lines.ts';

/** How often each character of a script was executed. */
export type Counts = Int32Array;

/**
 * Paints the counts of a script: V8 lists functions and, in them, the ranges whose count differs, the outer
 * ones first. What it does not list was not executed.
 */
export function countsOf(functions: readonly Profiler.FunctionCoverage[], length: number): Counts {
  const counts = new Int32Array(length);
  const ranges = functions.flatMap((one) => one.ranges);
  // An inner range is the shorter one.
  ranges.sort((a, b) => b.endOffset - b.startOffset - (a.endOffset - a.startOffset));
  for (const { startOffset, endOffset, count } of ranges)
    counts.fill(count, startOffset, endOffset);
  return counts;
}

/** A part of a line of the source, up to the next one on it. */
interface Piece {
  readonly column: number;
  /** Executed, not executed, or only while the module was loaded. */
  readonly state: 'executed' | 'missed' | 'loaded';
}

/** What of a source was executed, by line. */
export interface ExecutedLines {
  readonly lines: readonly LineState[];
  /** The parts of partly executed lines that were not executed: line, first column, and the one after the last. */
  readonly gaps: readonly (readonly [line: number, from: number, to: number])[];
}

/** A bundle that was executed. */
export interface ExecutedBundle {
  readonly code: string;
  readonly map: TraceMap;
  /** Of the characters of the code: while it was loaded, and afterwards. */
  readonly loaded: Counts;
  readonly executed: Counts;
}

/** The pieces of each source of a bundle, by source and line, counted from 0. */
function piecesOf({
  code,
  map,
  loaded,
  executed,
}: ExecutedBundle): readonly Map<number, Piece[]>[] {
  const sources = map.sources.map(() => new Map<number, Piece[]>());
  let lineStart = 0;
  const lines = code.split('\n');
  for (const [at, segments] of decodedMappings(map).entries()) {
    for (const [generated, source, line, column] of segments) {
      if (source === undefined || line === undefined || column === undefined) continue;
      const offset = lineStart + generated;
      const state =
        (executed[offset] ?? 0) > 0 ? 'executed' : (loaded[offset] ?? 0) > 0 ? 'loaded' : 'missed';
      const inSource = sources[source];
      const pieces = inSource?.get(line);
      if (pieces) pieces.push({ column, state });
      else inSource?.set(line, [{ column, state }]);
    }
    lineStart += (lines[at]?.length ?? 0) + 1;
  }
  return sources;
}

/** What of each source of a bundle was executed. @param textOf gives the text of a source by its index. */
export function executedLines(
  bundle: ExecutedBundle,
  textOf: (source: number) => string | undefined,
): readonly (ExecutedLines | undefined)[] {
  return piecesOf(bundle).map((pieces, source) => {
    const text = textOf(source);
    return text === undefined ? undefined : judge(text.split('\n'), pieces);
  });
}

/** Something that can be executed, and not only the end of it. */
const WORD = /[\p{L}\p{N}_$"'`]/u;

function judge(texts: readonly string[], pieces: ReadonlyMap<number, Piece[]>): ExecutedLines {
  const gaps: (readonly [number, number, number])[] = [];
  const lines = texts.map((text, line): LineState => {
    const own = spansOf(pieces.get(line) ?? [], text);
    const decided = own.filter(({ state }) => state !== 'loaded');
    const missed = decided.filter(({ state }) => state === 'missed');
    if (decided.length === 0) return LINE_STATES.neutral;
    if (missed.length === 0) return LINE_STATES.executed;
    if (missed.length === decided.length) return LINE_STATES.missed;
    for (const { from, to } of missed) gaps.push([line, from, to]);
    return LINE_STATES.partial;
  });
  return { lines, gaps };
}

/** The pieces of a line as spans that hold something to execute, neighbours of the same state joined. */
function spansOf(pieces: readonly Piece[], text: string) {
  const spans: { from: number; to: number; state: Piece['state'] }[] = [];
  const byColumn = new Map<number, Piece['state']>();
  for (const { column, state } of pieces) {
    // Of several pieces of code that one place has become, one suffices.
    if (byColumn.get(column) !== 'executed') byColumn.set(column, state);
  }
  const columns = [...byColumn.keys()].toSorted((a, b) => a - b);
  for (const [at, from] of columns.entries()) {
    const to = columns[at + 1] ?? text.length;
    const state = byColumn.get(from) as Piece['state'];
    if (!WORD.test(text.slice(from, to))) continue;
    const last = spans.at(-1);
    if (last?.state === state) last.to = to;
    else spans.push({ from, to, state });
  }
  return spans;
}
