import { useEffect, useState } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { searchWrites, type Direction, type Write } from '../../core/trace/writes.ts';
import type { Path } from '../../core/value/path.ts';
import { inSlices } from './time-slice.ts';

/** The history of a member of the state, as far as it is known. */
export interface MemberHistory {
  /** Latest first. */
  readonly writes: readonly Write[];
  /** Where the member is in the initial state; absent if a step put it into a list. */
  readonly start: Path | undefined;
  /** Changed steps looked at so far. */
  readonly scanned: number;
  readonly isDone: boolean;
}

/** Collects the writes of the member that is at a path after step `at`, over the whole trace. */
export function useHistory(trace: Trace, path: Path, at: number): MemberHistory {
  const [known, setKnown] = useState<{ of: readonly unknown[]; history: MemberHistory }>();

  useEffect(() => {
    const abort = new AbortController();
    void collect(trace, path, at, abort.signal, (history) =>
      setKnown({ of: [trace, path, at], history }),
    );
    return () => abort.abort();
  }, [trace, path, at]);

  const isCurrent = known?.of.every((part, index) => part === [trace, path, at][index]);
  return known && isCurrent
    ? known.history
    : { writes: [], start: path, scanned: 0, isDone: false };
}

async function collect(
  trace: Trace,
  path: Path,
  at: number,
  signal: AbortSignal,
  report: (history: MemberHistory) => void,
): Promise<void> {
  let later: readonly Write[] = [];
  const writesOf = (direction: Direction) =>
    inSlices(searchWrites(trace, path, at, direction), signal);
  let ahead = 0;
  for await (const { items } of writesOf('forwards')) {
    if (signal.aborted) return;
    later = [...items.flatMap(({ write }) => write ?? []).toReversed(), ...later];
    ahead = items.at(-1)?.scanned ?? ahead;
    report({ writes: later, start: path, scanned: ahead, isDone: false });
  }
  let writes = later;
  let [behind, start] = [0, path as Path | undefined];
  for await (const { items, isDone } of writesOf('backwards')) {
    if (signal.aborted) return;
    writes = [...writes, ...items.flatMap(({ write }) => write ?? [])];
    const last = items.at(-1);
    if (last) [behind, start] = [last.scanned, last.path];
    report({ writes, start, scanned: ahead + behind, isDone });
  }
}

/**
 * The last write, at or before a step, of the member that is at a path after that step. Searches in
 * slices.
 */
export async function findLastWrite(
  trace: Trace,
  path: Path,
  at: number,
  signal: AbortSignal,
  report: (scanned: number) => void,
): Promise<Write | undefined> {
  for await (const { items } of inSlices(untilWrite(trace, path, at), signal)) {
    const last = items.at(-1);
    if (last?.write) return last.write;
    if (last) report(last.scanned);
  }
  return undefined;
}

function* untilWrite(trace: Trace, path: Path, at: number): ReturnType<typeof searchWrites> {
  for (const scan of searchWrites(trace, path, at, 'backwards')) {
    yield scan;
    if (scan.write) return;
  }
}
