import { isErrorNamed } from '../thrown.ts';

/** Why a storage refused something. */
export type StorageProblem =
  /** The write violates a constraint of the schema. */
  | 'constraint'
  /** Another transaction was in the way: a deadlock, or a conflict of serialisation. */
  | 'conflict'
  /** The storage did not respond, or the connection to it is lost. */
  | 'unavailable';

/**
 * Thrown to a machine when an access to its state failed: because of the storage, or because of the
 * written data. Uncaught, the step ends as an error and is rolled back, which is not a panic. After
 * `conflict` and `unavailable` a database transaction is over: the machine can let the error
 * through, or return an error of its own.
 *
 * SQLite undoes the statement that violates a constraint, and the transaction goes on. PostgreSQL
 * ends it with any error: every further access fails, and a step that still ends with
 * ok() is not committed. `insert … on conflict` avoids the error.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly problem: StorageProblem;

  constructor(message: string, problem: StorageProblem = 'unavailable') {
    super(message);
    this.problem = problem;
  }

  /** Compares by name, because a machine is bundled with copies of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isErrorNamed(value, 'StorageError');
  }
}

/**
 * Thrown to a machine by `actions.tracked` and `actions.untracked` when the container refuses the
 * action. Uncaught, the step ends as an error and is rolled back, which is not a panic. A machine that
 * catches it must not change its state as if the action had been sent.
 */
export class ActionRefusedError extends Error {
  override readonly name = 'ActionRefusedError';
  readonly kind = 'ActionRefused';
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }

  /** As for {@link StorageError}. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isErrorNamed(value, 'ActionRefusedError');
  }
}
