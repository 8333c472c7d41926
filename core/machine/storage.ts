import type { Value } from '../value/value.ts';
import type { StateStore } from './state-store.ts';

/** What a column of a row can hold. Integers beyond 2^53 are bigints; blobs are strings in hex. */
export type SqlValue = null | boolean | number | bigint | string;

/** A row of a result, by the names of its columns. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * The database inside a step: a transaction that Phasmoscope begins, and commits or rolls
 * back. A statement that ends it, or asks for time or randomness, is refused and is a finding.
 *
 * Parameters take the places of `?` (SQLite) or `$1`, `$2`, … (PostgreSQL).
 *
 * Its methods reject with a {@link StorageError} when the storage refuses.
 */
export interface SqlTransaction {
  /** All rows of a query, in its order. Without `order by` no order is promised. */
  all<Row extends object = SqlRow>(
    sql: string,
    parameters?: readonly SqlValue[],
  ): Promise<readonly Row[]>;
  /** The first row of a query, or `undefined`. */
  get<Row extends object = SqlRow>(
    sql: string,
    parameters?: readonly SqlValue[],
  ): Promise<Row | undefined>;
  /** Executes a statement; returns the number of rows that it inserted, updated or deleted. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<{ readonly changes: number }>;
}

/** A state in SQLite, which comes with Phasmoscope. */
export interface SqliteStorage {
  readonly kind: 'sqlite';
  /** Statements that make the database with which every run begins: `create table …; insert …`. */
  readonly schema: string;
  /**
   * A database file to begin with instead; its path is relative to the machine's folder. It is only read,
   * and must have the tables of `schema`.
   */
  readonly file?: string;
}

/**
 * A state in PostgreSQL. A step sees a snapshot (`repeatable read`). Values of types other
 * than boolean, whole numbers, real and double precision are texts as PostgreSQL writes them, with
 * times in UTC.
 *
 * A number that a `serial` or identity column has drawn is not released when a step is rolled
 * back: the same step draws another number then, which violates determinism.
 */
export interface PostgresqlStorage {
  readonly kind: 'postgresql';
  /**
   * Statements that make the tables with which every run begins, each with a primary key, and may fill
   * them. They are executed in one transaction, in a PostgreSQL schema of the run; names need no prefix.
   */
  readonly schema: string;
  /**
   * For a real server, such as `postgresql://localhost/test`. Each run has its own schema there,
   * which is dropped at its end; nothing else is touched. By default, PGlite is used, a PostgreSQL
   * that comes with Phasmoscope.
   */
  readonly connectionString?: string;
}

/** A state in an SQL database. */
export type SqlStorage = SqliteStorage | PostgresqlStorage;

/** A state of pairs of key and value in the order of their keys, kept in a database. */
export interface KeyValueStorage {
  readonly kind: 'keyValue';
  /** The pairs with which every run begins. */
  readonly pairs: Readonly<Record<string, Value>>;
  /** Where they are kept; SQLite by default. */
  readonly on?: 'sqlite' | 'postgresql' | { readonly connectionString: string };
}

/** Declares a state in SQLite, which begins with a schema or with a copy of a file. */
export function sqlite(options: Omit<SqliteStorage, 'kind'>): SqliteStorage {
  return { kind: 'sqlite', ...options };
}

/** Declares a state in PostgreSQL: the embedded one, or a server. */
export function postgresql(options: Omit<PostgresqlStorage, 'kind'>): PostgresqlStorage {
  return { kind: 'postgresql', ...options };
}

/** Declares a state of pairs of key and value. */
export function keyValue(options: Omit<KeyValueStorage, 'kind'> = { pairs: {} }): KeyValueStorage {
  return { kind: 'keyValue', ...options };
}

/**
 * The pairs inside a step, as in FoundationDB: a transaction over an ordered store of
 * keys. Keys are texts, in the order of their code points; values are plain data.
 *
 * Its methods reject with a {@link StorageError} when the storage refuses.
 */
export interface KeyValueTransaction {
  /** The value of a key, or `undefined` when there is none. */
  get(key: string): Promise<Value>;
  /** Returns the pairs from `begin` to before `end`, in the order of the keys, or in reverse. */
  getRange(
    begin: string,
    end: string,
    options?: { readonly limit?: number; readonly reverse?: boolean },
  ): Promise<readonly (readonly [key: string, value: Value])[]>;
  set(key: string, value: Value): Promise<void>;
  clear(key: string): Promise<void>;
  /** Clears the keys from `begin` to before `end`. */
  clearRange(begin: string, end: string): Promise<void>;
}

/** A connected storage, which the loader makes from a declaration. */
export interface ConnectedStorage {
  readonly kind: 'connected';
  /** Begins a run, with the initial state. */
  open(): StateStore;
}
