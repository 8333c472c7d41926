import { z } from 'zod';
import { isActionId } from '../machine/action-id.ts';
import type { EmittedAction } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import { OPERATIONS_MAX } from '../text/quantities.ts';
import { describeMisfit, fit } from '../text/schema.ts';
import { describeThrown } from '../thrown.ts';
import { formatHeader, formatStep, stepWith } from '../trace/format/format.ts';
import type { TraceHeader } from '../trace/format/header.ts';
import { TraceSeal } from '../trace/format/seal.ts';
import { diff } from '../value/diff.ts';
import { decodeValue } from '../value/encoding.ts';
import { hashValue } from '../value/hash.ts';
import { parseJson } from '../value/json.ts';
import { applyPatches } from '../value/patch.ts';
import { freeze, type Value } from '../value/value.ts';

/**
 * @file The steps of a service that runs somewhere, as it logs them itself: line-delimited JSON that is easy
 * to write in any language. The first line is
 *
 *     {"phasmoscope-log":1,"service":"orders","state":{…}}
 *
 * with the state at the start, and each other line is a step, one of
 *
 *     {"input":…,"state":…}
 *     {"completed":1,"result":…,"state":…}
 *
 * where `state` is the whole state after the step, and left out when it is as before. A step may also have
 * `"emitted":[{"id":1,"action":…},{"action":…}]`, tracked actions with their ids and others without, and
 * `"rejected":…`, the error with which it was refused. Values outside JSON are written as `encodeValue`
 * does; integers of any length may stand as they are. `samples/service-log` has writers.
 */

/** The version of the format, in the first line. */
const VERSION = 1;
/** How the digests of the states are made. */
const DIGESTS = 'parts';

/** Thrown for a line that is not one of a log, with what is wrong. */
export class ServiceLogError extends Error {
  override readonly name = 'ServiceLogError';
}

/** A key that may be missing: whether it is, is asked of the JSON. */
const anything = z.unknown().exactOptional();

const headSchema = z.strictObject({
  'phasmoscope-log': z.literal(VERSION, `must be ${VERSION}, the version that is read here`),
  service: z.string().min(1, 'must not be empty'),
  state: anything,
});

const stepSchema = z.strictObject({
  input: anything,
  completed: anything,
  result: anything,
  rejected: anything,
  emitted: z.array(z.strictObject({ id: anything, action: anything })).exactOptional(),
  state: anything,
});
type LoggedStep = z.output<typeof stepSchema>;

/** Turns the log of a service into the lines of a trace, one by one. */
export class ServiceLogReader {
  readonly #seal = new TraceSeal();
  #state: Value | undefined;
  #steps = -1;

  /**
   * Takes the next line of the log.
   *
   * @returns the line of the trace.
   * @throws {ServiceLogError} when it is not a line of a log.
   */
  read(line: string): string {
    const made = this.#steps < 0 ? this.#readHead(line) : this.#readStep(line);
    this.#steps += 1;
    this.#seal.add(made);
    return made;
  }

  /** The closing line of the trace. */
  close(): string {
    const steps = Math.max(0, this.#steps);
    const checks = { evaluated: 0, carriedOver: 0, skipped: 0, rules: {}, settled: {} };
    return this.#seal.close({ steps, operations: steps, tallies: {}, checks, sometimes: {} });
  }

  #readHead(line: string): string {
    const json = jsonOf(line);
    const { service } = checked(headSchema, json);
    const initialState = freeze(valueIn(json, 'state'));
    this.#state = initialState;
    const header: TraceHeader = {
      machine: service,
      scenario: 'log of the service',
      seed: '0',
      operationsMax: OPERATIONS_MAX,
      faults: 'none',
      invariants: [],
      rules: [],
      waivers: {},
      initialState,
      digests: DIGESTS,
      initialHash: hashValue(initialState, DIGESTS),
      initialFindings: [],
    };
    return formatHeader(header);
  }

  #readStep(line: string): string {
    const json = jsonOf(line);
    const logged = checked(stepSchema, json);
    const before = this.#state;
    const patch = Object.hasOwn(logged, 'state') ? diff(before, valueIn(json, 'state')) : [];
    // Made from the state before, with which it shares what was not changed.
    const after = patch.length === 0 ? before : freeze(applyPatches(before, [patch]));
    this.#state = after;
    const step = stepWith({
      stepIndex: this.#steps,
      operation: operationOf(logged, json),
      outcome: Object.hasOwn(logged, 'rejected')
        ? { kind: 'err', error: valueIn(json, 'rejected') }
        : { kind: 'ok' },
      actions: (logged.emitted ?? []).map(actionOf),
      patch,
      ...(patch.length === 0 ? {} : { stateHash: hashValue(after, DIGESTS) }),
    });
    return formatStep(step);
  }
}

function jsonOf(line: string): unknown {
  try {
    return parseJson(LONG_DIGITS.test(line) ? withBigints(line) : line);
  } catch (error) {
    throw new ServiceLogError(`it is not JSON: ${describeThrown(error)}`);
  }
}

const LONG_DIGITS = /\d{16}/;
/** The texts and the numbers of JSON. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Other languages have integers of 64 bits and more, and write them as they are. */
function withBigints(line: string): string {
  return line.replaceAll(TOKENS, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))
      ? `{"$bigint":"${BigInt(token)}"}`
      : token,
  );
}

function checked<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const fitted = fit(schema, json);
  if (fitted.kind === 'fits') return fitted.value;
  throw new ServiceLogError(describeMisfit(fitted.misfit));
}

/** Zod says that a missing key is `undefined`, which is a value here. */
function valueIn(json: unknown, key: string): Value {
  if (!Object.hasOwn(json as object, key)) throw new ServiceLogError(`"${key}" is missing`);
  try {
    return decodeValue((json as Readonly<Record<string, unknown>>)[key]);
  } catch (error) {
    throw new ServiceLogError(`${key}: ${describeThrown(error)}`);
  }
}

function operationOf(logged: LoggedStep, json: unknown): Operation {
  const [isInput, isCompletion] = [
    Object.hasOwn(logged, 'input'),
    Object.hasOwn(logged, 'completed'),
  ];
  if (isInput === isCompletion) {
    throw new ServiceLogError('a step has either "input" or "completed"');
  }
  if (isInput) return { kind: 'normal', input: valueIn(json, 'input') };
  const id = valueIn(json, 'completed');
  if (!isActionId(id)) throw new ServiceLogError('completed: must be a number or a string');
  return { kind: 'trackedActionCompleted', id, result: valueIn(json, 'result') as never };
}

function actionOf(emitted: object): EmittedAction {
  const action = valueIn(emitted, 'action') as never;
  if (!Object.hasOwn(emitted, 'id')) return { kind: 'untracked', action };
  const id = valueIn(emitted, 'id');
  if (!isActionId(id))
    throw new ServiceLogError('emitted: the id of an action must be a number or a string');
  return { kind: 'tracked', id, action };
}
