/**
 * The rows that the user opened and closed, by place. It is a trie and not a set of paths, so that the
 * open rows below a container with 50 000 entries are found without checking each entry.
 */
export interface Expansion {
  /** Absent if the user has not decided: then the tree decides. */
  readonly isOpen?: boolean;
  readonly children: ReadonlyMap<string, Expansion>;
}

/** The place of a row: the keys from the root down (`segmentKey`). */
export type Address = readonly string[];

/** The user has decided nothing yet. */
export const NO_EXPANSION: Expansion = { children: new Map() };

/** Opens or closes one place; decisions below it are kept. */
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

/** An address as a text; keys contain no line breaks. */
export function addressId(address: Address): string {
  return address.join('\n');
}

/** Reads an address from the text of {@link addressId}. */
export function parseAddress(id: string): Address {
  return id === '' ? [] : id.split('\n');
}
