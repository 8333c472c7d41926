import { shapeOf } from '../engine/signature.ts';
import type { Operation } from '../machine/operation.ts';
import { counterexampleOf } from '../trace/format/counterexample.ts';
import { formatHeader, type TraceEnd } from '../trace/format/format.ts';
import { closingLine } from '../trace/format/seal.ts';
import type { Trace } from '../trace/trace.ts';
import { fromEntries, isPlainObject, type PlainObject, type Value } from '../value/value.ts';
import {
  ABSENT,
  ACTION_NAMES,
  isJsonObject,
  META,
  OWN,
  PICKS_NAMES,
  QUINT_NAMES,
  sourceSchema,
  WHOLE,
  type ItfSource,
  type JsonObject,
} from './itf-document.ts';
import { encodeExpression, type Origin } from './itf-values.ts';

/** The variables of our own documents for what was done, as Quint names them. */
const [ACTION] = ACTION_NAMES;
const [PICKS] = PICKS_NAMES;

/** Writes a trace as an ITF document. For long traces, {@link itfText} needs less memory. */
export function toItf(trace: Trace): unknown {
  return { ...headOf(trace), states: [...statesOf(trace)] };
}

/**
 * A part of a trace. Its document starts in the state before its first step, and has no trace in its
 * `#meta`, which could not be restored; the `index` of a state is still the number of steps before it.
 */
export interface ItfPart {
  /** The first step. */
  readonly from: number;
  /** The last step. */
  readonly to: number;
  /** Whether states are left out that are the same as the one before. */
  readonly isChangedOnly: boolean;
}

/** Writes a trace, or a part of it, as the text of an ITF document: a piece for the head, and one for each state. */
export function* itfText(trace: Trace, part?: ItfPart): Generator<string> {
  const head = part ? headOfPart(trace, part) : headOf(trace);
  yield `${JSON.stringify(head).slice(0, -1)},"states":[`;
  let separator = '\n';
  for (const state of statesOf(trace, part)) {
    yield separator + JSON.stringify(state);
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** The document that a trace was read from, if it was. */
function sourceOf(trace: Trace): ItfSource | undefined {
  const parsed = sourceSchema.safeParse(trace.header.itf);
  return parsed.success ? (parsed.data as ItfSource) : undefined;
}

/** The document that a trace is written as, without its states. */
export function headOf(trace: Trace): JsonObject {
  const source = sourceOf(trace);
  if (source) return source.head;
  const { machine, scenario, seed } = trace.header;
  return {
    [META]: {
      format: 'ITF',
      'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
      description: `${machine}, ${scenario}, seed ${seed}`,
      ...statusOf(trace, trace.length - 1),
      [OWN]: {
        header: JSON.parse(formatHeader(trace.header)),
        ...(trace.end ? { end: JSON.parse(closingLineOf(trace, trace.end)) } : {}),
      },
    },
    vars: [...variablesOf(trace), ACTION, PICKS],
  };
}

function headOfPart(trace: Trace, part: ItfPart): JsonObject {
  const head = headOf(trace);
  return sourceOf(trace) ? headOfDocumentPart(trace, head, part) : headOfRunPart(trace, head, part);
}

/** A model checker says so of its last state; where nothing is wrong, nothing is claimed. */
function statusOf(trace: Trace, last: number): JsonObject {
  const isWrong =
    trace.findings.some(({ stepIndex }) => stepIndex === last) ||
    trace.verdictsAt(last).some(({ failure }) => failure !== undefined);
  return isWrong ? { status: 'violation' } : {};
}

function headOfRunPart(
  trace: Trace,
  head: JsonObject,
  { from, to, isChangedOnly }: ItfPart,
): JsonObject {
  const meta = head[META] as JsonObject;
  const { [OWN]: _, description, status: __, ...rest } = meta;
  const which = isChangedOnly ? ', where the state changed' : '';
  const about = `${String(description)}, steps ${from} to ${to}${which}`;
  return { ...head, [META]: { ...rest, description: about, ...statusOf(trace, to) } };
}

/** What a document says of its end, the status and the loop, is said of a part that has this end. */
function headOfDocumentPart(trace: Trace, head: JsonObject, part: ItfPart): JsonObject {
  const { loop: _, ...rest } = head;
  const loop = loopOfPart(trace, part);
  const { [META]: meta } = rest;
  if (isJsonObject(meta) && !hasEnd(trace, part)) {
    const { status: __, ...comments } = meta;
    return { ...rest, [META]: comments };
  }
  return { ...rest, ...(loop === undefined ? {} : { loop }) };
}

function hasEnd(trace: Trace, { to }: ItfPart): boolean {
  return to === trace.length - 1;
}

/** The state of a part to which its last one goes back, if the part has the whole loop. */
function loopOfPart(trace: Trace, part: ItfPart): number | undefined {
  const loopTo = counterexampleOf(trace.header)?.loopTo;
  if (loopTo === undefined || loopTo + 1 < part.from || !hasEnd(trace, part)) return undefined;
  let at = -1;
  for (const index of statesIn(trace, part)) {
    if (index > loopTo + 1) break;
    // A state that is left out is the same as the last one before it.
    at += 1;
  }
  return at;
}

/** What a part of a document leaves out besides states, as a sentence; nothing for most. */
export function leftOutOfPart(trace: Trace, part: ItfPart): string | undefined {
  const { loopTo, status } = counterexampleOf(trace.header) ?? {};
  if (!hasEnd(trace, part)) {
    const left = [
      ...(status === undefined ? [] : [`its status "${status}"`]),
      ...(loopTo === undefined ? [] : [`its loop to state ${loopTo + 1}`]),
    ];
    if (left.length === 0) return undefined;
    return `The part ends before the document does, so ${left.join(' and ')} ${left.length > 1 ? 'are' : 'is'} left out.`;
  }
  if (loopTo === undefined || loopOfPart(trace, part) !== undefined) return undefined;
  return `The part starts after state ${loopTo + 1}, to which the document goes back, so the loop is left out.`;
}

/**
 * Made again: a file may be written in other words, such as with blanks or with the keys in another order,
 * and its digest is of these. Ours is of the lines that reading the document finds.
 */
function closingLineOf(trace: Trace, end: TraceEnd): string {
  function* lines() {
    yield JSON.stringify(JSON.parse(formatHeader(trace.header)));
    for (let at = 0; at < trace.length; at += 1) yield JSON.stringify(lineOf(trace, at));
  }
  return closingLine(lines(), end);
}

/** The line of a step as it was recorded, as JSON. */
function lineOf(trace: Trace, stepIndex: number): unknown {
  return JSON.parse(trace.line(stepIndex));
}

/** The states of the document that a trace, or a part of it, is written as. */
export function* statesOf(trace: Trace, part?: ItfPart): Generator<JsonObject> {
  const source = sourceOf(trace);
  const variables = source ? declaredIn(source) : [...variablesOf(trace)];
  const first = part?.from ?? 0;
  for (const index of statesIn(trace, part)) {
    const state = trace.stateAt(index - 1);
    const place = { index, isFirst: index === first };
    yield source
      ? stateOfDocument(trace, state as PlainObject, place, { source, variables })
      : stateOfMachine(
          trace,
          recordOf(state),
          { ...place, isWhole: part === undefined },
          variables,
        );
  }
}

/** The states that a document has, by how many steps are before them. */
function* statesIn(trace: Trace, part: ItfPart | undefined): Generator<number> {
  const { from, to, isChangedOnly } = part ?? {
    from: 0,
    to: trace.length - 1,
    isChangedOnly: false,
  };
  yield from;
  if (isChangedOnly) {
    for (const step of trace.changedSteps) if (step >= from && step <= to) yield step + 1;
  } else for (let step = from; step <= to; step += 1) yield step + 1;
}

/** Where a state is in its document. */
interface StatePlace {
  /** The number of steps before it. */
  readonly index: number;
  /** Whether the document starts in it. */
  readonly isFirst: boolean;
}

/** Every variable that comes up in a trace; each state has all of them. */
function variablesOf(trace: Trace): ReadonlySet<string> {
  const variables = new Set(Object.keys(recordOf(trace.header.initialState)));
  for (const at of trace.changedSteps) {
    for (const { path } of trace.step(at).patch) {
      const [name] = path;
      if (path.length === 1 && typeof name === 'string') variables.add(name);
      // Another value as a whole may have any names.
      if (path.length === 0) {
        for (const key of Object.keys(recordOf(trace.stateAt(at)))) variables.add(key);
      }
    }
  }
  return variables;
}

function declaredIn({ head: { vars } }: ItfSource): readonly string[] {
  return (Array.isArray(vars) ? vars : []).filter(
    (name) => typeof name === 'string' && !QUINT_NAMES.includes(name),
  );
}

/** A state as a record. One that is not a record, or has names that the format keeps, is a variable. */
function recordOf(state: Value): PlainObject {
  const isRecord = typeof state === 'object' && state !== null && isPlainObject(state);
  const isNameable = isRecord && !Object.keys(state).some((name) => RESERVED.has(name));
  return isNameable ? state : { [WHOLE]: state };
}

const RESERVED = new Set<string>([META, ACTION, PICKS]);

function stateOfMachine(
  trace: Trace,
  state: PlainObject,
  { index, isFirst, isWhole }: StatePlace & { readonly isWhole: boolean },
  variables: readonly string[],
): JsonObject {
  const step = isFirst ? undefined : trace.step(index - 1);
  return {
    [META]: step && isWhole ? { index, [OWN]: lineOf(trace, index - 1) } : { index },
    ...expressionsOf(state, variables, 'machine'),
    [ACTION]: step ? shapeOf(step.operation) : 'init',
    [PICKS]: step ? encodeExpression(step.operation as Value, 'machine') : {},
  };
}

function expressionsOf(
  state: PlainObject,
  variables: readonly string[],
  origin: Origin,
): JsonObject {
  const absent = variables.filter((name) => !Object.hasOwn(state, name));
  return fromEntries([
    ...Object.entries(state).map(
      ([name, value]) => [name, encodeExpression(value, origin)] as const,
    ),
    ...absent.map((name) => [name, ABSENT] as const),
  ]);
}

function stateOfDocument(
  trace: Trace,
  state: PlainObject,
  { index, isFirst }: StatePlace,
  { source, variables }: { readonly source: ItfSource; readonly variables: readonly string[] },
): JsonObject {
  const { action, picks, constants, initial } = source;
  const shown = Object.entries(state).filter(([name]) => isFirst || !constants.includes(name));
  const done =
    index === 0
      ? initial
      : doneBy(trace.step(index - 1).operation, { hasPicks: picks !== undefined });
  return {
    ...metaOf(source, index),
    ...expressionsOf(fromEntries(shown), variables, 'document'),
    ...(action === undefined || done.action === undefined ? {} : { [action]: done.action }),
    ...(picks === undefined || done.picks === undefined
      ? {}
      : { [picks]: encodeExpression(done.picks as Value, 'document') }),
  };
}

function metaOf({ metas }: ItfSource, index: number): JsonObject {
  if (metas === 'none') return {};
  const meta = metas === 'index' ? { index } : metas[index];
  return meta === undefined ? {} : { [META]: meta };
}

/** The action and the picks of a step, as reading a document has made them into an input. */
function doneBy(operation: Operation, { hasPicks }: { readonly hasPicks: boolean }) {
  const input: unknown = operation.kind === 'normal' ? operation.input : undefined;
  const { kind, picks } = isJsonObject(input) ? input : {};
  return {
    action: typeof kind === 'string' ? kind : shapeOf(operation),
    ...(hasPicks ? { picks } : {}),
  };
}
