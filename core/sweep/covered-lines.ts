import { z } from 'zod';

/** @file Which lines of a machine's source the seeds of a sweep executed. */

/** What a line of a source is: nothing to execute, not executed, executed in part, or executed. */
export const LINE_STATES = { neutral: 0, missed: 1, partial: 2, executed: 3 } as const;
export type LineState = (typeof LINE_STATES)[keyof typeof LINE_STATES];

/** What of a source file of a machine was executed. Lines and columns are counted from 0. */
export const coveredLinesSchema = z.object({
  /** Relative to the folder of the machine file, as places in messages are. */
  path: z.string(),
  /** By line; see {@link LINE_STATES}. */
  lines: z.array(z.number()).readonly(),
  /** The parts of lines executed in part that were not executed: line, first column, column after the last. */
  gaps: z.array(z.tuple([z.number(), z.number(), z.number()])).readonly(),
});
export type CoveredLines = z.infer<typeof coveredLinesSchema>;

/** Adds up what was executed of the same source in two parts of a sweep. */
export function addCovered(
  one: readonly CoveredLines[] | undefined,
  other: readonly CoveredLines[] | undefined,
): readonly CoveredLines[] | undefined {
  if (!one || !other) return one ?? other;
  return one.map((source) => {
    const also = other.find(({ path }) => path === source.path);
    return also ? addSource(source, also) : source;
  });
}

function addSource(one: CoveredLines, other: CoveredLines): CoveredLines {
  const gaps: [number, number, number][] = [];
  const lines = one.lines.map((state, line) => {
    const also = other.lines[line] ?? LINE_STATES.neutral;
    const both = Math.max(state, also);
    if (both !== LINE_STATES.partial) return both;
    const left = gapsIn(one, line);
    const right = gapsIn(other, line);
    const shared = state !== also ? (state > also ? left : right) : intersect(left, right);
    for (const [from, to] of shared) gaps.push([line, from, to]);
    return shared.length === 0 ? LINE_STATES.executed : LINE_STATES.partial;
  });
  return { path: one.path, lines, gaps };
}

type Gap = readonly [from: number, to: number];

function gapsIn({ gaps }: CoveredLines, line: number): readonly Gap[] {
  return gaps.flatMap(([at, from, to]) => (at === line ? [[from, to] as const] : []));
}

function intersect(one: readonly Gap[], other: readonly Gap[]): readonly Gap[] {
  return one.flatMap(([from, to]) =>
    other.flatMap(([start, end]): readonly Gap[] => {
      const [first, last] = [Math.max(from, start), Math.min(to, end)];
      return first < last ? [[first, last]] : [];
    }),
  );
}

/** Lines that follow each other, none of which was executed. */
export interface MissedLines {
  /** Counted from 0; `last` belongs to it. */
  readonly first: number;
  readonly last: number;
  /** Whether a part of its only line was executed. */
  readonly isPartly: boolean;
}

/** The lines of a source that were not executed, or only in part. Lines with nothing to execute may be between. */
export function missedIn({ lines }: Pick<CoveredLines, 'lines'>): readonly MissedLines[] {
  const missed: MissedLines[] = [];
  // Whether nothing was executed since the last of them.
  let isOpen = false;
  for (const [at, state] of lines.entries()) {
    if (state === LINE_STATES.missed) {
      const last = isOpen ? missed.pop() : undefined;
      missed.push({ first: last?.first ?? at, last: at, isPartly: false });
    } else if (state === LINE_STATES.partial) missed.push({ first: at, last: at, isPartly: true });
    if (state !== LINE_STATES.neutral) isOpen = state === LINE_STATES.missed;
  }
  return missed;
}

/** How many lines were executed, at least in part, and how many were not. */
export function countLines(sources: readonly Pick<CoveredLines, 'lines'>[]): {
  readonly executed: number;
  readonly missed: number;
} {
  const count = (wanted: (state: number) => boolean) =>
    sources.reduce((sum, { lines }) => sum + lines.filter(wanted).length, 0);
  return {
    executed: count((state) => state > LINE_STATES.missed),
    missed: count((state) => state === LINE_STATES.missed),
  };
}
