import type { StorageError } from '../../machine/errors.ts';
import type { SqlRow, SqlValue } from '../../machine/storage.ts';
import type { Maybe } from '../../waiting.ts';

/** A table of a database, as far as its rows must be told apart. */
export interface TableShape {
  readonly name: string;
  /** Columns of the primary key, in its order. */
  readonly keyColumns: readonly string[];
}

/** What a statement answered. */
export interface SqlResult {
  readonly rows: readonly SqlRow[];
  /** Rows that it inserted, updated or deleted. */
  readonly changes: number;
}

/** A row that an open transaction has written to, by the values of its table's key columns. */
export interface TouchedRow {
  readonly table: TableShape;
  readonly key: readonly SqlValue[];
}

/** Thrown for a statement that is wrong in itself, whatever the database holds. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
}

/**
 * A connection to a database of one run, as the state store needs it. SQLite answers at once; a
 * database that must be waited for answers promises.
 *
 * Methods that execute what a machine asks for throw, or reject with, a {@link StorageError} where
 * the database refuses, and a {@link SqlError} for a statement that is wrong in itself.
 */
export interface SqlDriver {
  begin(): Maybe<void>;
  query(sql: string, parameters: readonly SqlValue[]): Maybe<SqlResult>;
  /** The rows that the open transaction has written to, each once; may name rows it left alone. */
  touched(): Maybe<readonly TouchedRow[]>;
  /** What a row holds in the open transaction, if it is there. */
  read(row: TouchedRow): Maybe<SqlRow | undefined>;
  /** Answers why the commit failed, after which the transaction is rolled back. */
  commit(): Maybe<StorageError | undefined>;
  rollBack(): Maybe<void>;
  /** Ends the connection, whatever is open. */
  close(): void;
}

/** A database that runs begin with: what it holds, and how to open a copy of it. */
export interface SqlTemplate {
  readonly tables: readonly TableShape[];
  /** All rows, by the name of the table. */
  readonly rows: ReadonlyMap<string, readonly SqlRow[]>;
  /** A database of its own that begins with what the template holds. */
  open(): SqlDriver;
  /** Gives back what the template holds on to. */
  close(): void;
}
