/** Items by key, of which only those that were kept last stay. */
export class Recent<Key, Item> {
  /** The one that was kept last comes last. */
  readonly #items = new Map<Key, Item>();
  readonly #max: number;

  /** @param max how many items stay. */
  constructor(max: number) {
    this.#max = max;
  }

  /** The item under a key, if it is still there. */
  get(key: Key): Item | undefined {
    return this.#items.get(key);
  }

  /** Whether there is an item under a key. */
  has(key: Key): boolean {
    return this.#items.has(key);
  }

  /** Keeps an item as the latest; the one that was kept longest ago makes room for it. */
  keep(key: Key, item: Item): Item {
    this.#items.delete(key);
    this.#items.set(key, item);
    if (this.#items.size > this.#max) {
      for (const oldest of this.#items.keys()) {
        this.#items.delete(oldest);
        break;
      }
    }
    return item;
  }

  /** Forgets the items that meet a condition. */
  forget(isUnwanted: (item: Item) => boolean): void {
    for (const [key, item] of this.#items) if (isUnwanted(item)) this.#items.delete(key);
  }
}
