import { useShallow } from 'zustand/react/shallow';
import type { Sequel } from '../words/saved-words.ts';
import { isAnswerEarlier, type RunEntry, type WithSaved } from './model.ts';
import { useSession } from './store.ts';

/**
 * What a run of an earlier source comes to with the one that was saved last; for a shrunk run or a fork that was
 * made again with it, what it has come to.
 */
export function sequelOf(run: RunEntry, runs: readonly RunEntry[]): WithSaved | undefined {
  if (run.withSaved || run.remakes === undefined) return run.withSaved;
  return runs.find(({ id }) => id === run.change?.beforeId)?.withSaved;
}

/** The same in words' terms, in a component: it says whether the source was saved again since. */
export function useSequel(run: RunEntry, withSaved: WithSaved | undefined): Sequel | undefined {
  return useSession(
    useShallow(({ machines }) => {
      if (withSaved?.kind !== 'ended') return withSaved;
      return { ...withSaved, isEarlier: isAnswerEarlier(withSaved, run, machines) };
    }),
  );
}
