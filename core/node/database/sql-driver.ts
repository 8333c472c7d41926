import type { StorageError } from '../../machine/errors.ts';
import type { SqlRow, SqlValue } from '../../machine/storage.ts';
import { ProblemError } from '../../problem.ts';
import type { Maybe } from '../../waiting.ts';

/** A table of a database, with what identifies its rows. */
export interface TableShape {
  readonly name: string;
  /** Columns of the primary key, in its order. */
  readonly keyColumns: readonly string[];
}

/** The result of a statement. */
export interface SqlResult {
  readonly rows: readonly SqlRow[];
  /** The number of rows that it inserted, updated or deleted. */
  readonly changes: number;
}

/** A row that an open transaction has written to, by the values of its table's key columns. */
export interface TouchedRow {
  readonly table: TableShape;
  readonly key: readonly SqlValue[];
}

/** Thrown for a statement that is invalid, whatever the database holds. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
}

/**
 * A connection to the database of one run, as the state store needs it. SQLite returns at once; a
 * database that must be waited for returns promises.
 *
 * Methods that execute statements of a machine throw, or reject with, a {@link StorageError} when
 * the database refuses, and a {@link SqlError} for an invalid statement.
 */
export interface SqlDriver {
  begin(): Maybe<void>;
  query(sql: string, parameters: readonly SqlValue[]): Maybe<SqlResult>;
  /** The rows that the open transaction has written to, each once; may include unchanged rows. */
  touched(): Maybe<readonly TouchedRow[]>;
  /** Returns a row as the open transaction sees it, if it exists. */
  read(row: TouchedRow): Maybe<SqlRow | undefined>;
  /** Returns the reason if the commit failed; the transaction is rolled back then. */
  commit(): Maybe<StorageError | undefined>;
  rollBack(): Maybe<void>;
  /** Opens a separate database with the same contents, outside of a transaction; absent on a server. */
  copy?(): SqlDriver;
  /** Ends the connection, even with an open transaction. */
  close(): void;
}

/** The database with which runs begin: its contents, and how to open a copy. */
export interface SqlTemplate {
  readonly tables: readonly TableShape[];
  /** All rows, by the names of their tables. */
  readonly rows: ReadonlyMap<string, readonly SqlRow[]>;
  /** Opens a separate database that begins with the contents of the template. */
  open(): SqlDriver;
  /** Releases the resources of the template. */
  close(): void;
}

/** A name as SQL writes it, whatever characters it has. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Says that the rows of a table cannot be identified, and how to mend that. */
export function noKeyProblem(table: string): ProblemError {
  return new ProblemError({
    title: `The table ${table} has no primary key, so its rows cannot be identified.`,
    remedy: `Declare a primary key, such as \`create table ${table} (id integer primary key, …)\`.`,
  });
}
