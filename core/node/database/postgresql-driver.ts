import { StorageError } from '../../machine/errors.ts';
import type { SqlRow, SqlValue } from '../../machine/storage.ts';
import { ProblemError } from '../../problem.ts';
import { asError, messageOf } from '../../thrown.ts';
import { toRows, toValue } from './postgresql-rows.ts';
import { enterNewSchema, enterSchema, type PostgresqlSession } from './postgresql-session.ts';
import {
  followWrites,
  indexByKey,
  SELECT_WRITES,
  selectByKeys,
  writtenKeys,
  type PostgresqlTable,
} from './postgresql-writes.ts';
import {
  quoteName,
  SqlError,
  type SqlDriver,
  type SqlResult,
  type TouchedRow,
} from './sql-driver.ts';

/** The data that the runs of a machine share. */
export interface Origin {
  readonly session: PostgresqlSession;
  readonly schema: string;
  readonly tables: readonly PostgresqlTable[];
}

/** The connection of a run to its schema, which is made when its first transaction begins. */
export class PostgresqlDriver implements SqlDriver {
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
    await this.#session.batch(
      `begin isolation level repeatable read; ${enterSchema(this.#schema)}`,
    );
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
        : asError(error);
    this.#failure ??= known;
    return known;
  }

  async touched(): Promise<readonly TouchedRow[]> {
    if (this.#failure) return [];
    try {
      return await this.#findTouched();
    } catch (error) {
      // The commit fails with this error.
      this.#failure = asError(error);
      return [];
    }
  }

  async #findTouched(): Promise<readonly TouchedRow[]> {
    const [log] = await this.#session.batch(SELECT_WRITES);
    const noted = log?.rows[0]?.[0];
    if (!noted) return [];
    const tables = [...writtenKeys(noted)].flatMap(([index, byText]) => {
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
      return toStorageError(error);
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
function toStorageError(error: unknown): StorageError {
  return error instanceof StorageError ? error : new StorageError(messageOf(error), 'constraint');
}

function uncertainProblem(): ProblemError {
  return new ProblemError({
    title:
      'The connection to PostgreSQL was lost during a commit, so it is not known whether the step took place.',
    remedy: 'Run the seed again.',
  });
}
