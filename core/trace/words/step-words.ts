import { assertNever } from '../../assert.ts';
import type { Operation } from '../../machine/operation.ts';
import { formatCount } from '../../text/counts.ts';
import { fieldsBesideLabel, labelOf } from '../../value/label.ts';
import { formatKey } from '../../value/path.ts';
import { shownLabel, shownLine } from '../../value/shown.ts';
import type { Value } from '../../value/value.ts';
import type { Step } from '../format/format.ts';
import type { StepGlance } from '../glance.ts';

/** The name of an operation: its input's, its result's, or the fault's. */
export function describeOperation(operation: Operation): string {
  switch (operation.kind) {
    case 'normal':
      return shownLabel(operation.input);
    case 'trackedActionCompleted':
      return shownLabel(operation.result);
    case 'crash':
      return 'Crash';
    case 'restore':
      return 'Restore';
    case 'loss':
      return `Lost: ${shownLabel(operation.result)}`;
    case 'settled':
      return 'Settled';
    default:
      return assertNever(operation, 'operation');
  }
}

/** The most fields of a value that are named in short. */
const FIELDS_MAX = 6;

/**
 * The plain fields of a value beside its label, in short: `userId 7`, `amountCents 5000`.
 *
 * @param known a value that is shown beside them: a field that repeats it is left out.
 */
export function fieldsOf(value: unknown, known?: unknown): readonly string[] {
  const fields = fieldsBesideLabel(value).flatMap(([name, field]) => {
    if ((typeof field === 'object' && field !== null) || field === known) return [];
    const text = typeof field === 'string' ? field : formatKey(field as Value);
    return [shownLine(`${name} ${text}`)];
  });
  return fields.slice(0, FIELDS_MAX);
}

/** How a step ended, in a word or two: `ok`, the rejection, the error, or the interruption. */
export function describeOutcome({ outcome, operation }: Step): string {
  switch (outcome.kind) {
    case 'ok':
      return OK_WORDS[operation.kind];
    case 'err':
      return hasFault(operation)
        ? (FAULT_ERRORS.get(labelOf(outcome.error)) ?? shownLabel(outcome.error))
        : shownLabel(outcome.error);
    case 'panic':
      return shownLine(outcome.error.name);
    case 'crashed':
      return 'process died';
    case 'hang':
      return 'did not end';
    default:
      return assertNever(outcome, 'outcome');
  }
}

/** The outcome in brief, with anything unusual about its step: `ok, second time`. */
export function describeAnswer(step: Step): string {
  const { operation, outcome, refused } = step;
  const isDuplicate = operation.kind === 'trackedActionCompleted' && operation.isDuplicate === true;
  const parts = [
    describeOutcome(step),
    ...(isDuplicate ? ['second time'] : []),
    // An error implies the refusal.
    ...(refused.length > 0 && outcome.kind === 'ok'
      ? [`${formatCount(refused.length)} refused`]
      : []),
  ];
  return parts.join(', ');
}

const OK_WORDS: Readonly<Record<Operation['kind'], string>> = {
  normal: 'ok',
  trackedActionCompleted: 'ok',
  crash: 'process died',
  restore: 'ok',
  loss: 'never arrived',
  settled: 'end of the run',
};

/** The errors that faults cause. A machine may use the same names for its own rejections. */
const FAULT_ERRORS: ReadonlyMap<string, string> = new Map([
  ['StorageFailed', 'storage failed'],
  ['ActionRefused', 'action refused'],
]);

function hasFault(operation: Operation): boolean {
  return 'fault' in operation && operation.fault !== undefined;
}

/**
 * The tone of a step, which decides its colour and shape everywhere. A `failed` step is rolled back
 * because of a fault, and a `died` one because its process died inside it: the machine has rejected
 * neither.
 */
export type StepTone =
  | 'ok'
  | 'rejected'
  | 'failed'
  | 'finding'
  | 'died'
  | 'crash'
  | 'restore'
  | 'loss'
  | 'settled';

/** The data that decide the tone of a step; a glance has them. */
export type ToneSource = Pick<StepGlance, 'operation' | 'outcome' | 'hasFinding' | 'hasFault'>;

/** The tone of a step, from the flags that a glance has as well. */
export function toneOf(step: ToneSource): StepTone {
  if (step.hasFinding || step.outcome === 'panic' || step.outcome === 'hang') return 'finding';
  switch (step.operation) {
    case 'crash':
    case 'restore':
    case 'loss':
    case 'settled':
      return step.operation;
    case 'normal':
    case 'trackedActionCompleted':
      return toneOfOutcome(step);
    default:
      return assertNever(step.operation, 'operation');
  }
}

/** The tone of a step's outcome alone, regardless of findings. */
export function toneOfOutcome(step: Omit<ToneSource, 'hasFinding'>): StepTone {
  switch (step.outcome) {
    case 'ok':
      return step.operation === 'normal' || step.operation === 'trackedActionCompleted'
        ? 'ok'
        : step.operation;
    case 'err':
      return step.hasFault ? 'failed' : 'rejected';
    case 'panic':
    case 'hang':
      return 'finding';
    case 'crashed':
      return 'died';
    default:
      return assertNever(step.outcome, 'outcome');
  }
}

/** The flags that decide the tone, from a whole step. */
export function toneSourceOf({ operation, outcome, findings }: Step): ToneSource {
  return {
    operation: operation.kind,
    outcome: outcome.kind,
    hasFinding: findings.length > 0,
    hasFault: hasFault(operation),
  };
}
