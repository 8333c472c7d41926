import type { PageExplanation } from '../../core/contract/page.ts';
import type { Reply } from '../../core/contract/window.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { request } from '../api.ts';
import { goalOf } from './cursor.ts';
import { fileNameOf, type RunEntry, type SweepEntry } from './model.ts';
import { notesOf } from './notes.ts';
import { showNotice, showProblem } from './notices.ts';
import { selectRun, selectSweep, session } from './store.ts';

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
      notes: [...notesOf(run)],
    }),
  );
}

/** Saves the run on the screen as a page that any browser shows, at the step that is looked at. */
export async function savePage(): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const name = nameOf(run.trace);
  const explanation = pageExplanationOf(run);
  tellSaved(
    await request('savePage', {
      traceId: run.id,
      suggestedName: `${name}.html`,
      notes: [...notesOf(run)],
      about: {
        name: run.origin.kind === 'file' ? fileNameOf(run.origin.path) : `${name}.jsonl.gz`,
        stepIndex: goalOf(run.id),
        ...(explanation ? { explanation } : {}),
      },
    }),
  );
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
  const { finding, needs, made, of, explained } = explanation;
  const { sentences, together, tries } = explained;
  return {
    finding: trace.findings.indexOf(finding),
    needs: [...needs],
    made,
    of,
    sentences,
    together,
    tries,
  };
}
