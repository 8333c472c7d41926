import { shapeOf } from '../engine/signature.ts';
import type { Step } from '../trace/format/format.ts';
import type { TrackedSpan } from '../trace/spans.ts';
import type { Trace } from '../trace/trace.ts';
import { toPlainJson, type Value } from '../value/value.ts';

/** An event of the Trace Event Format, in which times are microseconds. */
interface ChromeEvent {
  readonly name: string;
  /** X complete, b/e begin and end of an async span, i instant, s/f start and end of a flow. */
  readonly ph: 'X' | 'b' | 'e' | 'i' | 's' | 'f';
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: string;
  readonly s?: 'g';
  readonly bp?: 'e';
  readonly args?: unknown;
}

/** A step has no duration of its own; each is drawn a millisecond wide. */
const STEP_US = 1_000;
const STEPS = { pid: 1, tid: 1 } as const;
const TRACKED = { pid: 1, tid: 2 } as const;
/** What the process is called, by the machine, and its threads. */
const NAMES = [
  { place: STEPS, kind: 'process_name', name: undefined },
  { place: STEPS, kind: 'thread_name', name: 'steps' },
  { place: TRACKED, kind: 'thread_name', name: 'tracked actions' },
] as const;

/**
 * Writes a trace in the Trace Event Format, which Perfetto and chrome://tracing open: steps as slices,
 * tracked actions as async spans, crashes, restores and findings as instants, and a flow from each
 * emission to its completion.
 *
 * @returns the JSON document in pieces.
 * @see https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export function* toChromeTrace(trace: Trace): Generator<string> {
  const { machine, scenario, seed, faults } = trace.header;
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify({ machine, scenario, seed, faults })},"traceEvents":[\n`;
  yield NAMES.map(({ place, kind, name }) =>
    JSON.stringify({ name: kind, ph: 'M', ...place, args: { name: name ?? machine } }),
  ).join(',\n');
  for (const event of eventsInOrder(trace)) yield `,\n${JSON.stringify(event)}`;
  yield '\n]}\n';
}

/** The events by time, as tools expect them that read a file only once. */
function* eventsInOrder(trace: Trace): Generator<ChromeEvent> {
  const ofSpans = trace.spans
    .flatMap((span, index) => [...eventsOfSpan(span, index, trace.length)])
    .toSorted((one, other) => one.ts - other.ts);
  let next = 0;
  for (let at = 0; at < trace.length; at += 1) {
    yield* eventsOfStep(trace.step(at));
    for (let event = ofSpans[next]; event && event.ts < (at + 1) * STEP_US;) {
      yield event;
      next += 1;
      event = ofSpans[next];
    }
  }
  yield* ofSpans.slice(next);
}

function* eventsOfStep(step: Step): Generator<ChromeEvent> {
  const { stepIndex, operation, outcome, findings } = step;
  const ts = stepIndex * STEP_US;
  yield {
    name: shapeOf(operation),
    ph: 'X',
    ...STEPS,
    ts,
    dur: STEP_US,
    cat: `step,${outcome.kind}`,
    args: { step: stepIndex, operation: plain(operation), outcome: plain(outcome) },
  };
  if (operation.kind === 'crash' || operation.kind === 'restore') {
    yield { name: operation.kind, ph: 'i', ...STEPS, ts, cat: operation.kind, s: 'g' };
  }
  for (const finding of findings) {
    yield {
      name: `${finding.kind}: ${finding.name}`,
      ph: 'i',
      ...STEPS,
      ts,
      cat: 'finding',
      s: 'g',
      args: { message: finding.message },
    };
  }
}

function* eventsOfSpan(span: TrackedSpan, index: number, length: number): Generator<ChromeEvent> {
  const { id: actionId, action, emittedAt, ended } = span;
  const id = String(index);
  const name = shapeOf({ kind: 'normal', input: action }).replace('input ', '');
  const base = { name, ...TRACKED, cat: 'tracked', id } as const;
  const from = (emittedAt + 1) * STEP_US - 1;
  const to = (ended?.at ?? length) * STEP_US;
  yield { ...base, ph: 'b', ts: from, args: { id: plain(actionId), action: plain(action) } };
  yield { ...base, ph: 'e', ts: Math.max(from, to), args: { ended: ended?.how ?? 'outstanding' } };
  if (ended?.how !== 'completed') return;
  // A flow goes from slice to slice.
  const flow = { ...base, ...STEPS, cat: 'completion' } as const;
  yield { ...flow, ph: 's', ts: from };
  yield { ...flow, ph: 'f', bp: 'e', ts: to };
}

function plain(value: unknown): unknown {
  return toPlainJson(value as Value);
}
