import { Given } from './given.ts';

/** Objects to which no field can be added, since their author froze them. */
const unmarked = new WeakSet<object>();

/** Marks objects as deeply frozen, and keeps the digest of each, which can no longer change. */
export class FrozenMark extends Given {
  #digest: string | undefined = undefined;

  /** Marks an object, before it is frozen if possible. */
  static add(value: object): object {
    if (FrozenMark.has(value)) return value;
    if (Object.isExtensible(value)) return new FrozenMark(value);
    return unmarked.add(value);
  }

  /** Whether an object has the mark. */
  static has(value: object): boolean {
    return #digest in value || unmarked.has(value);
  }

  /** The digest that was kept for an object. */
  static digestOf(value: object): string | undefined {
    return #digest in value ? value.#digest : undefined;
  }

  /** Keeps the digest of an object. Returns false when it has no room for it. */
  static keepDigest(value: object, digest: string): boolean {
    if (!(#digest in value)) return false;
    value.#digest = digest;
    return true;
  }
}
