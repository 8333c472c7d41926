import { z } from 'zod';
import { assertNever } from '../assert.ts';
import { shapeOf } from '../engine/signature.ts';
import { formatEnd, formatHeader, formatStep } from '../trace/format.ts';
import type { Trace } from '../trace/trace.ts';
import { containerOf } from '../value/container.ts';
import { diff } from '../value/diff.ts';
import { hashValue } from '../value/hash.ts';
import {
  fromEntries,
  isPlainObject,
  sameValue,
  UnsupportedValueError,
  type Value,
} from '../value/value.ts';

/**
 * The Informal Trace Format of Apalache and Quint: a counterexample of a model checker as a list of
 * states.
 *
 * @see https://apalache-mc.org/docs/adr/015adr-trace.html
 */

/** Variables in which Quint says which action was taken, besides the state. */
const ACTION = 'mbt::actionTaken';
const PICKS = 'mbt::nondetPicks';
/** The variable that holds a state that is not an object. */
const WHOLE = 'state';
/** The value of a variable in a state that does not have it: ITF requires all of them in each. */
const ABSENT = { '#unserializable': 'absent' };

/** Thrown for a document that is not in the Informal Trace Format; the message names the place. */
export class ItfError extends Error {
  override readonly name = 'ItfError';
}

const document = z.object({
  '#meta': z.looseObject({ description: z.string().optional() }).optional(),
  vars: z.array(z.string()),
  states: z.array(z.record(z.string(), z.unknown())).min(1),
});

/** Writes a trace as an ITF document. Values that the format lacks are marked `#unserializable`. */
export function toItf(trace: Trace): unknown {
  const { machine, scenario, seed, initialState } = trace.header;
  // A key that only later states have is a variable as well.
  const variables = new Set(Object.keys(recordOf(initialState)));
  for (let at = 0; at < trace.length; at += 1) {
    for (const variable of Object.keys(recordOf(trace.stateAt(at)))) variables.add(variable);
  }
  const states = [stateOf(initialState, variables, 0, 'init', undefined)];
  for (let at = 0; at < trace.length; at += 1) {
    const { operation } = trace.step(at);
    const action = shapeOf(operation);
    states.push(stateOf(trace.stateAt(at), variables, at + 1, action, operation as Value));
  }
  return {
    '#meta': {
      format: 'ITF',
      'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
      description: `${machine}, ${scenario}, seed ${seed}`,
    },
    vars: [...variables, ACTION, PICKS],
    states,
  };
}

function recordOf(state: Value): Readonly<Record<string, Value>> {
  const isRecord = typeof state === 'object' && state !== null && isPlainObject(state);
  return isRecord ? state : { [WHOLE]: state };
}

function stateOf(
  state: Value,
  variables: ReadonlySet<string>,
  index: number,
  action: string,
  operation: Value,
): unknown {
  const record = recordOf(state);
  const valueOf = (variable: string) =>
    Object.hasOwn(record, variable) ? encode(record[variable]) : ABSENT;
  return {
    '#meta': { index },
    ...Object.fromEntries(Array.from(variables, (variable) => [variable, valueOf(variable)])),
    [ACTION]: action,
    [PICKS]: operation === undefined ? {} : encode(operation),
  };
}

function encode(value: Value): unknown {
  switch (typeof value) {
    case 'bigint':
      return { '#bigint': value.toString() };
    case 'undefined':
      return { '#unserializable': 'undefined' };
    case 'number':
      return Number.isFinite(value) ? value : { '#unserializable': String(value) };
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      return value === null ? { '#unserializable': 'null' } : encodeObject(value);
    case 'function':
    case 'symbol':
    default:
      return assertNever(value, 'value');
  }
}

function encodeObject(value: Value & object): unknown {
  const container = containerOf(value);
  switch (container?.kind) {
    case undefined:
      throw new UnsupportedValueError([], value, 'The value');
    case 'list':
      return container.value.map(encode);
    case 'map':
    case 'table':
      return {
        '#map': Array.from(container.value, ([key, item]) => [encode(key), encode(item)]),
      };
    case 'set':
      return { '#set': Array.from(container.value, encode) };
    case 'object':
      return fromEntries(
        Object.entries(container.value).map(([key, item]) => [key, encode(item)] as const),
      );
    default:
      return assertNever(container, 'container');
  }
}

/**
 * Reads an ITF document as the lines of a trace: each state after the first is a step.
 *
 * @param name the name of the machine in the trace, such as the name of the file.
 * @throws {ItfError} for a document that is not ITF; the message names the state and the variable.
 */
export function fromItf(json: unknown, name: string): readonly string[] {
  const parsed = document.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ItfError(`not an ITF document: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { vars, states } = parsed.data;
  const variables = vars.filter((variable) => variable !== ACTION && variable !== PICKS);
  const decoded = states.map((state, index) => decodeState(state, variables, index));
  const [initialState] = decoded as [Value];
  const lines = [
    formatHeader({
      machine: name,
      scenario: parsed.data['#meta']?.description ?? 'ITF',
      seed: '0',
      operationsMax: states.length - 1,
      faults: 'none',
      invariants: [],
      rules: [],
      waivers: {},
      initialState,
      initialHash: hashValue(initialState),
      initialFindings: [],
    }),
  ];
  for (let at = 1; at < states.length; at += 1) {
    lines.push(stepLine(at - 1, inputOf(states[at] ?? {}, at), [decoded[at - 1], decoded[at]]));
  }
  const checks = { evaluated: 0, carriedOver: 0, skipped: 0, rules: {}, settled: {} };
  const steps = states.length - 1;
  return [...lines, formatEnd({ steps, operations: steps, tallies: {}, checks, sometimes: {} })];
}

function stepLine(
  stepIndex: number,
  input: Value,
  [before, after]: readonly [Value, Value],
): string {
  const patch = diff(before, after);
  return formatStep({
    stepIndex,
    operation: { kind: 'normal', input },
    outcome: { kind: 'ok' },
    actions: [],
    discarded: [],
    refused: [],
    lost: [],
    patch,
    attempted: [],
    ...(patch.length === 0 ? {} : { stateHash: hashValue(after) }),
    findings: [],
    recovered: [],
  });
}

function decodeState(
  state: Readonly<Record<string, unknown>>,
  variables: readonly string[],
  index: number,
): Value {
  return Object.fromEntries(
    variables.flatMap((variable) => {
      if (!(variable in state)) throw new ItfError(`state ${index} has no variable "${variable}"`);
      const encoded = state[variable];
      if (sameValue(encoded, ABSENT)) return [];
      return [[variable, decode(encoded, `state ${index}, ${variable}`)]];
    }),
  );
}

/** The input of a step, from the variables of Quint where they are present. */
function inputOf(state: Readonly<Record<string, unknown>>, index: number): Value {
  const action = state[ACTION];
  const kind = typeof action === 'string' ? action : 'Step';
  const picks = state[PICKS];
  return picks === undefined
    ? { kind }
    : { kind, picks: decode(picks, `state ${index}, ${PICKS}`) };
}

function decode(json: unknown, place: string): Value {
  if (typeof json !== 'object' || json === null) return json as Value;
  if (Array.isArray(json)) return json.map((item, at) => decode(item, `${place}[${at}]`));
  const [tag] = Object.keys(json);
  const object = json as Readonly<Record<string, unknown>>;
  if (tag?.startsWith('#')) return decodeTagged(tag, object[tag], place);
  return Object.fromEntries(
    Object.entries(object).map(([key, item]) => [key, decode(item, `${place}.${key}`)]),
  );
}

const list = z.array(z.unknown());
const pairs = z.array(z.tuple([z.unknown(), z.unknown()]));

function decodeTagged(tag: string, content: unknown, place: string): Value {
  const read = <T>(schema: z.ZodType<T>): T => {
    const parsed = schema.safeParse(content);
    if (parsed.success) return parsed.data;
    throw new ItfError(`${place}: "${tag}" has invalid content`);
  };
  switch (tag) {
    case '#bigint':
      return BigInt(read(z.string().regex(/^-?\d+$/)));
    case '#tup':
      return read(list).map((item) => decode(item, place));
    case '#set':
      return new Set(read(list).map((item) => decode(item, place)));
    case '#map':
      return new Map(read(pairs).map(([key, item]) => [decode(key, place), decode(item, place)]));
    case '#unserializable':
      return read(z.string());
    default:
      throw new ItfError(
        `${place}: unknown tag "${tag}"; ITF has #bigint, #tup, #set, #map and ` +
          '#unserializable',
      );
  }
}
