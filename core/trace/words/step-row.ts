import { isTakenIn, type EmittedAction } from '../../machine/executed.ts';
import { shownId, shownLabel, shownLine } from '../../value/shown.ts';
import type { Step } from '../format/format.ts';
import { describeAnswer, describeOperation, fieldsOf } from './step-words.ts';

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
