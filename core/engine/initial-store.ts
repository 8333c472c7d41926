import type { Guard } from '../isolation/guard.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { StateStore } from '../machine/state-store.ts';
import { describeThrown, SelfExplainingError } from '../thrown.ts';
import type { Value } from '../value/value.ts';
import { PlainStateStore } from './state-store.ts';
import type { LocateError } from './transactor.ts';

/** Thrown when a machine has no initial state. */
export class MachineError extends SelfExplainingError {
  override readonly name = 'MachineError';
}

/**
 * Opens the store with the state that a run of a machine begins with.
 *
 * @param given the state to begin with instead of the machine's own; for state of plain values.
 * @throws {MachineError} when the machine does not return plain data, or throws.
 */
export function openInitialStore(
  machine: AnyMachine,
  given: Value | undefined,
  { locate, guard }: { locate: LocateError; guard: Guard | undefined },
): StateStore {
  try {
    if (machine.storage) return machine.storage.open();
    if (given !== undefined) return new PlainStateStore(given as object);
    const initial = machine.initialState() as object;
    guard?.requireBuiltIns();
    return new PlainStateStore(initial);
  } catch (thrown) {
    const error = guard ? guard.causeOf(thrown) : thrown;
    const place = locate(error, { of: machine, method: 'initialState' });
    const at = place === undefined ? '' : ` at ${place}`;
    const message = `The machine ${machine.name} has no initial state: ${describeThrown(error)}${at}`;
    throw new MachineError(message, { cause: error });
  }
}
