import { decodeValue, DecodeError } from '../value/encoding.ts';
import { freeze, isPlainObject, type Value } from '../value/value.ts';
import type { StfInput } from './machine.ts';
import { defineScenario, type AnyScenario } from './scenario.ts';

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
 * - anything else: an input itself.
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
    description: `The ${operations.length} inputs of a file, in their order.`,
    defaults: { seed: '0', operations: Math.max(1, operations.length) },
    start() {
      let given = 0;
      return {
        next() {
          given += 1;
          return operations[given - 1];
        },
        observe() {},
        tallies: () => ({}),
      };
    },
  });
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

function toOperation(json: unknown, index: number): StfInput {
  const element = decode(json, index);
  if (!isRecord(element)) return { kind: 'normal', input: element };
  if (element['kind'] === 'normal' && 'input' in element) {
    return { kind: 'normal', input: element['input'] };
  }
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
