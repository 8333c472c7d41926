import { assertNever } from '../../core/assert.ts';
import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import type {
  ActionMessage,
  Lane,
  Message,
  ResultMessage,
  Sequence,
  SequenceRow,
} from '../../core/trace/sequence.ts';
import {
  describeAnswer,
  describeOperation,
  describeOutcome,
  fieldsOf,
  toneOf,
  toneSourceOf,
  type StepTone,
} from '../../core/trace/words/step-words.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownId, shownLabel, shownLine, shownName } from '../words/shown.ts';
import { notesOn } from '../words/step-notes.ts';

const LANE_NAMES: Readonly<Record<Exclude<Lane['kind'], 'system'>, string>> = {
  inputs: 'Inputs',
  machine: 'Machine',
  network: 'Network',
  others: 'Other systems',
  untracked: 'Untracked',
};

/** The name over a lane. */
export function nameOfLane(lane: Lane): string {
  return lane.kind === 'system' ? shownName(lane.label) : LANE_NAMES[lane.kind];
}

/** The words on an arrow: what it is, and what is unusual about it. */
export interface MessageWords {
  readonly label: string;
  readonly id?: string;
  readonly note?: string;
}

/** The words on the arrow of a message. */
export function wordsOn(message: Message, rows: readonly SequenceRow[]): MessageWords {
  const row = rows[message.row];
  if (!row) throw new RangeError(`there is no row ${message.row}`);
  switch (message.kind) {
    case 'input': {
      const { operation } = row.step;
      const fields = operation.kind === 'normal' ? fieldsOf(operation.input) : [];
      return { label: describeOperation(operation), note: fields.join(' · ') };
    }
    case 'action':
      return wordsOnAction(message);
    case 'result':
      return wordsOnResult(message, row.stepIndex);
    default:
      return assertNever(message, 'message');
  }
}

const ACTION_NOTES: Readonly<Record<ActionMessage['fate'], string>> = {
  sent: '',
  lost: 'not sent',
  refused: 'refused',
  discarded: 'rolled back',
};

function wordsOnAction({ emitted, fate }: ActionMessage): MessageWords {
  return {
    label: shownLabel(emitted.action),
    ...(emitted.kind === 'tracked' ? { id: shownId(emitted.id) } : {}),
    note: ACTION_NOTES[fate],
  };
}

function wordsOnResult(message: ResultMessage, stepIndex: number): MessageWords {
  const { result, id, fate, isDuplicate, overtakenBy, askedAt } = message;
  const notes = [
    ...(fate === 'lost' ? ['lost'] : []),
    ...(fate === 'keptOut' ? ['not taken in'] : []),
    ...(isDuplicate ? ['again'] : []),
    ...(overtakenBy > 0 ? [`overtaken by ${overtakenBy}`] : []),
    ...(askedAt === undefined ? ['not asked for'] : [`+${formatCount(stepIndex - askedAt)}`]),
  ];
  return { label: shownLabel(result), id: shownId(id), note: notes.join(', ') };
}

/** A message as a part of a sentence, for tooltips and for screen readers. */
export function describeMessage(message: Message, { rows }: Sequence): string {
  const { label, id = '' } = wordsOn(message, rows);
  const name = `${label} ${id}`.trim();
  const stepIndex = rows[message.row]?.stepIndex ?? -1;
  switch (message.kind) {
    case 'input':
      return `input ${name}`;
    case 'action':
      return `${describeSending(message)} ${name}${describeEnd(message)}`;
    case 'result':
      return `${name} ${describeArrival(message, stepIndex)}`;
    default:
      return assertNever(message, 'message');
  }
}

function describeSending({ fate }: ActionMessage): string {
  return fate === 'sent' ? 'sends' : `${ACTION_NOTES[fate]}:`;
}

const ENDS = {
  completed: 'completed at',
  crashed: 'the process died before its result, at',
  lost: 'lost at',
  replaced: 'replaced at',
} as const;

function describeEnd({ fate, ended, emitted }: ActionMessage): string {
  if (fate !== 'sent' || emitted.kind === 'untracked') return '';
  return ended
    ? `, ${ENDS[ended.how]} ${formatStepIndex(ended.at)}`
    : ', whose result has not arrived';
}

function describeArrival(message: ResultMessage, stepIndex: number): string {
  const { askedAt, fate, isDuplicate, overtakenBy } = message;
  const arrived = { takenIn: 'arrives', keptOut: 'is not taken in', lost: 'is lost' }[fate];
  return [
    isDuplicate ? `${arrived} again` : arrived,
    askedAt === undefined
      ? 'although nobody asked for it'
      : `${formatPlural(stepIndex - askedAt, 'step')} after its action at ${formatStepIndex(askedAt)}`,
    ...(overtakenBy > 0 ? [`overtaken by ${formatPlural(overtakenBy, 'later result')}`] : []),
  ].join(', ');
}

/** Words beside the machine, in the ink of a tone. */
export interface Note {
  readonly text: string;
  readonly ink: StepTone;
}

/** What is unusual about a step: its finding, or how it ended; nothing for most steps. */
export function noteOn({ step }: SequenceRow): Note | undefined {
  const [finding] = step.findings;
  if (finding) return { text: shownName(finding.name), ink: 'finding' };
  const tone = toneOf(toneSourceOf(step));
  if (tone === 'ok' || step.operation.kind === 'loss') return undefined;
  const isEvent = step.operation.kind === 'crash' || step.operation.kind === 'settled';
  if (isEvent || step.operation.kind === 'restore') {
    const failed = step.outcome.kind === 'ok' ? '' : `: ${describeOutcome(step)}`;
    return { text: `${describeOperation(step.operation)}${failed}`, ink: tone };
  }
  return { text: describeOutcome(step), ink: tone };
}

/** A row as a sentence, for screen readers. */
export function describeRow(row: number, sequence: Sequence): string {
  const at = sequence.rows[row];
  if (!at) throw new RangeError(`there is no row ${row}`);
  const { step, stepIndex } = at;
  const { kind } = step.operation;
  const messages = sequence.messages.filter((message) => message.row === row);
  const own = messages.filter((message) => message.kind !== 'input');
  const isGiven = kind === 'normal' || kind === 'trackedActionCompleted';
  const name = describeOperation(step.operation);
  return [
    `${formatStepIndex(stepIndex)}: ${isGiven ? `${OPERATION_WORDS[kind]} ` : ''}${name}`,
    describeAnswer(step),
    ...own.map((message) => describeMessage(message, sequence)),
    ...(isGiven ? notesOn(step, undefined).map(({ text }) => text) : []),
    ...step.findings.map(({ message }) => `finding: ${shownLine(message)}`),
  ].join('; ');
}
