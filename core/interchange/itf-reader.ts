import { ITF_CONTAINERS_MAX, ITF_EFFORT_MAX } from '../limits.ts';
import { formatCount } from '../text/quantities.ts';
import { describeMisfit, fit } from '../text/schema.ts';
import { describeThrown } from '../thrown.ts';
import { formatHeader, formatStep, stepWith } from '../trace/format/format.ts';
import type { TraceHeader } from '../trace/format/header.ts';
import { closingLine } from '../trace/format/seal.ts';
import { TraceBuilder, TraceReadError } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';
import { diff } from '../value/diff.ts';
import { effort } from '../value/effort.ts';
import { hashValue } from '../value/hash.ts';
import {
  fromEntries,
  OversizeError,
  sameValue,
  type PlainObject,
  type Value,
} from '../value/value.ts';
import {
  ABSENT,
  ACTION_NAMES,
  documentSchema,
  isJsonObject,
  ItfError,
  META,
  OWN,
  PICKS_NAMES,
  QUINT_NAMES,
  UNNAMED_ACTION,
  type ItfSource,
  type JsonObject,
} from './itf-document.ts';
import { survey } from './itf-survey.ts';
import { decodeExpression, inOrderOf, type Reading } from './itf-values.ts';
import { headOf, statesOf } from './itf-writer.ts';

/** The scenario of a document that is no longer the run that it was exported from. */
const CHANGED = 'ITF, changed after its export';
/** What the finding of a document with `"status": "violation"` is called. */
const CHECKED_PROPERTY = 'property that the model checker checked';

/** A document whose form has been checked. */
interface ItfDocument {
  readonly head: JsonObject;
  readonly vars: ReadonlySet<string>;
  readonly states: readonly JsonObject[];
}

/** A document as a trace. */
export interface ReadItf {
  readonly lines: readonly string[];
  /** Why the run that the document was exported from could not be restored, if it was. */
  readonly changed?: string;
}

/**
 * Reads an ITF document as the lines of a trace: each state after the first is a step. A document that
 * was exported from a trace, and not changed since, is that trace again; of one that was changed, its
 * states count, and it says so in the place of the scenario.
 *
 * @param name what the trace of another tool is called, such as the name of the file.
 * @throws {ItfError} for what is not an ITF document, with the state and the variable.
 */
export function fromItf(json: unknown, name: string): ReadItf {
  const { containers, ...reading } = survey(json);
  const document = checked(soleDocument(json));
  const own = ownRun(document);
  if (own.kind === 'whole') return { lines: own.lines };
  if (containers > ITF_CONTAINERS_MAX) {
    const limit = formatCount(ITF_CONTAINERS_MAX);
    throw new ItfError(
      `it has more than ${limit} lists, records, sets and maps, which is the limit`,
    );
  }
  try {
    if (own.kind === 'none') return { lines: linesOf(document, name, reading) };
    const lines = linesOf(withoutOwn(document), name, reading, true);
    return { lines, changed: own.why };
  } catch (error) {
    // The comments of a tool may hold anything.
    if (error instanceof OversizeError) throw new ItfError(error.message);
    throw error;
  }
}

/** Some tools wrap a document in a list, or write the list of its states alone. */
function soleDocument(json: unknown): unknown {
  if (!Array.isArray(json)) return json;
  const isStates = json.length > 0 && json.every((state) => isJsonObject(state?.[META]));
  const documents = json.filter((item) => isJsonObject(item) && Array.isArray(item['states']));
  if (documents.length === 1 && json.length === 1) return documents[0];
  if (documents.length > 1) {
    throw new ItfError(
      `it is a list of ${formatCount(documents.length)} documents; put each into its own file`,
    );
  }
  if (!isStates) {
    throw new ItfError('it is a list; a document is an object with "vars" and "states"');
  }
  const names = Object.keys(json[0] as object).filter((name) => name !== META);
  return { vars: names, states: json };
}

function checked(json: unknown): ItfDocument {
  const fitted = fit(documentSchema, json);
  if (fitted.kind === 'misfit') {
    throw new ItfError(describeMisfit(fitted.misfit, 'the document'));
  }
  const { vars, states, loop } = fitted.value;
  if (typeof loop === 'number' && loop >= states.length) {
    throw new ItfError(`loop: there is no state ${loop}`);
  }
  requireOrder(states);
  return { head: without(json as JsonObject, ['states']), vars: new Set(vars), states };
}

/** Whether states stand in their order is known where they say their place. */
function requireOrder(states: readonly JsonObject[]): void {
  let before: number | undefined;
  for (const [at, { [META]: meta }] of states.entries()) {
    const index = isJsonObject(meta) ? meta['index'] : undefined;
    if (typeof index !== 'number') continue;
    if (before !== undefined && index < before) {
      throw new ItfError(
        `state ${at} says "#meta": {"index": ${index}} after one with ${before}; put the states in their order`,
      );
    }
    before = index;
  }
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** The run that a document was exported from. */
type OwnRun =
  | { readonly kind: 'none' }
  | { readonly kind: 'whole'; readonly lines: readonly string[] }
  | { readonly kind: 'changed'; readonly why: string };

function ownRun({ head, states }: ItfDocument): OwnRun {
  const meta = head[META];
  const own = isJsonObject(meta) ? meta[OWN] : undefined;
  if (!isJsonObject(own)) return { kind: 'none' };
  const changed = (why: string): OwnRun => ({ kind: 'changed', why });
  const steps = states.slice(1).map((state) => (state[META] as JsonObject | undefined)?.[OWN]);
  const missing = steps.findIndex((step) => !isJsonObject(step));
  if (missing >= 0) return changed(`state ${missing + 1} has no recorded step`);
  const end = own['end'] === undefined ? [] : [own['end']];
  const lines = [own['header'], ...steps, ...end].map((line) => JSON.stringify(line ?? null));
  const trace = tryRead(lines);
  if (typeof trace === 'string') return changed(trace);
  if (trace?.length !== steps.length) return changed('not all of its steps are there');
  const edited = editedPart(head, headOf(trace));
  if (edited !== undefined) return changed(`${edited} is not as it was written`);
  let at = 0;
  for (const state of statesOf(trace)) {
    if (!sameValue(state, states[at])) return changed(`state ${at} is not the one after its step`);
    at += 1;
  }
  return { kind: 'whole', lines };
}

/** The part of a document outside of its states that is not as it was exported, if there is one. */
function editedPart(head: JsonObject, exported: JsonObject): string | undefined {
  const differing = (is: JsonObject, was: JsonObject) =>
    Object.keys({ ...was, ...is }).find((key) => !sameValue(is[key], was[key]));
  const part = differing(without(head, [META]), without(exported, [META]));
  if (part !== undefined) return part;
  const [is, was] = [head[META] as JsonObject, exported[META] as JsonObject];
  // Documents were exported without a status, also of runs in which something was found.
  const unsaid = Object.hasOwn(is, 'status') ? [OWN] : [OWN, 'status'];
  const comment = differing(without(is, unsaid), without(was, unsaid));
  return comment === undefined ? undefined : `${META}.${comment}`;
}

/** The trace of some lines, or what is wrong with them. */
function tryRead(lines: readonly string[]): Trace | string | undefined {
  const builder = new TraceBuilder();
  try {
    builder.push(lines.map((line) => `${line}\n`).join(''));
  } catch (error) {
    if (!(error instanceof TraceReadError)) return describeThrown(error);
    // Line 1 is the header, and line 2 the step to state 1; the document has other lines.
    const state = error.line - 1;
    const place = state > 0 && state < lines.length - 1 ? `the step to state ${state}: ` : '';
    return place + error.message.replace(/^Line \d+: /, '');
  }
  return builder.trace;
}

function withoutOwn({ head, states, ...rest }: ItfDocument): ItfDocument {
  const meta = head[META];
  if (!isJsonObject(meta) || !Object.hasOwn(meta, OWN)) return { head, states, ...rest };
  const strip = (object: JsonObject): JsonObject => {
    const comment = object[META];
    return isJsonObject(comment) ? { ...object, [META]: without(comment, [OWN]) } : object;
  };
  return { head: strip(head), states: states.map(strip), ...rest };
}

/** @param isChanged whether it is an exported run that was changed. */
function linesOf(
  document: ItfDocument,
  name: string,
  reading: Reading,
  isChanged = false,
): readonly string[] {
  const { head, states } = document;
  const source = sourceOf(document, reading);
  const steps = states.length - 1;
  const meta = isJsonObject(head[META]) ? head[META] : {};
  const isViolation = meta['status'] === 'violation';
  let state = decodeState(document, 0, source, reading);
  const initialState = state;
  const lines: string[] = [];
  const effortMax = effort() + ITF_EFFORT_MAX;
  for (let at = 1; at < states.length; at += 1) {
    if (effort() > effortMax) {
      throw new ItfError(`its states up to ${at - 1} change more than can be compared here`);
    }
    const after = { ...constantsOf(initialState, source) };
    const decoded = inOrderOf(state, decodeState(document, at, source, reading)) as PlainObject;
    requireSameParams(head, at, initialState, decoded);
    const next = fromEntries([...Object.entries(after), ...Object.entries(decoded)]);
    const input = inputOf(document, at, source, reading);
    lines.push(
      stepLine(at, { input, before: state, after: next, isWrong: isViolation && at === steps }),
    );
    state = next;
  }
  const header: TraceHeader = {
    machine: name,
    scenario: isChanged ? CHANGED : describe(meta['description']),
    seed: '0',
    operationsMax: steps,
    faults: 'none',
    invariants: isViolation ? [CHECKED_PROPERTY] : [],
    rules: [],
    waivers: {},
    initialState,
    digests: 'parts',
    initialHash: hashValue(initialState, 'parts'),
    initialFindings: isViolation && steps === 0 ? [violation(0)] : [],
    // What was read from JSON is a value; its type only names the keys.
    itf: source as unknown as Value,
  };
  const checks = { evaluated: 0, carriedOver: 0, skipped: 0, rules: {}, settled: {} };
  const end = { steps, operations: steps, tallies: {}, checks, sometimes: {} };
  const all = [formatHeader(header), ...lines];
  return [...all, closingLine(all, end)];
}

function describe(description: unknown): string {
  if (description === undefined) return 'ITF';
  return typeof description === 'string' ? description : JSON.stringify(description);
}

function sourceOf({ head, vars, states }: ItfDocument, reading: Reading): ItfSource {
  const [first = {}, ...later] = states;
  const isEverywhere = (name: string, isFit: (json: unknown) => boolean) =>
    states.some((state) => Object.hasOwn(state, name)) &&
    later.every((state) => Object.hasOwn(state, name) && isFit(state[name]));
  const isString = (json: unknown) => typeof json === 'string';
  const action = ACTION_NAMES.find(
    (name) =>
      isEverywhere(name, isString) && (!Object.hasOwn(first, name) || isString(first[name])),
  );
  const picks = PICKS_NAMES.find((name) => isEverywhere(name, () => true));
  const special = new Set<string | undefined>([META, action, picks]);
  const repeated = new Set(later.flatMap(Object.keys));
  const constants = Object.keys(first).filter(
    (name) => !special.has(name) && !vars.has(name) && !repeated.has(name),
  );
  return {
    head,
    ...(action === undefined ? {} : { action }),
    ...(picks === undefined ? {} : { picks }),
    initial: {
      ...(action !== undefined && isString(first[action]) ? { action: first[action] } : {}),
      ...(picks !== undefined && Object.hasOwn(first, picks)
        ? { picks: decodeExpression(first[picks], `state 0, ${picks}`, reading) }
        : {}),
    },
    constants,
    metas: metasOf(states),
  };
}

function metasOf(states: readonly JsonObject[]): ItfSource['metas'] {
  if (states.every((state, index) => sameValue(state[META], { index }))) return 'index';
  if (states.every((state) => !Object.hasOwn(state, META))) return 'none';
  return states.map((state) => state[META]);
}

function constantsOf(initialState: PlainObject, { constants }: ItfSource): PlainObject {
  return fromEntries(constants.map((name) => [name, initialState[name]] as const));
}

/** Parameters are the same in all states: a document may give them in the first one only, or in each. */
function requireSameParams(
  { params }: JsonObject,
  index: number,
  initialState: PlainObject,
  state: PlainObject,
): void {
  const names = (Array.isArray(params) ? params : []).filter((name) => typeof name === 'string');
  const changed = names.find(
    (name) => Object.hasOwn(state, name) && !sameValue(state[name], initialState[name]),
  );
  if (changed === undefined) return;
  throw new ItfError(`state ${index} gives the parameter "${changed}" another value than state 0`);
}

function decodeState(
  { vars, states }: ItfDocument,
  index: number,
  { action, picks }: ItfSource,
  reading: Reading,
): PlainObject {
  const state = states[index] ?? {};
  const missing = [...vars].find(
    (name) => !Object.hasOwn(state, name) && !QUINT_NAMES.includes(name),
  );
  if (missing !== undefined) throw new ItfError(`state ${index} has no variable "${missing}"`);
  const variables = Object.entries(state).filter(
    ([name, json]) =>
      name !== META &&
      name !== action &&
      name !== picks &&
      !(vars.has(name) && sameValue(json, ABSENT)),
  );
  return fromEntries(
    variables.map(
      ([name, json]) => [name, decodeExpression(json, `state ${index}, ${name}`, reading)] as const,
    ),
  );
}

/** What was done, where Quint or we have written it. */
function inputOf(
  { states }: ItfDocument,
  index: number,
  { action, picks }: ItfSource,
  reading: Reading,
): Value {
  const state = states[index] ?? {};
  const kind = action === undefined ? UNNAMED_ACTION : (state[action] as string);
  return picks === undefined
    ? { kind }
    : { kind, picks: decodeExpression(state[picks], `state ${index}, ${picks}`, reading) };
}

interface StepOfDocument {
  readonly input: Value;
  readonly before: Value;
  readonly after: Value;
  /** Whether it leads to the state that violates the checked property. */
  readonly isWrong: boolean;
}

/** @param index that of the state which the step leads to. */
function stepLine(index: number, { input, before, after, isWrong }: StepOfDocument): string {
  const patch = diff(before, after);
  const step = stepWith({
    stepIndex: index - 1,
    operation: { kind: 'normal', input },
    patch,
    ...(patch.length === 0 ? {} : { stateHash: hashValue(after) }),
    findings: isWrong ? [violation(index)] : [],
  });
  return formatStep(step);
}

function violation(index: number) {
  return {
    stepIndex: index - 1,
    kind: 'invariant',
    name: CHECKED_PROPERTY,
    message: `state ${index} of the file, its last one, ends a violation ("status": "violation")`,
    shape: index === 0 ? 'initial state' : 'last state',
  } as const;
}
