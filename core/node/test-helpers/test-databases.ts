import fc from 'fast-check';
import { expect } from 'vitest';
import type { SqlRow } from '../../machine/storage.ts';
import { makePostgresqlTemplate } from '../database/postgresql-template.ts';
import type { SqlTemplate } from '../database/sql-driver.ts';
import { SqlStateStore, viewOf } from '../database/sql-store.ts';
import { makeSqliteTemplate } from '../database/sqlite-template.ts';
import { startTestServer, type TestServer } from './test-postgresql-server.ts';

/** A database for the tests that all databases must pass. */
export interface TestDatabase {
  /** Its name, and the reason if it is missing. */
  readonly title: string;
  readonly isMissing: boolean;
  readonly dialect: 'sqlite' | 'postgresql';
  /** How a machine declares it, without the schema. */
  readonly options: { readonly connectionString?: string };
  makeTemplate(schema: string): Promise<SqlTemplate>;
}

/** PGlite takes seconds to start, and longer on a busy computer. */
export const START_MS_MAX = 120_000;

/** The embedded SQLite. */
export const SQLITE: TestDatabase = {
  title: 'SQLite',
  isMissing: false,
  dialect: 'sqlite',
  options: {},
  makeTemplate: (schema) => makeSqliteTemplate(schema),
};

/** The embedded PostgreSQL. */
export const PGLITE: TestDatabase = {
  title: 'PGlite',
  isMissing: false,
  dialect: 'postgresql',
  options: {},
  makeTemplate: (schema) => makePostgresqlTemplate(schema),
};

/** Starts a real server, if there is one, and returns how to stop it. */
export async function startServerDatabase(): Promise<{
  readonly database: TestDatabase;
  readonly server: TestServer | undefined;
}> {
  const started = await startTestServer();
  const [reason, server] =
    typeof started === 'string' ? [started, undefined] : [undefined, started];
  const connectionString = server?.connectionString ?? '';
  return {
    server,
    database: {
      title: reason === undefined ? 'a PostgreSQL server' : `a PostgreSQL server (${reason})`,
      isMissing: reason !== undefined,
      dialect: 'postgresql',
      options: { connectionString },
      makeTemplate: (schema) => makePostgresqlTemplate(schema, connectionString),
    },
  };
}

/** Converts a statement with `$1`, `$2`, … to a dialect. */
export function inDialect(dialect: TestDatabase['dialect'], sql: string): string {
  return dialect === 'sqlite' ? sql.replaceAll('$', '?') : sql;
}

/** Databases with their titles, which `describe.each` would otherwise cut. */
export function titled(databases: readonly TestDatabase[]): [title: string, TestDatabase][] {
  return databases.map((database) => [database.title, database]);
}

/** Tables with keys, checks, references and values of most types. */
export const ACCOUNTS_SCHEMA = `
  create table accounts (
    id integer primary key,
    owner text not null,
    balance integer not null check (balance >= 0),
    big bigint,
    amount numeric(10, 2),
    is_open boolean,
    seen timestamp
  );
  create table entries (
    account integer not null references accounts (id) on delete cascade on update cascade,
    place text not null,
    note text,
    primary key (account, place)
  );
  create table codes (code text primary key, uses integer not null unique);
  create table links (
    id bigint primary key,
    target integer references accounts (id) deferrable initially deferred
  );
  create table moments (at timestamp not null, is_late boolean not null, primary key (at, is_late));
  insert into accounts values (1, 'Ann', 5, 9007199254740993, 1.5, true, '2024-02-29 12:00:00');
  insert into entries values (1, 'it''s', 'a "note"');
`;

/** Makes random writes to the tables `users` and `places`, and compares the view with the database. */
export async function expectRowsIdentified(template: SqlTemplate): Promise<void> {
  const table = fc.constantFrom('users', 'places');
  const name = fc.constantFrom("'Ada'", "'ADA'", "'ada'", "'Åse'", "'åse'", "'b'");
  const statement = fc.oneof(
    fc
      .tuple(table, name, fc.nat(2))
      .map(([into, key, n]) => `insert into ${into} values (${key}, ${n}) on conflict do nothing`),
    fc
      .tuple(table, name, name)
      .map(([of, to, from]) => `update ${of} set name = ${to} where name = ${from}`),
    fc.tuple(table, name).map(([from, key]) => `delete from ${from} where name = ${key}`),
    table.map((of) => `update ${of} set n = n + 1`),
  );
  const steps = fc.array(fc.array(statement, { minLength: 1, maxLength: 3 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(steps, async (made) => {
      const store = new SqlStateStore(template.open(), viewOf(template));
      for (const statements of made) {
        await store.begin();
        for (const sql of statements) await store.access.run(sql).catch(() => {});
        await store.seal();
        await store.commit();
        await store.begin();
        const rows = new Map<string, readonly SqlRow[]>();
        for (const shape of template.tables) {
          rows.set(shape.name, await store.access.all(`select * from ${shape.name}`));
        }
        await store.rollBack();
        expect(store.committed).toEqual(viewOf({ ...template, rows }));
      }
      store.close();
    }),
    { numRuns: 25 },
  );
}

/** The rows of a table in a view. */
export function rowsOf(view: Readonly<Record<string, unknown>>, table: string): readonly unknown[] {
  return [...(view[table] as ReadonlyMap<unknown, unknown>).values()];
}
