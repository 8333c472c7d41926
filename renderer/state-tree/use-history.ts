import { useEffect, useState } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import type { Path } from '../../core/value/path.ts';
import { writesBackwards } from './path-history.ts';
import { inSlices } from './time-slice.ts';

/** The history of a path, as far as it is known. */
export interface PathHistory {
  /** Steps that wrote there, latest first. */
  readonly writes: readonly number[];
  /** Changed steps looked at so far. */
  readonly scanned: number;
  readonly isDone: boolean;
}

const EMPTY: PathHistory = { writes: [], scanned: 0, isDone: false };

/** Collects the steps that wrote at a path, from the end of the trace backwards, in slices. */
export function useHistory(trace: Trace, path: Path): PathHistory {
  const [known, setKnown] = useState({ trace, path, history: EMPTY });

  useEffect(() => {
    const abort = new AbortController();
    void collect(trace, path, abort.signal, (history) => setKnown({ trace, path, history }));
    return () => abort.abort();
  }, [trace, path]);

  return known.trace === trace && known.path === path ? known.history : EMPTY;
}

async function collect(
  trace: Trace,
  path: Path,
  signal: AbortSignal,
  report: (history: PathHistory) => void,
): Promise<void> {
  const writes: number[] = [];
  let scanned = 0;
  for await (const { items, isDone } of inSlices(
    writesBackwards(trace, path, trace.length),
    signal,
  )) {
    if (signal.aborted) return;
    for (const { write } of items) if (write !== undefined) writes.push(write);
    scanned = items.at(-1)?.scanned ?? scanned;
    report({ writes: [...writes], scanned, isDone });
  }
}

/** The last step, at or before another, that wrote at a path; looks for it in slices. */
export async function findLastWrite(
  trace: Trace,
  path: Path,
  from: number,
  signal: AbortSignal,
  report: (scanned: number) => void,
): Promise<number | undefined> {
  for await (const { items } of inSlices(untilWrite(trace, path, from), signal)) {
    const last = items.at(-1);
    if (last?.write !== undefined) return last.write;
    if (last) report(last.scanned);
  }
  return undefined;
}

function* untilWrite(trace: Trace, path: Path, from: number): ReturnType<typeof writesBackwards> {
  for (const scan of writesBackwards(trace, path, from)) {
    yield scan;
    if (scan.write !== undefined) return;
  }
}
