import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SqlValue } from '../../machine/storage.ts';
import {
  inDialect,
  PGLITE,
  SQLITE,
  START_MS_MAX,
  startServerDatabase,
  titled,
  ACCOUNTS_SCHEMA,
} from '../test-helpers/test-databases.ts';
import type { SqlTemplate } from './sql-driver.ts';
import { SqlStateStore, viewOf } from './sql-store.ts';

vi.setConfig({ testTimeout: START_MS_MAX, hookTimeout: START_MS_MAX });

const { database: SERVER, server } = await startServerDatabase();

afterAll(() => server?.stop());

type Statement = readonly [sql: string, ...parameters: SqlValue[]];

const id = fc.integer({ min: 1, max: 5 });
const text = fc.constantFrom('a', 'B', "it's", '"', '\\', '{,}', 'ä', '😀', '', ' ', 'null');
const big = fc.constantFrom(1, -5, 2 ** 53, 2n ** 53n + 1n, -(2n ** 63n), null);
const moment = fc.constantFrom('2024-01-02 03:04:05', '1999-12-31 23:59:59.123456');

const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc
    .record({ id, text, balance: fc.integer({ min: -1, max: 5 }), big, moment })
    .map(
      (row) =>
        [
          `insert into accounts values ($1, $2, $3, $4, 12.50, true, $5)`,
          row.id,
          row.text,
          row.balance,
          row.big,
          row.moment,
        ] as const,
    ),
  fc.tuple(id, text).map(
    ([key, owner]) =>
      [
        `insert into accounts (id, owner, balance) values ($1, $2, 0)
     on conflict (id) do update set owner = excluded.owner, is_open = not accounts.is_open`,
        key,
        owner,
      ] as const,
  ),
  fc
    .tuple(id, id)
    .map(([to, from]) => ['update accounts set id = $1 where id = $2', to, from] as const),
  fc
    .integer({ min: -2, max: 2 })
    .map((by) => ['update accounts set balance = balance + $1', by] as const),
  id.map((above) => ['delete from accounts where id >= $1', above] as const),
  fc
    .tuple(id, text)
    .map(
      ([account, place]) => ['insert into entries values ($1, $2, null)', account, place] as const,
    ),
  fc
    .tuple(text, text)
    .map(
      ([to, from]) =>
        ['update entries set place = $1, note = place where place = $2', to, from] as const,
    ),
  fc
    .tuple(text, id)
    .map(([code, uses]) => ['insert into codes values ($1, $2)', code, uses] as const),
  fc
    .tuple(text, text)
    .map(([to, from]) => ['update codes set code = $1 where code = $2', to, from] as const),
  fc.constant(['delete from codes'] as const),
  fc
    .tuple(
      big.filter((key) => key !== null),
      id,
    )
    .map(([key, target]) => ['insert into links values ($1, $2)', key, target] as const),
  fc.constant(['delete from links where target > 2'] as const),
  fc
    .tuple(moment, fc.boolean())
    .map(
      ([at, isLate]) =>
        ['insert into moments values ($1, $2) on conflict do nothing', at, isLate] as const,
    ),
  fc.constant(['update moments set is_late = not is_late'] as const),
  fc.constant(['select count(*) from no_such_table'] as const),
);

const steps = fc.array(
  fc.record({
    statements: fc.array(statement, { minLength: 1, maxLength: 4 }),
    end: fc.constantFrom('commit', 'commit', 'rollBack'),
  }),
  { minLength: 1, maxLength: 8 },
);

/** The contents of a database inside the open transaction, as the view shows them. */
async function dump(store: SqlStateStore, template: SqlTemplate) {
  const rows = new Map<string, readonly Readonly<Record<string, SqlValue>>[]>();
  for (const { name } of template.tables) {
    rows.set(name, await store.access.all(`select * from ${name}`));
  }
  return viewOf({ ...template, rows });
}

describe.each(titled([SQLITE, PGLITE, SERVER]))('a state in %s', (_, database) => {
  const { dialect, isMissing } = database;

  describe.skipIf(isMissing)('as rows', () => {
    let template: SqlTemplate;

    beforeAll(async () => {
      template = await database.makeTemplate(ACCOUNTS_SCHEMA);
    });

    afterAll(() => template.close());

    it(
      'is shown faithfully, whatever was written, refused, committed and rolled back',
      async () => {
        await fc.assert(
          fc.asyncProperty(steps, async (list) => {
            const store = new SqlStateStore(template.open(), viewOf(template));
            try {
              for (const { statements, end } of list) {
                await store.begin();
                let hasFailed = false;
                for (const [sql, ...parameters] of statements) {
                  await store.access.run(inDialect(dialect, sql), parameters).catch(() => {
                    hasFailed = true;
                  });
                }
                // PostgreSQL reads nothing after an error.
                const inside = hasFailed ? undefined : await dump(store, template);
                await store.seal();
                if (inside) expect(store.pending).toEqual(inside);
                if (end === 'rollBack' || (await store.commit())) await store.rollBack();
                await store.begin();
                const outside = await dump(store, template);
                await store.seal();
                await store.rollBack();
                expect(store.committed).toEqual(outside);
                expect(store.pending).toBe(store.committed);
              }
            } finally {
              store.close();
            }
          }),
          { numRuns: 25 },
        );
      },
      START_MS_MAX,
    );

    it('is the same object when a step has written the same values', async () => {
      const store = new SqlStateStore(template.open(), viewOf(template));
      const before = store.committed;
      await store.begin();
      await store.access.run('update accounts set balance = balance');
      await store.seal();
      await store.commit();
      expect(store.committed).toBe(before);
      store.close();
    });

    it('belongs to one run alone, even while others are open', async () => {
      const [one, other] = [0, 1].map(() => new SqlStateStore(template.open(), viewOf(template)));
      if (!one || !other) throw new Error('there are two');
      for (const store of [one, other]) {
        await store.begin();
        await store.access.run(`insert into codes values ('x', 1)`);
        await store.seal();
        expect(await store.commit()).toBeUndefined();
      }
      one.close();
      await other.begin();
      expect(await other.access.all('select code from codes')).toEqual([{ code: 'x' }]);
      await other.seal();
      await other.rollBack();
      other.close();
    });

    it('refuses a table without a primary key', async () => {
      await expect(database.makeTemplate('create table t (x integer)')).rejects.toMatchObject({
        problem: {
          title: 'The table t has no primary key, so its rows cannot be identified.',
          remedy: 'Declare a primary key, such as `create table t (id integer primary key, …)`.',
        },
      });
    });

    it('says what is wrong with a schema', async () => {
      await expect(database.makeTemplate('create tabel t (x integer)')).rejects.toMatchObject({
        problem: { title: expect.stringMatching(/^The schema .* not execute: .*tabel/) as string },
      });
    });
  });
});
