import { useEffect, useState } from 'react';
import type { FoundRecord } from '../../core/trace/records/record-search.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from '../session/asking.ts';

/** How many records are listed at once. */
export const LISTED_MAX = 100;

/** The records of a run whose names hold a text, as far as they were found. */
export interface RecordList {
  readonly found: readonly FoundRecord[];
  readonly isDone: boolean;
  /** Whether there are more of them than are listed. */
  readonly hasMore: boolean;
}

const NOTHING: RecordList = { found: [], isDone: false, hasMore: false };

/** Lists records of a run where its lines are; another text begins anew. */
export function useRecordList(trace: Trace, text: string): RecordList {
  const [known, setKnown] = useState<{ readonly of: string; readonly list: RecordList }>();
  useEffect(() => {
    const abort = new AbortController();
    let found: readonly FoundRecord[] = [];
    let hasMore = false;
    const show = (isDone: boolean) => {
      if (!abort.signal.aborted) setKnown({ of: text, list: { found, isDone, hasMore } });
    };
    const question = { kind: 'records', text, from: -1, max: LISTED_MAX } as const;
    sourceOf(trace)
      .ask(question, {
        signal: abort.signal,
        onFound: ({ records }) => {
          if (records.length === 0) return;
          // A step may have made any number of them: all of an initial state, for one.
          hasMore = found.length + records.length > LISTED_MAX;
          found = [...found, ...records].slice(0, LISTED_MAX);
          show(false);
        },
      })
      .then(
        ({ next }) => {
          hasMore ||= next !== null;
          show(true);
        },
        () => show(true),
      );
    return () => abort.abort();
  }, [trace, text]);
  return known?.of === text ? known.list : NOTHING;
}
