import { assertNever } from '../../assert.ts';
import { OPERATION_WORDS } from '../../machine/operation.ts';
import { columnsOf, fitColumns } from '../../text/columns.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { formatStep, type Step } from '../../trace/format/format.ts';
import type { Trace } from '../../trace/trace.ts';
import { describePatch } from '../../trace/words/change-words.ts';
import { rowTextOf, type RowAction, type RowText } from '../../trace/words/step-row.ts';
import {
  describeAnswer,
  describeOperation,
  fieldsOf,
  toneOf,
  toneSourceOf,
  type StepTone,
} from '../../trace/words/step-words.ts';
import { valueAt } from '../../value/container.ts';
import { encodeValue } from '../../value/encoding.ts';
import type { Patch } from '../../value/patch.ts';
import { formatPath } from '../../value/path.ts';
import { shownId, shownLabel } from '../../value/shown.ts';
import { quoteValue, type Value } from '../../value/value.ts';
import { printExplanation } from './findings-text.ts';
import { outputLines } from './output-text.ts';
import { printLine, style, type Piece } from './print.ts';

type Paint = (...pieces: readonly Piece[]) => Piece;

/** The colour of a step, as in the window: amber is rejected, red a finding, violet crash and restore. */
const PAINTS: Readonly<Record<StepTone, Paint>> = {
  ok: style.plain,
  rejected: style.yellow,
  failed: style.yellow,
  finding: style.red,
  died: style.violet,
  crash: style.violet,
  restore: style.violet,
  loss: style.violet,
  settled: style.dim,
};

const SIGNS: Readonly<Record<RowAction['kind'], string>> = {
  completed: '◆',
  delivered: '◇',
  tracked: '→',
  untracked: '→',
};

/** The most columns of a cell, so that rows stay beneath each other. */
const OPERATION_COLUMNS_MAX = 44;
const OUTCOME_COLUMNS_MAX = 24;
const ACTIONS_SHOWN_MAX = 3;

/** Prints steps as aligned rows below a heading. */
export function printStepRows(steps: readonly Step[]): void {
  const rows = steps.map((step) => ({ step, text: rowTextOf(step) }));
  const widths = {
    step: Math.max(4, ...steps.map(({ stepIndex }) => formatCount(stepIndex).length)),
    operation: widest(
      rows.map(({ text }) => operationText(text)),
      OPERATION_COLUMNS_MAX,
    ),
    outcome: widest(
      rows.map(({ text }) => text.outcome),
      OUTCOME_COLUMNS_MAX,
    ),
  };
  const heading = [
    'step'.padStart(widths.step),
    fitColumns('operation', widths.operation),
    fitColumns('outcome', widths.outcome),
    'changes',
    'actions',
  ];
  printLine(style.dim(heading.join('  ')));
  for (const { step, text } of rows) {
    const paint = PAINTS[toneOf(toneSourceOf(step))];
    printLine(
      style.dim(formatCount(step.stepIndex).padStart(widths.step)),
      '  ',
      fitColumns(operationText(text), widths.operation),
      '  ',
      paint(fitColumns(text.outcome, widths.outcome)),
      '  ',
      style.dim(changesText(text).padEnd('changes'.length)),
      '  ',
      ...actionPieces(text.actions),
      ...text.findings.map((name) => style.red(` ! ${name}`)),
    );
  }
}

function widest(texts: readonly string[], max: number): number {
  return Math.min(max, Math.max(9, ...texts.map(columnsOf)));
}

function operationText({ operation, brief }: RowText): string {
  return brief === '' ? operation : `${operation}  ${brief}`;
}

/** What a step has changed; in brackets what it had before it was rolled back. */
function changesText({ changes }: RowText): string {
  if (changes === 0) return '';
  return changes > 0 ? `±${formatCount(changes)}` : `(±${formatCount(-changes)})`;
}

function actionPieces(actions: readonly RowAction[]): readonly Piece[] {
  const hidden = actions.length - ACTIONS_SHOWN_MAX;
  return [
    ...actions
      .slice(0, ACTIONS_SHOWN_MAX)
      .map(({ kind, text }) =>
        (kind === 'untracked' ? style.dim : style.blue)(`${SIGNS[kind]} ${text}  `),
      ),
    ...(hidden > 0 ? [style.dim(`+${formatCount(hidden)}`)] : []),
  ];
}

/** The changes of a step that are listed beside the rest of it. */
const CHANGES_SHOWN_MAX = 12;

/** Prints all that is recorded of a step, and what is outstanding after it. */
export function printStep(trace: Trace, stepIndex: number): void {
  const step = trace.step(stepIndex);
  const { operation, outcome, patch, attempted, findings, output } = step;
  const paint = PAINTS[toneOf(toneSourceOf(step))];
  // Steps count from 0, so the last one is named as such.
  const last = stepIndex === trace.length - 1 ? ', last' : '';
  const of = style.dim(`${last} of ${formatCount(trace.length)}`);
  printLine(style.bold(`Step ${formatCount(stepIndex)}`), of, `  ${describeOperation(operation)}`);
  printFact('operation', operationFact(trace, step));
  const given = 'input' in operation ? operation.input : 'result' in operation && operation.result;
  if (given !== false) printFact('given', quoteValue(given));
  printFact('outcome', paint(describeAnswer(step)));
  if (outcome.kind === 'err') printFact('error', quoteValue(outcome.error));
  if (outcome.kind === 'panic') printFact('error', outcome.error.message);
  if ('fault' in operation && operation.fault) printFact('fault', quoteValue(operation.fault));
  printActions(trace, step);
  const before = trace.stateAt(stepIndex - 1);
  if (patch.length > 0) printChangeFacts('changes', before, patch);
  if (attempted.length > 0) printChangeFacts('rolled back', before, attempted);
  if (patch.length + attempted.length === 0) printFact('changes', style.dim('none'));
  printOutstanding(trace, stepIndex);
  for (const finding of findings) {
    printLine('  ', style.red(`${finding.kind}: ${finding.name}`));
    printExplanation(finding);
  }
  for (const pieces of outputLines(output)) printFact('printed', ...pieces);
}

const FACT_COLUMNS = 13;

function printFact(name: string, ...pieces: readonly Piece[]): void {
  printLine('  ', style.dim(name.padEnd(FACT_COLUMNS)), ...pieces);
}

/** "completion of Preauth #12, emitted in step 63". */
function operationFact(trace: Trace, { operation, stepIndex }: Step): string {
  const word = OPERATION_WORDS[operation.kind];
  switch (operation.kind) {
    case 'normal':
    case 'restore':
    case 'settled':
      return word;
    case 'crash':
      return `${word}, with ${formatPlural(operation.dispatched, 'action')} of the step before out`;
    case 'trackedActionCompleted':
    case 'loss': {
      const span = trace.spanOfResult(stepIndex);
      const of = span ? `${shownLabel(span.action)} ` : '';
      const from = span ? `, emitted in step ${formatCount(span.emittedAt)}` : '';
      return `${word} of ${of}${shownId(operation.id)}${from}`;
    }
    default:
      return assertNever(operation, 'operation');
  }
}

/** The parts of a step that are lists of actions, besides those that were sent. */
const UNSENT = [
  ['discarded', 'rolled back'],
  ['refused', 'refused'],
  ['lost', 'lost'],
] as const;

function printActions(trace: Trace, step: Step): void {
  const endings = new Map(trace.spansFrom(step.stepIndex).map(({ id, ended }) => [id, ended]));
  for (const emitted of step.actions) {
    const fields = fieldsOf(emitted.action).join(' · ');
    const label = `${shownLabel(emitted.action)}${fields === '' ? '' : `  ${fields}`}`;
    if (emitted.kind === 'untracked') {
      printFact('emits', style.dim(`→ ${label}, untracked`));
      continue;
    }
    const ended = endings.get(emitted.id);
    const end = ended ? `${ended.how} in step ${formatCount(ended.at)}` : 'outstanding';
    printFact('emits', style.blue(`→ ${shownId(emitted.id)} ${label}`), style.dim(`, ${end}`));
  }
  for (const [part, word] of UNSENT) {
    for (const { action } of step[part]) printFact(word, shownLabel(action));
  }
}

/** Prints changes, each with the value before and after it. */
export function printChanges(before: Value, patch: Patch): void {
  for (const line of describePatch(patch, before)) printLine('  ', line);
}

function printChangeFacts(name: string, before: Value, patch: Patch): void {
  const lines = describePatch(patch.slice(0, CHANGES_SHOWN_MAX), before);
  for (const [at, line] of lines.entries()) printFact(at === 0 ? name : '', line);
  const hidden = patch.length - CHANGES_SHOWN_MAX;
  if (hidden > 0)
    printFact('', style.dim(`… and ${formatCount(hidden)} more; --changes lists all`));
}

/** The outstanding actions that are listed. */
const OUTSTANDING_MAX = 6;

function printOutstanding(trace: Trace, stepIndex: number): void {
  const spans = trace.outstandingAt(stepIndex);
  if (spans.length === 0) return printFact('outstanding', style.dim('nothing'));
  const named = spans.slice(0, OUTSTANDING_MAX).map(({ id, action, emittedAt }) => {
    return `${shownId(id)} ${shownLabel(action)} since step ${formatCount(emittedAt)}`;
  });
  const hidden = spans.length - named.length;
  printFact('outstanding', named.join(', '), hidden > 0 ? `, and ${formatCount(hidden)} more` : '');
}

/** A step as JSON: as it is recorded, with what was at the path of each change before it. */
export function stepAsJson(trace: Trace, stepIndex: number): object {
  const step = trace.step(stepIndex);
  const before = step.patch.length > 0 ? trace.stateAt(stepIndex - 1) : undefined;
  return {
    ...JSON.parse(formatStep(step)),
    changes: changesAsJson(before, step.patch),
    outstanding: trace.outstandingAt(stepIndex).map(({ id, action, emittedAt }) => ({
      id: encodeValue(id),
      action: encodeValue(action as Value),
      emittedAt,
    })),
  };
}

/** Changes as JSON, with the text of their paths and the values before them. */
export function changesAsJson(before: Value, patch: Patch): readonly object[] {
  return patch.map((change) => {
    const was = valueAt(before, change.path);
    return {
      kind: change.kind,
      path: formatPath(change.path),
      ...(was.found && change.kind !== 'spliced' ? { before: encodeValue(was.value) } : {}),
      ...('value' in change ? { after: encodeValue(change.value) } : {}),
      ...(change.kind === 'spliced'
        ? {
            index: change.index,
            removed: change.removed,
            inserted: change.inserted.map(encodeValue),
          }
        : {}),
    };
  });
}
