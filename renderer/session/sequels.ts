import { useShallow } from 'zustand/react/shallow';
import type { Finding } from '../../core/machine/finding.ts';
import { fateOf } from '../../core/trace/compare/rerun.ts';
import type { Sequel } from '../words/saved-words.ts';
import { shownName } from '../words/shown.ts';
import { isAnswerEarlier, type RunEntry, type WithSaved } from './model.ts';
import { showProblem } from './notices.ts';
import { session, useSession } from './store.ts';

/**
 * What a run of an earlier source comes to with the one that was saved last; for a shrunk run or a fork that was
 * made again with it, what it has come to.
 */
export function sequelOf(run: RunEntry, runs: readonly RunEntry[]): WithSaved | undefined {
  if (run.withSaved || run.remakes === undefined) return run.withSaved;
  return runs.find(({ id }) => id === run.change?.beforeId)?.withSaved;
}

/** Whether a finding of an earlier source is known to be gone with the one that was saved last. */
function isKnownGone(run: RunEntry, finding: Finding): boolean {
  const { withSaved } = run;
  const { machines } = session.getState();
  if (withSaved?.kind !== 'ended' || isAnswerEarlier(withSaved, run, machines)) return false;
  const fate = fateOf(withSaved.rerun, finding);
  return fate !== undefined && fate.now === undefined;
}

/**
 * Says so when a finding is known to be gone with the source that was saved last: no execution can tell more about
 * it.
 */
export function refuseGone(run: RunEntry, finding: Finding): boolean {
  if (!isKnownGone(run, finding)) return false;
  showProblem(
    {
      title: `“${shownName(finding.name)}” was found in an earlier source, and is gone with the one that was saved.`,
      remedy:
        'Only a source that fails can be asked about it. “Is it really mended?” runs more seeds with this one.',
    },
    run.id,
  );
  return true;
}

/** What a run comes to in words' terms, in a component: it says whether the source was saved again since. */
export function useSequel(run: RunEntry, withSaved: WithSaved | undefined): Sequel | undefined {
  return useSession(
    useShallow(({ machines }) => {
      if (withSaved?.kind !== 'ended') return withSaved;
      return { ...withSaved, isEarlier: isAnswerEarlier(withSaved, run, machines) };
    }),
  );
}
