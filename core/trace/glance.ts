import { keysOf } from '../keys-of.ts';
import type { Outcome } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import type { Step } from './format/format.ts';

/** The flags of a glance, in the order of their bits, and when they are set. */
const FLAGS = {
  hasChangedState: ({ patch }) => patch.length > 0,
  hasFinding: ({ findings }) => findings.length > 0,
  hasActions: ({ actions }) => actions.length > 0,
  /** A fault struck inside the step. */
  hasFault: ({ operation }) => 'fault' in operation && operation.fault !== undefined,
  /** The completion was delivered before. */
  isDuplicate: ({ operation }) => 'isDuplicate' in operation && operation.isDuplicate,
  /** The crash kept actions from being dispatched. */
  hasLostActions: ({ lost }) => lost.length > 0,
  /** The actions container refused an action. */
  hasRefusedAction: ({ refused }) => refused.length > 0,
  /** Something was printed in it. */
  hasOutput: ({ output }) => output.length > 0,
} as const satisfies Readonly<Record<string, (step: Step) => boolean>>;

type Flag = keyof typeof FLAGS;

/** What a step is, in fourteen bits: a million steps can be drawn without parsing a line. */
export interface StepGlance extends Readonly<Record<Flag, boolean>> {
  readonly operation: Operation['kind'];
  readonly outcome: Outcome['kind'];
}

const OPERATION_CODES: Readonly<Record<Operation['kind'], number>> = {
  normal: 0,
  trackedActionCompleted: 1,
  crash: 2,
  restore: 3,
  loss: 4,
  settled: 5,
};
const OUTCOME_CODES: Readonly<Record<Outcome['kind'], number>> = {
  ok: 0,
  err: 1,
  panic: 2,
  crashed: 3,
  hang: 4,
};
const OUTCOME_SHIFT = 3;
const FLAGS_SHIFT = 6;

/** Each flag's test, with its bit. */
const FLAG_TESTS = Object.values<(step: Step) => boolean>(FLAGS).map((isSet, at) => ({
  isSet,
  bit: 1 << (FLAGS_SHIFT + at),
}));
const FLAG_NAMES = keysOf(FLAGS);
const OPERATIONS = keysOf(OPERATION_CODES);
const OUTCOMES = keysOf(OUTCOME_CODES);

/** The bits of a step: three for the operation, three for the outcome, eight flags. */
export function packGlance(step: Step): number {
  let bits =
    OPERATION_CODES[step.operation.kind] | (OUTCOME_CODES[step.outcome.kind] << OUTCOME_SHIFT);
  for (const { isSet, bit } of FLAG_TESTS) if (isSet(step)) bits |= bit;
  return bits;
}

/** All glances by their bits, made once: unpacking allocates nothing. */
const GLANCES = Array.from({ length: 1 << (FLAGS_SHIFT + FLAG_NAMES.length) }, (_, bits) => ({
  operation: OPERATIONS[bits & 7] ?? 'normal',
  outcome: OUTCOMES[(bits >> OUTCOME_SHIFT) & 7] ?? 'ok',
  ...(Object.fromEntries(
    FLAG_NAMES.map((name, at) => [name, (bits & (1 << (FLAGS_SHIFT + at))) !== 0]),
  ) as Readonly<Record<Flag, boolean>>),
})) satisfies readonly StepGlance[];

/** Reads the bits of a step. */
export function unpackGlance(bits: number): StepGlance {
  return GLANCES[bits] as StepGlance;
}
