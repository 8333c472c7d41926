import type { Guard } from '../isolation/guard.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { MachineOperation } from '../machine/operation.ts';
import type { StateStore } from '../machine/state-store.ts';
import { chain, type Maybe } from '../waiting.ts';
import { Transactor, type LocateError } from './transactor.ts';
import { differenceOf } from './twins.ts';
import type { Attempt } from './violations.ts';

/**
 * Machines as processes have them that have just started, by the guard of their module; `undefined` where
 * the module cannot be evaluated again. They have executed nothing but `restore`, though for earlier crashes
 * as well.
 */
const started = new WeakMap<Guard, AnyMachine | undefined>();

/**
 * Executes `restore` as a process does that has just started. In a simulated crash, the variables of the
 * machine's module keep their values; here they have those with which the module begins.
 */
export class Restarts {
  readonly #store: StateStore;
  readonly #locate: LocateError;
  readonly #guard: Guard | undefined;

  constructor(
    store: StateStore,
    options: { readonly locate: LocateError; readonly guard: Guard | undefined },
  ) {
    this.#store = store;
    this.#locate = options.locate;
    this.#guard = options.guard;
  }

  /**
   * Executes `restore` on the committed state, and rolls back. The transaction before it must be over.
   *
   * @param here what it did in this process.
   * @returns nothing where the module cannot be evaluated again: it was given as it is, or the machine is a
   * process of its own.
   */
  restore(operation: MachineOperation, here: Attempt): Maybe<Attempt | undefined> {
    const guard = this.#guard;
    if (!guard) return undefined;
    if (!started.has(guard)) return this.#executeOn(startAnew(guard), operation);
    return chain(this.#executeOn(started.get(guard), operation), (there) =>
      // What restore itself left in memory may make the difference: one that has executed nothing decides.
      there && differenceOf(here, there) ? this.#executeOn(startAnew(guard), operation) : there,
    );
  }

  #executeOn(machine: AnyMachine | undefined, operation: MachineOperation) {
    const options = { locate: this.#locate, guard: this.#guard };
    return machine && new Transactor(machine, this.#store, options).probe(operation);
  }
}

function startAnew(guard: Guard): AnyMachine | undefined {
  const exported = guard.evaluateAgain() as { readonly machine: Partial<AnyMachine> } | undefined;
  // A machine in a process of its own has no `restore` here. Everything else was checked when it was loaded.
  const machine = exported?.machine.restore && (exported.machine as AnyMachine);
  started.set(guard, machine);
  return machine;
}
