import type { Value } from '../value/value.ts';
import type { Maybe } from '../waiting.ts';
import type { StorageError } from './errors.ts';

/** What happens at the n-th access of a transaction, counted from 0. */
export interface AccessFault {
  readonly kind: 'crashAtAccess' | 'accessFails';
  readonly access: number;
}

/** Something that a machine did in its transaction although it is not its business. */
export interface Breach {
  readonly rule: 'atomicity' | 'no side effects' | 'restore is pure';
  readonly message: string;
  readonly expected: string;
  readonly actual: string;
  /** Carries the stack of the call. */
  readonly error: Error;
}

/**
 * A kind of state, as the engine handles it: one transaction at a time, and a view as a plain
 * tree, which is also its checkpoint. A transaction is begun, sealed, and then committed, rolled
 * back or abandoned.
 */
export interface StateStore {
  /** What `stf` reads and changes the state through, inside a transaction. */
  readonly access: unknown;
  /** What `restore` reads it through. */
  readonly recovery: unknown;
  /** The committed state, deeply frozen. The same object as before when nothing changed. */
  readonly committed: Value;
  /** The state that the sealed transaction would commit; `committed` when it changed nothing. */
  readonly pending: Value;
  /** Whether the fault of the last transaction came to strike. */
  readonly hasStruck: boolean;
  /** Whether an error after a change is the storage's to roll back, and no fault of the machine. */
  readonly isTransactional: boolean;
  begin(fault?: AccessFault): Maybe<void>;
  /**
   * Ends what the machine may do; returns what it did that it must not.
   *
   * @param hasAwaited whether it may have left something running that still holds its access.
   */
  seal(hasAwaited: boolean): Maybe<readonly Breach[]>;
  /** Makes `pending` the state; returns why that failed, after which the transaction is still open. */
  commit(): Maybe<StorageError | undefined>;
  /** Leaves the state as if the transaction had never been. */
  rollBack(): Maybe<void>;
  /** Rolls back as a failed step does: a cache in memory keeps what was done to it. */
  abandon(): Maybe<void>;
  /** The process dies, and with it what it had in memory only. */
  crash(): void;
  /** The run is over: nothing more will be asked. */
  close(): void;
}
