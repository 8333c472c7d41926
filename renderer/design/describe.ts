import { assertNever } from '../../core/assert.ts';
import type { Outcome } from '../../core/machine/executed.ts';
import type { Operation } from '../../core/machine/operation.ts';
import type { Step } from '../../core/trace/format.ts';
import { formatKey } from '../../core/value/path.ts';
import type { Value } from '../../core/value/value.ts';

/**
 * The name that a value goes by: what its `kind`, `type` or `name` says, or the text itself; the
 * name of its only key, as enums of other languages are written; or what it is.
 */
export function labelOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return formatKey(value as Value);
  for (const key of ['kind', 'type', 'name']) {
    const label: unknown = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof label === 'string' && label !== '') return label;
  }
  const keys = Object.keys(value);
  return keys.length === 1 ? (keys[0] as string) : 'value';
}

/** The name of an operation: its input's, its result's, or the fault's. */
export function describeOperation(operation: Operation): string {
  switch (operation.kind) {
    case 'input':
      return labelOf(operation.input);
    case 'completion':
      return labelOf(operation.result);
    case 'crash':
      return 'Crash';
    case 'restore':
      return 'Restore';
    case 'loss':
      return `Lost: ${labelOf(operation.result)}`;
    case 'settled':
      return 'Settled';
    default:
      return assertNever(operation, 'operation');
  }
}

/** How a step ended, in a word or two: `ok`, the rejection, or the error. */
export function describeOutcome({ outcome, operation }: Step): string {
  switch (outcome.kind) {
    case 'ok':
      return operation.kind === 'crash' ? 'process died' : 'ok';
    case 'err':
      return labelOf(outcome.error);
    case 'panic':
      return outcome.error.name;
    case 'crashed':
      return 'died before its commit';
    default:
      return assertNever(outcome, 'outcome');
  }
}

/** What a step amounts to, which decides its colour and shape everywhere. */
export type StepTone = 'ok' | 'rejected' | 'finding' | 'crash' | 'restore';

/** The tone of a step, from the flags that a glance holds as well. */
export function toneOf(step: {
  readonly operation: Operation['kind'];
  readonly outcome: Outcome['kind'];
  readonly hasFinding: boolean;
}): StepTone {
  if (step.hasFinding || step.outcome === 'panic') return 'finding';
  if (step.operation === 'crash' || step.operation === 'restore') return step.operation;
  if (step.outcome === 'crashed') return 'crash';
  return step.outcome === 'err' ? 'rejected' : 'ok';
}
