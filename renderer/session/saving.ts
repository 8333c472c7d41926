import { request } from '../api.ts';
import { fileNameOf } from './model.ts';
import { showNotice, showProblem } from './notices.ts';
import { selectRun, session } from './store.ts';

/** Saves the trace on the screen to a file that the user chooses. */
export async function saveTrace(): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const { machine, scenario, seed, shrunkFrom } = run.trace.header;
  const suffix = shrunkFrom ? '-shrunk' : '';
  const suggestedName = `${machine}-${scenario}-${seed}${suffix}.jsonl.gz`;
  const saved = await request('saveTrace', { traceId: run.id, suggestedName });
  if (saved.kind === 'problem') showProblem(saved.problem);
  else if (saved.value !== null) showNotice(`Saved ${fileNameOf(saved.value)}`);
}
