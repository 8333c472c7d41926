import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SqlRow } from '../../machine/storage.ts';
import {
  PGLITE,
  START_MS_MAX,
  startServerDatabase,
  titled,
} from '../test-helpers/test-databases.ts';
import { makePostgresqlTemplate } from './postgresql-template.ts';
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

function rowsOf(view: Readonly<Record<string, unknown>>, table: string): readonly unknown[] {
  return [...(view[table] as ReadonlyMap<unknown, unknown>).values()];
}

/** Makes random writes to the tables `users` and `places`, and compares the view with the database. */
async function expectRowsIdentified(template: SqlTemplate): Promise<void> {
  const table = fc.constantFrom('users', 'places');
  const name = fc.constantFrom("'Ada'", "'ADA'", "'ada'", "'Åse'", "'åse'", "'b'");
  const statement = fc.oneof(
    fc
      .tuple(table, name, fc.nat(2))
      .map(([into, key, n]) => `insert into ${into} values (${key}, ${n}) on conflict do nothing`),
    fc
      .tuple(table, name, name)
      .map(([of, to, from]) => `update ${of} set name = ${to} where name = ${from}`),
    fc.tuple(table, name).map(([from, key]) => `delete from ${from} where name = ${key}`),
    table.map((of) => `update ${of} set n = n + 1`),
  );
  const steps = fc.array(fc.array(statement, { minLength: 1, maxLength: 3 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(steps, async (made) => {
      const store = new SqlStateStore(template.open(), viewOf(template));
      for (const statements of made) {
        await store.begin();
        for (const sql of statements) await store.access.run(sql).catch(() => {});
        await store.seal();
        await store.commit();
        await store.begin();
        const rows = new Map<string, readonly SqlRow[]>();
        for (const shape of template.tables) {
          rows.set(shape.name, await store.access.all(`select * from ${shape.name}`));
        }
        await store.rollBack();
        expect(store.committed).toEqual(viewOf({ ...template, rows }));
      }
      store.close();
    }),
    { numRuns: 25 },
  );
}

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

describe.skipIf(SERVER.isMissing)(SERVER.title, () => {
  // The name distinguishes the connection of the tests from others to the same server.
  const name = `phasmoscope-test-${process.pid}`;
  const url = new URL(server?.connectionString ?? 'postgresql://none');
  url.searchParams.set('application_name', name);
  const connectionString = url.href;
  const schema =
    'create table t (id integer primary key, n integer); insert into t values (1, 0), (2, 0)';
  let other: pg.Client;
  let template: SqlTemplate;
  let store: SqlStateStore;

  beforeAll(async () => {
    other = new pg.Client({ connectionString: server?.connectionString });
    await other.connect();
    template = await makePostgresqlTemplate(schema, connectionString);
  });

  afterEach(() => store.close());

  afterAll(async () => {
    template.close();
    await other.end();
  });

  const begin = async () => {
    store = new SqlStateStore(template.open(), viewOf(template));
    await store.begin();
    return store;
  };
  /** The schema of the current run, whose transaction is open. */
  const schemaOf = async () => {
    const table = await store.access.get<{ id: string }>(`select 't'::regclass::oid as id`);
    const found = await other.query<{ name: string }>(
      'select relnamespace::regnamespace::text as name from pg_class where oid = $1',
      [table?.id],
    );
    return found.rows[0]?.name ?? '';
  };
  const exists = async (schemaName: string) => {
    const found = await other.query('select from pg_namespace where nspname = $1', [schemaName]);
    return found.rowCount === 1;
  };
  const loseConnection = () =>
    other.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
      [name],
    );
  const step = async () => {
    await store.begin();
    await store.access.run('update t set n = n + 1 where id = 1');
    await store.seal();
    return store.commit();
  };

  it('identifies rows by keys of a type without case', async ({ skip }) => {
    await begin();
    const made = other.query('create extension if not exists citext schema public');
    if (!(await made.then(() => true).catch(() => false))) skip();
    const keyed = await makePostgresqlTemplate(
      `create table users (name public.citext primary key, n integer);
       create table places (name public.citext, n integer, primary key (name, n))`,
      connectionString,
    );
    await expectRowsIdentified(keyed);
    keyed.close();
  });

  it('loses no step with a connection that is lost between two of them', async () => {
    await begin();
    await store.seal();
    await store.rollBack();
    expect(await step()).toBeUndefined();
    await loseConnection();
    expect(await step()).toBeUndefined();
    expect(rowsOf(store.committed, 't')).toEqual([
      { id: 1, n: 2 },
      { id: 2, n: 0 },
    ]);
  });

  it('rejects a step whose connection is lost, and goes on with a new one', async () => {
    const { access } = await begin();
    await access.run('update t set n = 5');
    await loseConnection();
    await expect(access.all('select * from t')).rejects.toMatchObject({
      name: 'StorageError',
      problem: 'unavailable',
    });
    await store.seal();
    expect(await store.commit()).toMatchObject({ problem: 'unavailable' });
    await store.rollBack();
    expect(await step()).toBeUndefined();
    expect(rowsOf(store.committed, 't')).toEqual([
      { id: 1, n: 1 },
      { id: 2, n: 0 },
    ]);
  });

  it('rejects a step whose connection is lost before its writes are read', async () => {
    const { access } = await begin();
    await access.run('update t set n = 5');
    await loseConnection();
    await store.seal();
    expect(await store.commit()).toMatchObject({ problem: 'unavailable' });
    await store.rollBack();
    expect(store.pending).toBe(store.committed);
  });

  it('reports a conflict with another transaction', async () => {
    const { access } = await begin();
    await access.all('select * from t');
    await other.query(`update ${await schemaOf()}.t set n = 9 where id = 1`);
    await expect(access.run('update t set n = 1 where id = 1')).rejects.toMatchObject({
      problem: 'conflict',
      message: 'could not serialize access due to concurrent update',
    });
  });

  it('reports a deadlock', async () => {
    const { access } = await begin();
    const own = await schemaOf();
    await other.query(`set deadlock_timeout = '1h'; begin; update ${own}.t set n = 9 where id = 2`);
    await access.run('update t set n = 1 where id = 1');
    const waiting = other.query(`update ${own}.t set n = 9 where id = 1`);
    await expect(access.run('update t set n = 1 where id = 2')).rejects.toMatchObject({
      problem: 'conflict',
      message: expect.stringContaining('deadlock detected') as string,
    });
    await store.rollBack();
    await waiting;
    await other.query('rollback');
  });

  it('drops the schema of a run at its end, and leaves everything else alone', async () => {
    await other.query('create schema phasmoscope_of_mine');
    await begin();
    const own = await schemaOf();
    expect(await exists(own)).toBe(true);
    store.close();
    await expect.poll(() => exists(own)).toBe(false);
    expect(await exists('phasmoscope_of_mine')).toBe(true);
    await other.query('drop schema phasmoscope_of_mine');
  });

  it('drops the schemas of processes that were killed, and not those of others', async () => {
    await begin();
    const own = await schemaOf();
    const abandoned = 'phasmoscope_00000000000000ff_1';
    await other.query(`create schema ${abandoned}`);
    const another = await makePostgresqlTemplate(schema, connectionString);
    another.close();
    expect([await exists(abandoned), await exists(own)]).toEqual([false, true]);
  });
});

describe('a server that is not available', () => {
  it('is reported with host, port and database, and a remedy', async () => {
    await expect(
      makePostgresqlTemplate('', 'postgresql://me:secret@127.0.0.1:1/shop'),
    ).rejects.toMatchObject({
      problem: {
        title:
          'PostgreSQL at 127.0.0.1:1 (database shop) cannot be used: connect ECONNREFUSED 127.0.0.1:1.',
        remedy: expect.stringMatching(/^Start the server, or/) as string,
      },
    });
  });

  it('is reported without the password if the connection string is not valid', async () => {
    const failed = makePostgresqlTemplate('', 'postgresql://me:secret@local host:x/shop');
    await expect(failed).rejects.toMatchObject({
      problem: { title: expect.not.stringContaining('secret') as string },
    });
    await expect(failed).rejects.not.toHaveProperty('cause');
  });

  const refused = server?.isOwn
    ? 'is reported if a server refuses'
    : 'is reported if a server refuses (skipped: needs a server that the tests have started)';
  it.skipIf(!server?.isOwn).each([
    [
      { password: 'wrong' },
      'password authentication failed for user "tester"',
      /^Correct the user/,
    ],
    [{ pathname: '/nowhere' }, 'database "nowhere" does not exist', /^Create the database/],
  ])(`${refused}: %j`, async (change, reason, remedy) => {
    const url = Object.assign(new URL(server?.connectionString ?? ''), change);
    await expect(makePostgresqlTemplate('', url.href)).rejects.toMatchObject({
      problem: {
        title: expect.stringContaining(reason) as string,
        remedy: expect.stringMatching(remedy) as string,
      },
    });
  });
});
