import { z } from 'zod';
import { EXPRESSION_CHARS_MAX } from '../../limits.ts';
import { describeValue } from '../../thrown.ts';
import { briefOf } from '../../value/label.ts';
import { sameValue, type Value } from '../../value/value.ts';
import { Expression, type Evaluated } from '../expression/expression.ts';
import { evaluateSteps } from '../expression/step-view.ts';
import type { Trace } from '../trace.ts';

/** @file What is asked of all steps of a trace by an expression; a part of `QUESTIONS`. */

/** A step of a long search without anything to say: others may go on meanwhile. */
export const QUIET_SCANS = 256;

/** The index of a step; -1 is the initial state. */
export const step = z.number().int().min(-1);
const count = z.number().int().nonnegative();
/** How many steps were asked, and at how many there was no answer, with a reason. */
export const counted = z.object({
  asked: count,
  without: count,
  because: z.string().exactOptional(),
});
export type Counted = z.output<typeof counted>;

/** The steps at which an expression is true, or false, ascending. */
export const WHERE = {
  asked: z.object({
    kind: z.literal('where'),
    expression: z.string().max(EXPRESSION_CHARS_MAX),
    /** Steps before it are left out, so that a run that grows is not searched again. */
    from: step,
    isFirstOnly: z.boolean(),
    /** Whether the steps are wanted at which it is false, as of an invariant. */
    isFalseWanted: z.literal(true).exactOptional(),
  }),
  found: z.object({
    /** Steps searched so far. */
    searched: count,
    steps: z.array(step).readonly(),
  }),
  /** A step has no answer where the expression is neither true nor false. */
  answer: counted,
};

/** The most characters of a sample. */
const SAMPLE_CHARS_MAX = 48;

/**
 * What is reported of a value that is followed over a run: a number, or true or false, as it is; a few
 * characters of anything else; null where there is no value.
 */
const sampleSchema = z.union([z.number(), z.boolean(), z.string(), z.null()]);
export type Sample = z.output<typeof sampleSchema>;

/** Where the value of an expression changes, ascending, with what it is from there on. */
export const VALUES = {
  asked: z.object({
    kind: z.literal('values'),
    expression: z.string().max(EXPRESSION_CHARS_MAX),
    /** The first step that is asked, whose value is always reported. */
    from: step,
  }),
  found: z.object({
    /** Steps searched so far. */
    searched: count,
    steps: z.array(step).readonly(),
    /** For each of the steps, its sample. */
    samples: z.array(sampleSchema).readonly(),
  }),
  answer: counted,
};

/** Counts the steps at which an expression has no value, and keeps the first reason. */
class Missing {
  #asked = 0;
  #without = 0;
  #because: string | undefined;

  /** Adds steps that share a result. */
  add(steps: number, because: string | undefined): void {
    this.#asked += steps;
    if (because === undefined) return;
    this.#without += steps;
    this.#because ??= because;
  }

  get answer(): Counted {
    return {
      asked: this.#asked,
      without: this.#without,
      ...(this.#because === undefined ? {} : { because: this.#because }),
    };
  }
}

function whyNotBoolean(result: Evaluated): string | undefined {
  if (result.kind === 'none') return result.because;
  const { value: found } = result;
  if (typeof found === 'boolean') return undefined;
  return `it is ${describeValue(found)} there, neither true nor false`;
}

/** Answers {@link WHERE}. */
export function* findWhere(
  trace: Trace,
  { expression: text, from, isFirstOnly, isFalseWanted }: z.output<typeof WHERE.asked>,
): Generator<unknown, Counted, undefined> {
  const missing = new Missing();
  let steps: number[] = [];
  // An expression of the state alone is asked where that changes, and holds until the next change.
  let last: { readonly stepIndex: number; readonly result: Evaluated } | undefined;
  let because: string | undefined;
  const isWanted = () =>
    last?.result.kind === 'value' &&
    last.result.value === (isFalseWanted !== true) &&
    because === undefined;
  const upTo = (end: number) => {
    if (!last) return;
    missing.add(end - last.stepIndex, because);
    if (isWanted()) for (let at = last.stepIndex; at < end; at += 1) steps.push(at);
  };
  let asked = 0;
  const expression = new Expression(text);
  // What must hold of steps says nothing of the start, at which nothing was given and nothing done.
  const start = isFalseWanted && expression.isOfSteps ? Math.max(0, from) : from;
  for (const { stepIndex, result } of evaluateSteps(trace, expression, start)) {
    asked += 1;
    if (result) {
      upTo(stepIndex);
      last = { stepIndex, result };
      because = whyNotBoolean(result);
    }
    if (isFirstOnly && result && isWanted()) {
      missing.add(1, undefined);
      yield { searched: stepIndex + 1, steps: [stepIndex] };
      return missing.answer;
    }
    if (result && asked % QUIET_SCANS > 0) continue;
    yield { searched: Math.max(0, stepIndex), steps };
    steps = [];
  }
  upTo(trace.length);
  yield { searched: trace.length, steps };
  return missing.answer;
}

/** Answers {@link VALUES}. */
export function* findValues(
  trace: Trace,
  { expression: text, from }: z.output<typeof VALUES.asked>,
): Generator<unknown, Counted, undefined> {
  const missing = new Missing();
  let steps: number[] = [];
  let samples: Sample[] = [];
  let last: Value | typeof NOTHING = NOTHING;
  // A value holds until the next evaluation.
  let since = from;
  let because: string | undefined;
  let asked = 0;
  for (const { stepIndex, result } of evaluateSteps(trace, new Expression(text), from)) {
    asked += 1;
    if (result) {
      missing.add(stepIndex - since, because);
      since = stepIndex;
      because = result.kind === 'none' ? result.because : undefined;
      const now = result.kind === 'value' ? result.value : undefined;
      if (last === NOTHING || !sameValue(last, now)) {
        steps.push(stepIndex);
        samples.push(result.kind === 'value' ? sampleOf(result.value) : null);
        last = now;
      }
    }
    if (result && asked % QUIET_SCANS > 0) continue;
    yield { searched: stepIndex + 1, steps, samples };
    [steps, samples] = [[], []];
  }
  missing.add(trace.length - since, because);
  yield { searched: trace.length, steps, samples };
  return missing.answer;
}

/** No value so far: not even a missing one. */
const NOTHING = Symbol('nothing');

function sampleOf(value: Value): Sample {
  if (typeof value === 'boolean') return value;
  // An integer of CEL is a bigint; a curve needs no more digits than a number has.
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  return briefOf(value, SAMPLE_CHARS_MAX);
}
