import { isTakenIn, type EmittedAction } from '../../core/machine/executed.ts';
import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import { formatStep, type Step } from '../../core/trace/format.ts';
import { describeAnswer, describeOperation, fieldsOf } from '../../core/trace/step-words.ts';
import { MARK_MEANINGS, markOfStep } from '../theme/marks.ts';
import { shownId, shownLabel, shownLine } from '../words/shown.ts';

/** An action in a row. */
export interface RowAction {
  /** A result that is not taken in, or that comes again, is `delivered`. */
  readonly kind: 'completed' | 'delivered' | EmittedAction['kind'];
  readonly text: string;
}

/** What a row says of its step, besides what its glance says. */
export interface RowText {
  readonly operation: string;
  /** The fields of what the machine was given. */
  readonly brief: string;
  readonly outcome: string;
  /** The action that the step completes, and those that it emitted. */
  readonly actions: readonly RowAction[];
  readonly changes: number;
  readonly findings: readonly string[];
}

/** The text of the row of a step. */
export function rowTextOf(step: Step): RowText {
  const { operation, patch, attempted, findings } = step;
  return {
    operation: describeOperation(operation),
    brief: fieldsOf(givenBy(step)).join(' · '),
    outcome: describeAnswer(step),
    actions: [...completedBy(step), ...step.actions.map(rowAction)],
    changes: patch.length > 0 ? patch.length : -attempted.length,
    findings: findings.map(({ name }) => shownLine(name)),
  };
}

function givenBy({ operation }: Step): unknown {
  if ('input' in operation) return operation.input;
  return 'result' in operation ? operation.result : undefined;
}

function completedBy(step: Step): readonly RowAction[] {
  const { operation } = step;
  if (operation.kind !== 'trackedActionCompleted') return [];
  const isCompleted = isTakenIn(step) && operation.isDuplicate !== true;
  return [{ kind: isCompleted ? 'completed' : 'delivered', text: shownId(operation.id) }];
}

function rowAction(emitted: EmittedAction): RowAction {
  const label = shownLabel(emitted.action);
  const { kind } = emitted;
  return { kind, text: kind === 'tracked' ? `${label} ${shownId(emitted.id)}` : label };
}

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
