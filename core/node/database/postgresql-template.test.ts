import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  PGLITE,
  START_MS_MAX,
  startServerDatabase,
  titled,
  expectRowsIdentified,
  rowsOf,
} from '../test-helpers/test-databases.ts';
import type { SqlTemplate } from './sql-driver.ts';
import { SqlStateStore, viewOf } from './sql-store.ts';

vi.setConfig({ testTimeout: START_MS_MAX, hookTimeout: START_MS_MAX });

const { database: SERVER, server } = await startServerDatabase();

afterAll(() => server?.stop());

const SCHEMA = `
  create type mood as enum ('sad', 'glad');
  create table people (id integer primary key, name char(5) unique, mood mood default 'glad');
  create table kinds (
    whole smallint, large bigint, part real, exact numeric(6, 2), yes boolean, bytes bytea, day date,
    at timestamptz, list integer[], document jsonb, span interval, mood mood, primary key (mood, at)
  );
  insert into people values (1, 'Ann'), (2, 'Bob');
  insert into kinds values (-1, 9223372036854775807, 0.5, 1.5, false, '\\xab00', '2024-02-29',
    '2024-02-29 12:00:00+02', '{1,2}', '{"b": 1, "a": [null]}', '1 day 2 hours', 'sad');
  create function refuse() returns trigger language plpgsql as $$
    begin raise exception 'nobody is called %', new.name; end $$;
  create trigger no_eve before insert on people for each row when (new.name = 'Eve') execute function refuse();
`;

describe.each(titled([PGLITE, SERVER]))('%s', (_, database) => {
  const { isMissing } = database;
  const makeTemplate = (schema: string) => database.makeTemplate(schema);

  it.skipIf(isMissing)('identifies rows by keys of a collation without case', async () => {
    const template = await makeTemplate(`
      create collation no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      create table users (name text collate no_case primary key, n integer);
      create table places (name text collate no_case, n integer, primary key (name, n));
      insert into users values ('Ada', 1), ('åse', 2)`);
    await expectRowsIdentified(template);
    template.close();
  });

  describe.skipIf(isMissing)('with a schema', () => {
    let template: SqlTemplate;
    const open: SqlStateStore[] = [];

    beforeAll(async () => {
      template = await makeTemplate(SCHEMA);
    });

    afterEach(() => {
      for (const store of open.splice(0)) store.close();
    });

    afterAll(() => template.close());

    const begin = async () => {
      const store = new SqlStateStore(template.open(), viewOf(template));
      open.push(store);
      await store.begin();
      return store;
    };

    it('reads values of each type in one way, wherever they come from', async () => {
      const kinds = {
        whole: -1,
        large: 9223372036854775807n,
        part: 0.5,
        exact: '1.50',
        yes: false,
        bytes: "x'ab00'",
        day: '2024-02-29',
        at: '2024-02-29 10:00:00+00',
        list: '{1,2}',
        document: '{"a": [null], "b": 1}',
        span: '1 day 02:00:00',
        mood: 'sad',
      };
      expect(template.rows.get('kinds')).toEqual([kinds]);
      const store = await begin();
      expect(await store.access.get('select * from kinds')).toEqual(kinds);
      await store.access.run(`update kinds set at = at + interval '1 hour', mood = 'glad'`);
      await store.seal();
      const at = '2024-02-29 11:00:00+00';
      expect(rowsOf(store.pending, 'kinds')).toEqual([{ ...kinds, at, mood: 'glad' }]);
    });

    it('counts the rows that a statement changed, not those that it read', async () => {
      const { access } = await begin();
      expect(await access.run('select * from people')).toEqual({ changes: 0 });
      expect(await access.run(`update people set mood = 'sad'`)).toEqual({ changes: 2 });
      expect(await access.all('delete from people where id > $1 returning name', [1])).toEqual([
        { name: 'Bob  ' },
      ]);
    });

    it('ends a transaction with its first error, as PostgreSQL does', async () => {
      const store = await begin();
      const { access } = store;
      await access.run(`insert into people values (3, 'Cleo')`);
      const first = 'duplicate key value violates unique constraint "people_pkey"';
      await expect(access.run(`insert into people values (1, 'Dan')`)).rejects.toMatchObject({
        name: 'StorageError',
        problem: 'constraint',
        message: `${first}: Key (id)=(1) already exists.`,
      });
      await expect(access.all('select * from people')).rejects.toMatchObject({
        message: expect.stringContaining(`the transaction is over: ${first}`) as string,
      });
      await store.seal();
      expect(await store.commit()).toMatchObject({ problem: 'constraint' });
      await store.rollBack();
      expect(store.pending).toBe(store.committed);
    });

    it('treats an exception of a trigger as a violated constraint', async () => {
      const { access } = await begin();
      await expect(access.run(`insert into people values (3, 'Eve')`)).rejects.toMatchObject({
        problem: 'constraint',
        message: 'nobody is called Eve  ',
      });
    });

    it('executes one statement at a time, so that none hides behind another', async () => {
      const { access } = await begin();
      await expect(access.run(`delete from people; commit`)).rejects.toMatchObject({
        name: 'SqlError',
        message: expect.stringContaining('cannot insert multiple commands') as string,
      });
    });

    it.each([
      ['atomicity', 'truncate people'],
      ['atomicity', `/* then */ savepoint here`],
      ['atomicity', 'discard all'],
      ['no side effects', 'select gen_random_uuid()'],
      ['no side effects', `select 'now'::timestamp`],
      ['no side effects', `select date 'today'`],
      ['no side effects', `select cast('now' as timestamp)`],
      ['no side effects', `select nextval('numbers')`],
      ['no side effects', 'select current_schema'],
      ['no side effects', `select set_config('search_path', 'public', true)`],
    ])('refuses as a violation of %s: %s', async (rule, sql) => {
      const store = await begin();
      await expect(store.access.run(sql)).rejects.toMatchObject({ name: 'Refused' });
      expect(await store.seal()).toMatchObject([{ rule, actual: sql }]);
    });

    it('executes what only looks like a request for the time', async () => {
      const { access } = await begin();
      const sql = `select 'now' as word, name as current_names from people where id = 1`;
      expect(await access.get(sql)).toEqual({ word: 'now', current_names: 'Ann  ' });
    });

    it('does nothing for a run that is over', async () => {
      const store = await begin();
      const { access } = store;
      store.close();
      const turn = await begin();
      await expect(access.run('select 1')).rejects.toMatchObject({
        problem: 'unavailable',
        message: 'the run is over',
      });
      await turn.seal();
      await turn.rollBack();
    });

    it('follows large steps', async () => {
      const store = await begin();
      const insert = `insert into people select i, i::text from generate_series(1000, 20999) i`;
      await store.access.run(insert);
      await store.seal();
      expect(rowsOf(store.pending, 'people')).toHaveLength(20_002);
    });
  });

  describe.skipIf(isMissing)('refuses a schema', () => {
    it.each([
      [
        'does not execute',
        'create table t (id integer primary key); insert into t values (1), (1)',
      ],
      ['does not execute', 'create table t (id integer primary key); commit'],
      [
        'fills the table t with different rows each time',
        'create table t (id integer primary key, at timestamp default clock_timestamp()); insert into t values (1)',
      ],
      ['makes or alters public.t', 'create table public.t (id integer primary key)'],
      [
        'is partitioned or inherits',
        'create table t (id integer primary key) partition by range (id)',
        'create table t1 partition of t default',
      ],
    ])(
      'that %s',
      async (problem, ...schema) => {
        await expect(makeTemplate(schema.join(';'))).rejects.toMatchObject({
          name: 'ProblemError',
          message: expect.stringContaining(problem) as string,
        });
      },
      START_MS_MAX,
    );
  });
});
