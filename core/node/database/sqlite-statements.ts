import type { Database, PreparedStatement } from '@sqlite.org/sqlite-wasm';
import type { SqlRow, SqlValue } from '../../machine/storage.ts';
import { messageOf } from '../../thrown.ts';
import { fromEntries } from '../../value/value.ts';

/** A prepared statement, with the names of the columns that it returns. */
export interface Statement {
  readonly sql: PreparedStatement;
  readonly columns: readonly string[];
}

/** @throws what the library throws for an invalid statement. */
export function prepare(database: Database, sql: string): Statement {
  const prepared = database.prepare(sql);
  return { sql: prepared, columns: prepared.columnCount > 0 ? prepared.getColumnNames() : [] };
}

/** The rows that a statement returns from here on. */
export function readRows({ sql, columns }: Statement): SqlRow[] {
  const rows: SqlRow[] = [];
  while (sql.step()) {
    rows.push(fromEntries(columns.map((name, index) => [name, toValue(sql.get(index))])));
  }
  return rows;
}

/** A value as the database stores it. */
export type RawValue = SqlValue | Uint8Array;

/** A value as machines see it: a blob is a text, `x'…'`. */
export function toValue(value: unknown): SqlValue {
  return value instanceof Uint8Array
    ? `x'${Buffer.from(value).toString('hex')}'`
    : (value as SqlValue);
}

/** The message of SQLite, without the code in front. */
export function messageOfSqlite(error: unknown): string {
  return messageOf(error).replace(/^SQLITE_\w+: sqlite3 result code \d+: /, '');
}
