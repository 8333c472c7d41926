import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite3InitModule from '@sqlite.org/sqlite-wasm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyMachine } from '../../machine/machine.ts';
import type { StateStore } from '../../machine/state-store.ts';
import type { SqlTransaction } from '../../machine/storage.ts';
import { toPlainJson } from '../../value/value.ts';
import { connectStorage } from './connect.ts';
import type { SqlDriver, SqlResult } from './sql-driver.ts';
import { SqlStateStore, viewOf } from './sql-store.ts';
import { makeSqliteTemplate } from './sqlite-template.ts';

const SCHEMA = `
  create table rooms (id integer primary key, name text not null);
  insert into rooms values (1, 'Blue'), (2, 'Red')`;

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a database file as another program would. */
let writeDatabase: (name: string, sql: string) => string;
beforeAll(async () => {
  const sqlite3 = await sqlite3InitModule();
  writeDatabase = (name, sql) => {
    const database = new sqlite3.oo1.DB(':memory:');
    database.exec(sql);
    const path = join(folder, name);
    writeFileSync(path, sqlite3.capi.sqlite3_js_db_export(database));
    database.close();
    return path;
  };
});

const machine = (file: string) => ({
  name: 'rooms',
  description: 'Rooms.',
  storage: { kind: 'sqlite', schema: SCHEMA, file } as const,
  stf: () => ({ kind: 'ok' }) as const,
  restore: () => ({ kind: 'ok' }) as const,
  invariants: {},
});

function open({ storage }: AnyMachine): StateStore {
  if (!storage) throw new Error('the machine is not connected');
  return storage.open();
}

describe('a schema', () => {
  it('makes the database with which each run begins', async () => {
    const template = await makeSqliteTemplate(SCHEMA);
    const [one, other] = [template.open(), template.open()];
    void one.begin();
    void one.query('delete from rooms where id = ?', [1]);
    void one.commit();
    void other.begin();
    expect(other.query('select name from rooms order by id', [])).toEqual({
      rows: [{ name: 'Blue' }, { name: 'Red' }],
      changes: 0,
    });
    one.close();
    other.close();
  });

  it('that does not execute is reported with the reason', async () => {
    await expect(makeSqliteTemplate('create table rooms (id integr primary kee)')).rejects.toThrow(
      'The schema of the machine does not execute: near "kee"',
    );
  });

  it('is refused with a table whose rows cannot be identified', async () => {
    await expect(makeSqliteTemplate('create table notes (text text)')).rejects.toThrow(
      'The table notes has no primary key',
    );
  });
});

describe('keys', () => {
  const KEYS = `
    create table users (name text collate nocase primary key, n integer);
    create table places (name text collate rtrim, n integer, primary key (name, n));
    create table codes (
      twice integer as (n * 2) virtual, name text collate nocase primary key, n integer,
      thrice integer as (n * 3) stored
    ) without rowid;
    create table blobs (name blob primary key, n integer);
    create table loose (name primary key, n integer);
    create table reals (name real primary key, n integer)`;

  const table = fc.constantFrom('users', 'places', 'codes', 'blobs', 'loose', 'reals');
  const name = fc.constantFrom("'Ada'", "'ADA'", "'ada  '", "x'01'", '1', "'1'", '1.5');
  const statement = fc.oneof(
    fc
      .tuple(fc.constantFrom('', ' or replace', ' or ignore'), table, name, fc.nat(3))
      .map(([or, into, key, n]) => `insert${or} into ${into} (name, n) values (${key}, ${n})`),
    fc
      .tuple(table, name, name)
      .map(([of, to, from]) => `update or replace ${of} set name = ${to} where name = ${from}`),
    fc.tuple(table, name).map(([from, key]) => `delete from ${from} where name = ${key}`),
    table.map((of) => `update ${of} set n = n + 1`),
  );

  it('of any collation and type identify the rows of the database', async () => {
    const template = await makeSqliteTemplate(KEYS);
    const dump = (database: SqlDriver) => {
      const rows = template.tables.map((shape) => {
        const found = database.query(`select * from ${shape.name}`, []) as SqlResult;
        return [shape.name, found.rows] as const;
      });
      return viewOf({ ...template, rows: new Map(rows) });
    };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(statement, { minLength: 1 })), async (steps) => {
        const database = template.open();
        const store = new SqlStateStore(database, viewOf(template));
        for (const statements of steps) {
          await store.begin();
          for (const sql of statements) await store.access.run(sql).catch(() => {});
          await store.seal();
          await store.commit();
          expect(store.committed).toEqual(dump(database));
        }
        store.close();
      }),
    );
    template.close();
  });
});

describe('keys without a value', () => {
  const NULLS = `
    create table notes (name text primary key, n integer);
    create table pairs (name text, n integer, primary key (name, n))`;

  const begun = async (schema: string) => {
    const template = await makeSqliteTemplate(schema);
    const store = new SqlStateStore(template.open(), viewOf(template));
    await store.begin();
    return store;
  };

  it('identify a row as long as there is one of them', async () => {
    const store = await begun(`${NULLS}; insert into notes values (null, 1)`);
    await store.access.run('update notes set n = 2');
    await store.access.run(`insert into pairs values (null, 1), (null, 2), ('a', null)`);
    await store.seal();
    await store.commit();
    expect([...(store.committed['notes'] as ReadonlyMap<unknown, unknown>)]).toEqual([
      [null, { name: null, n: 2 }],
    ]);
    expect(store.committed['pairs']).toMatchObject({ size: 3 });
    store.close();
  });

  it.each([
    ['notes', 'insert into notes values (null, 1), (null, 1)', 'name text not null'],
    [
      'pairs',
      'insert into pairs values (null, 1), (null, 1)',
      'name text not null, n integer not null',
    ],
  ])('are refused when several rows of %s have them', async (table, sql, remedy) => {
    const store = await begun(NULLS);
    const message =
      `several rows of ${table} have the same key without a value (NULL), so they cannot be identified: ` +
      `declare its columns not null (${remedy})`;
    await expect(store.access.run(sql)).rejects.toThrow(message);
    store.close();
    await expect(makeSqliteTemplate(`${NULLS}; ${sql}`)).rejects.toMatchObject({
      problem: {
        title: expect.stringContaining(`Several rows of ${table} have the same key`) as string,
        remedy: `Declare its columns not null (${remedy}), or give each row a key.`,
      },
    });
  });
});

describe('a database file', () => {
  it('is the beginning of each run, and stays unchanged', async () => {
    const path = writeDatabase(
      'good.db',
      "create table rooms (id integer primary key, name text not null); insert into rooms values (7, 'Green')",
    );
    const bytes = readFileSync(path);
    const { machine: connected, close } = await connectStorage(machine('good.db'), folder);
    const [store, second] = [open(connected), open(connected)];
    await store.begin();
    await (store.access as SqlTransaction).run('delete from rooms');
    await store.seal(true);
    await store.commit();
    expect(toPlainJson(store.committed)).toEqual({ rooms: {} });
    expect(toPlainJson(second.committed)).toEqual({ rooms: { 7: { id: 7, name: 'Green' } } });
    expect(readFileSync(path)).toEqual(bytes);
    store.close();
    second.close();
    await close();
  });

  it('that is missing is reported', async () => {
    await expect(connectStorage(machine('missing.db'), folder)).rejects.toThrow(
      `The machine begins with the database file ${join(folder, 'missing.db')}, which cannot be read.`,
    );
  });

  it('that is not a database is reported', async () => {
    writeFileSync(join(folder, 'text.db'), 'This is a letter, and no database. '.repeat(50));
    await expect(connectStorage(machine('text.db'), folder)).rejects.toThrow(
      'text.db is not an SQLite database: file is not a database',
    );
  });

  it('with a write-ahead log is read when the log is empty, and refused when it is not', async () => {
    const path = writeDatabase('wal.db', SCHEMA);
    const bytes = readFileSync(path);
    bytes[18] = bytes[19] = 2;
    writeFileSync(path, bytes);
    const { machine: connected, close } = await connectStorage(machine('wal.db'), folder);
    expect(open(connected).committed).toMatchObject({ rooms: { size: 2 } });
    await close();
    writeFileSync(`${path}-wal`, 'changes');
    await expect(connectStorage(machine('wal.db'), folder)).rejects.toThrow('is not complete');
  });

  it('of a different schema is reported with the first difference', async () => {
    writeDatabase('other.db', 'create table rooms (id integer primary key, title text)');
    await expect(connectStorage(machine('other.db'), folder)).rejects.toThrow(
      'The database file other.db has a different schema from the machine: the table rooms has ' +
        '(id INTEGER KEY 1, title TEXT) where the machine has (id INTEGER KEY 1, name TEXT NOT NULL).',
    );
    writeDatabase('empty.db', 'create table guests (id integer primary key)');
    await expect(connectStorage(machine('empty.db'), folder)).rejects.toThrow(
      'the table rooms is missing',
    );
  });
});
