import type { Operation } from '../machine/scenario.ts';
import type { Step } from './format.ts';

/** What a step is, in one byte: a million steps can be drawn without parsing a line. */
export interface StepGlance {
  readonly operation: Operation['kind'];
  readonly outcome: 'ok' | 'err' | 'panic';
  readonly hasChangedState: boolean;
  readonly hasFinding: boolean;
  readonly hasActions: boolean;
}

const OPERATION_KINDS = ['input', 'completion', 'crash', 'restore'] as const;
const OUTCOME_KINDS = ['ok', 'err', 'panic'] as const;
const CHANGED = 1 << 4;
const FINDING = 1 << 5;
const ACTIONS = 1 << 6;

/** The byte of a step: two bits for the operation, two for the outcome, three flags. */
export function packGlance(step: Step): number {
  return (
    OPERATION_KINDS.indexOf(step.operation.kind) |
    (OUTCOME_KINDS.indexOf(step.outcome.kind) << 2) |
    (step.patch.length > 0 ? CHANGED : 0) |
    (step.findings.length > 0 ? FINDING : 0) |
    (step.actions.length > 0 ? ACTIONS : 0)
  );
}

/** All glances by their byte, made once: unpacking allocates nothing. */
const GLANCES: readonly StepGlance[] = Array.from({ length: 128 }, (_, byte) => ({
  operation: OPERATION_KINDS[byte & 3] ?? 'input',
  outcome: OUTCOME_KINDS[(byte >> 2) & 3] ?? 'ok',
  hasChangedState: (byte & CHANGED) !== 0,
  hasFinding: (byte & FINDING) !== 0,
  hasActions: (byte & ACTIONS) !== 0,
}));

/** Reads the byte of a step. */
export function unpackGlance(byte: number): StepGlance {
  return GLANCES[byte] as StepGlance;
}
