import { formatHeader } from '../../core/trace/format.ts';
import { TraceSeal } from '../../core/trace/seal.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { request } from '../api.ts';
import { fileNameOf } from './model.ts';
import { showNotice, showProblem } from './notices.ts';
import { selectRun, session } from './store.ts';

/** Lines of a trace in one request. */
const CHUNK_LINES = 2_000;

/** Saves the trace on the screen to a file that the user chooses. */
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
  const seal = new TraceSeal();
  const writeLines = (lines: readonly string[]) => {
    for (const line of lines) seal.add(line);
    return write(lines.map((line) => `${line}\n`).join(''));
  };
  let isGood = await writeLines([formatHeader(trace.header)]);
  for (let from = 0; from < trace.length && isGood; from += CHUNK_LINES) {
    isGood = await writeLines(trace.lines(from, from + CHUNK_LINES));
  }
  if (isGood && trace.end) isGood = await write(`${seal.close(trace.end)}\n`);
  const ended = await request('endSave', { saveId, keep: isGood });
  if (ended.kind === 'problem') showProblem(ended.problem);
  return isGood && ended.kind === 'ok' ? ended.value : undefined;
}
