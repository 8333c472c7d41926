import { describe, expect, it, vi } from 'vitest';
import type { HybridAccess } from '../../machine/machine.ts';
import type { StateStore } from '../../machine/state-store.ts';
import type { KeyValueTransaction, SqlTransaction } from '../../machine/storage.ts';
import type { Value } from '../../value/value.ts';
import { SQLITE, START_MS_MAX } from '../test-helpers/test-databases.ts';
import { HybridStateStore } from './hybrid-store.ts';
import { KeyValueStateStore, pairsSchema } from './key-value-store.ts';
import { SqlStateStore, viewOf } from './sql-store.ts';

vi.setConfig({ testTimeout: START_MS_MAX });

// The next number of an `autoincrement` is not in any row.
const SCHEMA = 'create table notes (id integer primary key autoincrement, text text not null)';

async function sqlStore(schema = SCHEMA): Promise<SqlStateStore> {
  const template = await SQLITE.makeTemplate(schema);
  return new SqlStateStore(template.open(), viewOf(template));
}

async function add(sql: SqlTransaction, text: string): Promise<void> {
  await sql.run('insert into notes (text) values (?)', [text]);
}

/** A kind of store, and how a text is put into it. */
interface Kind {
  readonly make: () => Promise<StateStore>;
  readonly write: (access: unknown, text: string) => Promise<void>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  SQL: { make: sqlStore, write: (access, text) => add(access as SqlTransaction, text) },
  'cache and SQL': {
    make: async () => new HybridStateStore({ last: '' }, await sqlStore()),
    write: async (access, text) => {
      const { cache, database } = access as HybridAccess<{ last: string }>;
      cache.update((draft) => {
        draft.last = text;
      });
      await add(database, text);
    },
  },
  'keys and values': {
    make: async () => new KeyValueStateStore(await sqlStore(pairsSchema({}, 'text')), () => '?'),
    write: (access, text) => (access as KeyValueTransaction).set(text, text.length),
  },
};

describe.each(Object.entries(KINDS))('a copy of a state in %s', (_, { make, write }) => {
  const step = async (store: StateStore, text: string) => {
    await store.begin();
    await write(store.access, text);
    await store.seal(false);
    await store.commit();
    return store.committed;
  };

  it('begins with the same state, and goes on independently', async () => {
    const store = await make();
    await step(store, 'one');
    await store.begin();
    await write(store.access, 'rolled back');
    await store.seal(false);
    await store.rollBack();
    const copy = store.copy?.();
    if (!copy) throw new Error('SQLite can be copied');
    // The same object says that nothing has changed.
    expect(copy.committed).toBe(store.committed);
    const before: Value = store.committed;
    const inCopy = await step(copy, 'two');
    expect(store.committed).toBe(before);
    expect(await step(store, 'two')).toEqual(inCopy);
    copy.close();
    expect(await step(store, 'three')).not.toEqual(inCopy);
    store.close();
  });
});
