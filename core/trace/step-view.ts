import type { Expression, Evaluated, StepView } from './expression.ts';
import type { Step } from './format.ts';
import { isOutstandingAt, type SpanEnding, type TrackedSpan } from './spans.ts';
import type { Trace } from './trace.ts';

/** The step of a trace under evaluation: whatever an expression does not read is never computed. */
export class TraceStepView implements StepView {
  readonly #trace: Trace;
  #at = -1;
  #outstanding: OutstandingWalk | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Moves to a step; -1 is the initial state. */
  moveTo(stepIndex: number): this {
    this.#at = stepIndex;
    return this;
  }

  get step(): number {
    return this.#at;
  }

  get state(): unknown {
    return this.#trace.stateAt(this.#at);
  }

  get before(): unknown {
    return this.#trace.stateAt(Math.max(-1, this.#at - 1));
  }

  get input(): unknown {
    const operation = this.#step?.operation;
    if (operation === undefined) return null;
    if ('input' in operation) return operation.input;
    return 'result' in operation ? operation.result : null;
  }

  get id(): unknown {
    const operation = this.#step?.operation;
    return operation !== undefined && 'id' in operation ? operation.id : null;
  }

  get actions(): unknown {
    return this.#step?.actions ?? [];
  }

  get outcome(): unknown {
    return this.#step?.outcome ?? { kind: 'ok' };
  }

  get findings(): unknown {
    return this.#step?.findings ?? this.#trace.header.initialFindings;
  }

  get kind(): unknown {
    return this.#at < 0 ? 'start' : this.#trace.glance(this.#at).operation;
  }

  get outstanding(): unknown {
    this.#outstanding ??= new OutstandingWalk(this.#trace);
    return this.#outstanding.at(this.#at);
  }

  get tallies(): unknown {
    return this.#trace.end?.tallies ?? {};
  }

  get #step(): Step | undefined {
    return this.#at < 0 ? undefined : this.#trace.step(this.#at);
  }
}

/** What is outstanding after each step, at the cost of what changed since the step asked for before. */
class OutstandingWalk {
  readonly #trace: Trace;
  #at = -2;
  #open = new Map<number, TrackedSpan>();
  #spans = 0;
  #endings = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  at(stepIndex: number): readonly TrackedSpan[] {
    if (stepIndex < this.#at) this.#begin();
    const { spans, endings } = this.#trace.index;
    this.#at = stepIndex;
    for (
      ;
      (spans[this.#spans]?.emittedAt ?? Number.POSITIVE_INFINITY) <= stepIndex;
      this.#spans += 1
    )
      this.#open.set(this.#spans, spans[this.#spans] as TrackedSpan);
    for (
      ;
      (endings[this.#endings]?.at ?? Number.POSITIVE_INFINITY) <= stepIndex;
      this.#endings += 1
    )
      this.#open.delete((endings[this.#endings] as SpanEnding).span);
    return [...this.#open.values()].filter((span) => isOutstandingAt(span, stepIndex));
  }

  #begin(): void {
    this.#open = new Map();
    [this.#spans, this.#endings] = [0, 0];
  }
}

/** What an expression was at one step after another. */
export interface StepResult {
  readonly stepIndex: number;
  readonly result: Evaluated;
}

/** What of a step an expression may read while its state stays the same. */
const OF_THE_STATE: ReadonlySet<string> = new Set(['state', 'tallies']);

/**
 * Evaluates an expression at the steps from one on, in order. An expression that reads the state alone is
 * evaluated only where that changes. Yields at each evaluation.
 */
export function* evaluateSteps(
  trace: Trace,
  expression: Expression,
  from = -1,
): Generator<StepResult, void, undefined> {
  const view = new TraceStepView(trace);
  const isOfState = [...expression.names].every((name) => OF_THE_STATE.has(name));
  const { changedSteps } = trace;
  if (!isOfState) {
    for (let at = from; at < trace.length; at += 1)
      yield { stepIndex: at, result: expression.evaluate(view.moveTo(at)) };
    return;
  }
  yield { stepIndex: from, result: expression.evaluate(view.moveTo(from)) };
  for (const at of changedSteps) {
    if (at > from) yield { stepIndex: at, result: expression.evaluate(view.moveTo(at)) };
  }
}
