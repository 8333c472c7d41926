import { decodeValue } from '../../value/encoding.ts';
import { applyPatches } from '../../value/patch.ts';
import { freeze, type Value } from '../../value/value.ts';
import type { StepGlance } from '../glance.ts';
import { lastAtMost } from '../last-at-most.ts';
import { isOutstandingAt, type SpanEnding, type TrackedSpan } from '../spans.ts';
import type { Trace } from '../trace.ts';
import { touches, type StateRead } from './expression-reads.ts';
import type { Expression, Evaluated, StepView } from './expression.ts';

/** The step of a trace under evaluation: whatever an expression does not read is never computed. */
export class TraceStepView implements StepView {
  readonly #trace: Trace;
  #at = -1;
  #outstanding: OutstandingWalk | undefined;
  readonly #states: States;

  /** @param states where the states come from. */
  constructor(trace: Trace, states: States = new StateWalk(trace)) {
    this.#trace = trace;
    this.#states = states;
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
    return this.#states.at(this.#at);
  }

  get before(): unknown {
    return this.#states.before(this.#at);
  }

  get input(): unknown {
    if (this.#at < 0) return null;
    const { operation } = this.#trace.glance(this.#at);
    if (operation === 'normal') return decodeValue(this.#json.operation['input']);
    const isResult = operation === 'trackedActionCompleted' || operation === 'loss';
    return isResult ? decodeValue(this.#json.operation['result']) : null;
  }

  get id(): unknown {
    const id = this.#at < 0 ? undefined : this.#json.operation['id'];
    return id === undefined ? null : decodeValue(id);
  }

  get actions(): unknown {
    return this.#glance?.hasActions === true ? this.#trace.step(this.#at).actions : [];
  }

  /** The kind is known without the line of the step, and many expressions read no more. */
  get outcome(): unknown {
    const kind = this.#glance?.outcome ?? 'ok';
    if (kind === 'ok' || kind === 'crashed') return { kind };
    const [trace, at] = [this.#trace, this.#at];
    return {
      kind,
      get error() {
        const { outcome } = trace.step(at);
        return 'error' in outcome ? outcome.error : null;
      },
    };
  }

  get findings(): unknown {
    if (this.#at < 0) return this.#trace.header.initialFindings;
    return this.#glance?.hasFinding === true ? this.#trace.step(this.#at).findings : [];
  }

  get kind(): unknown {
    return this.#glance?.operation ?? 'start';
  }

  get outstanding(): unknown {
    this.#outstanding ??= new OutstandingWalk(this.#trace);
    return this.#outstanding.at(this.#at);
  }

  get tallies(): unknown {
    return this.#trace.end?.tallies ?? {};
  }

  get #glance(): StepGlance | undefined {
    return this.#at < 0 ? undefined : this.#trace.glance(this.#at);
  }

  /** The line of the step as JSON: it was checked when the trace was read. */
  get #json(): StepJson {
    return JSON.parse(this.#trace.line(this.#at)) as StepJson;
  }
}

/** What is read of a line. */
interface StepJson {
  readonly operation: Readonly<Record<string, unknown>>;
}

/** The states after and before steps. */
interface States {
  at(stepIndex: number): Value;
  before(stepIndex: number): Value;
}

/** The states after one step after another, at the cost of what changed since the step asked for before. */
class StateWalk implements States {
  readonly #trace: Trace;
  /** The place of the step, among those that changed the state, that made it; -2 before the first one. */
  #place = -2;
  #state: Value = undefined;
  /** The state before that step, if it is known. */
  #earlier: { readonly state: Value } | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  at(stepIndex: number): Value {
    const { changedSteps } = this.#trace;
    const place = lastAtMost(changedSteps, stepIndex);
    if (place === this.#place) return this.#state;
    const changed = changedSteps[place];
    const isNext = changed !== undefined && place === this.#place + 1;
    const state = isNext
      ? this.#trace.stateFrom(this.#state, changed)
      : this.#trace.stateAt(stepIndex);
    this.#earlier = isNext ? { state: this.#state } : undefined;
    this.#state = state;
    this.#place = place;
    return state;
  }

  before(stepIndex: number): Value {
    const state = this.at(stepIndex);
    const place = lastAtMost(this.#trace.changedSteps, stepIndex - 1);
    if (place === this.#place) return state;
    return this.#earlier?.state ?? this.#trace.stateAt(Math.max(-1, stepIndex - 1));
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
  /** Absent where nothing changed that it reads: others may go on meanwhile. */
  readonly result?: Evaluated;
}

/** What of a step an expression may read while its state stays the same. */
const OF_THE_STATE: ReadonlySet<string> = new Set(['state', 'tallies']);
/** So many steps that change nothing of what an expression reads are passed without a word. */
const QUIET_STEPS = 256;

/**
 * Evaluates an expression at the steps from one on, in order. An expression that reads the state alone is
 * evaluated only where that changes; where it is known what of the state it reads, only where that may have
 * changed. Yields at each evaluation, and now and then between two.
 */
export function* evaluateSteps(
  trace: Trace,
  expression: Expression,
  from = -1,
): Generator<StepResult, void, undefined> {
  const view = new TraceStepView(trace);
  const isOfState = [...expression.names].every((name) => OF_THE_STATE.has(name));
  if (!isOfState) {
    for (let at = from; at < trace.length; at += 1)
      yield { stepIndex: at, result: expression.evaluate(view.moveTo(at)) };
    return;
  }
  yield { stepIndex: from, result: expression.evaluate(view.moveTo(from)) };
  const { reads } = expression;
  if (reads) return yield* evaluateReads(trace, expression, reads, from);
  const { changedSteps } = trace;
  for (let place = lastAtMost(changedSteps, from) + 1; place < changedSteps.length; place += 1) {
    const at = changedSteps[place] as number;
    yield { stepIndex: at, result: expression.evaluate(view.moveTo(at)) };
  }
}

/** Evaluates an expression on states of which only what it reads is kept up to date. */
function* evaluateReads(
  trace: Trace,
  expression: Expression,
  reads: readonly StateRead[],
  from: number,
): Generator<StepResult, void, undefined> {
  const { changedSteps } = trace;
  let state = trace.stateAt(from);
  // What reads the state before a step is no expression of the state alone.
  const view = new TraceStepView(trace, { at: () => state, before: () => state });
  for (let place = lastAtMost(changedSteps, from) + 1; place < changedSteps.length; place += 1) {
    const stepIndex = changedSteps[place] as number;
    const read = trace
      .patchAt(stepIndex)
      .filter((change) => reads.some((one) => touches(one, change)));
    if (read.length > 0) {
      state = freeze(applyPatches(state, [read]));
      yield { stepIndex, result: expression.evaluate(view.moveTo(stepIndex)) };
    } else if (place % QUIET_STEPS === 0) yield { stepIndex };
  }
}
