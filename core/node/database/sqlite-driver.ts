import type { Database, PreparedStatement, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { StorageError } from '../../machine/errors.ts';
import { type SqlRow, type SqlValue } from '../../machine/storage.ts';
import { ProblemError } from '../../problem.ts';
import { fromEntries } from '../../value/value.ts';
import { loadOptional } from '../optional-package.ts';
import {
  SqlError,
  type SqlDriver,
  type SqlResult,
  type SqlTemplate,
  type TableShape,
  type TouchedRow,
} from './sql-driver.ts';

/** SQLite in WebAssembly: one library for all databases of the process, loaded on first use. */
let library: Promise<Sqlite3Static> | undefined;

function loadLibrary(): Promise<Sqlite3Static> {
  library ??= initializeLibrary();
  return library;
}

async function initializeLibrary(): Promise<Sqlite3Static> {
  const { default: initialize } = await loadOptional(
    'SQLite',
    ['@sqlite.org/sqlite-wasm'],
    () => import('@sqlite.org/sqlite-wasm'),
  );
  const sqlite3 = await initialize();
  // The machine handles violated constraints; on the console they would only alarm.
  Object.assign(sqlite3.config, { warn: ignore, error: ignore });
  return sqlite3;
}

function ignore(): void {}

/**
 * Makes the database with which runs begin.
 *
 * @param schema statements that create its tables, and may fill them.
 * @param file the bytes of a database file to begin with instead, with a name for it; it must have
 * the tables that `schema` creates.
 * @throws {ProblemError} when the schema does not execute, a table has no primary key, or the file
 * is not a database or has a different schema.
 */
export async function makeSqliteTemplate(
  schema: string,
  file?: { readonly name: string; readonly bytes: Uint8Array },
): Promise<SqlTemplate> {
  const sqlite3 = await loadLibrary();
  const declared = execute(sqlite3, schema);
  if (!file) return describeTemplate(sqlite3, declared);
  const given = openFile(sqlite3, file);
  try {
    requireSameSchema(declared, given, file.name);
  } catch (error) {
    given.close();
    throw error;
  } finally {
    declared.close();
  }
  return describeTemplate(sqlite3, given);
}

function execute(sqlite3: Sqlite3Static, schema: string): Database {
  const database = new sqlite3.oo1.DB(':memory:');
  configure(database);
  try {
    database.exec(schema);
    return database;
  } catch (error) {
    database.close();
    throw new ProblemError(
      {
        title: `The schema of the machine does not execute: ${messageOf(error)}.`,
        remedy: 'Correct the statements of `sqlite({ schema })`, and open the machine again.',
      },
      { cause: error },
    );
  }
}

function configure(database: Database): void {
  database.exec(
    'pragma foreign_keys = on; pragma journal_mode = memory; pragma synchronous = off; pragma cache_size = -65536',
  );
}

/** Offsets and values in the header of a database file (https://www.sqlite.org/fileformat.html). */
const WAL_WRITE = 18;
const WAL_READ = 19;
const WAL = 2;
const ROLLBACK_JOURNAL = 1;

function openFile(
  sqlite3: Sqlite3Static,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
): Database {
  const copy = new Uint8Array(bytes);
  // A database in memory has no write-ahead log, but these bytes of the header may say that it has.
  if (copy[WAL_READ] === WAL) copy[WAL_READ] = copy[WAL_WRITE] = ROLLBACK_JOURNAL;
  try {
    return openBytes(sqlite3, copy);
  } catch (error) {
    throw new ProblemError(
      {
        title: `${name} is not an SQLite database: ${messageOf(error)}.`,
        remedy: 'Give the path of a database file, or leave `file` out to begin with the schema.',
      },
      { cause: error },
    );
  }
}

function openBytes(sqlite3: Sqlite3Static, bytes: Uint8Array): Database {
  const { capi, wasm, oo1 } = sqlite3;
  const database = new oo1.DB(':memory:');
  const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE;
  const pointer = wasm.allocFromTypedArray(bytes);
  database.checkRc(
    capi.sqlite3_deserialize(database, 'main', pointer, bytes.length, bytes.length, flags),
  );
  try {
    // The first access reads the header.
    configure(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Tables with their columns, each as a text: `balance INTEGER NOT NULL`. */
function columnsOf(database: Database): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, string[]>();
  const rows = database.selectArrays(`
    select t.name, c.name || ' ' || c.type || iif(c."notnull", ' NOT NULL', '') || iif(c.pk, ' KEY ' || c.pk, '')
    from pragma_table_list t join pragma_table_xinfo(t.name) c
    where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'
    order by t.name, c.cid`);
  // The library types the results as any value; the statement above says what they are.
  for (const [table, column] of rows as unknown as readonly (readonly [string, string])[]) {
    const columns = tables.get(table);
    if (columns) columns.push(column);
    else tables.set(table, [column]);
  }
  return tables;
}

function requireSameSchema(declared: Database, given: Database, name: string): void {
  const [expected, actual] = [columnsOf(declared), columnsOf(given)];
  const differences = [...new Set([...expected.keys(), ...actual.keys()])].flatMap((table) => {
    const [wanted, found] = [expected.get(table), actual.get(table)];
    if (!found) return [`the table ${table} is missing`];
    if (!wanted) return [`the table ${table} is not in the machine's schema`];
    const [is, should] = [found.join(', '), wanted.join(', ')];
    return is === should
      ? []
      : [`the table ${table} has (${is}) where the machine has (${should})`];
  });
  if (differences.length === 0) return;
  throw new ProblemError({
    title: `The database file ${name} has a different schema from the machine: ${differences[0]}.`,
    remedy: 'Migrate a copy of the file to the schema of the machine, or correct the schema.',
    details: differences.join('\n'),
  });
}

/** A table, with what identifies its rows while they are written to. */
interface Table extends TableShape {
  /** The positions of the key columns in a row. */
  readonly keyIndexes: readonly number[];
  /** Whether its key is SQLite's row id, which comes with every change. */
  readonly isKeyedByRowId: boolean;
  /** Key columns that may be NULL, which a primary key of SQLite allows: `name text, n integer`. */
  readonly nullable: readonly string[];
}

function tablesOf(database: Database): readonly Table[] {
  // As above: the statement says what the results are.
  const tables = database.selectObjects(`
    select name, wr from pragma_table_list
    where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\'
    order by name`) as unknown as readonly { name: string; wr: number }[];
  return tables.map(({ name, wr }) => {
    const columns = database.selectObjects(
      'select cid, name, type, "notnull" as isNotNull from pragma_table_xinfo(?) where pk > 0 order by pk',
      [name],
    ) as unknown as readonly { cid: number; name: string; type: string; isNotNull: number }[];
    if (columns.length === 0) {
      throw new ProblemError({
        title: `The table ${name} has no primary key, so its rows cannot be identified.`,
        remedy: `Declare a primary key, such as \`create table ${name} (id integer primary key, …)\`.`,
      });
    }
    const [first] = columns;
    return {
      name,
      keyColumns: columns.map((column) => column.name),
      keyIndexes: columns.map((column) => column.cid),
      isKeyedByRowId: wr === 0 && columns.length === 1 && first?.type.toUpperCase() === 'INTEGER',
      nullable: columns.flatMap((column) =>
        column.isNotNull === 0 ? [`${column.name} ${column.type.toLowerCase()}`.trim()] : [],
      ),
    };
  });
}

function describeTemplate(sqlite3: Sqlite3Static, database: Database): SqlTemplate {
  try {
    const tables = tablesOf(database);
    for (const table of tables) requireIdentified(database, table);
    const rows = new Map(
      tables.map(({ name }) => [name, selectAll(database, `select * from ${quoteName(name)}`)]),
    );
    const bytes = sqlite3.capi.sqlite3_js_db_export(database);
    return {
      tables,
      rows,
      open: () => new SqliteDriver(sqlite3, openBytes(sqlite3, bytes), tables),
      close: ignore,
    };
  } finally {
    database.close();
  }
}

/**
 * A primary key of SQLite may be NULL, in any number of rows.
 *
 * @throws {ProblemError} when several rows have the same key with a NULL.
 */
function requireIdentified(database: Database, { name, keyColumns, nullable }: Table): void {
  if (nullable.length === 0) return;
  const keys = keyColumns.map(quoteName);
  const isNull = keys.map((key) => `${key} is null`).join(' or ');
  const [twin] = database.selectArrays(
    `select 1 from ${quoteName(name)} where ${isNull} group by ${keys.join(', ')} having count(*) > 1`,
  );
  if (!twin) return;
  throw new ProblemError({
    title: `Several rows of ${name} have the same key without a value (NULL), so they cannot be identified.`,
    remedy: `Declare its columns not null (${describeNotNull(nullable)}), or give each row a key.`,
  });
}

function describeNotNull(nullable: readonly string[]): string {
  return nullable.map((column) => `${column} not null`).join(', ');
}

function selectAll(database: Database, sql: string): readonly SqlRow[] {
  const statement = prepare(database, sql);
  try {
    return readRows(statement);
  } finally {
    statement.sql.finalize();
  }
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A prepared statement, with the names of the columns that it returns. */
interface Statement {
  readonly sql: PreparedStatement;
  readonly columns: readonly string[];
}

function prepare(database: Database, sql: string): Statement {
  const prepared = database.prepare(sql);
  return { sql: prepared, columns: prepared.columnCount > 0 ? prepared.getColumnNames() : [] };
}

function readRows({ sql, columns }: Statement): SqlRow[] {
  const rows: SqlRow[] = [];
  while (sql.step()) {
    rows.push(fromEntries(columns.map((name, index) => [name, toValue(sql.get(index))])));
  }
  return rows;
}

/** A value as the database stores it. */
type RawValue = SqlValue | Uint8Array;

function toValue(value: unknown): SqlValue {
  return value instanceof Uint8Array
    ? `x'${Buffer.from(value).toString('hex')}'`
    : (value as SqlValue);
}

/** A connection keeps at most this many prepared statements: machines have few, unless they paste values. */
const STATEMENTS_MAX = 200;

class SqliteDriver implements SqlDriver {
  readonly #sqlite3: Sqlite3Static;
  readonly #database: Database;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #statements = new Map<string, Statement>();
  /** The rows that the transaction has written to, by table and key. */
  readonly #touched = new Map<string, Map<SqlValue, TouchedRow>>();
  /** Those whose key has a NULL, which may be the key of others, too. */
  readonly #nullKeyed = new Set<TouchedRow>();
  /** Their keys as the database stores them: the text that represents a blob would not find it. */
  readonly #rawKeys = new WeakMap<TouchedRow, readonly RawValue[]>();

  constructor(sqlite3: Sqlite3Static, database: Database, tables: readonly Table[]) {
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

  #touch(table: Table, rowId: bigint, column: (index: number) => unknown): void {
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
  const code = ((error as { readonly resultCode?: number }).resultCode ?? 0) & 0xff;
  const message = messageOf(error);
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

/** The message of SQLite, without the code in front. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^SQLITE_\w+: sqlite3 result code \d+: /, '');
}
