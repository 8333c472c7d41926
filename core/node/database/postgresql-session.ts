import type { Client as PgClient, ClientConfig, DatabaseError, QueryArrayResult } from 'pg';
import { StorageError } from '../../machine/errors.ts';
import { type SqlValue } from '../../machine/storage.ts';
import { ProblemError } from '../../problem.ts';
import { SqlError } from './sql-driver.ts';

/** What a statement answered, as the server wrote it. */
export interface Answer {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly RawValue[])[];
  /** Rows that it inserted, updated or deleted. */
  readonly changes: number;
  /** What the server says that it did, such as `COMMIT`. */
  readonly done: string;
}

/** A column of an answer, with the object id of its type. */
export interface Column {
  readonly name: string;
  readonly type: number;
}

/** A value as a text in the server's notation. */
export type RawValue = string | null;

/** The library can do this, which its types leave out. */
type Client = PgClient & { ref(): void; unref(): void };

/** A server that does not answer in this time is not there. */
const CONNECT_MS_MAX = 10_000;
/** What is still to be tidied up when everything is over may keep the process for so long. */
const CLOSE_MS_MAX = 5_000;

/** Answers must not depend on how a server or a database is set up. */
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
 * A connection to PostgreSQL that runs share: each has a schema of its own, and takes its turn for a
 * transaction. It is made when it is first needed, and made again after it was lost.
 *
 * Methods that execute something reject with what {@link toError} makes of it.
 */
export class PostgresqlSession {
  readonly #open: () => Promise<Client>;
  /** What is done first on each connection. */
  readonly #greeting: string;
  #client: Client | undefined;
  #running = 0;
  #lastTurn: Promise<void> = Promise.resolve();

  /** @param greeting statements to execute first on each connection. */
  constructor(open: () => Promise<Client>, greeting = '') {
    this.#open = open;
    this.#greeting = greeting;
  }

  /** Waits until no other run is in a transaction; answers how to end the turn. */
  async takeTurn(): Promise<() => void> {
    const before = this.#lastTurn;
    let end = ignore;
    this.#lastTurn = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  }

  /** Whether there is a connection, as far as is known. */
  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  /** @throws {ProblemError} when the server does not answer, or refuses. */
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

  /** Executes several statements without parameters in one go; answers for each of them. */
  async batch(sql: string): Promise<readonly Answer[]> {
    const answers = await this.#execute((client) => client.query({ text: sql, rowMode: 'array' }));
    // The library answers a list only when there is more than one.
    const list = answers as QueryArrayResult<RawValue[]> | QueryArrayResult<RawValue[]>[];
    return (Array.isArray(list) ? list : [list]).map(toAnswer);
  }

  /** Executes a statement, and no more than one. */
  async query(sql: string, parameters: readonly SqlValue[]): Promise<Answer> {
    const query = {
      text: sql,
      values: [...parameters],
      rowMode: 'array' as const,
      // Without parameters the library would let several statements pass otherwise.
      queryMode: 'extended',
    };
    return toAnswer(await this.#execute((client) => client.query<RawValue[]>(query)));
  }

  async #execute<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = this.#client;
    if (!client) throw new StorageError('the connection to the server is lost', 'unavailable');
    // Only what is under way keeps the process alive.
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

  /** Does what is left to be done at an end; it cannot fail, and does not take for ever. */
  tidyUp(work: () => Promise<unknown>): void {
    const timer = setTimeout(() => {
      if (this.#client) this.#lose(this.#client);
    }, CLOSE_MS_MAX).unref();
    void work()
      .catch(ignore)
      .finally(() => clearTimeout(timer));
  }

  /** Ends the connection after all turns that were asked for. */
  close(): void {
    this.tidyUp(async () => {
      await this.takeTurn();
      if (this.#client) this.#lose(this.#client);
    });
  }
}

function ignore(): void {}

/** Commands that change rows; the count of others is that of the rows they answer. */
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

/** All values stay as the server wrote them: they are read in one place. */
const RAW: Pick<ClientConfig, 'types'> = {
  types: { getTypeParser: () => (text: unknown) => text },
};

/** Makes a client that is not connected; the library is loaded when it is first needed. */
export async function makeClient(config: ClientConfig): Promise<Client> {
  const { default: pg } = await import('pg');
  return new pg.Client({ ...config, ...RAW }) as Client;
}

/** A session with a server, by its connection string. */
export function serverSession(connectionString: string, greeting: string): PostgresqlSession {
  return new PostgresqlSession(async () => {
    const client = await makeClient({
      connectionString,
      fallback_application_name: 'phasmoscope',
      connectionTimeoutMillis: CONNECT_MS_MAX,
    }).catch(() => {
      // The error is not passed on: it holds the password.
      throw new ProblemError({
        title: 'The connection string of the machine is none.',
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
  const { code = '' } = error as { readonly code?: string };
  const cause = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const place = `PostgreSQL at ${client.host}:${client.port} (database ${client.database ?? ''})`;
  return new ProblemError(
    {
      title: `${place} cannot be used: ${reason}.`,
      remedy: remedyFor(code, client),
    },
    { cause: error },
  );
}

function remedyFor(code: string, { user, database }: Client): string {
  switch (code) {
    case '28P01':
    case '28000':
      return `Correct the user and the password in the connection string, or let ${user ?? 'the user'} in by the server's pg_hba.conf.`;
    case '3D000':
      return `Create the database (\`createdb ${database ?? ''}\`), or name another one in the connection string.`;
    case '53300':
      return 'Let the server have more connections (max_connections), or use fewer workers.';
    default:
      return 'Start the server, or correct host and port in the connection string; without one, the PostgreSQL that comes with Phasmoscope is used.';
  }
}

/** What went wrong, by its SQLSTATE; an error without one is of the connection. */
export function toError(error: unknown): Error {
  if (error instanceof StorageError || error instanceof ProblemError) return error;
  const { message, detail, code } = error as Partial<DatabaseError>;
  const isOfParameters = error instanceof TypeError || error instanceof RangeError;
  const state = isOfServer(error) || isOfParameters ? (code ?? '') : '08000';
  const text = [message ?? String(error), detail].filter(Boolean).join(': ');
  // 23: integrity; a trigger that raises an exception, and a check option, guard integrity, too.
  if (state.startsWith('23') || state === 'P0001' || state === '44000') {
    return new StorageError(text, 'constraint');
  }
  if (state.startsWith('40') || state === '55P03') return new StorageError(text, 'conflict');
  // Connection, resources, intervention of an operator, input and output of the server's system.
  return /^(?:08|53|57|58)/.test(state)
    ? new StorageError(text, 'unavailable')
    : new SqlError(text);
}

function isOfServer(error: unknown): error is DatabaseError {
  return error instanceof Error && 'severity' in error && error.severity !== undefined;
}
