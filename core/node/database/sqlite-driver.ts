import type { Database, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { StorageError } from '../../machine/errors.ts';
import type { SqlRow, SqlValue } from '../../machine/storage.ts';
import { numberOf } from '../../thrown.ts';
import {
  quoteName,
  SqlError,
  type SqlDriver,
  type SqlResult,
  type TableShape,
  type TouchedRow,
} from './sql-driver.ts';
import { openBytes } from './sqlite-memory.ts';
import {
  messageOfSqlite,
  prepare,
  readRows,
  toValue,
  type RawValue,
  type Statement,
} from './sqlite-statements.ts';

/** A table, with what identifies its rows while they are written to. */
export interface SqliteTable extends TableShape {
  /** The positions of the key columns in a row. */
  readonly keyIndexes: readonly number[];
  /** Whether its key is SQLite's row id, which comes with every change. */
  readonly isKeyedByRowId: boolean;
  /** Key columns that may be NULL, which a primary key of SQLite allows: `name text, n integer`. */
  readonly nullable: readonly string[];
}

/** A connection keeps at most this many prepared statements: machines have few, unless they paste values. */
const STATEMENTS_MAX = 200;

/** The database of a run, in the memory of the process. */
export class SqliteDriver implements SqlDriver {
  readonly #sqlite3: Sqlite3Static;
  readonly #database: Database;
  readonly #tables: ReadonlyMap<string, SqliteTable>;
  readonly #statements = new Map<string, Statement>();
  /** The rows that the transaction has written to, by table and key. */
  readonly #touched = new Map<string, Map<SqlValue, TouchedRow>>();
  /** Those whose key has a NULL, which may be the key of others, too. */
  readonly #nullKeyed = new Set<TouchedRow>();
  /** Their keys as the database stores them: the text that represents a blob would not find it. */
  readonly #rawKeys = new WeakMap<TouchedRow, readonly RawValue[]>();

  constructor(sqlite3: Sqlite3Static, database: Database, tables: readonly SqliteTable[]) {
    this.#sqlite3 = sqlite3;
    this.#database = database;
    this.#tables = new Map(tables.map((table) => [table.name, table]));
    const { capi } = sqlite3;
    setPreupdateHook(sqlite3, database, (_, pointer, kind, __, name, oldRowId, newRowId) => {
      const table = this.#tables.get(name);
      if (!table) return;
      if (kind !== capi.SQLITE_INSERT) {
        const old = (index: number) => capi.sqlite3_preupdate_old_js(pointer, index);
        this.#touch(table, oldRowId, old);
      }
      if (kind !== capi.SQLITE_DELETE) {
        const fresh = (index: number) => capi.sqlite3_preupdate_new_js(pointer, index);
        this.#touch(table, newRowId, fresh);
      }
    });
  }

  #touch(table: SqliteTable, rowId: bigint, column: (index: number) => unknown): void {
    const raw = table.isKeyedByRowId
      ? [toNumber(rowId)]
      : table.keyIndexes.map((index) => column(index) as RawValue);
    const key = raw.map(toValue);
    // A key of several columns is identified by its text.
    const [single] = key;
    const place = key.length === 1 && single !== undefined ? single : key.map(tagged).join('\0');
    let rows = this.#touched.get(table.name);
    if (!rows) this.#touched.set(table.name, (rows = new Map<SqlValue, TouchedRow>()));
    if (rows.has(place)) return;
    const touched = { table, key };
    rows.set(place, touched);
    this.#rawKeys.set(touched, raw);
    if (raw.includes(null)) this.#nullKeyed.add(touched);
  }

  begin(): void {
    this.#touched.clear();
    this.#nullKeyed.clear();
    this.query('begin', []);
  }

  query(sql: string, parameters: readonly SqlValue[]): SqlResult {
    const result = this.#execute(sql, parameters);
    if (this.#nullKeyed.size > 0) this.#requireIdentified();
    return result;
  }

  /** @throws {SqlError} when the transaction has made several rows of one key with a NULL. */
  #requireIdentified(): void {
    for (const row of this.#nullKeyed) {
      if (this.#select(row).length < 2) continue;
      const { name, nullable } = this.#tables.get(row.table.name) ?? { name: '', nullable: [] };
      throw new SqlError(
        `several rows of ${name} have the same key without a value (NULL), so they cannot be ` +
          `identified: declare its columns not null (${describeNotNull(nullable)})`,
      );
    }
  }

  #execute(sql: string, parameters: readonly RawValue[]): SqlResult {
    const statement = this.#prepare(sql);
    try {
      if (parameters.length > 0) statement.sql.bind(parameters as RawValue[]);
      if (statement.columns.length > 0) return { rows: readRows(statement), changes: 0 };
      statement.sql.step();
      return { rows: [], changes: this.#database.changes() };
    } catch (error) {
      throw toError(error, sql);
    } finally {
      // A statement that failed returns its error again when it is reset.
      this.#sqlite3.capi.sqlite3_reset(statement.sql);
      if (parameters.length > 0) statement.sql.clearBindings();
    }
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= STATEMENTS_MAX) this.#finalizeStatements();
    let statement: Statement;
    try {
      statement = prepare(this.#database, sql);
    } catch (error) {
      throw toError(error, sql);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  touched(): readonly TouchedRow[] {
    const touched: TouchedRow[] = [];
    for (const rows of this.#touched.values()) touched.push(...rows.values());
    return touched;
  }

  read(row: TouchedRow): SqlRow | undefined {
    // A machine may have caught the error.
    if (this.#nullKeyed.has(row)) this.#requireIdentified();
    return this.#select(row)[0];
  }

  #select(row: TouchedRow): readonly SqlRow[] {
    const { table, key } = row;
    const condition = table.keyColumns.map((name) => `${quoteName(name)} is ?`).join(' and ');
    const sql = `select * from ${quoteName(table.name)} where ${condition}`;
    return this.#execute(sql, this.#rawKeys.get(row) ?? key).rows;
  }

  commit(): StorageError | undefined {
    try {
      this.query('commit', []);
      return undefined;
    } catch (error) {
      this.rollBack();
      if (error instanceof StorageError) return error;
      throw error;
    }
  }

  rollBack(): void {
    // Some errors have already ended the transaction.
    if (this.#sqlite3.capi.sqlite3_get_autocommit(this.#database) === 0) this.query('rollback', []);
  }

  copy(): SqlDriver {
    const bytes = this.#sqlite3.capi.sqlite3_js_db_export(this.#database);
    const database = openBytes(this.#sqlite3, bytes);
    return new SqliteDriver(this.#sqlite3, database, [...this.#tables.values()]);
  }

  close(): void {
    this.#finalizeStatements();
    setPreupdateHook(this.#sqlite3, this.#database, 0);
    this.#database.close();
  }

  #finalizeStatements(): void {
    for (const { sql } of this.#statements.values()) sql.finalize();
    this.#statements.clear();
  }
}

type PreupdateHook = Parameters<Sqlite3Static['capi']['sqlite3_preupdate_hook']>[1];

/** The library's types leave out the last parameter, which the library requires. */
function setPreupdateHook(sqlite3: Sqlite3Static, database: Database, hook: PreupdateHook | 0) {
  const set = sqlite3.capi.sqlite3_preupdate_hook as (
    database: Database,
    hook: PreupdateHook | 0,
    context: 0,
  ) => void;
  set(database, hook, 0);
}

function toNumber(rowId: bigint): SqlValue {
  return rowId >= Number.MIN_SAFE_INTEGER && rowId <= Number.MAX_SAFE_INTEGER
    ? Number(rowId)
    : rowId;
}

function tagged(value: SqlValue): string {
  return `${typeof value}:${String(value)}`;
}

/** Primary result codes: the low byte of the codes that SQLite returns. */
const BUSY = 5;
const LOCKED = 6;
const FULL = 13;
const IO_ERROR = 10;
const CONSTRAINT = 19;

function toError(error: unknown, sql: string): Error {
  const code = (numberOf(error, 'resultCode') ?? 0) & 0xff;
  const message = messageOfSqlite(error);
  switch (code) {
    case CONSTRAINT:
      return new StorageError(message, 'constraint');
    case BUSY:
    case LOCKED:
      return new StorageError(message, 'conflict');
    case FULL:
    case IO_ERROR:
      return new StorageError(message, 'unavailable');
    default:
      return new SqlError(`${message}, in: ${sql.trim()}`);
  }
}

/** Columns as a schema declares them when they must have a value. */
export function describeNotNull(nullable: readonly string[]): string {
  return nullable.map((column) => `${column} not null`).join(', ');
}
