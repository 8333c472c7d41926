import { useEffect, useState } from 'react';
import { toProblem } from '../../core/problem.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from '../session/asking.ts';

/** The kinds of errors that steps of a run ended in, as far as it is read. */
export interface ErrorKinds {
  /** The number of steps of each kind; frequent ones come first. */
  readonly kinds: readonly (readonly [kind: string, steps: number])[];
  /** Steps read so far. */
  readonly searched: number;
  /** Why the rest cannot be read. */
  readonly problem?: string;
}

/** The most kinds that are told apart: an error may hold whatever the machine puts into it. */
const KINDS_MAX = 1_000;
/** What is found on the way is shown together after this time. */
const SHOW_MS = 100;

interface Counted {
  readonly counts: Map<string, number>;
  searched: number;
}
/** What was counted stays, so that it is there when it is asked for again. */
const counted = new WeakMap<Trace, Counted>();

/** Counts the kinds of errors of a run, as long as a component shows them. */
export function useErrorKinds(trace: Trace, steps: number): ErrorKinds {
  const [shown, setShown] = useState<{ readonly of: Trace; readonly kinds: ErrorKinds }>();
  useEffect(() => {
    const abort = new AbortController();
    const known = countedOf(trace);
    const show = (kinds: ErrorKinds) => setShown({ of: trace, kinds });
    if (known.searched < steps) void countOn(trace, known, abort.signal, show);
    return () => abort.abort();
  }, [trace, steps]);
  return shown?.of === trace ? shown.kinds : summaryOf(countedOf(trace));
}

function countedOf(trace: Trace): Counted {
  const known = counted.get(trace) ?? { counts: new Map(), searched: 0 };
  counted.set(trace, known);
  return known;
}

function summaryOf({ counts, searched }: Counted): ErrorKinds {
  return { kinds: [...counts].toSorted(([, one], [, other]) => other - one), searched };
}

async function countOn(
  trace: Trace,
  known: Counted,
  signal: AbortSignal,
  show: (kinds: ErrorKinds) => void,
): Promise<void> {
  let shownMs = performance.now();
  try {
    await sourceOf(trace).ask(
      { kind: 'errors', from: known.searched },
      {
        signal,
        onFound: ({ searched, kinds }) => {
          // Two may count at once for a moment: when a menu is closed and opened again.
          if (signal.aborted || searched <= known.searched) return;
          for (const [kind, steps] of kinds) add(known.counts, kind, steps);
          known.searched = searched;
          if (performance.now() - shownMs < SHOW_MS) return;
          shownMs = performance.now();
          show(summaryOf(known));
        },
      },
    );
    if (!signal.aborted) show(summaryOf(known));
  } catch (error) {
    if (signal.aborted) return;
    const { title } = toProblem(error, 'The errors could not be counted');
    show({ ...summaryOf(known), problem: title });
  }
}

function add(counts: Map<string, number>, kind: string, steps: number): void {
  if (counts.has(kind) || counts.size < KINDS_MAX) {
    counts.set(kind, (counts.get(kind) ?? 0) + steps);
  }
}
