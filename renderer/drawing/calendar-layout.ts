import { groupBy } from './group-by.ts';

/** A span of time in a column. */
export interface Span {
  readonly id: string;
  readonly column: number;
  readonly from: number;
  readonly to: number;
}

/** Where an entry stands beside those that it overlaps. */
export interface Lane {
  /** From the left. */
  readonly lane: number;
  /** How many stand beside each other. */
  readonly lanes: number;
}

/**
 * Puts the entries of a column that overlap beside each other: each in the first lane that is free, and
 * all of a group that hangs together with the same width.
 */
export function lanesOf(spans: readonly Span[]): ReadonlyMap<string, Lane> {
  const lanes = new Map<string, Lane>();
  for (const own of groupBy(spans, ({ column }) => column).values()) {
    let group: { readonly id: string; readonly lane: number }[] = [];
    let ends: number[] = [];
    const close = () => {
      for (const { id, lane } of group) lanes.set(id, { lane, lanes: ends.length });
      [group, ends] = [[], []];
    };
    for (const { id, from, to } of own.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
      if (ends.every((end) => end <= from)) close();
      const free = ends.findIndex((end) => end <= from);
      const lane = free === -1 ? ends.length : free;
      ends[lane] = to;
      group.push({ id, lane });
    }
    close();
  }
  return lanes;
}

/** How many entries stand beside each other in a column, where it is most; 1 if it is empty. */
export function lanesIn(
  column: number,
  spans: readonly Span[],
  lanes: ReadonlyMap<string, Lane>,
): number {
  const own = spans.filter((span) => span.column === column);
  return Math.max(1, ...own.map(({ id }) => lanes.get(id)?.lanes ?? 1));
}

/** The full hours within a range, in minutes. */
export function hoursBetween(from: number, to: number): readonly number[] {
  const first = Math.ceil(from / 60);
  const last = Math.floor(to / 60);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => (first + at) * 60);
}

/** Minutes since midnight as `HH:MM`. */
export function formatMinutes(minutes: number): string {
  const part = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${part(minutes / 60)}:${part(minutes % 60)}`;
}
