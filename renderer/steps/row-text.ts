import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import { formatStep, type Step } from '../../core/trace/format.ts';
import { rowTextOf, type RowAction } from '../../core/trace/step-row.ts';
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
  const lines = steps.map((step) => {
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
    return COLUMNS.map((name) => cells[name].replaceAll(/\s+/g, ' ')).join('\t');
  });
  return [COLUMNS.join('\t'), ...lines, ''].join('\n');
}

function textOf(actions: readonly RowAction[]): string {
  return actions.map(({ text }) => text).join(', ');
}

/** Steps as lines of a trace file, without its checkpoints. */
export function jsonLinesOf(steps: readonly Step[]): string {
  return `${steps.map(formatStep).join('\n')}\n`;
}
