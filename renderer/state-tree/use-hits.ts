import { useCallback } from 'react';
import type { FoundOf } from '../../core/trace/questions/questions.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from '../session/asking.ts';
import { useAnswer } from './use-answer.ts';

/** A step that holds the text. */
export type Hit = FoundOf<'find'>['hits'][number];

/** What a search of all steps has found so far. */
export interface Hits {
  /** In the order of the steps. */
  readonly hits: readonly Hit[];
  /** The number of steps searched. */
  readonly searched: number;
  readonly isDone: boolean;
  /** Whether the search ended because there are too many hits. */
  readonly isCut: boolean;
}

/** The most hits that are listed. */
const HITS_MAX = 10_000;
/** Hits are shown together when this long has passed since the last ones. */
const SHOW_MS = 80;

const NONE: Hits = { hits: [], searched: 0, isDone: false, isCut: false };

/** Searches all steps and states of a trace so far for a text, until the component is gone. */
export function useHits(trace: Trace, text: string): Hits {
  const ask = useCallback(
    (abort: AbortController, report: (hits: Hits) => void) => search(trace, text, abort, report),
    [trace, text],
  );
  return useAnswer(ask, NONE);
}

async function search(
  trace: Trace,
  text: string,
  abort: AbortController,
  report: (hits: Hits) => void,
): Promise<void> {
  const { signal } = abort;
  const hits: Hit[] = [];
  let searched = 0;
  let shownAtMs = 0;
  const show = (end: Pick<Hits, 'isDone' | 'isCut'>): void => {
    shownAtMs = performance.now();
    report({ hits: [...hits], searched, ...end });
  };
  await sourceOf(trace).ask(
    { kind: 'find', text },
    {
      signal,
      onFound: (part) => {
        if (signal.aborted) return;
        for (const hit of part.hits.slice(0, HITS_MAX - hits.length)) hits.push(hit);
        ({ searched } = part);
        if (hits.length === HITS_MAX) {
          show({ isDone: true, isCut: true });
          abort.abort();
        } else if (performance.now() - shownAtMs > SHOW_MS) show({ isDone: false, isCut: false });
      },
    },
  );
  if (!signal.aborted) show({ isDone: true, isCut: false });
}
