import type { Executed, UnreadStep } from '../machine/executed.ts';
import { ok, type Err } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { applyPatches } from '../value/patch.ts';
import { freeze, type Value } from '../value/value.ts';
import type { Step } from './format/format.ts';
import type { StepGlance } from './glance.ts';
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

/**
 * A walk through the steps of a trace, in order, at one of them at a time: it allocates nothing for a step that is not
 * read, and reads nothing of its line before that is asked for.
 */
class Walk implements UnreadStep {
  readonly #trace: Trace;
  stepIndex: number;
  before: State;
  after: State;
  #glance: StepGlance;
  #whole: Step | undefined;

  /** A walk that begins at a step of the trace. */
  constructor(trace: Trace, stepIndex: number) {
    this.#trace = trace;
    this.stepIndex = stepIndex;
    this.before = trace.stateAt(stepIndex - 1);
    this.after = this.before;
    this.#glance = trace.glance(stepIndex);
    this.#change();
  }

  /** Goes on to the next step, which there must be. */
  next(): void {
    this.stepIndex += 1;
    this.before = this.after;
    this.#glance = this.#trace.glance(this.stepIndex);
    this.#whole = undefined;
    this.#change();
  }

  /** Makes the state after the step. */
  #change(): void {
    if (!this.#glance.hasChangedState) return;
    // Digests are not compared: a state that is asked for by its step is.
    this.#whole = this.#trace.wholeStep(this.stepIndex);
    this.after = freeze(applyPatches(this.before as Value, [this.#whole.patch]));
  }

  get operation(): Operation['kind'] {
    return this.#glance.operation;
  }

  get hasFault(): boolean {
    return this.#glance.hasFault;
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
    return new OutlinedStep(this.#trace, this, this.#glance.outcome, operation);
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

  constructor(
    trace: Trace,
    { stepIndex, before, after }: Walk,
    outcome: Executed['outcome']['kind'],
    operation: Operation,
  ) {
    this.#trace = trace;
    this.stepIndex = stepIndex;
    this.operation = operation;
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

/**
 * Passes the steps of a trace from one to before another, in order. Each is to be looked at in the call that it is
 * given to, since they are one object.
 */
export function passSteps(
  trace: Trace,
  from: number,
  to: number,
  pass: (step: UnreadStep) => void,
): void {
  if (from >= to) return;
  const walk = new Walk(trace, from);
  pass(walk);
  for (let at = from + 1; at < to; at += 1) {
    walk.next();
    pass(walk);
  }
}
