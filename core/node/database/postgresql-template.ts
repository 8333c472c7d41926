import { randomBytes } from 'node:crypto';
import type { SqlRow } from '../../machine/storage.ts';
import { ProblemError } from '../../problem.ts';
import { messageOf } from '../../thrown.ts';
import { PostgresqlDriver } from './postgresql-driver.ts';
import { embeddedSession } from './postgresql-embedded.ts';
import { toRows } from './postgresql-rows.ts';
import {
  enterNewSchema,
  serverSession,
  type Column,
  type PostgresqlSession,
} from './postgresql-session.ts';
import { followWrites, type PostgresqlTable } from './postgresql-writes.ts';
import { noKeyProblem, quoteName, type SqlTemplate } from './sql-driver.ts';

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
        title: `No schema can be created in the database: ${messageOfPostgresql(error)}.`,
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
        title: `The schema of the machine does not execute: ${messageOfPostgresql(error)}.`,
        remedy: 'Correct the statements of `postgresql({ schema })`, and open the machine again.',
      },
      { cause: error },
    );
  }
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

function ignore(): void {}

/** The message of PostgreSQL, without a full stop, since it becomes part of a sentence. */
function messageOfPostgresql(error: unknown): string {
  return messageOf(error).replace(/\.$/, '');
}
