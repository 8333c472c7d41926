import type { Executed, UnreadStep } from '../machine/executed.ts';
import { ok, type Err } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { applyPatches } from '../value/patch.ts';
import { freeze, type Value } from '../value/value.ts';
import type { Step } from './format/format.ts';
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

const NONE: readonly never[] = [];

/** A step passed on a walk through a trace: nothing of its line is read before it is asked for. */
export class PassedStep implements UnreadStep {
  readonly #trace: Trace;
  readonly stepIndex: number;
  readonly before: State;
  readonly after: State;
  readonly #whole: Step | undefined;

  /** @param before the state before it. */
  constructor(trace: Trace, stepIndex: number, before: Value) {
    this.#trace = trace;
    this.stepIndex = stepIndex;
    this.before = before;
    this.after = before;
    if (!trace.glance(stepIndex).hasChangedState) return;
    // Digests are not compared: a state that is asked for by its step is.
    this.#whole = trace.wholeStep(stepIndex);
    this.after = freeze(applyPatches(before, [this.#whole.patch]));
  }

  get operation(): Operation['kind'] {
    return this.#trace.glance(this.stepIndex).operation;
  }

  get hasFault(): boolean {
    return this.#trace.glance(this.stepIndex).hasFault;
  }

  read(): Executed {
    // Each is passed once, so that none need be kept.
    const whole = this.#whole ?? this.#trace.wholeStep(this.stepIndex);
    const { checkpoint: _, patch: __, stateHash: ___, ...step } = whole;
    const { before, after } = this;
    const attempted =
      step.attempted.length === 0
        ? after
        : (freeze(applyPatches(before as Value, [step.attempted])) as State);
    return { ...step, before, after, attempted };
  }

  as(operation: Operation): Executed {
    return new OutlinedStep(this.#trace, this, operation);
  }
}

/**
 * A step of which only what is not in its outline is read, when it is asked for: it has emitted nothing, and nothing
 * was found in it.
 */
class OutlinedStep implements Executed {
  readonly #trace: Trace;
  readonly stepIndex: number;
  readonly operation: Operation;
  readonly outcome: Executed['outcome'];
  readonly actions = NONE;
  readonly refused = NONE;
  readonly before: State;
  readonly after: State;
  readonly findings = NONE;
  readonly recovered = NONE;

  constructor(trace: Trace, { stepIndex, before, after }: PassedStep, operation: Operation) {
    this.#trace = trace;
    this.stepIndex = stepIndex;
    this.operation = operation;
    const { outcome } = trace.glance(stepIndex);
    this.outcome = outlinedOutcome(outcome) ?? new UnreadRejection(trace, stepIndex);
    this.before = before;
    this.after = after;
  }

  get lost(): Executed['lost'] {
    const { hasLostActions } = this.#trace.glance(this.stepIndex);
    return hasLostActions ? this.#trace.step(this.stepIndex).lost : NONE;
  }

  get discarded(): Executed['discarded'] {
    return this.outcome.kind === 'ok' ? NONE : this.#trace.step(this.stepIndex).discarded;
  }

  get attempted(): State {
    if (this.outcome.kind === 'ok') return this.after;
    return recordedStep(this.#trace, this.stepIndex).attempted;
  }

  get output(): Executed['output'] {
    const { hasOutput } = this.#trace.glance(this.stepIndex);
    return hasOutput ? this.#trace.step(this.stepIndex).output : NONE;
  }
}

const CRASHED = { kind: 'crashed' } as const;

/** An outcome that is known by its kind alone. */
function outlinedOutcome(kind: Executed['outcome']['kind']): Executed['outcome'] | undefined {
  if (kind === 'ok') return ok();
  return kind === 'crashed' ? CRASHED : undefined;
}

/** The rejection of a step, whose reason is read when it is asked for. */
class UnreadRejection implements Err<unknown> {
  readonly kind = 'err';
  readonly #trace: Trace;
  readonly #stepIndex: number;

  constructor(trace: Trace, stepIndex: number) {
    this.#trace = trace;
    this.#stepIndex = stepIndex;
  }

  get error(): unknown {
    return (this.#trace.step(this.#stepIndex).outcome as Err<unknown>).error;
  }
}

/** The steps of a trace from one to before another, in order. */
export function* passedSteps(trace: Trace, from: number, to: number): Generator<PassedStep> {
  let state = trace.stateAt(from - 1);
  for (let at = from; at < to; at += 1) {
    const passed = new PassedStep(trace, at, state);
    yield passed;
    state = passed.after as Value;
  }
}
