import type { StorageError } from '../../machine/errors.ts';
import type { AccessFault, Breach, StateStore } from '../../machine/state-store.ts';
import type { KeyValueTransaction, SqlTransaction } from '../../machine/storage.ts';
import { decodeValue, encodeValue } from '../../value/encoding.ts';
import { Table } from '../../value/table.ts';
import { freeze, type Value } from '../../value/value.ts';
import type { Maybe } from '../../waiting.ts';
import type { SqlStateStore } from './sql-store.ts';

/** How a dialect of SQL writes its parameters. */
export type Placeholder = (position: number) => string;

/** The table that holds the pairs, the only one of the database. */
export const PAIRS_TABLE = 'pairs';

/** Returns the statements that make the table of pairs, and fill it. */
export function pairsSchema(pairs: Readonly<Record<string, Value>>, textType: string): string {
  const rows = Object.entries(pairs).map(
    ([key, value]) => `(${quote(key)}, ${quote(encode(value))})`,
  );
  const filled = rows.length === 0 ? '' : `insert into ${PAIRS_TABLE} values ${rows.join(', ')};`;
  return `create table ${PAIRS_TABLE} (key ${textType} primary key, value text not null); ${filled}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function encode(value: Value): string {
  return JSON.stringify(encodeValue(value));
}

function decode(text: string): Value {
  return decodeValue(JSON.parse(text));
}

/** State of pairs of key and value, kept in a table of a database. */
export class KeyValueStateStore implements StateStore {
  readonly isTransactional = true;
  readonly #rows: SqlStateStore;
  readonly #placeholder: Placeholder;
  /** Views by their rows: the same rows always have the same view. */
  readonly #views: WeakMap<Table, Table>;
  #latest = { rows: new Table(), view: new Table() };

  /** @param from the store that this one is a copy of. */
  constructor(rows: SqlStateStore, placeholder: Placeholder, from?: KeyValueStateStore) {
    this.#rows = rows;
    this.#placeholder = placeholder;
    this.#views = from ? from.#views : new WeakMap();
    if (from) this.#latest = from.#latest;
  }

  get access(): KeyValueTransaction {
    return new KeyValueHandle(this.#rows.access, this.#placeholder);
  }

  get recovery(): KeyValueTransaction {
    return this.access;
  }

  get hasStruck(): boolean {
    return this.#rows.hasStruck;
  }

  get committed(): Value {
    return this.#show(this.#rows.committed[PAIRS_TABLE] as Table);
  }

  get pending(): Value {
    return this.#show(this.#rows.pending[PAIRS_TABLE] as Table);
  }

  /** Returns the rows as pairs, which are shared with the previous view where they are the same. */
  #show(rows: Table): Table {
    const known = this.#views.get(rows);
    if (known) return known;
    const view = this.#latest.view.copy();
    for (const { key, after } of this.#latest.rows.differences(rows)) {
      if (after) view.set(key, decode((after.row as { readonly value: string }).value));
      else view.delete(key);
    }
    this.#latest = { rows, view: freeze(view, 'The pairs') };
    this.#views.set(rows, view);
    return view;
  }

  begin(fault?: AccessFault): Maybe<void> {
    return this.#rows.begin(fault);
  }

  seal(): Maybe<readonly Breach[]> {
    return this.#rows.seal();
  }

  commit(): Maybe<StorageError | undefined> {
    return this.#rows.commit();
  }

  rollBack(): Maybe<void> {
    return this.#rows.rollBack();
  }

  abandon(): Maybe<void> {
    return this.#rows.abandon();
  }

  crash(): void {}

  copy(): KeyValueStateStore | undefined {
    const rows = this.#rows.copy();
    return rows && new KeyValueStateStore(rows, this.#placeholder, this);
  }

  close(): void {
    this.#rows.close();
  }
}

/** Accesses the pairs by SQL. */
class KeyValueHandle implements KeyValueTransaction {
  readonly #sql: SqlTransaction;
  readonly #first: string;
  readonly #second: string;

  constructor(sql: SqlTransaction, placeholder: Placeholder) {
    this.#sql = sql;
    this.#first = placeholder(1);
    this.#second = placeholder(2);
  }

  async get(key: string): Promise<Value> {
    requireKey(key);
    const row = await this.#sql.get<{ value: string }>(
      `select value from ${PAIRS_TABLE} where key = ${this.#first}`,
      [key],
    );
    return row && decode(row.value);
  }

  async getRange(
    begin: string,
    end: string,
    { limit, reverse = false }: { readonly limit?: number; readonly reverse?: boolean } = {},
  ): Promise<readonly (readonly [string, Value])[]> {
    requireKey(begin);
    requireKey(end);
    const rows = await this.#sql.all<{ key: string; value: string }>(
      `select key, value from ${PAIRS_TABLE} where key >= ${this.#first} and key < ${this.#second}
       order by key ${reverse ? 'desc' : 'asc'}${limit === undefined ? '' : ` limit ${requireLimit(limit)}`}`,
      [begin, end],
    );
    return rows.map(({ key, value }) => [key, decode(value)]);
  }

  async set(key: string, value: Value): Promise<void> {
    requireKey(key);
    await this.#sql.run(
      `insert into ${PAIRS_TABLE} (key, value) values (${this.#first}, ${this.#second})
       on conflict (key) do update set value = excluded.value`,
      [key, encode(value)],
    );
  }

  async clear(key: string): Promise<void> {
    requireKey(key);
    await this.#sql.run(`delete from ${PAIRS_TABLE} where key = ${this.#first}`, [key]);
  }

  async clearRange(begin: string, end: string): Promise<void> {
    requireKey(begin);
    requireKey(end);
    await this.#sql.run(
      `delete from ${PAIRS_TABLE} where key >= ${this.#first} and key < ${this.#second}`,
      [begin, end],
    );
  }
}

function requireKey(key: unknown): void {
  if (typeof key !== 'string') throw new TypeError(`A key must be a string, not ${String(key)}`);
}

function requireLimit(limit: number): number {
  if (Number.isSafeInteger(limit) && limit >= 0) return limit;
  throw new TypeError(`The limit of a range must be a whole number, not ${limit}`);
}
