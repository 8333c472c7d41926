import { z } from 'zod';

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

/** An expansion as JSON. */
export interface KeptExpansion {
  readonly isOpen?: boolean | undefined;
  readonly children?: Readonly<Record<string, KeptExpansion>> | undefined;
}

export const keptExpansion: z.ZodType<KeptExpansion> = z.object({
  isOpen: z.boolean().optional(),
  get children() {
    return z.record(z.string(), keptExpansion).optional();
  },
});

/** So many decisions are kept, those of the first places; someone who opened more opened them by a search. */
const KEPT_MAX = 2_000;

/** What is kept of an expansion. */
export function expansionToKeep(expansion: Expansion): KeptExpansion {
  let left = KEPT_MAX;
  const keep = ({ isOpen, children }: Expansion): KeptExpansion => {
    left -= 1;
    const kept: [string, KeptExpansion][] = [];
    for (const [key, child] of children) if (left > 0) kept.push([key, keep(child)]);
    return {
      ...(isOpen === undefined ? {} : { isOpen }),
      ...(kept.length === 0 ? {} : { children: Object.fromEntries(kept) }),
    };
  };
  return keep(expansion);
}

/** Reads what {@link expansionToKeep} kept. */
export function keptToExpansion({ isOpen, children = {} }: KeptExpansion): Expansion {
  const entries = Object.entries(children).map(
    ([key, child]) => [key, keptToExpansion(child)] as const,
  );
  return { ...(isOpen === undefined ? {} : { isOpen }), children: new Map(entries) };
}

/** An address as a text; keys contain no line breaks. */
export function addressId(address: Address): string {
  return address.join('\n');
}

/** Reads an address from the text of {@link addressId}. */
export function parseAddress(id: string): Address {
  return id === '' ? [] : id.split('\n');
}
