import { randomBytes } from 'node:crypto';
import { StorageError } from '../../machine/errors.ts';
import { type SqlRow, type SqlValue } from '../../machine/storage.ts';
import { ProblemError } from '../../problem.ts';
import { fromEntries } from '../../value/value.ts';
import { embeddedSession } from './postgresql-embedded.ts';
import {
  serverSession,
  type Answer,
  type Column,
  type PostgresqlSession,
  type RawValue,
} from './postgresql-session.ts';
import {
  SqlError,
  type SqlDriver,
  type SqlResult,
  type SqlTemplate,
  type TableShape,
  type TouchedRow,
} from './sql-driver.ts';

/**
 * Makes the database with which runs begin.
 *
 * Each run has its own schema, named `phasmoscope_` and a number, which is made when its first
 * transaction begins, and dropped at its end. Nothing else on a server is written to.
 *
 * @param schema statements that create its tables, and may fill them.
 * @param connectionString of a server; PGlite is used without one.
 * @throws {ProblemError} when the server does not respond, the schema does not execute, fills its
 * tables differently each time, or has a table without a primary key.
 */
export async function makePostgresqlTemplate(
  schema: string,
  connectionString?: string,
): Promise<SqlTemplate> {
  const prefix = `phasmoscope_${randomBytes(8).toString('hex')}`;
  const session =
    connectionString === undefined
      ? await embeddedSession()
      : serverSession(connectionString, claim(prefix));
  const close = () => {
    if (connectionString !== undefined) session.close();
  };
  const endTurn = await session.takeTurn();
  try {
    await session.connect();
    if (connectionString !== undefined) await dropAbandonedSchemas(session);
    const { tables, rows } = await tryOut(session, prefix, schema);
    await requireSameRows(session, prefix, schema, rows);
    const origin = { session, schema, tables };
    let runs = 0;
    return {
      tables,
      rows,
      open: () => new PostgresqlDriver(origin, `${prefix}_${(runs += 1)}`),
      close,
    };
  } catch (error) {
    close();
    throw error;
  } finally {
    endTurn();
  }
}

/** A schema's name, with the part that identifies its process. */
const OWNER = /^phasmoscope_([0-9a-f]{16})(?:_\d+)?$/;

/** Takes a lock that marks the schemas of a prefix as in use for as long as the connection lives. */
function claim(prefix: string): string {
  return `select pg_advisory_lock(${lockOf(prefix)})`;
}

function lockOf(name: string): string {
  const owner = OWNER.exec(name)?.[1] ?? '0';
  return String(BigInt.asIntN(64, BigInt(`0x${owner}`)));
}

/** Drops the schemas of processes that were killed, which could not drop them themselves. */
async function dropAbandonedSchemas(session: PostgresqlSession): Promise<void> {
  const found = await session.query(
    `select nspname from pg_namespace where nspname like 'phasmoscope\\_%' and pg_has_role(nspowner, 'usage')`,
    [],
  );
  for (const [name] of found.rows) {
    if (!name || !OWNER.test(name)) continue;
    const lock = lockOf(name);
    const locked = await session.query(`select pg_try_advisory_lock(${lock})`, []);
    // A session can take its own lock again.
    if (locked.rows[0]?.[0] !== 't') continue;
    await session.batch(
      `drop schema if exists ${quoteName(name)} cascade; select pg_advisory_unlock(${lock})`,
    );
  }
}

/** A table, with the data to read its rows by their keys. */
interface PostgresqlTable extends TableShape {
  readonly keyTypes: readonly KeyType[];
}

interface KeyType {
  /** Its name as written in SQL. */
  readonly name: string;
  /** Its object id. */
  readonly id: number;
}

interface Contents {
  readonly tables: readonly PostgresqlTable[];
  readonly rows: ReadonlyMap<string, readonly SqlRow[]>;
}

/** Executes the schema of a machine, returns the contents that it makes, and rolls back. */
async function tryOut(session: PostgresqlSession, name: string, schema: string): Promise<Contents> {
  try {
    await execute(session, name, schema);
    await requireOwnSchemaOnly(session, name);
    const shapes = await describeTables(session, name);
    if (shapes.length === 0) return { tables: [], rows: new Map() };
    const answers = await session.batch(
      shapes.map((table) => `select * from ${quoteName(table.name)}`).join(';'),
    );
    const tables = shapes.map((table, index) => withTypes(table, answers[index]?.columns ?? []));
    // Checks that the triggers can be created before the first run needs them.
    await session.batch(followWrites(tables));
    const rows = new Map(
      shapes.map((table, index) => [table.name, toRows(answers[index])] as const),
    );
    return { tables, rows };
  } finally {
    // A lost connection has left nothing behind, either.
    await session.batch('rollback').catch(ignore);
    await session.batch(`drop schema if exists ${quoteName(name)} cascade`).catch(ignore);
  }
}

async function execute(session: PostgresqlSession, name: string, schema: string): Promise<void> {
  try {
    await session.batch(`begin; ${enterNewSchema(name)}`);
  } catch (error) {
    throw new ProblemError(
      {
        title: `No schema can be created in the database: ${messageOf(error)}.`,
        remedy: 'Name a database in the connection string in which its user may create schemas.',
      },
      { cause: error },
    );
  }
  try {
    await session.batch(schema);
    // Savepoints exist only inside a transaction: this fails if the schema has ended it.
    await session.batch('savepoint phasmoscope');
  } catch (error) {
    throw new ProblemError(
      {
        title: `The schema of the machine does not execute: ${messageOf(error)}.`,
        remedy: 'Correct the statements of `postgresql({ schema })`, and open the machine again.',
      },
      { cause: error },
    );
  }
}

/** Makes the schema of a run, and resolves unqualified names in it. */
function enterNewSchema(name: string): string {
  return `create schema ${quoteName(name)}; ${enter(name)}`;
}

function enter(name: string): string {
  return `set local search_path to ${quoteName(name)}`;
}

/** Anything outside of the schema would be shared by all runs, and not be dropped with the run. */
async function requireOwnSchemaOnly(session: PostgresqlSession, name: string): Promise<void> {
  const others = await session.query(
    `select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'S') and c.xmin = pg_current_xact_id()::xid
       and n.nspname not in ($1, 'pg_toast')
     order by 1`,
    [name],
  );
  const [other] = others.rows;
  if (!other) return;
  throw new ProblemError({
    title: `The schema of the machine makes or alters ${other[0] ?? ''}, which is outside of the run's own schema.`,
    remedy:
      'Write the names of tables without a schema in front, and do not create temporary tables.',
  });
}

type Shape = Omit<PostgresqlTable, 'keyTypes'> & { readonly keyTypeNames: readonly string[] };

async function describeTables(
  session: PostgresqlSession,
  schema: string,
): Promise<readonly Shape[]> {
  const columns = await session.query(
    `select c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       exists (select from pg_inherits i where c.oid in (i.inhparent, i.inhrelid))
     from pg_class c
       left join pg_index i on i.indrelid = c.oid and i.indisprimary
       left join unnest(i.indkey::int2[]) with ordinality as k (attnum, place) on true
       left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')
     order by c.relname collate "C", k.place`,
    [schema],
  );
  const shapes = new Map<string, { name: string; keyColumns: string[]; keyTypeNames: string[] }>();
  for (const [name, column, type, hasParts] of columns.rows as readonly string[][]) {
    if (name === undefined) continue;
    if (hasParts === 't') throw partsProblem(name);
    if (!column || !type) throw noKeyProblem(name);
    const shape = shapes.get(name) ?? { name, keyColumns: [], keyTypeNames: [] };
    shape.keyColumns.push(column);
    shape.keyTypeNames.push(type);
    shapes.set(name, shape);
  }
  return [...shapes.values()];
}

function noKeyProblem(table: string): ProblemError {
  return new ProblemError({
    title: `The table ${table} has no primary key, so its rows cannot be identified.`,
    remedy: `Declare a primary key, such as \`create table ${table} (id integer primary key, …)\`.`,
  });
}

function partsProblem(table: string): ProblemError {
  return new ProblemError({
    title: `The table ${table} is partitioned or inherits, so its rows would be seen twice.`,
    remedy: `Declare it as a separate table: how it is stored makes no difference to a machine.`,
  });
}

function withTypes({ name, keyColumns, keyTypeNames }: Shape, columns: readonly Column[]) {
  const keyTypes = keyColumns.map((column, index) => ({
    name: keyTypeNames[index] ?? '',
    id: columns.find((one) => one.name === column)?.type ?? 0,
  }));
  return { name, keyColumns, keyTypes };
}

/** Rows made by `now()` or `random()` would not follow from the seed. */
async function requireSameRows(
  session: PostgresqlSession,
  prefix: string,
  schema: string,
  rows: Contents['rows'],
): Promise<void> {
  const again = await tryOut(session, prefix, schema);
  const sorted = (all: readonly SqlRow[] = []) =>
    all
      .map((row) => Object.values(row).map(String).join('\0'))
      .toSorted()
      .join('\n');
  const other = [...rows.keys()].find(
    (table) => sorted(rows.get(table)) !== sorted(again.rows.get(table)),
  );
  if (other === undefined) return;
  throw new ProblemError({
    title: `The schema of the machine fills the table ${other} with different rows each time it is executed.`,
    remedy: 'Write values instead of functions such as now() and random(), in defaults, too.',
  });
}

/** The setting that lists the rows written by the open transaction. It is rolled back like all else. */
const LOG = 'phasmoscope.touched';

/**
 * Triggers that note, at each statement, the keys of the rows that it wrote to, as
 * `,[table,[key,…]]`, where a key is a list of texts.
 */
function followWrites(tables: readonly PostgresqlTable[]): string {
  return tables.map(followTable).join('\n');
}

function followTable({ name, keyColumns }: PostgresqlTable, index: number): string {
  const follower = `phasmoscope_follow_${index}`;
  const table = quoteName(name);
  const key = keyColumns.map((column) => `format('%s', ${quoteName(column)})`).join(', ');
  const note = (rows: string) => `
    select string_agg(json_build_array(${key})::text, ',') into keys from ${rows};
    if keys is not null then
      perform set_config('${LOG}', concat(current_setting('${LOG}', true), ',[${index},[', keys, ']]'), true);
    end if;`;
  const trigger = (event: string, rows: string) => `
    create trigger ${follower}_${event} after ${event} on ${table} referencing ${rows}
    for each statement execute function ${follower}();`;
  return `
    create function ${follower}() returns trigger language plpgsql as $phasmoscope$
    declare keys text;
    begin
      if tg_op = 'TRUNCATE' then
        raise exception 'truncate % cannot be followed: use delete', tg_table_name using errcode = '0A000';
      end if;
      if tg_op <> 'INSERT' then ${note('phasmoscope_before')} end if;
      if tg_op <> 'DELETE' then ${note('phasmoscope_after')} end if;
      return null;
    end $phasmoscope$;
    create trigger ${follower}_truncate before truncate on ${table}
    for each statement execute function ${follower}();
    ${trigger('insert', 'new table as phasmoscope_after')}
    ${trigger('update', 'old table as phasmoscope_before new table as phasmoscope_after')}
    ${trigger('delete', 'old table as phasmoscope_before')}`;
}

/** The data that the runs of a machine share. */
interface Origin {
  readonly session: PostgresqlSession;
  readonly schema: string;
  readonly tables: readonly PostgresqlTable[];
}

class PostgresqlDriver implements SqlDriver {
  readonly #origin: Origin;
  readonly #session: PostgresqlSession;
  readonly #schema: string;
  #isFilled = false;
  /** Whether the contents of the schema are unknown. */
  #isUncertain = false;
  #begun: Promise<void> | undefined;
  /** Ends the turn of the open transaction. */
  #endTurn: (() => void) | undefined;
  /** The first error of the transaction, with which PostgreSQL has ended it. */
  #failure: Error | undefined;
  readonly #found = new Map<TouchedRow, SqlRow | undefined>();

  constructor(origin: Origin, schema: string) {
    this.#origin = origin;
    this.#session = origin.session;
    this.#schema = schema;
  }

  begin(): Promise<void> {
    this.#begun = this.#begin();
    return this.#begun;
  }

  async #begin(): Promise<void> {
    if (this.#isUncertain) throw uncertainProblem();
    this.#endTurn = await this.#session.takeTurn();
    this.#failure = undefined;
    this.#found.clear();
    try {
      await this.#beginOnce();
    } catch (error) {
      // The connection was lost between two transactions: a new one will do.
      const isLost = error instanceof StorageError && error.problem === 'unavailable';
      if (!isLost) throw this.#giveUp(error);
      await this.#beginOnce().catch((again: unknown) => {
        throw this.#giveUp(again);
      });
    }
  }

  #giveUp(error: unknown): unknown {
    this.#release();
    return error;
  }

  async #beginOnce(): Promise<void> {
    await this.#session.connect();
    if (!this.#isFilled) await this.#fill();
    // A snapshot for the whole step, which is what a run would see anyway if it were alone;
    // if another session writes to its rows, that is a conflict, not a surprise.
    await this.#session.batch(`begin isolation level repeatable read; ${enter(this.#schema)}`);
  }

  async #fill(): Promise<void> {
    const { schema, tables } = this.#origin;
    await this.#session.batch(`begin; ${enterNewSchema(this.#schema)}`);
    await this.#session.batch(`${schema}\n;${followWrites(tables)}; commit`);
    this.#isFilled = true;
  }

  async query(sql: string, parameters: readonly SqlValue[]): Promise<SqlResult> {
    if (this.#failure) throw over(this.#failure);
    if (!this.#endTurn) throw new StorageError('the run is over', 'unavailable');
    try {
      const answer = await this.#session.query(sql, parameters);
      return { rows: toRows(answer), changes: answer.changes };
    } catch (error) {
      throw this.#fail(error, sql);
    }
  }

  #fail(error: unknown, sql: string): Error {
    const known =
      error instanceof SqlError
        ? new SqlError(`${error.message}, in: ${sql.trim()}`)
        : (error as Error);
    this.#failure ??= known;
    return known;
  }

  async touched(): Promise<readonly TouchedRow[]> {
    if (this.#failure) return [];
    try {
      return await this.#findTouched();
    } catch (error) {
      // The commit fails with this error.
      this.#failure = error as Error;
      return [];
    }
  }

  async #findTouched(): Promise<readonly TouchedRow[]> {
    const [log] = await this.#session.batch(`select current_setting('${LOG}', true)`);
    const noted = log?.rows[0]?.[0];
    if (!noted) return [];
    const keys = groupKeys(JSON.parse(`[${noted.slice(1)}]`) as readonly Note[]);
    const tables = [...keys].flatMap(([index, byText]) => {
      const table = this.#origin.tables[index];
      return table ? [{ table, keys: byText }] : [];
    });
    const answers = await this.#session.batch(
      tables.map(({ table, keys: sought }) => selectByKeys(table, [...sought.values()])).join(';'),
    );
    for (const [index, { table, keys: sought }] of tables.entries()) {
      const found = indexByKey(table, answers[index]);
      for (const [text, key] of sought) {
        const values = key.map((raw, place) => toValue(raw, table.keyTypes[place]?.id ?? 0));
        this.#found.set({ table, key: values }, found.get(text));
      }
    }
    return [...this.#found.keys()];
  }

  read(row: TouchedRow): SqlRow | undefined {
    return this.#found.get(row);
  }

  async commit(): Promise<StorageError | undefined> {
    if (this.#failure) {
      const failure = toStorageError(this.#failure);
      await this.rollBack();
      return failure;
    }
    try {
      const [answer] = await this.#session.batch('commit');
      return answer?.done === 'COMMIT'
        ? undefined
        : new StorageError('the transaction was rolled back', 'constraint');
    } catch (error) {
      // Whether the commit took place is known only if the server responded.
      this.#isUncertain = !this.#session.isConnected;
      return toStorageError(error as Error);
    } finally {
      this.#release();
    }
  }

  async rollBack(): Promise<void> {
    if (!this.#endTurn) return;
    try {
      await this.#session.batch('rollback');
    } catch {
      // The connection is lost, and the transaction with it.
    } finally {
      this.#release();
    }
  }

  close(): void {
    this.#session.tidyUp(async () => {
      // A transaction that is just beginning finishes first.
      await this.#begun?.catch(ignore);
      await this.rollBack();
      if (!this.#isFilled) return;
      this.#isFilled = false;
      const endTurn = await this.#session.takeTurn();
      try {
        await this.#session.connect();
        await this.#session.batch(`drop schema if exists ${quoteName(this.#schema)} cascade`);
      } finally {
        endTurn();
      }
    });
  }

  #release(): void {
    this.#endTurn?.();
    this.#endTurn = undefined;
  }
}

function ignore(): void {}

/** PostgreSQL ends a transaction with its first error: every further statement fails. */
function over(failure: Error): Error {
  const message = `the transaction is over: ${failure.message}`;
  return failure instanceof StorageError
    ? new StorageError(message, failure.problem)
    : new SqlError(message);
}

/** The reason why a commit failed. A transaction with an earlier error is never committed. */
function toStorageError(error: Error): StorageError {
  return error instanceof StorageError ? error : new StorageError(error.message, 'constraint');
}

function uncertainProblem(): ProblemError {
  return new ProblemError({
    title:
      'The connection to PostgreSQL was lost during a commit, so it is not known whether the step took place.',
    remedy: 'Run the seed again.',
  });
}

/** The index of a table, and keys of its rows. */
type Note = readonly [table: number, keys: readonly Key[]];
type Key = readonly string[];

/** The keys of each table, each once. */
function groupKeys(notes: readonly Note[]): ReadonlyMap<number, ReadonlyMap<string, Key>> {
  const tables = new Map<number, Map<string, Key>>();
  for (const [table, keys] of notes) {
    const known = tables.get(table) ?? new Map<string, Key>();
    for (const key of keys) known.set(JSON.stringify(key), key);
    tables.set(table, known);
  }
  return tables;
}

/** Selects the rows of any number of keys, with the table's index. */
function selectByKeys({ name, keyColumns, keyTypes }: PostgresqlTable, keys: readonly Key[]) {
  const lists = keyTypes.map(
    (type, place) => `${quoteText(toArray(keys.map((key) => key[place] ?? '')))}::${type.name}[]`,
  );
  const names = keyColumns.map((_, place) => `phasmoscope_${place}`);
  const same = keyColumns.map((column, place) => `t.${quoteName(column)} = k.${names[place]}`);
  return `select t.* from ${quoteName(name)} t join unnest(${lists.join(', ')}) k (${names.join(', ')}) on ${same.join(' and ')}`;
}

function toArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

/** Rows of a table by the text of their keys, as {@link groupKeys} writes it. */
function indexByKey(table: PostgresqlTable, answer: Answer | undefined): Map<string, SqlRow> {
  const columns = answer?.columns ?? [];
  const places = table.keyColumns.map((column) => columns.findIndex(({ name }) => name === column));
  const index = new Map<string, SqlRow>();
  for (const row of answer?.rows ?? []) {
    index.set(JSON.stringify(places.map((place) => row[place])), toRow(row, columns));
  }
  return index;
}

function toRows(answer: Answer | undefined): readonly SqlRow[] {
  return answer ? answer.rows.map((row) => toRow(row, answer.columns)) : [];
}

function toRow(row: readonly RawValue[], columns: readonly Column[]): SqlRow {
  return fromEntries(
    columns.map(({ name, type }, index) => [name, toValue(row[index] ?? null, type)]),
  );
}

/** Object ids of types whose values are converted; values of all other types stay texts. */
const BOOLEAN = 16;
const BYTES = 17;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const FLOAT4 = 700;
const FLOAT8 = 701;

function toValue(raw: RawValue, type: number): SqlValue {
  if (raw === null) return null;
  switch (type) {
    case BOOLEAN:
      return raw === 't';
    case BYTES:
      return `x'${raw.slice(2)}'`;
    case INT8: {
      const number = Number(raw);
      return Number.isSafeInteger(number) ? number : BigInt(raw);
    }
    case INT2:
    case INT4:
    case FLOAT4:
    case FLOAT8:
      return Number(raw);
    default:
      return raw;
  }
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The message of PostgreSQL, without a full stop, since it becomes part of a sentence. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
