import type { Outcome } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import type { Step } from './format.ts';

/** What a step is, in twelve bits: a million steps can be drawn without parsing a line. */
export interface StepGlance {
  readonly operation: Operation['kind'];
  readonly outcome: Outcome['kind'];
  readonly hasChangedState: boolean;
  readonly hasFinding: boolean;
  readonly hasActions: boolean;
  /** A fault struck inside the step. */
  readonly hasFault: boolean;
  /** The completion was delivered before. */
  readonly isDuplicate: boolean;
  /** The crash kept actions from being dispatched. */
  readonly hasLostActions: boolean;
  /** The actions container refused an action. */
  readonly hasRefusedAction: boolean;
}

const OPERATION_KINDS = ['input', 'completion', 'crash', 'restore', 'loss', 'settled'] as const;
const OUTCOME_KINDS = ['ok', 'err', 'panic', 'crashed'] as const;
const OUTCOME_SHIFT = 3;
const CHANGED = 1 << 5;
const FINDING = 1 << 6;
const ACTIONS = 1 << 7;
const FAULT = 1 << 8;
const DUPLICATE = 1 << 9;
const LOST = 1 << 10;
const REFUSED = 1 << 11;
const GLANCE_COUNT = 1 << 12;

/** The bits of a step: three for the operation, two for the outcome, seven flags. */
export function packGlance(step: Step): number {
  const { operation, outcome } = step;
  return (
    OPERATION_KINDS.indexOf(operation.kind) |
    (OUTCOME_KINDS.indexOf(outcome.kind) << OUTCOME_SHIFT) |
    (step.patch.length > 0 ? CHANGED : 0) |
    (step.findings.length > 0 ? FINDING : 0) |
    (step.actions.length > 0 ? ACTIONS : 0) |
    ('fault' in operation && operation.fault ? FAULT : 0) |
    ('isDuplicate' in operation && operation.isDuplicate ? DUPLICATE : 0) |
    (step.lost.length > 0 ? LOST : 0) |
    (step.refused.length > 0 ? REFUSED : 0)
  );
}

/** All glances by their bits, made once: unpacking allocates nothing. */
const GLANCES: readonly StepGlance[] = Array.from({ length: GLANCE_COUNT }, (_, bits) => ({
  operation: OPERATION_KINDS[bits & 7] ?? 'input',
  outcome: OUTCOME_KINDS[(bits >> OUTCOME_SHIFT) & 3] ?? 'ok',
  hasChangedState: (bits & CHANGED) !== 0,
  hasFinding: (bits & FINDING) !== 0,
  hasActions: (bits & ACTIONS) !== 0,
  hasFault: (bits & FAULT) !== 0,
  isDuplicate: (bits & DUPLICATE) !== 0,
  hasLostActions: (bits & LOST) !== 0,
  hasRefusedAction: (bits & REFUSED) !== 0,
}));

/** Reads the bits of a step. */
export function unpackGlance(bits: number): StepGlance {
  return GLANCES[bits] as StepGlance;
}
