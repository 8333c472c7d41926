import { makePostgresqlTemplate } from '../database/postgresql-template.ts';
import type { SqlTemplate } from '../database/sql-driver.ts';
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
