import type { Table } from '../value/table.ts';

/** A row that differs from before, as {@link changedRows} returns it. */
export interface ChangedRow<Key, Row> {
  readonly key: Key;
  /** `undefined` when the row is new. */
  readonly before: Row | undefined;
  /** `undefined` when the row is gone. */
  readonly after: Row | undefined;
}

/**
 * The rows that differ between two versions of a table, in the order of their keys: what an
 * invariant looks at so that it costs what a step touched, however many rows there are.
 *
 * @param before `undefined` when there is none: all rows are new then.
 */
export function* changedRows<Key, Row>(
  before: ReadonlyMap<Key, Row> | undefined,
  after: ReadonlyMap<Key, Row>,
): Iterable<ChangedRow<Key, Row>> {
  if (before === after) return;
  if (isTable(before) && isTable(after)) {
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

/** By what it can do: a machine is bundled with code of its own, and is given the engine's tables. */
function isTable(map: ReadonlyMap<unknown, unknown> | undefined): map is Table {
  return map !== undefined && 'differences' in map;
}
