import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KeyValueTransaction } from '../../machine/storage.ts';
import type { Value } from '../../value/value.ts';
import { inDialect, PGLITE, SQLITE, START_MS_MAX } from '../test-helpers/test-databases.ts';
import { KeyValueStateStore, pairsSchema } from './key-value-store.ts';
import type { SqlTemplate } from './sql-driver.ts';
import { SqlStateStore, viewOf } from './sql-store.ts';

vi.setConfig({ testTimeout: START_MS_MAX, hookTimeout: START_MS_MAX });

const PAIRS = { a: 1, "it's": { list: [1n, null] } };

/** Few keys, so that they collide; with characters that databases order differently. */
const key = fc.constantFrom('', 'a', 'A', 'aa', 'a b', 'b', 'Z', '_', 'é', "it's", '日', '😀');
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.integer(),
  fc.bigInt(),
  fc.string(),
  fc.boolean(),
  fc.constantFrom(null, undefined, Number.NaN),
  fc.array(fc.integer()).map((items) => new Set(items)),
  fc.dictionary(fc.string(), fc.string()).map((entries) => ({ ...entries })),
);

/** Compares by code points, which is the order of UTF-8. */
function compare(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** The expected pairs. */
class Model {
  pairs: ReadonlyMap<string, Value>;

  constructor(pairs: Readonly<Record<string, Value>>) {
    this.pairs = new Map(Object.entries(pairs));
  }

  change(write: (pairs: Map<string, Value>) => void): void {
    const pairs = new Map(this.pairs);
    write(pairs);
    this.pairs = pairs;
  }

  range(begin: string, end: string): readonly (readonly [string, Value])[] {
    return [...this.pairs]
      .filter(([one]) => compare(begin, one) <= 0 && compare(one, end) < 0)
      .toSorted(([one], [other]) => compare(one, other));
  }
}

type Access = (model: Model, transaction: KeyValueTransaction) => Promise<void>;

const access: fc.Arbitrary<Access> = fc.oneof(
  key.map((at): Access => async (model, transaction) => {
    expect(await transaction.get(at)).toEqual(model.pairs.get(at));
  }),
  fc
    .tuple(key, key, fc.option(fc.nat({ max: 5 }), { nil: undefined }), fc.boolean())
    .map(([begin, end, limit, reverse]): Access => async (model, transaction) => {
      const found = model.range(begin, end);
      const inOrder = reverse ? found.toReversed() : found;
      const options = { reverse, ...(limit === undefined ? {} : { limit }) };
      expect(await transaction.getRange(begin, end, options)).toEqual(inOrder.slice(0, limit));
    }),
  fc.tuple(key, value).map(([at, given]): Access => async (model, transaction) => {
    model.change((pairs) => pairs.set(at, given));
    await transaction.set(at, given);
  }),
  key.map((at): Access => async (model, transaction) => {
    model.change((pairs) => pairs.delete(at));
    await transaction.clear(at);
  }),
  fc.tuple(key, key).map(([begin, end]): Access => async (model, transaction) => {
    const cleared = model.range(begin, end);
    model.change((pairs) => {
      for (const [one] of cleared) pairs.delete(one);
    });
    await transaction.clearRange(begin, end);
  }),
);

const steps = fc.array(
  fc.record({
    accesses: fc.array(access, { minLength: 1, maxLength: 8 }),
    end: fc.constantFrom('commit', 'commit', 'rollBack'),
  }),
  { minLength: 1, maxLength: 6 },
);

describe.each([SQLITE, PGLITE])('pairs in $title', (database) => {
  const { dialect } = database;
  let template: SqlTemplate;

  beforeAll(async () => {
    const text = dialect === 'sqlite' ? 'text' : 'text collate "C"';
    template = await database.makeTemplate(pairsSchema(PAIRS, text));
  });

  afterAll(() => template.close());

  const open = () => {
    const rows = new SqlStateStore(template.open(), viewOf(template));
    return new KeyValueStateStore(rows, (position) => inDialect(dialect, `$${position}`));
  };

  it('begin as they were declared', () => {
    const store = open();
    expect([...(store.committed as ReadonlyMap<string, Value>)]).toEqual(Object.entries(PAIRS));
    store.close();
  });

  it(
    'behave like an ordered map, through commits and roll-backs',
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (list) => {
          const store = open();
          const model = new Model(PAIRS);
          try {
            for (const { accesses, end } of list) {
              const before = model.pairs;
              await store.begin();
              for (const act of accesses) await act(model, store.access);
              await store.seal();
              expect(new Map(store.pending as ReadonlyMap<string, Value>)).toEqual(model.pairs);
              if (end === 'commit') expect(await store.commit()).toBeUndefined();
              else await store.rollBack();
              if (end === 'rollBack') model.pairs = before;
              expect(new Map(store.committed as ReadonlyMap<string, Value>)).toEqual(model.pairs);
            }
          } finally {
            store.close();
          }
        }),
        { numRuns: 40 },
      );
    },
    START_MS_MAX,
  );

  it.each([
    [
      'A key must be a string, not 1',
      (pairs: KeyValueTransaction) => pairs.get(1 as unknown as string),
    ],
    [
      'The limit of a range must be a whole number, not -1',
      (pairs: KeyValueTransaction) => pairs.getRange('a', 'b', { limit: -1 }),
    ],
    [
      'The limit of a range must be a whole number, not 0.5',
      (pairs: KeyValueTransaction) => pairs.getRange('a', 'b', { limit: 0.5 }),
    ],
  ])('refuse: %s', async (message, act) => {
    const store = open();
    await store.begin();
    await expect(act(store.access)).rejects.toThrow(message);
    await store.seal();
    await store.rollBack();
    store.close();
  });
});
