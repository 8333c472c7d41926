import { formatEnd, formatHeader } from '../../core/trace/format.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { request } from '../api.ts';
import { fileNameOf } from './model.ts';
import { showNotice, showProblem } from './notices.ts';
import { selectRun, session } from './store.ts';

/** Lines of a trace in one request. */
const CHUNK_LINES = 2_000;

/** Saves the trace on the screen to a file that the person chooses. */
export async function saveTrace(): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const { machine, scenario, seed, shrunkFrom } = run.trace.header;
  const suffix = shrunkFrom ? '-shrunk' : '';
  const suggestedName = `${machine}-${scenario}-${seed}${suffix}.jsonl.gz`;
  const begun = await request('beginSave', { suggestedName });
  if (begun.kind === 'problem') return showProblem(begun.problem);
  if (begun.value === null) return undefined;
  const path = await writeTrace(run.trace, begun.value);
  if (path !== undefined) showNotice(`Saved ${fileNameOf(path)}`);
}

async function writeTrace(trace: Trace, saveId: string): Promise<string | undefined> {
  const write = async (text: string) => {
    const written = await request('writeSave', { saveId, text });
    if (written.kind === 'problem') showProblem(written.problem);
    return written.kind === 'ok';
  };
  let isGood = await write(`${formatHeader(trace.header)}\n`);
  for (let from = 0; from < trace.length && isGood; from += CHUNK_LINES) {
    isGood = await write(`${trace.lines(from, from + CHUNK_LINES).join('\n')}\n`);
  }
  if (isGood && trace.end) isGood = await write(`${formatEnd(trace.end)}\n`);
  const ended = await request('endSave', { saveId, keep: isGood });
  if (ended.kind === 'problem') showProblem(ended.problem);
  return isGood && ended.kind === 'ok' ? ended.value : undefined;
}
