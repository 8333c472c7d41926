import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * Logs the steps of a real service as a file that Phasmoscope opens like a trace, without a machine:
 *
 *     const log = new StepLog('orders.jsonl', 'orders', state);
 *     log.input({ kind: 'Place', orderId: 1 }, { emitted: [{ id: 1, action: { kind: 'Pay' } }], state });
 *     log.completed(1, { kind: 'Paid' }, { state });
 *
 * Copy this file into the service: it depends on nothing. Each step is in the file when the call returns, so
 * that a service that is killed leaves all steps until then. Whatever the state is after a step is
 * written whole: log the part of it that decides, not a database.
 */
export class StepLog {
  readonly #file: number;

  /**
   * @param path is overwritten.
   * @param state at the start.
   */
  constructor(path: string, service: string, state: unknown) {
    this.#file = openSync(path, 'w');
    this.#write({ 'phasmoscope-log': 1, service, state: encode(state) });
  }

  /** The service was given an input. */
  input(input: unknown, effects: StepEffects = {}): void {
    this.#write({ input: encode(input), ...encodeEffects(effects) });
  }

  /** The result of an action came in, by the id under which the action was emitted. */
  completed(id: number | string, result: unknown, effects: StepEffects = {}): void {
    this.#write({ completed: id, result: encode(result), ...encodeEffects(effects) });
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** What came of a step. */
export interface StepEffects {
  /** The whole state after the step; left out when it is as before. */
  readonly state?: unknown;
  /** The actions that were sent: those whose result comes back have an id, which no other one has meanwhile. */
  readonly emitted?: readonly { readonly id?: number | string; readonly action: unknown }[];
  /** The error with which the input was refused; left out when it was accepted. */
  readonly rejected?: unknown;
}

function encodeEffects(effects: StepEffects): object {
  const { emitted } = effects;
  return {
    ...('rejected' in effects ? { rejected: encode(effects.rejected) } : {}),
    ...(emitted ? { emitted: emitted.map((one) => ({ ...one, action: encode(one.action) })) } : {}),
    ...('state' in effects ? { state: encode(effects.state) } : {}),
  };
}

/** Values that JSON lacks, as traces have them. */
function encode(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (value === undefined) return { $undefined: true };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $number: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, encode);
  if (value instanceof Map) return { $map: Array.from(value, (entry) => entry.map(encode)) };
  if (value instanceof Set) return { $set: Array.from(value, encode) };
  if (value instanceof Date) return value.toISOString();
  const entries = Object.entries(value).map(([key, item]) => [key, encode(item)] as const);
  const isEscaped = entries.some(([key]) => key.startsWith('$'));
  return isEscaped ? { $object: entries } : Object.fromEntries(entries);
}
