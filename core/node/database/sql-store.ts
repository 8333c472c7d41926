import { ProcessDied } from '../../engine/state-store.ts';
import { StorageError } from '../../machine/errors.ts';
import { type AccessFault, type Breach, type StateStore } from '../../machine/state-store.ts';
import { type SqlRow, type SqlTransaction, type SqlValue } from '../../machine/storage.ts';
import { Table } from '../../value/table.ts';
import { freeze, sameValue, type PlainObject, type Value } from '../../value/value.ts';
import { drive, wait, type Maybe, type Waiting } from '../../waiting.ts';
import type { SqlDriver, SqlResult, SqlTemplate, TouchedRow } from './sql-driver.ts';
import { findMisuse, type Misuse } from './statement-check.ts';

/** The rows of a database as a plain tree: for each table its rows by primary key. */
export type DatabaseView = Readonly<Record<string, Table>>;

/** Makes the view of a template's contents, which is shared by all runs. */
export function viewOf(template: SqlTemplate): DatabaseView {
  const tables = template.tables.map(({ name, keyColumns }) => {
    const rows = template.rows.get(name) ?? [];
    const entries = rows.map((row): [Value, Value] => [
      keyOf(keyColumns.map((column) => row[column] as SqlValue)),
      row,
    ]);
    return [name, new Table(entries)] as const;
  });
  return freeze(Object.fromEntries(tables), 'The database');
}

/** A row's key in the view: the value of its key column, or a list if there are several. */
function keyOf(key: readonly SqlValue[]): Value {
  const [single] = key;
  return key.length === 1 ? single : key;
}

const NONE: readonly never[] = [];

/** The verdicts on statements, by their text. Kept, because machines use few different ones. */
const misuses = new Map<string, Misuse | undefined>();
const MISUSES_MAX = 5_000;

function misuseOf(sql: string): Misuse | undefined {
  if (misuses.has(sql)) return misuses.get(sql);
  if (misuses.size >= MISUSES_MAX) misuses.clear();
  const misuse = findMisuse(sql);
  misuses.set(sql, misuse);
  return misuse;
}

/**
 * State in an SQL database. The store keeps a view of the database's rows, which
 * shares unwritten rows with its earlier versions: the database reports which rows were
 * written, and only these are read again. So the cost of a step depends only on the rows it touches.
 */
export class SqlStateStore implements StateStore {
  readonly isTransactional = true;
  readonly #driver: SqlDriver;
  #committed: DatabaseView;
  #pending: DatabaseView;
  #transaction: Transaction;

  /** @param view the view of the database's contents. */
  constructor(driver: SqlDriver, view: DatabaseView) {
    this.#driver = driver;
    this.#committed = view;
    this.#pending = view;
    this.#transaction = new Transaction(driver);
    void this.#transaction.end();
  }

  get access(): SqlTransaction {
    return this.#transaction;
  }

  get recovery(): SqlTransaction {
    return this.#transaction;
  }

  get committed(): PlainObject {
    return this.#committed;
  }

  get pending(): PlainObject {
    return this.#pending;
  }

  get hasStruck(): boolean {
    return this.#transaction.hasStruck;
  }

  begin(fault?: AccessFault): Maybe<void> {
    this.#transaction = new Transaction(this.#driver, fault);
    return this.#driver.begin();
  }

  seal(): Maybe<readonly Breach[]> {
    return drive(this.#seal());
  }

  *#seal(): Waiting<readonly Breach[]> {
    const transaction = this.#transaction;
    yield* wait(transaction.end());
    // The writes of a transaction that is already over can no longer be read.
    if (transaction.failure) return transaction.breaches;
    const touched = yield* wait(this.#driver.touched());
    const tables: Record<string, Table> = {};
    for (const row of touched) {
      const found = yield* wait(this.#driver.read(row));
      this.#note(tables, row, found);
    }
    const written = Object.entries(tables);
    if (written.length > 0) {
      this.#pending = freeze({ ...this.#committed, ...tables }, 'The database');
    }
    return transaction.breaches;
  }

  /**
   * Updates a row of the view, in copies of the tables; an unchanged row stays the same object. The database
   * may find a row by a key that it treats as equal to the row's own: `ADA` for `Ada` under a collation
   * without case. The view uses the row's own key.
   */
  #note(
    tables: Record<string, Table>,
    { table, key }: TouchedRow,
    found: SqlRow | undefined,
  ): void {
    const { name } = table;
    const current = tables[name] ?? this.#committed[name] ?? new Table();
    const asked = keyOf(key);
    const own = found && keyOf(table.keyColumns.map((column) => found[column] as SqlValue));
    const isGone = !sameValue(asked, own) && current.has(asked);
    if (!isGone && (!found || sameValue(current.get(own), found))) return;
    const copy = (tables[name] ??= current.copy());
    if (isGone) copy.delete(asked);
    if (found) copy.set(own, found);
  }

  commit(): Maybe<StorageError | undefined> {
    return drive(this.#commit());
  }

  *#commit(): Waiting<StorageError | undefined> {
    const { failure } = this.#transaction;
    if (failure) return failure;
    const problem = yield* wait(this.#driver.commit());
    if (!problem) this.#committed = this.#pending;
    return problem;
  }

  rollBack(): Maybe<void> {
    this.#pending = this.#committed;
    return this.#driver.rollBack();
  }

  abandon(): Maybe<void> {
    return this.rollBack();
  }

  crash(): void {}

  copy(): SqlStateStore | undefined {
    const driver = this.#driver.copy?.();
    return driver && new SqlStateStore(driver, this.#committed);
  }

  close(): void {
    this.#driver.close();
  }
}

/** A machine's handle to one transaction, which is useless once the transaction is sealed. */
class Transaction implements SqlTransaction {
  readonly #driver: SqlDriver;
  readonly #fault: AccessFault | undefined;
  #accesses = 0;
  #isOver = false;
  #hasStruck = false;
  #failure: StorageError | undefined;
  #breaches: Breach[] | undefined;
  /** Statements that have not finished. */
  readonly #running = new Set<Promise<unknown>>();

  constructor(driver: SqlDriver, fault?: AccessFault) {
    this.#driver = driver;
    this.#fault = fault;
  }

  get hasStruck(): boolean {
    return this.#hasStruck;
  }

  /** The reason why the transaction can no longer be committed, if there is one. */
  get failure(): StorageError | undefined {
    return this.#failure;
  }

  get breaches(): readonly Breach[] {
    return this.#breaches ?? NONE;
  }

  /** Ends the use of the handle, and waits for statements that have not finished. */
  end(): Maybe<void> {
    this.#isOver = true;
    if (this.#running.size === 0) return undefined;
    return Promise.allSettled(this.#running).then(() => undefined);
  }

  async all<Row extends object>(sql: string, parameters: readonly SqlValue[] = NONE) {
    const { rows } = await this.#query(sql, parameters);
    return rows as readonly object[] as readonly Row[];
  }

  async get<Row extends object>(sql: string, parameters: readonly SqlValue[] = NONE) {
    const { rows } = await this.#query(sql, parameters);
    return rows[0] as object | undefined as Row | undefined;
  }

  async run(sql: string, parameters: readonly SqlValue[] = NONE) {
    const { changes } = await this.#query(sql, parameters);
    return { changes };
  }

  #query(sql: string, parameters: readonly SqlValue[]): Maybe<SqlResult> {
    if (this.#isOver) {
      throw new Error('the database was used outside stf and restore: its step is over');
    }
    if (this.#fault) this.#strike(this.#fault);
    if (this.#failure) {
      throw new StorageError(
        `the transaction is over: ${this.#failure.message}`,
        this.#failure.problem,
      );
    }
    const misuse = misuseOf(sql);
    if (misuse) this.#refuse(misuse);
    try {
      const result = this.#driver.query(sql, parameters);
      return result instanceof Promise ? this.#follow(result) : result;
    } catch (error) {
      throw this.#noteFailure(error);
    }
  }

  /** Strikes with a fault: the process dies, or the transaction fails and is over. */
  #strike(fault: AccessFault): void {
    const nth = this.#accesses;
    this.#accesses += 1;
    if (nth < fault.access) return;
    this.#hasStruck = true;
    if (fault.kind === 'crashAtAccess') throw new ProcessDied('the process has died');
    if (this.#failure) return;
    this.#failure =
      nth % 2 === 0
        ? new StorageError(`access ${nth + 1}: deadlock detected`, 'conflict')
        : new StorageError(`access ${nth + 1}: the connection was lost`, 'unavailable');
    throw this.#failure;
  }

  #refuse(misuse: Misuse): never {
    const error = new Error(misuse.message);
    error.name = 'Refused';
    this.#breaches ??= [];
    this.#breaches.push({ ...misuse, error });
    throw error;
  }

  async #follow(result: Promise<SqlResult>): Promise<SqlResult> {
    this.#running.add(result);
    try {
      return await result;
    } catch (error) {
      throw this.#noteFailure(error);
    } finally {
      this.#running.delete(result);
    }
  }

  #noteFailure(error: unknown): unknown {
    // The machine may handle a violated constraint; all other errors have ended the transaction.
    if (error instanceof StorageError && error.problem !== 'constraint') this.#failure ??= error;
    return error;
  }
}
