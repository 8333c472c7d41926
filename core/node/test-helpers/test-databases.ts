import { makePostgresqlTemplate } from '../database/postgresql-driver.ts';
import type { SqlTemplate } from '../database/sql-driver.ts';
import { makeSqliteTemplate } from '../database/sqlite-driver.ts';
import { startTestServer, type TestServer } from './test-postgresql-server.ts';

/** A database that what holds for all of them is tried on. */
export interface TestDatabase {
  /** Says why, where there is none. */
  readonly title: string;
  readonly isMissing: boolean;
  readonly dialect: 'sqlite' | 'postgresql';
  /** How a machine declares it, without the schema. */
  readonly options: { readonly connectionString?: string };
  makeTemplate(schema: string): Promise<SqlTemplate>;
}

/** PGlite takes seconds to start, more on a machine that is busy. */
export const START_MS_MAX = 120_000;

/** SQLite, which comes along. */
export const SQLITE: TestDatabase = {
  title: 'SQLite',
  isMissing: false,
  dialect: 'sqlite',
  options: {},
  makeTemplate: (schema) => makeSqliteTemplate(schema),
};

/** The PostgreSQL that comes along. */
export const PGLITE: TestDatabase = {
  title: 'PGlite',
  isMissing: false,
  dialect: 'postgresql',
  options: {},
  makeTemplate: (schema) => makePostgresqlTemplate(schema),
};

/** A real server, and how to stop it; or none. */
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

/** Writes a statement with `$1`, `$2`, … for a database. */
export function inDialect(dialect: TestDatabase['dialect'], sql: string): string {
  return dialect === 'sqlite' ? sql.replaceAll('$', '?') : sql;
}

/** Databases with their titles, which `describe.each` would cut otherwise. */
export function titled(databases: readonly TestDatabase[]): [title: string, TestDatabase][] {
  return databases.map((database) => [database.title, database]);
}
