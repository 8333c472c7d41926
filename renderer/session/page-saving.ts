import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import {
  pageAbout,
  pageDrawings,
  pageExplanation,
  type DrawView,
} from '../../core/contract/page-about.ts';
import type { PageDrawings, PageExplanation } from '../../core/contract/page.ts';
import { DRAWN_STEPS_MAX } from '../../core/limits.ts';
import type { Problem } from '../../core/problem.ts';
import { newId, request } from '../api.ts';
import { goalOf } from './cursor.ts';
import { drawingMachineOf } from './machine-of-run.ts';
import { fileNameOf, findingOf, type RunEntry } from './model.ts';
import { showNotice } from './notices.ts';
import { nameOfTrace, notesToSave, tellSaved } from './saving.ts';
import { selectRun, session } from './store.ts';
import { draw, type Drawing } from './tasks/draw.ts';

/** How far a page is that is being saved: its views are drawn first. */
export interface PageProgress {
  readonly drawn: number;
  /** How many states are drawn, in all views; 0 where there is nothing to draw. */
  readonly of: number;
  readonly isWriting: boolean;
}

/** A page that is being saved. */
interface PageSaving {
  readonly progress: PageProgress;
  readonly cancelling: AbortController;
}

const savings = createStore<{ readonly saving: PageSaving | undefined }>(() => ({
  saving: undefined,
}));

/** How far the page is that is being saved, in a component. */
export function usePageProgress(): PageProgress | undefined {
  return useStore(savings, ({ saving }) => saving?.progress);
}

/** Whether a page is being saved. */
export function isSavingPage(): boolean {
  return savings.getState().saving !== undefined;
}

/** Saves the page no further; there is no file then. */
export function cancelPage(): void {
  savings.getState().saving?.cancelling.abort();
}

/** Saves the run on the screen as a page that any browser shows, at the step that is looked at. */
export async function savePage(): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace || isSavingPage()) return;
  const suggestedName = `${nameOfTrace(run.trace)}.html`;
  const stepIndex = goalOf(run.id);
  const path = await request('choosePage', { suggestedName });
  if (path === null || isSavingPage()) return;
  const cancelling = new AbortController();
  savings.setState({ saving: { progress: { drawn: 0, of: 0, isWriting: false }, cancelling } });
  try {
    await writePage(run, stepIndex, path, cancelling.signal);
  } finally {
    savings.setState({ saving: undefined });
  }
}

async function writePage(
  run: RunEntry,
  stepIndex: number,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const cancelled = () => showNotice(`${fileNameOf(path)} was not saved`);
  const drawings = await drawingsOf(run, stepIndex, signal);
  if (signal.aborted) return cancelled();
  const name =
    run.origin.kind === 'file'
      ? fileNameOf(run.origin.path)
      : `${run.trace ? nameOfTrace(run.trace) : ''}.jsonl.gz`;
  setProgress((progress) => ({ ...progress, isWriting: true }));
  const saveId = newId('save');
  const cancel = () => void request('cancelSave', { saveId });
  signal.addEventListener('abort', cancel);
  const saved = await request('savePage', {
    saveId,
    path,
    traceId: run.id,
    notes: [...notesToSave(run)],
    about: pageAbout({ name, stepIndex, explanation: explanationOf(run), drawings }),
  });
  // It may have been written by the time that it was cancelled.
  if (signal.aborted && saved.kind === 'problem') return cancelled();
  tellSaved(saved.kind === 'ok' ? { kind: 'ok', value: path } : saved);
}

function setProgress(change: (progress: PageProgress) => PageProgress): void {
  savings.setState(({ saving }) => ({
    saving: saving && { ...saving, progress: change(saving.progress) },
  }));
}

/** Why a run fails, as far as that was found out. */
function explanationOf({ explanation, trace }: RunEntry): PageExplanation | undefined {
  if (!explanation?.explained || !trace) return undefined;
  const { needs, made, of } = explanation;
  const { nearest: _, ...explained } = explanation.explained;
  const finding = findingOf(trace, explanation);
  return finding && pageExplanation(trace, finding, { needs, made, of, explained });
}

/** The views of the machine of a run, drawn around a step; none if it is not at hand. */
async function drawingsOf(
  run: RunEntry,
  stepIndex: number,
  signal: AbortSignal,
): Promise<PageDrawings> {
  const { trace, status } = run;
  const machine = drawingMachineOf(run);
  if (!trace || !machine || status === 'running') return [];
  const drawView: DrawView = async (view, steps, onDrawn) => {
    setProgress((progress) => ({ ...progress, of: steps.length * machine.views.length }));
    for (let from = 0; from < steps.length && !signal.aborted; from += DRAWN_STEPS_MAX) {
      const slice = steps.slice(from, from + DRAWN_STEPS_MAX);
      const drawing = draw(machine.ref, { traceId: run.id, view, steps: slice }, (one) => {
        setProgress((progress) => ({ ...progress, drawn: progress.drawn + 1 }));
        onDrawn(one);
      });
      // What a view that does not end has not drawn is missing in the page, which says so.
      if (await endOf(drawing, signal)) break;
    }
  };
  return pageDrawings(trace, { stepIndex, notes: notesToSave(run) }, machine.views, drawView);
}

async function endOf(drawing: Drawing, signal: AbortSignal): Promise<Problem | undefined> {
  const cancel = () => drawing.cancel();
  signal.addEventListener('abort', cancel);
  try {
    return await drawing.done;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
