import type { Step } from '../../core/trace/format/format.ts';
import { copyText } from '../session/clipboard.ts';
import { filters } from '../session/filters.ts';
import { allSteps, type StepRows } from '../session/step-set.ts';
import { selectCursor, selectRun, session } from '../session/store.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { jsonLinesOf, markdownOf, tableOf } from './row-text.ts';
import { stepsView } from './selection.ts';

/** The most steps that are copied at once. */
const COPIED_STEPS_MAX = 10_000;

const FORMATS = {
  text: { write: tableOf, words: 'as text' },
  markdown: { write: markdownOf, words: 'as Markdown' },
  json: { write: jsonLinesOf, words: 'as JSON lines' },
} as const satisfies Record<string, { write: (steps: readonly Step[]) => string; words: string }>;

/** The forms in which steps are copied. */
export type CopyFormat = keyof typeof FORMATS;

/** Copies the chosen steps of the run on the screen; without a choice, the step at the cursor. */
export async function copySteps(format: CopyFormat): Promise<void> {
  const run = selectRun(session.getState());
  if (!run?.trace) return;
  const { trace } = run;
  const { write, words } = FORMATS[format];
  const chosen = chosenSteps(run.id, filters.getState().found[run.id]?.steps, run.steps);
  const copied = chosen.slice(0, COPIED_STEPS_MAX);
  if (copied.length === 0) return;
  const text = trace
    .load(copied)
    .then(() => write(copied.map((stepIndex) => trace.step(stepIndex))));
  const rest = chosen.length - copied.length;
  const cut = rest === 0 ? '' : `; the other ${formatCount(rest)} were left out`;
  await copyText(text, `${formatPlural(copied.length, 'step')} ${words}${cut}`);
}

function chosenSteps(
  runId: string,
  found: StepRows | undefined,
  length: number,
): readonly number[] {
  const { selection } = stepsView.getState();
  if (selection?.runId !== runId) {
    const { stepIndex } = selectCursor(session.getState(), runId);
    return stepIndex < 0 ? [] : [stepIndex];
  }
  const rows = found ?? allSteps(length);
  const { from, to } = selection;
  const first = rows.countBefore(Math.min(from, to));
  const end = rows.countBefore(Math.max(from, to) + 1);
  return Array.from({ length: end - first }, (_, offset) => rows.at(first + offset));
}
