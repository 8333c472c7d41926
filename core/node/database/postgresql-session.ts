import type { Client as PgClient, ClientConfig, DatabaseError, QueryArrayResult } from 'pg';
import { StorageError } from '../../machine/errors.ts';
import { type SqlValue } from '../../machine/storage.ts';
import { ProblemError } from '../../problem.ts';
import { codeOf, messageOf } from '../../thrown.ts';
import { loadOptional } from '../optional-package.ts';
import { quoteName, SqlError } from './sql-driver.ts';

/** The result of a statement, as the server wrote it. */
export interface Answer {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly RawValue[])[];
  /** The number of rows that it inserted, updated or deleted. */
  readonly changes: number;
  /** The command that the server reports as done, such as `COMMIT`. */
  readonly done: string;
}

/** A column of a result, with the object id of its type. */
export interface Column {
  readonly name: string;
  readonly type: number;
}

/** A value as text in the server's notation. */
export type RawValue = string | null;

/** Methods of the library that its types leave out. */
type Client = PgClient & { ref(): void; unref(): void };

/** A server that does not respond in this time is treated as unavailable. */
const CONNECT_MS_MAX = 10_000;
/** Tidying up at the end may keep the process alive for this long. */
const CLOSE_MS_MAX = 5_000;

/** Results must not depend on the configuration of a server or a database. */
const SETTINGS = `
  set timezone = 'UTC';
  set datestyle = 'ISO, YMD';
  set intervalstyle = 'postgres';
  set bytea_output = 'hex';
  set extra_float_digits = 1;
  set standard_conforming_strings = on;
  set client_min_messages = error;
  set search_path = '';
  set synchronous_commit = off`;

/**
 * A connection to PostgreSQL that runs share: each has its own schema, and takes its turn for a
 * transaction. The connection is made on first use, and again after it was lost.
 *
 * Methods that execute statements reject with the results of {@link toError}.
 */
export class PostgresqlSession {
  readonly #open: () => Promise<Client>;
  /** Statements to execute first on each connection. */
  readonly #greeting: string;
  #client: Client | undefined;
  #running = 0;
  #lastTurn: Promise<void> = Promise.resolve();

  /** @param greeting statements to execute first on each connection. */
  constructor(open: () => Promise<Client>, greeting = '') {
    this.#open = open;
    this.#greeting = greeting;
  }

  /** Waits until no other run is in a transaction; resolves with a function that ends the turn. */
  async takeTurn(): Promise<() => void> {
    const before = this.#lastTurn;
    let end = ignore;
    this.#lastTurn = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  }

  /** Whether there is a connection, as far as this process knows. */
  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  /** @throws {ProblemError} when the server does not respond, or refuses. */
  async connect(): Promise<void> {
    if (this.#client) return;
    const client = await this.#open();
    // Without a listener the loss of the connection would end the process.
    client.on('error', () => this.#lose(client));
    client.on('end', () => this.#lose(client));
    client.unref();
    this.#client = client;
    await this.batch(`${SETTINGS}; ${this.#greeting}`);
  }

  /** Executes several statements without parameters at once; resolves with the result of each. */
  async batch(sql: string): Promise<readonly Answer[]> {
    const answers = await this.#execute((client) => client.query({ text: sql, rowMode: 'array' }));
    // The library returns a list only when there is more than one.
    const list = answers as QueryArrayResult<RawValue[]> | QueryArrayResult<RawValue[]>[];
    return (Array.isArray(list) ? list : [list]).map(toAnswer);
  }

  /** Executes a single statement. */
  async query(sql: string, parameters: readonly SqlValue[]): Promise<Answer> {
    const query = {
      text: sql,
      values: [...parameters],
      rowMode: 'array' as const,
      // Otherwise, without parameters, the library would accept several statements.
      queryMode: 'extended',
    };
    return toAnswer(await this.#execute((client) => client.query<RawValue[]>(query)));
  }

  async #execute<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = this.#client;
    if (!client) throw new StorageError('the connection to the server is lost', 'unavailable');
    // Only running statements keep the process alive.
    this.#running += 1;
    client.ref();
    try {
      return await work(client);
    } catch (error) {
      const known = toError(error);
      if (known instanceof StorageError && known.problem === 'unavailable') this.#lose(client);
      throw known;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) client.unref();
    }
  }

  #lose(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(ignore);
  }

  /** Does the remaining work at an end, without errors and within a time limit. */
  tidyUp(work: () => Promise<unknown>): void {
    const timer = setTimeout(() => {
      if (this.#client) this.#lose(this.#client);
    }, CLOSE_MS_MAX).unref();
    void work()
      .catch(ignore)
      .finally(() => clearTimeout(timer));
  }

  /** Ends the connection after all requested turns. */
  close(): void {
    this.tidyUp(async () => {
      await this.takeTurn();
      if (this.#client) this.#lose(this.#client);
    });
  }
}

function ignore(): void {}

/** Commands that change rows. For other commands, the count is that of the rows they return. */
const CHANGING: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

function toAnswer(result: QueryArrayResult<RawValue[]>): Answer {
  const { command, fields, rowCount, rows } = result;
  return {
    columns: fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID })),
    rows,
    changes: CHANGING.has(command) ? (rowCount ?? 0) : 0,
    done: command,
  };
}

/** All values stay as the server wrote them, and are converted in one place. */
const RAW: Pick<ClientConfig, 'types'> = {
  types: { getTypeParser: () => (text: unknown) => text },
};

/** Makes a client that is not connected; the library is loaded on first use. */
export async function makeClient(config: ClientConfig): Promise<Client> {
  const { default: pg } = await loadOptional('PostgreSQL', ['pg'], () => import('pg'));
  return new pg.Client({ ...config, ...RAW }) as Client;
}

/** Makes a session with a server, by its connection string. */
export function serverSession(connectionString: string, greeting: string): PostgresqlSession {
  return new PostgresqlSession(async () => {
    const client = await makeClient({
      connectionString,
      fallback_application_name: 'phasmoscope',
      connectionTimeoutMillis: CONNECT_MS_MAX,
    }).catch((error: unknown) => {
      if (error instanceof ProblemError) throw error;
      // The error is not passed on: it holds the password.
      throw new ProblemError({
        title: 'The connection string of the machine is not valid.',
        remedy: 'Write it as `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`.',
      });
    });
    try {
      await client.connect();
    } catch (error) {
      void client.end().catch(ignore);
      throw toConnectProblem(client, error);
    }
    return client;
  }, greeting);
}

function toConnectProblem(client: Client, error: unknown): ProblemError {
  const cause = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const place = `PostgreSQL at ${client.host}:${client.port} (database ${client.database ?? ''})`;
  return new ProblemError(
    {
      title: `${place} cannot be used: ${messageOf(cause)}.`,
      remedy: remedyFor(codeOf(error) ?? '', client),
    },
    { cause: error },
  );
}

function remedyFor(code: string, { user, database }: Client): string {
  switch (code) {
    case '28P01':
    case '28000':
      return `Correct the user and the password in the connection string, or admit ${user ?? 'the user'} in the server's pg_hba.conf.`;
    case '3D000':
      return `Create the database (\`createdb ${database ?? ''}\`), or name another one in the connection string.`;
    case '53300':
      return 'Allow the server more connections (max_connections), or use fewer workers.';
    default:
      return 'Start the server, or correct host and port in the connection string; without one, the PostgreSQL that comes with Phasmoscope is used.';
  }
}

/** Converts an error by its SQLSTATE; an error without one is of the connection. */
export function toError(error: unknown): Error {
  if (error instanceof StorageError || error instanceof ProblemError) return error;
  const isOfParameters = error instanceof TypeError || error instanceof RangeError;
  const state = isOfServer(error) || isOfParameters ? (codeOf(error) ?? '') : '08000';
  const detail = isOfServer(error) ? error.detail : undefined;
  const text = [messageOf(error), detail].filter(Boolean).join(': ');
  // 23: integrity; a trigger that raises an exception, and a check option, guard integrity, too.
  if (state.startsWith('23') || state === 'P0001' || state === '44000') {
    return new StorageError(text, 'constraint');
  }
  if (state.startsWith('40') || state === '55P03') return new StorageError(text, 'conflict');
  // Connection, resources, intervention of an operator, system errors of the server.
  return /^(?:08|53|57|58)/.test(state)
    ? new StorageError(text, 'unavailable')
    : new SqlError(text);
}

function isOfServer(error: unknown): error is DatabaseError {
  return error instanceof Error && 'severity' in error && error.severity !== undefined;
}

/** Makes the schema of a run, and resolves unqualified names in it. */
export function enterNewSchema(name: string): string {
  return `create schema ${quoteName(name)}; ${enterSchema(name)}`;
}

/** Resolves unqualified names in a schema until the open transaction ends. */
export function enterSchema(name: string): string {
  return `set local search_path to ${quoteName(name)}`;
}
