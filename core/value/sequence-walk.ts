import type { Branch, Sequence, SequenceNode } from './sequence.ts';

/** Walks through the leaves of a sequence, as an iterator that a subclass makes. */
export abstract class SequenceWalk<Item, Given> implements IterableIterator<Given, undefined> {
  /** The way to the leaf: branches, each with the place of the child that comes next. */
  readonly #way: { readonly node: Branch<Item>; next: number }[] = [];
  /** The items of the leaf, and the place of the one that comes next. */
  protected items: readonly Item[] = [];
  protected at = 0;
  /** The number of items before the leaf. */
  protected passed = 0;

  constructor(sequence: Sequence<Item>) {
    if (sequence) this.#enter(sequence);
  }

  abstract next(): IteratorResult<Given, undefined>;

  [Symbol.iterator](): this {
    return this;
  }

  /** Goes on to the next leaf, once there is nothing left of one. Returns false at the end. */
  protected toNextLeaf(): boolean {
    for (let last = this.#way.at(-1); last; last = this.#way.at(-1)) {
      const child = last.node.children[last.next];
      if (child) {
        last.next += 1;
        this.#enter(child);
        return true;
      }
      this.#way.pop();
    }
    return false;
  }

  #enter(sequence: SequenceNode<Item>): void {
    let node = sequence;
    while (!node.isLeaf) {
      this.#way.push({ node, next: 1 });
      node = node.children[0] as SequenceNode<Item>;
    }
    this.passed += this.items.length;
    this.items = node.items;
    this.at = 0;
  }
}

// As the iterators of the language are: newer versions of it give them methods such as `map`.
const ITERATORS = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;
Object.setPrototypeOf(SequenceWalk.prototype, ITERATORS);
