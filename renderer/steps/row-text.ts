import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import { markdownTable } from '../../core/text/markdown.ts';
import { formatStep, type Step } from '../../core/trace/format/format.ts';
import { stepMarkdown } from '../../core/trace/words/markdown.ts';
import { rowTextOf, type RowAction } from '../../core/trace/words/step-row.ts';
import { MARK_MEANINGS, markOfStep } from '../theme/marks.ts';

/** The columns of the text that is copied. */
const COLUMNS = [
  'step',
  'kind',
  'operation',
  'fields',
  'outcome',
  'completed',
  'emitted',
  'changes',
  'findings',
  'fault',
] as const;

/** Steps as a table, with tabs between its columns. */
export function tableOf(steps: readonly Step[]): string {
  const lines = steps.map((step) => cellsOf(step).map((cell) => cell.replaceAll(/\s+/g, ' ')));
  return `${[COLUMNS, ...lines].map((cells) => cells.join('\t')).join('\n')}\n`;
}

/** Steps as a table in Markdown, without columns that are empty in all of them. */
function markdownTableOf(steps: readonly Step[]): string {
  const rows = steps.map(cellsOf);
  const isUsed = (column: number) => rows.some((cells) => cells[column] !== '');
  const used = <Cell>(cells: readonly Cell[]) => cells.filter((_, column) => isUsed(column));
  return `${markdownTable(used(COLUMNS), rows.map(used)).join('\n')}\n`;
}

/** The texts of a step under {@link COLUMNS}. */
function cellsOf(step: Step): readonly string[] {
  const { operation, brief, outcome, actions, changes, findings } = rowTextOf(step);
  const mark = markOfStep(step);
  const cells: Readonly<Record<(typeof COLUMNS)[number], string>> = {
    step: String(step.stepIndex),
    kind: OPERATION_WORDS[step.operation.kind],
    operation,
    fields: brief,
    outcome,
    completed: textOf(actions.filter(({ kind }) => kind === 'completed')),
    emitted: textOf(actions.filter(({ kind }) => kind === 'tracked' || kind === 'untracked')),
    changes: String(Math.max(0, changes)),
    findings: findings.join(', '),
    fault: mark === undefined ? '' : MARK_MEANINGS[mark],
  };
  return COLUMNS.map((name) => cells[name]);
}

function textOf(actions: readonly RowAction[]): string {
  return actions.map(({ text }) => text).join(', ');
}

/** Steps as lines of a trace file, without its checkpoints. */
export function jsonLinesOf(steps: readonly Step[]): string {
  return `${steps.map(formatStep).join('\n')}\n`;
}

/** One step in words and whole, or several as a table, in Markdown. */
export function markdownOf(steps: readonly Step[]): string {
  const [first] = steps;
  return first && steps.length === 1 ? stepMarkdown(first) : markdownTableOf(steps);
}
