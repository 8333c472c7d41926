import type { Finding } from '../../machine/finding.ts';
import { keyOfDoer } from '../../trace/causality/doer.ts';
import { knownCauseOf, sentenceOfFact } from '../../trace/causality/known-cause.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Sentence } from '../../trace/words/sentences.ts';
import { handledPlaces } from '../coverage/handled-places.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';

/**
 * What a trace shows of the cause of a finding, in sentences.
 *
 * @param loaded the machine, which knows the lines that did it; without it, they are left out.
 */
export async function tellKnownCause(
  trace: Trace,
  finding: Finding,
  loaded?: LoadedMachine,
): Promise<readonly Sentence[]> {
  const facts = knownCauseOf(trace, finding);
  const doers = facts.flatMap(({ doneBy }) => doneBy ?? []);
  const places = loaded ? await handledPlaces(loaded, trace, doers) : undefined;
  return facts.map((fact) => {
    return sentenceOfFact(fact, fact.doneBy && places?.get(keyOfDoer(fact.doneBy)));
  });
}
