import type { PageDrawings, PageExplanation } from '../../core/contract/page.ts';
import type { Picture, Reply } from '../../core/contract/window.ts';
import { DRAWN_STEPS_MAX, PAGE_STATES_DRAWN_MAX } from '../../core/limits.ts';
import { statesToDraw } from '../../core/trace/drawn-steps.ts';
import type { Note } from '../../core/trace/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { request } from '../api.ts';
import { goalOf } from './cursor.ts';
import { drawingMachineOf } from './machine-of-run.ts';
import { fileNameOf, findingOf, type RunEntry, type SweepEntry } from './model.ts';
import { notesOf, notesWithin } from './notes.ts';
import { showNotice, showProblem } from './notices.ts';
import { selectCursor, selectRun, selectSweep, session } from './store.ts';
import { draw } from './tasks/draw.ts';

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
      suggestedName: `${nameOf(run.trace)}.jsonl.gz`,
      notes: [...notesToSave(run)],
    }),
  );
}

/** Saves the run on the screen as a page that any browser shows, at the step that is looked at. */
export async function savePage(): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const name = nameOf(run.trace);
  const explanation = pageExplanationOf(run);
  const stepIndex = goalOf(run.id);
  const drawings = await pageDrawingsOf(run, stepIndex);
  tellSaved(
    await request('savePage', {
      traceId: run.id,
      suggestedName: `${name}.html`,
      notes: [...notesToSave(run)],
      about: {
        name: run.origin.kind === 'file' ? fileNameOf(run.origin.path) : `${name}.jsonl.gz`,
        stepIndex,
        ...(explanation ? { explanation } : {}),
        ...(drawings.length > 0 ? { drawings } : {}),
      },
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
  const suggestedName = `${nameOf(run.trace)}-${place}-${subject}.${type}`;
  tellSaved(await request('savePicture', { suggestedName, picture }));
}

function notesToSave(run: RunEntry): readonly Note[] {
  return notesWithin(notesOf(run), run.trace);
}

/** Says where something was saved, or why it was not. Returns the path of the file, if there is one. */
function tellSaved(saved: Reply<string | null>): string | undefined {
  if (saved.kind === 'problem') showProblem(saved.problem);
  else if (saved.value !== null) {
    showNotice(`Saved ${fileNameOf(saved.value)}`);
    return saved.value;
  }
  return undefined;
}

function nameOf({ header: { machine, scenario, seed, shrunkFrom, forks } }: Trace): string {
  const suffix = (shrunkFrom ? '-shrunk' : '') + (forks ? '-fork' : '');
  return `${machine}-${scenario}-${seed}${suffix}`;
}

/** Why a run fails, as far as that was found out. */
function pageExplanationOf({ explanation, trace }: RunEntry): PageExplanation | undefined {
  if (!explanation?.explained || !trace) return undefined;
  const { needs, made, of } = explanation;
  const { nearest: _, ...explained } = explanation.explained;
  const finding = findingOf(trace, explanation);
  return (
    finding && { finding: trace.findings.indexOf(finding), needs: [...needs], made, of, explained }
  );
}

/** The views of the machine of a run, drawn around a step; none if it is not at hand. */
async function pageDrawingsOf(run: RunEntry, stepIndex: number): Promise<PageDrawings> {
  const { trace } = run;
  const machine = drawingMachineOf(run);
  if (!trace || !machine || run.status === 'running') return [];
  const states = statesToDraw(trace, stepIndex, PAGE_STATES_DRAWN_MAX, notesToSave(run));
  const drawings: PageDrawings = [];
  for (const view of machine.views) {
    const drawn: [number, string][] = [];
    for (let from = 0; from < states.length; from += DRAWN_STEPS_MAX) {
      const steps = states.slice(from, from + DRAWN_STEPS_MAX);
      let hasFailed = false;
      const problem = await draw(machine.ref, { traceId: run.id, view, steps }, (one) => {
        if (one.kind === 'drawn') drawn.push([one.stepIndex, JSON.stringify(one.drawing)]);
        else hasFailed = true;
      }).done;
      // What a view that fails has not drawn is missing in the page, which says so; the window says why.
      if (problem || hasFailed) break;
    }
    drawings.push({ view, drawn });
  }
  return drawings;
}
