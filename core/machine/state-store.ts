import type { Value } from '../value/value.ts';
import type { Maybe } from '../waiting.ts';
import type { StorageError } from './errors.ts';

/** What happens at the n-th access of a transaction, counted from 0. */
export interface AccessFault {
  readonly kind: 'crashAtAccess' | 'accessFails';
  readonly access: number;
}

/** Something forbidden that a machine did in its transaction. */
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
  /** What `restore` reads the state through. */
  readonly recovery: unknown;
  /** The committed state, deeply frozen. The same object as before when nothing changed. */
  readonly committed: Value;
  /** The state that the sealed transaction would commit; `committed` when it changed nothing. */
  readonly pending: Value;
  /** Whether the fault of the last transaction struck. */
  readonly hasStruck: boolean;
  /** Whether the storage rolls back changes after an error, so that they are not a defect. */
  readonly isTransactional: boolean;
  begin(fault?: AccessFault): Maybe<void>;
  /**
   * Ends the machine's access; returns the forbidden things that it did.
   *
   * @param hasAwaited whether the machine may have left something running that still has the access.
   */
  seal(hasAwaited: boolean): Maybe<readonly Breach[]>;
  /** Makes `pending` the state. Returns the reason if that failed; the transaction is still open then. */
  commit(): Maybe<StorageError | undefined>;
  /** Restores the state from before the transaction. */
  rollBack(): Maybe<void>;
  /** Rolls back as a failed step does: a cache in memory keeps its changes. */
  abandon(): Maybe<void>;
  /** The process dies, and loses what was only in its memory. */
  crash(): void;
  /**
   * Makes `state` the committed state, without a transaction. Absent where a state cannot be set, such as in
   * a database.
   */
  resume?(state: Value): void;
  /**
   * A store of the same committed state, which goes on independently. Called outside of a transaction.
   *
   * @returns `undefined` where a state cannot be copied, such as on a server.
   */
  copy?(): StateStore | undefined;
  /** Ends the run. Nothing more is called afterwards. */
  close(): void;
}
