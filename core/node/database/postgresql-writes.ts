/** @file Which rows a transaction of PostgreSQL has written to, and how they are read. */

import type { SqlRow } from '../../machine/storage.ts';
import { toRow } from './postgresql-rows.ts';
import type { Answer } from './postgresql-session.ts';
import { quoteName, type TableShape } from './sql-driver.ts';

/** A table, with the data to read its rows by their keys. */
export interface PostgresqlTable extends TableShape {
  readonly keyTypes: readonly KeyType[];
}

interface KeyType {
  /** Its name as written in SQL. */
  readonly name: string;
  /** Its object id. */
  readonly id: number;
}

/** The setting that lists the rows written by the open transaction. It is rolled back like all else. */
const LOG = 'phasmoscope.touched';

/**
 * Triggers that note, at each statement, the keys of the rows that it wrote to, as
 * `,[table,[key,…]]`, where a key is a list of texts.
 */
export function followWrites(tables: readonly PostgresqlTable[]): string {
  return tables.map(followTable).join('\n');
}

function followTable({ name, keyColumns }: PostgresqlTable, index: number): string {
  const follower = `phasmoscope_follow_${index}`;
  const table = quoteName(name);
  const key = keyColumns.map((column) => `format('%s', ${quoteName(column)})`).join(', ');
  const note = (rows: string) => `
    select string_agg(json_build_array(${key})::text, ',') into keys from ${rows};
    if keys is not null then
      perform set_config('${LOG}', concat(current_setting('${LOG}', true), ',[${index},[', keys, ']]'), true);
    end if;`;
  const trigger = (event: string, rows: string) => `
    create trigger ${follower}_${event} after ${event} on ${table} referencing ${rows}
    for each statement execute function ${follower}();`;
  return `
    create function ${follower}() returns trigger language plpgsql as $phasmoscope$
    declare keys text;
    begin
      if tg_op = 'TRUNCATE' then
        raise exception 'truncate % cannot be followed: use delete', tg_table_name using errcode = '0A000';
      end if;
      if tg_op <> 'INSERT' then ${note('phasmoscope_before')} end if;
      if tg_op <> 'DELETE' then ${note('phasmoscope_after')} end if;
      return null;
    end $phasmoscope$;
    create trigger ${follower}_truncate before truncate on ${table}
    for each statement execute function ${follower}();
    ${trigger('insert', 'new table as phasmoscope_after')}
    ${trigger('update', 'old table as phasmoscope_before new table as phasmoscope_after')}
    ${trigger('delete', 'old table as phasmoscope_before')}`;
}

/** The texts of the key columns of a row. */
type Key = readonly string[];

/** The index of a table, and keys of its rows. */
type Note = readonly [table: number, keys: readonly Key[]];

/** Selects what the triggers have noted in the open transaction. */
export const SELECT_WRITES = `select current_setting('${LOG}', true)`;

/**
 * The rows of each table that were written to, by the table's index: their keys, each once, by a text
 * that {@link indexByKey} finds again.
 *
 * @param log what {@link SELECT_WRITES} selected.
 */
export function writtenKeys(log: string): ReadonlyMap<number, ReadonlyMap<string, Key>> {
  const notes = JSON.parse(`[${log.slice(1)}]`) as readonly Note[];
  const tables = new Map<number, Map<string, Key>>();
  for (const [table, keys] of notes) {
    const known = tables.get(table) ?? new Map<string, Key>();
    for (const key of keys) known.set(JSON.stringify(key), key);
    tables.set(table, known);
  }
  return tables;
}

/** Selects the rows of any number of keys, with the index of the table's primary key. */
export function selectByKeys(
  { name, keyColumns, keyTypes }: PostgresqlTable,
  keys: readonly Key[],
): string {
  const lists = keyTypes.map(
    (type, place) => `${quoteText(toArray(keys.map((key) => key[place] ?? '')))}::${type.name}[]`,
  );
  const names = keyColumns.map((_, place) => `phasmoscope_${place}`);
  const same = keyColumns.map((column, place) => `t.${quoteName(column)} = k.${names[place]}`);
  return `select t.* from ${quoteName(name)} t join unnest(${lists.join(', ')}) k (${names.join(', ')}) on ${same.join(' and ')}`;
}

function toArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

/** Rows of a table by the text of their keys, as {@link writtenKeys} writes it. */
export function indexByKey(
  table: PostgresqlTable,
  answer: Answer | undefined,
): Map<string, SqlRow> {
  const columns = answer?.columns ?? [];
  const places = table.keyColumns.map((column) => columns.findIndex(({ name }) => name === column));
  const index = new Map<string, SqlRow>();
  for (const row of answer?.rows ?? []) {
    index.set(JSON.stringify(places.map((place) => row[place])), toRow(row, columns));
  }
  return index;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
