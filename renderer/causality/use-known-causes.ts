import { useCallback, useEffect, useMemo, useState } from 'react';
import type { MachineRef } from '../../core/contract/window.ts';
import type { Finding } from '../../core/machine/finding.ts';
import { keyOfDoer, type Doer } from '../../core/trace/causality/doer.ts';
import { sentenceOfFact, type KnownFact } from '../../core/trace/causality/known-cause.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { Sentence } from '../../core/trace/words/sentences.ts';
import { askKnown } from '../session/known-cause.ts';
import { useIsAllowed, useMachineOf } from '../session/machine-of-run.ts';
import type { RunEntry } from '../session/model.ts';
import { coverStep } from '../session/tasks/cover.ts';
import { useAwaited } from '../ui/use-loaded.ts';

/** While the cursor moves, nothing is executed. */
const DEBOUNCE_MS = 300;

const NOTHING: readonly (readonly KnownFact[])[] = [];

/**
 * What is known of the causes of findings, in sentences, in their order. They name lines of the machine once the
 * steps that they are about were executed on it, if it is open and may be.
 *
 * @param findings another list when others are asked about (`useMemo`).
 */
export function useKnownCauses(
  run: RunEntry,
  trace: Trace,
  findings: readonly Finding[],
): readonly (readonly Sentence[])[] {
  const compute = useCallback(
    (signal: AbortSignal) => Promise.all(findings.map((one) => askKnown(trace, one, signal))),
    [trace, findings],
  );
  const { result, isCurrent } = useAwaited(compute);
  const known = isCurrent && result ? result : NOTHING;
  const ref = useMachineOf(run);
  const isAllowed = useIsAllowed(run);
  const isOver = run.status !== 'running' && run.status !== 'waiting';
  const placesOf = useHandledPlaces(run, trace, known, isAllowed && isOver ? ref : undefined);
  return useMemo(() => {
    const sentenceOf = (fact: KnownFact) =>
      sentenceOfFact(fact, fact.doneBy && placesOf.get(keyOfDoer(fact.doneBy)));
    return known.map((facts) => facts.map(sentenceOf));
  }, [known, placesOf]);
}

/** Where code did something, by {@link keyOfDoer}; empty where that cannot be known. */
type Places = ReadonlyMap<string, readonly string[]>;
const NO_PLACES: Places = new Map();

/** Where code of the steps of a trace did something, as far as that was asked. */
const handled = new WeakMap<Trace, Places>();

/** Executes the code that facts are about, one by one, to see where in it that was done. */
function useHandledPlaces(
  { id }: RunEntry,
  trace: Trace,
  facts: readonly (readonly KnownFact[])[],
  ref: MachineRef | undefined,
): Places {
  const [found, setFound] = useState<{ readonly of: Trace; readonly places: Places }>();
  useEffect(() => {
    if (!ref) return undefined;
    const doers = facts.flat().flatMap(({ doneBy }) => doneBy ?? []);
    let isWanted = true;
    const execute = async (doer: Doer) => {
      const { result } = await coverStep(ref, id, trace, doer);
      const covered = await result;
      if (covered.kind === 'cancelled') return;
      // Another source has other lines.
      const isSame =
        covered.kind === 'covered' && covered.coverage.sourceHash === trace.header.sourceHash;
      const places = isSame ? (covered.coverage.handled ?? []) : [];
      handled.set(trace, new Map([...(handled.get(trace) ?? []), [keyOfDoer(doer), places]]));
    };
    const begin = async () => {
      for (const doer of doers) {
        if (isWanted && !handled.get(trace)?.has(keyOfDoer(doer))) await execute(doer);
        if (isWanted) setFound({ of: trace, places: handled.get(trace) ?? NO_PLACES });
      }
    };
    const timer = setTimeout(() => void begin(), DEBOUNCE_MS);
    return () => {
      isWanted = false;
      // What has begun is soon over, and its result is kept: nothing is cancelled.
      clearTimeout(timer);
    };
  }, [id, trace, facts, ref]);
  return found?.of === trace ? found.places : NO_PLACES;
}
