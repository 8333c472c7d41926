import { request } from '../api.ts';
import { fileNameOf } from './model.ts';
import { showNotice, showProblem } from './notices.ts';
import { selectRun, selectSweep, session } from './store.ts';

/**
 * Saves the trace on the screen to a file that the user chooses, or says what to save instead.
 *
 * @returns the path of the file, if there is one.
 */
export async function saveTrace(): Promise<string | undefined> {
  const state = session.getState();
  if (selectSweep(state)) {
    showNotice('A sweep has no trace of its own. Open one of its findings, and save that.');
    return undefined;
  }
  const run = selectRun(state);
  if (!run?.trace) return undefined;
  const { machine, scenario, seed, shrunkFrom, forks } = run.trace.header;
  const suffix = (shrunkFrom ? '-shrunk' : '') + (forks ? '-fork' : '');
  const suggestedName = `${machine}-${scenario}-${seed}${suffix}.jsonl.gz`;
  const saved = await request('saveTrace', {
    traceId: run.id,
    suggestedName,
    notes: [...run.trace.notes],
  });
  if (saved.kind === 'problem') showProblem(saved.problem);
  else if (saved.value !== null) {
    showNotice(`Saved ${fileNameOf(saved.value)}`);
    return saved.value;
  }
  return undefined;
}
