import { assertNever } from '../../core/assert.ts';
import type { Operation, StepFault } from '../../core/machine/operation.ts';
import type { Step } from '../../core/trace/format/format.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { describeLoop } from '../../core/trace/words/counterexample-words.ts';
import { describeStrike } from '../../core/trace/words/surroundings-words.ts';
import type { Mark } from '../theme/marks.ts';
import { formatCount, formatPlural, formatStepIndex } from './format.ts';
import { shownLabel } from './shown.ts';

/** An act of the simulation in a step, in words. */
export interface StepNote {
  readonly mark: Mark;
  /** The event, as a sentence without its full stop. */
  readonly text: string;
  /** Its consequence or meaning: a sentence. */
  readonly consequence?: string;
}

/**
 * The acts of the simulation in a step besides giving the machine an input; none for most steps.
 *
 * @param before the step before it, which says what a crash interrupted.
 */
export function notesOn(step: Step, before: Step | undefined): readonly StepNote[] {
  const { operation } = step;
  switch (operation.kind) {
    case 'normal':
      return faultNotes(operation.fault, step);
    case 'trackedActionCompleted':
      return [...faultNotes(operation.fault, step), ...duplicateNotes(operation)];
    case 'restore':
      return restoreNotes(step, operation.fault);
    case 'crash':
      return [crashNote(step, operation.dispatched, before)];
    case 'loss':
      return [LOSS];
    case 'settled':
      return [operation.isDown ? DOWN : operation.isEndless ? ENDLESS : SETTLED];
    default:
      return assertNever(operation, 'operation');
  }
}

const LOSS: StepNote = {
  mark: 'loss',
  text: 'The result got lost on its way',
  consequence:
    'The machine does not get it and keeps waiting. The result is delivered when the faults ' +
    'have stopped.',
};

const SETTLED: StepNote = {
  mark: 'settled',
  text: 'The end of the run',
  consequence:
    'The faults have stopped, and everything outstanding is delivered. The settled properties are ' +
    'checked now, on the machine and the external systems together.',
};

const ENDLESS: StepNote = {
  mark: 'settled',
  text: 'The end of the run, cut short',
  consequence: 'There is always one more message to deliver: the run would never settle.',
};

const DOWN: StepNote = {
  mark: 'settled',
  text: 'The end of the run: the machine stays down',
  consequence:
    'It was started again repeatedly after the crash, and restore failed each time. Nothing more ' +
    'can be delivered, and its state cannot be checked.',
};

const FAULT_MARKS: Readonly<Record<StepFault['kind'], Mark>> = {
  crashAtAccess: 'died',
  crashBeforeCommit: 'died',
  accessFails: 'storage',
  commitFails: 'storage',
  actionRefused: 'refused',
};

function faultNotes(fault: StepFault | undefined, { outcome }: Step): readonly StepNote[] {
  if (!fault) return [];
  const consequence = consequenceOf(fault, outcome.kind);
  return [{ mark: FAULT_MARKS[fault.kind], text: describeStrike(fault), consequence }];
}

function consequenceOf(fault: StepFault, outcome: Step['outcome']['kind']): string {
  switch (outcome) {
    case 'ok':
      return fault.kind === 'actionRefused'
        ? 'The machine returned ok all the same: the state was committed without the action.'
        : 'The machine handled it and returned ok.';
    case 'err':
      return 'The step was rolled back, and nothing that it emitted was sent.';
    case 'panic':
      return 'The machine did not handle it and panicked; the step was rolled back.';
    case 'crashed':
      return 'The whole step is lost. The crash is the next step.';
    case 'hang':
      return 'The machine did not handle it, and the step did not end.';
    default:
      return assertNever(outcome, 'outcome');
  }
}

function duplicateNotes(
  operation: Operation & { kind: 'trackedActionCompleted' },
): readonly StepNote[] {
  if (operation.isDuplicate !== true) return [];
  return [
    {
      mark: 'duplicate',
      text: 'Delivered a second time',
      consequence:
        'The network has delivered the message twice: the machine must ignore the second one.',
    },
  ];
}

function restoreNotes(
  { outcome, refused }: Step,
  fault: StepFault | undefined,
): readonly StepNote[] {
  if (outcome.kind === 'ok' && refused.length > 0) {
    const what = fault ? lowerFirst(describeStrike(fault)) : 'the container refused an action';
    return [
      {
        mark: 'restoreRefused',
        text: `The process is back, but ${what}`,
        consequence:
          'restore caught the refusal: the action is not under way, and no result of it will come.',
      },
    ];
  }
  if (outcome.kind === 'ok') {
    const consequence =
      'From the state alone, restore emits the outstanding tracked actions again.';
    return [{ mark: 'restore', text: 'The process is back', consequence }];
  }
  return [
    {
      mark: 'restoreFailed',
      text: fault ? `Restore failed: ${lowerFirst(describeStrike(fault))}` : 'Restore failed',
      consequence: describeFailedRestore(outcome),
    },
  ];
}

function describeFailedRestore(outcome: Exclude<Step['outcome'], { kind: 'ok' }>): string {
  switch (outcome.kind) {
    case 'err':
      return `It returned ${shownLabel(outcome.error)}. The machine is not back yet.`;
    case 'panic':
      return 'It panicked. The machine is not back yet.';
    case 'crashed':
      return 'The machine is not back yet. The crash is the next step.';
    case 'hang':
      return 'It did not end. The machine is not back.';
    default:
      return assertNever(outcome, 'outcome');
  }
}

function crashNote(step: Step, dispatched: number, before: Step | undefined): StepNote {
  const { lost, stepIndex } = step;
  const mark = lost.length > 0 ? 'crashWithLoss' : 'crash';
  const place = formatStepIndex(stepIndex - 1);
  if (before?.outcome.kind === 'crashed') {
    return {
      mark,
      text: `The process died inside ${place}`,
      consequence: 'It had not reached its commit: the whole step is lost.',
    };
  }
  return {
    mark,
    text: `The process died after the commit of ${place}`,
    consequence: describeDispatch(dispatched, lost.length),
  };
}

/** How many of the actions of the step before were sent when the process died. */
export function describeDispatch(dispatched: number, lost: number): string {
  if (dispatched + lost === 0) return 'That step had emitted nothing.';
  if (lost === 0) return 'Everything that it had emitted was dispatched.';
  if (dispatched === 0) {
    return lost === 1
      ? 'The action that it had emitted was never sent.'
      : `None of the ${formatCount(lost)} actions that it had emitted was sent.`;
  }
  const all = formatPlural(dispatched + lost, 'action');
  return `Of the ${all} that it had emitted, ${formatCount(lost)} ${lost === 1 ? 'was' : 'were'} never sent.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The acts of the simulation in a step of a trace, and where the run goes on after its last one. */
export function notesAt(trace: Trace, stepIndex: number): readonly StepNote[] {
  const notes = notesOn(
    trace.step(stepIndex),
    stepIndex > 0 ? trace.step(stepIndex - 1) : undefined,
  );
  const loop = stepIndex === trace.length - 1 ? describeLoop(trace) : undefined;
  if (loop === undefined) return notes;
  const consequence = 'From there, the run repeats the same steps for ever.';
  return [...notes, { mark: 'settled', text: loop, consequence }];
}
