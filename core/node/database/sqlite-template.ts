import type { Database, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import type { SqlRow } from '../../machine/storage.ts';
import { ProblemError } from '../../problem.ts';
import { loadOptional } from '../optional-package.ts';
import { noKeyProblem, quoteName, type SqlTemplate } from './sql-driver.ts';
import { describeNotNull, SqliteDriver, type SqliteTable } from './sqlite-driver.ts';
import { configure, openBytes } from './sqlite-memory.ts';
import { messageOfSqlite, prepare, readRows } from './sqlite-statements.ts';

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

/** The bytes of a database file, with a name for it. */
interface DatabaseFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Makes the database with which runs begin.
 *
 * @param schema statements that create its tables, and may fill them.
 * @param file what to begin with instead; it must have the tables that `schema` creates.
 * @throws {ProblemError} when the schema does not execute, a table has no primary key, or the file
 * is not a database or has a different schema.
 */
export async function makeSqliteTemplate(
  schema: string,
  file?: DatabaseFile,
): Promise<SqlTemplate> {
  const sqlite3 = await loadLibrary();
  const declared = execute(sqlite3, schema);
  if (!file) return describeTemplate(sqlite3, declared);
  try {
    return describeTemplate(sqlite3, openAs(sqlite3, declared, file));
  } finally {
    declared.close();
  }
}

/** Opens a file that must have the schema that is declared. */
function openAs(sqlite3: Sqlite3Static, declared: Database, file: DatabaseFile): Database {
  const given = openFile(sqlite3, file);
  try {
    requireSameSchema(declared, given, file.name);
    return given;
  } catch (error) {
    given.close();
    throw error;
  }
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
        title: `The schema of the machine does not execute: ${messageOfSqlite(error)}.`,
        remedy: 'Correct the statements of `sqlite({ schema })`, and open the machine again.',
      },
      { cause: error },
    );
  }
}

/** Offsets and values in the header of a database file (https://www.sqlite.org/fileformat.html). */
const WAL_WRITE = 18;
const WAL_READ = 19;
const WAL = 2;
const ROLLBACK_JOURNAL = 1;

function openFile(sqlite3: Sqlite3Static, { name, bytes }: DatabaseFile): Database {
  const copy = new Uint8Array(bytes);
  // A database in memory has no write-ahead log, but these bytes of the header may say that it has.
  if (copy[WAL_READ] === WAL) copy[WAL_READ] = copy[WAL_WRITE] = ROLLBACK_JOURNAL;
  try {
    return openBytes(sqlite3, copy);
  } catch (error) {
    throw new ProblemError(
      {
        title: `${name} is not an SQLite database: ${messageOfSqlite(error)}.`,
        remedy: 'Give the path of a database file, or leave `file` out to begin with the schema.',
      },
      { cause: error },
    );
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

function tablesOf(database: Database): readonly SqliteTable[] {
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
      throw noKeyProblem(name);
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
function requireIdentified(database: Database, { name, keyColumns, nullable }: SqliteTable): void {
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

function selectAll(database: Database, sql: string): readonly SqlRow[] {
  const statement = prepare(database, sql);
  try {
    return readRows(statement);
  } finally {
    statement.sql.finalize();
  }
}
