import type { RowDifference } from '../value/row-differences.ts';

/** A row that differs from before, as {@link changedRows} returns it. */
export interface ChangedRow<Key, Row> {
  readonly key: Key;
  /** `undefined` when the row is new. */
  readonly before: Row | undefined;
  /** `undefined` when the row is gone. */
  readonly after: Row | undefined;
}

/**
 * Returns the rows that differ between two versions of a table, in the order of their keys, or of a Map
 * of the state. An invariant that checks only these costs what a step touched, however many rows there
 * are.
 *
 * @param before `undefined` when there is no earlier version: all rows are new then.
 */
export function* changedRows<Key, Row>(
  before: ReadonlyMap<Key, Row> | undefined,
  after: ReadonlyMap<Key, Row>,
): Iterable<ChangedRow<Key, Row>> {
  if (before === after) return;
  if (isShared(before) && isShared(after)) {
    for (const difference of before.differences(after)) {
      yield {
        key: difference.key as Key,
        before: difference.before?.row as Row | undefined,
        after: difference.after?.row as Row | undefined,
      };
    }
    return;
  }
  for (const [key, row] of before ?? []) {
    const now = after.get(key);
    if (now !== row) yield { key, before: row, after: now };
  }
  for (const [key, row] of after)
    if (!before?.has(key)) yield { key, before: undefined, after: row };
}

/** A Map whose versions share what they have in common. */
type Shared = ReadonlyMap<unknown, unknown> & {
  differences(after: Shared): Iterable<RowDifference>;
};

/** Checks for the method, not the class: a machine is bundled with its own copy of the classes. */
function isShared(map: ReadonlyMap<unknown, unknown> | undefined): map is Shared {
  return map !== undefined && 'differences' in map;
}
