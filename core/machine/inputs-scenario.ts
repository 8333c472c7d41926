import { assertNever } from '../assert.ts';
import { formatPlural } from '../text/counts.ts';
import { decodeValue, DecodeError, encodeValue } from '../value/encoding.ts';
import { freeze, isPlainObject, type Value } from '../value/value.ts';
import type { MachineTypes, StfInput } from './machine.ts';
import type { Operation } from './operation.ts';
import { defineScenario, type AnyScenario, type Driver } from './scenario.ts';

/** Thrown for JSON that is not a list of inputs, with the place. */
export class InputsError extends Error {
  override readonly name = 'InputsError';
}

/**
 * Makes a scenario that gives the elements of a JSON array in their order, whatever the seed; faults
 * still follow from the seed. An element is one of
 *
 * - `{"kind":"trackedActionCompleted","id":…,"result":…}`: the result of a tracked action;
 * - `{"kind":"normal","input":…}`: an input, as the machine's `stf` is given it;
 * - anything else: an input itself. One whose own kind is `normal` must be written in the form above.
 *
 * Values outside JSON are written as everywhere, see `encodeValue`.
 *
 * @param name of the scenario, such as that of the file.
 * @throws {InputsError} when it is not an array, or at the first element that is wrong.
 */
export function inputsScenario(name: string, json: unknown): AnyScenario {
  const operations = parseInputs(json);
  return defineScenario({
    name,
    description: `The ${formatPlural(operations.length, 'input')} of a file, in order.`,
    defaults: { seed: '0', operations: Math.max(1, operations.length) },
    start: () => new InputsDriver(operations, 0),
  });
}

class InputsDriver implements Driver<MachineTypes> {
  readonly #operations: readonly StfInput[];
  #given: number;

  constructor(operations: readonly StfInput[], given: number) {
    this.#operations = operations;
    this.#given = given;
  }

  next(): StfInput | undefined {
    this.#given += 1;
    return this.#operations[this.#given - 1];
  }

  observe(): void {}

  tallies() {
    return {};
  }

  copy(): InputsDriver {
    return new InputsDriver(this.#operations, this.#given);
  }
}

/**
 * The operations that the elements of a JSON array stand for, see {@link inputsScenario}.
 *
 * @throws {InputsError} when it is not an array, or at the first element that is wrong.
 */
export function parseInputs(json: unknown): readonly StfInput[] {
  if (Array.isArray(json)) return json.map(toOperation);
  throw new InputsError(`inputs are an array, and this is ${describe(json)}`);
}

/** What becomes of an operation in a list of inputs. */
export interface InputOfOperation {
  /** The element, as {@link parseInputs} reads it; absent for what is no input of the machine. */
  readonly element?: { readonly json: unknown };
  /** What the list does not say of it, for the end of a sentence. */
  readonly lost?: LostInInputs;
}

/** What a list of inputs cannot say. */
export type LostInInputs = 'crash' | 'restore' | 'loss' | 'settled' | 'fault' | 'duplicate';

/** Writes an operation as the element of a list of inputs that {@link inputsScenario} gives again. */
export function toInput(operation: Operation): InputOfOperation {
  switch (operation.kind) {
    case 'normal': {
      const input = operation.input as Value;
      const isPlain = !isRecord(input) || !ELEMENT_KINDS.has(input['kind']);
      const json = encodeValue(isPlain ? input : { kind: 'normal', input });
      return { element: { json }, ...(operation.fault ? { lost: 'fault' } : {}) };
    }
    case 'trackedActionCompleted': {
      const { kind, id, isDuplicate, fault } = operation;
      const element = { json: encodeValue({ kind, id, result: operation.result as Value }) };
      if (fault) return { element, lost: 'fault' };
      return isDuplicate ? { element, lost: 'duplicate' } : { element };
    }
    case 'crash':
    case 'restore':
    case 'loss':
    case 'settled':
      return { lost: operation.kind };
    default:
      return assertNever(operation, 'operation');
  }
}

/** An element of one of these kinds is an operation; any other element is an input itself. */
const ELEMENT_KINDS: ReadonlySet<unknown> = new Set(['normal', 'trackedActionCompleted']);

function toOperation(json: unknown, index: number): StfInput {
  const element = decode(json, index);
  if (!isRecord(element)) return { kind: 'normal', input: element };
  if (element['kind'] === 'normal') return { kind: 'normal', input: inputIn(element, index) };
  if (element['kind'] !== 'trackedActionCompleted') return { kind: 'normal', input: element };
  const { id } = element;
  if (typeof id !== 'number' && typeof id !== 'string' && typeof id !== 'bigint') {
    throw new InputsError(`element ${index}: the id of an action is a number, a text or a bigint`);
  }
  if (!('result' in element)) {
    throw new InputsError(`element ${index}: the completion of an action has a "result"`);
  }
  return { kind: 'trackedActionCompleted', id, result: element['result'] as never };
}

function inputIn(element: Readonly<Record<string, Value>>, index: number): Value {
  const { input } = element;
  if (input === undefined && !('input' in element)) {
    throw new InputsError(`element ${index}: an element of the kind "normal" has an "input"`);
  }
  const unknown = Object.keys(element).find((field) => field !== 'kind' && field !== 'input');
  if (unknown === undefined) return input;
  throw new InputsError(
    `element ${index}: an element of the kind "normal" has no field ${JSON.stringify(unknown)}`,
  );
}

function decode(json: unknown, index: number): Value {
  try {
    return freeze(decodeValue(json));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new InputsError(`element ${index}: ${error.message}`);
  }
}

function isRecord(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && isPlainObject(value);
}

function describe(json: unknown): string {
  if (json === null) return 'null';
  return typeof json === 'object' ? 'an object' : `a ${typeof json}`;
}
