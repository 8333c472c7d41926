import { PlainStateStore } from '../../engine/state-store.ts';
import type { StorageError } from '../../machine/errors.ts';
import type { HybridAccess } from '../../machine/machine.ts';
import { type AccessFault, type Breach, type StateStore } from '../../machine/state-store.ts';
import { freeze, type PlainObject, type Value } from '../../value/value.ts';
import type { Maybe } from '../../waiting.ts';
import type { SqlStateStore } from './sql-store.ts';

/**
 * State in memory in front of a database. The transaction covers only the database: a step that fails
 * leaves its changes in the cache, and a crash clears the cache.
 */
export class HybridStateStore implements StateStore {
  readonly isTransactional = true;
  readonly #initialCache: object;
  readonly #database: SqlStateStore;
  #cache: PlainStateStore<object>;
  #committed: PlainObject;
  #pending: PlainObject;

  /** @throws when the initial cache is not plain data. */
  constructor(initialCache: object, database: SqlStateStore) {
    this.#initialCache = initialCache;
    this.#database = database;
    this.#cache = new PlainStateStore(initialCache);
    this.#committed = freeze({ cache: this.#cache.committed, database: database.committed });
    this.#pending = this.#committed;
  }

  get access(): HybridAccess<object> {
    return { cache: this.#cache.access, database: this.#database.access };
  }

  get recovery(): HybridAccess<object> {
    return this.access;
  }

  get committed(): Value {
    this.#committed = combine(this.#committed, this.#cache.committed, this.#database.committed);
    return this.#committed;
  }

  get pending(): Value {
    this.#pending = combine(this.#committed, this.#cache.pending, this.#database.pending);
    return this.#pending;
  }

  get hasStruck(): boolean {
    return this.#database.hasStruck;
  }

  begin(fault?: AccessFault): Maybe<void> {
    this.#cache.begin();
    return this.#database.begin(fault);
  }

  seal(hasAwaited: boolean): Maybe<readonly Breach[]> {
    this.#cache.seal(hasAwaited);
    return this.#database.seal();
  }

  commit(): Maybe<StorageError | undefined> {
    const committed = this.#database.commit();
    const keep = (problem: StorageError | undefined) => {
      if (!problem) this.#cache.commit();
      return problem;
    };
    return committed instanceof Promise ? committed.then(keep) : keep(committed);
  }

  rollBack(): Maybe<void> {
    this.#cache.rollBack();
    return this.#database.rollBack();
  }

  abandon(): Maybe<void> {
    this.#cache.commit();
    return this.#database.abandon();
  }

  crash(): void {
    this.#cache = new PlainStateStore(this.#initialCache);
  }

  copy(): HybridStateStore | undefined {
    const database = this.#database.copy();
    if (!database) return undefined;
    const copy = new HybridStateStore(this.#initialCache, database);
    copy.#cache = this.#cache.copy();
    // The same object, which says that nothing has changed.
    copy.#committed = this.#committed;
    return copy;
  }

  close(): void {
    this.#database.close();
  }
}

/** Both parts as one state: the same object as before when neither has changed. */
function combine(known: PlainObject, cache: Value, database: Value): PlainObject {
  return known['cache'] === cache && known['database'] === database
    ? known
    : freeze({ cache, database });
}
