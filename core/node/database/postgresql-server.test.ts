import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  START_MS_MAX,
  startServerDatabase,
  expectRowsIdentified,
  rowsOf,
} from '../test-helpers/test-databases.ts';
import { makePostgresqlTemplate } from './postgresql-template.ts';
import type { SqlTemplate } from './sql-driver.ts';
import { SqlStateStore, viewOf } from './sql-store.ts';

vi.setConfig({ testTimeout: START_MS_MAX, hookTimeout: START_MS_MAX });

const { database: SERVER, server } = await startServerDatabase();

afterAll(() => server?.stop());

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
