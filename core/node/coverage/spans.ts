import type { Counts } from './executed-lines.ts';

/** Characters of a script: from, to, from, to, …, ascending and apart. */
export type Spans = readonly number[];

/** The characters that were executed at least once. */
export function spansOf(counts: Counts): Spans {
  const spans: number[] = [];
  let isInside = false;
  for (let at = 0; at < counts.length; at += 1) {
    const isExecuted = (counts[at] as number) > 0;
    if (isExecuted === isInside) continue;
    spans.push(at);
    isInside = isExecuted;
  }
  if (isInside) spans.push(counts.length);
  return spans;
}

/** Counts that are 1 for the characters of spans. */
export function countsOfSpans(spans: Spans, length: number): Counts {
  const counts = new Int32Array(length);
  for (let at = 0; at < spans.length; at += 2) counts.fill(1, spans[at], spans[at + 1]);
  return counts;
}

/** The characters of either. */
export function uniteSpans(one: Spans, other: Spans): Spans {
  const length = Math.max(one.at(-1) ?? 0, other.at(-1) ?? 0);
  const counts = countsOfSpans(one, length);
  for (let at = 0; at < other.length; at += 2) counts.fill(1, other[at], other[at + 1]);
  return spansOf(counts);
}
