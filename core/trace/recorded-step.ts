import type { Executed } from '../machine/executed.ts';
import { applyPatches } from '../value/patch.ts';
import { freeze, type Value } from '../value/value.ts';
import type { Trace } from './trace.ts';

type State = Executed['before'];

/**
 * A step of a trace as it was when it was executed. Its states are rebuilt when they are read: whoever
 * looks at the operation and its effects alone need not pay for them.
 *
 * @throws {RangeError} when there is no such step.
 */
export function recordedStep(trace: Trace, stepIndex: number): Executed {
  const {
    operation,
    outcome,
    actions,
    discarded,
    refused,
    lost,
    findings,
    recovered,
    output,
    attempted,
  } = trace.step(stepIndex);
  return {
    stepIndex,
    operation,
    outcome,
    actions,
    discarded,
    refused,
    lost,
    get before() {
      return trace.stateAt(stepIndex - 1) as State;
    },
    get after() {
      return trace.stateAt(stepIndex) as State;
    },
    get attempted() {
      if (attempted.length === 0) return this.after;
      return freeze(applyPatches(this.before as Value, [attempted])) as State;
    },
    findings,
    recovered,
    output,
  };
}

/** The steps of a trace before one, in order. */
export function* recordedSteps(trace: Trace, to: number = trace.length): Generator<Executed> {
  for (let at = 0; at < to; at += 1) yield recordedStep(trace, at);
}
