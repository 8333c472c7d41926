/**
 * What the user opened and closed by hand, by place. It is a trie and not a set of paths, so that what
 * is open below a container with 50 000 entries is found without asking each of them.
 */
export interface Expansion {
  /** Absent where the user has not decided: the tree then decides by itself. */
  readonly isOpen?: boolean;
  readonly children: ReadonlyMap<string, Expansion>;
}

/** The place of a row: the keys from the root down (`segmentKey`). */
export type Address = readonly string[];

/** Nothing decided yet. */
export const NO_EXPANSION: Expansion = { children: new Map() };

/** Opens or closes one place; what was decided below it is kept. */
export function withOpen(expansion: Expansion, address: Address, isOpen: boolean): Expansion {
  const [key, ...rest] = address;
  if (key === undefined) return { ...expansion, isOpen };
  const child = expansion.children.get(key) ?? NO_EXPANSION;
  return {
    ...expansion,
    children: new Map(expansion.children).set(key, withOpen(child, rest, isOpen)),
  };
}

/** Opens every ancestor of a place, so that its row can be seen. */
export function withAncestorsOpen(expansion: Expansion, address: Address): Expansion {
  let opened = expansion;
  for (let depth = 1; depth < address.length; depth += 1) {
    opened = withOpen(opened, address.slice(0, depth), true);
  }
  return opened;
}

/** The one text of an address; keys hold no line break. */
export function addressId(address: Address): string {
  return address.join('\n');
}

/** Reads back what {@link addressId} wrote. */
export function parseAddress(id: string): Address {
  return id === '' ? [] : id.split('\n');
}
