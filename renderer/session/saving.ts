import type { Picture } from '../../core/contract/picture.ts';
import type { Reply } from '../../core/contract/window.ts';
import type { Note } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { request } from '../api.ts';
import { fileNameOf, type RunEntry, type SweepEntry } from './model.ts';
import { notesOf, notesWithin } from './notes.ts';
import { showNotice, showProblem } from './notices.ts';
import { selectCursor, selectRun, selectSweep, session } from './store.ts';

/** Saves what is on the screen to a file that the user chooses: a trace, or the report of a sweep. */
export async function save(): Promise<void> {
  const sweep = selectSweep(session.getState());
  if (sweep) await saveReport(sweep);
  else await saveTrace();
}

/** The form is that of `phasmoscope sweep --report`. */
async function saveReport({ report, status }: SweepEntry): Promise<void> {
  if (!report) {
    const remedy = 'Its report can be saved when it has ended, or was stopped.';
    const isRunning = status === 'running';
    showNotice(isRunning ? `The sweep goes on. ${remedy}` : 'The sweep ended without a report.');
    return;
  }
  const { machine, scenario, faults } = report;
  const suggestedName = `${machine}-${scenario}-${faults}-sweep.json`;
  tellSaved(await request('saveReport', { suggestedName, report }));
}

/**
 * Saves the trace on the screen to a file that the user chooses.
 *
 * @returns the path of the file, if there is one.
 */
export async function saveTrace(): Promise<string | undefined> {
  const run = selectRun(session.getState());
  if (!run?.trace) return undefined;
  return tellSaved(
    await request('saveTrace', {
      traceId: run.id,
      suggestedName: `${nameOfTrace(run.trace)}.jsonl.gz`,
      notes: [...notesToSave(run)],
    }),
  );
}

/** A stretch of steps: the first and the last. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Saves a picture to a file that the user chooses, named after the run on the screen and its step.
 *
 * @param subject what it shows, as a part of the name: `timeline`.
 * @param range the steps that it shows, if it moves.
 */
export async function savePicture(
  picture: Picture,
  subject: string,
  range?: Stretch,
): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const { stepIndex } = selectCursor(session.getState(), run.id);
  const { from, to } = range ?? { from: stepIndex, to: stepIndex };
  const first = from < 0 ? 'start' : `step-${from}`;
  const place = to === from ? first : `${first}-to-${to}`;
  const type = picture.kind === 'film' ? 'gif' : 'png';
  const suggestedName = `${nameOfTrace(run.trace)}-${place}-${subject}.${type}`;
  tellSaved(await request('savePicture', { suggestedName, picture }));
}

/** The notes of a run on steps that it has. */
export function notesToSave(run: RunEntry): readonly Note[] {
  return notesWithin(notesOf(run), run.trace);
}

/** Says where something was saved, or why it was not. Returns the path of the file, if there is one. */
export function tellSaved(saved: Reply<string | null>): string | undefined {
  if (saved.kind === 'problem') showProblem(saved.problem);
  else if (saved.value !== null) {
    showNotice(`Saved ${fileNameOf(saved.value)}`);
    return saved.value;
  }
  return undefined;
}

/** The name of a trace, as a file without its ending. */
export function nameOfTrace({
  header: { machine, scenario, seed, shrunkFrom, forks },
}: Trace): string {
  const suffix = (shrunkFrom ? '-shrunk' : '') + (forks ? '-fork' : '');
  return `${machine}-${scenario}-${seed}${suffix}`;
}
