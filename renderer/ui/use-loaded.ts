import { useEffect, useMemo, useState } from 'react';
import { LinesNotLoaded, type Loading } from '../../core/trace/step-lines.ts';

/** What was computed from a trace. */
export interface Loaded<Result> {
  /** The result, or the last one while lines are being fetched; absent before the first one. */
  readonly result: Result | undefined;
  /** Whether it is what was asked for, and not an earlier result. */
  readonly isCurrent: boolean;
}

/**
 * Computes something from a trace, whose lines may have to be fetched first. What is at hand is there at
 * once, so that stepping never waits.
 *
 * @param compute another function when something else is to be computed (`useCallback`).
 */
export function useLoaded<Result>(trace: Loading, compute: () => Result): Loaded<Result> {
  const [fetched, setFetched] = useState<object>();
  const attempt = useMemo(() => attemptTo(compute, fetched), [compute, fetched]);
  const [last, setLast] = useState(attempt);
  const [failure, setFailure] = useState<{ readonly error: unknown }>();
  // What cannot be read is for the error boundary around the panel.
  if (failure) throw failure.error;
  if (attempt.kind === 'done' && attempt !== last) setLast(attempt);

  useEffect(() => {
    if (attempt.kind === 'done') return undefined;
    let isWanted = true;
    trace.load(attempt.missing.stepIndices).then(
      () => {
        if (isWanted) setFetched({});
      },
      (error: unknown) => {
        if (isWanted) setFailure({ error });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [trace, attempt]);

  if (attempt.kind === 'done') return { result: attempt.result, isCurrent: true };
  return { result: last.kind === 'done' ? last.result : undefined, isCurrent: false };
}

/**
 * Computes something that takes a while, such as the answer to a question. The last result stays until the
 * next one is there.
 *
 * @param compute another function when something else is to be computed (`useCallback`); its signal is
 * aborted when its result is not wanted any more.
 */
export function useAwaited<Result>(
  compute: (signal: AbortSignal) => Promise<Result>,
): Loaded<Result> {
  const [last, setLast] = useState<{ readonly of: unknown; readonly result: Result }>();
  const [failure, setFailure] = useState<{ readonly error: unknown }>();
  // What cannot be read is for the error boundary around the panel.
  if (failure) throw failure.error;
  useEffect(() => {
    const abort = new AbortController();
    compute(abort.signal).then(
      (result) => {
        if (!abort.signal.aborted) setLast({ of: compute, result });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setFailure({ error });
      },
    );
    return () => abort.abort();
  }, [compute]);
  return { result: last?.result, isCurrent: last?.of === compute };
}

type Attempt<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'missing'; readonly missing: LinesNotLoaded };

/** @param _fetched what was fetched last: an attempt is made again with every fetch. */
function attemptTo<Result>(compute: () => Result, _fetched: unknown): Attempt<Result> {
  try {
    return { kind: 'done', result: compute() };
  } catch (error) {
    if (error instanceof LinesNotLoaded) return { kind: 'missing', missing: error };
    throw error;
  }
}
