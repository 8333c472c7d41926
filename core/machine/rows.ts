import { Table, type RowDifference } from '../value/table.ts';
import type { Value } from '../value/value.ts';

/** A row that is not the same in two versions of a table; a side that has no such row is left out. */
export interface ChangedRow<Key, Row> {
  readonly key: Key;
  readonly before?: Row;
  readonly after?: Row;
}

/**
 * The rows that differ between two versions of a table, in the order of their keys, at the cost of
 * what changed.
 *
 * @param before `undefined` for none: every row is new then.
 */
export function* changedRows<Key, Row>(
  before: ReadonlyMap<Key, Row> | undefined,
  after: ReadonlyMap<Key, Row>,
): Iterable<ChangedRow<Key, Row>> {
  for (const difference of differences(before, after)) {
    yield {
      key: difference.key as Key,
      ...(difference.before ? { before: difference.before.row as Row } : {}),
      ...(difference.after ? { after: difference.after.row as Row } : {}),
    };
  }
}

function differences(
  before: ReadonlyMap<unknown, unknown> = new Table(),
  after: ReadonlyMap<unknown, unknown>,
): Iterable<RowDifference> {
  // A machine is bundled with a copy of the class: tables are told by what they can do.
  return before.constructor === after.constructor && 'differences' in before
    ? (before as Table).differences(after as Table)
    : toOwnTable(before).differences(toOwnTable(after));
}

function toOwnTable(rows: ReadonlyMap<unknown, unknown>): Table {
  return new Table(rows as ReadonlyMap<Value, Value>);
}
