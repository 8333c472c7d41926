import { assertNever } from '../../assert.ts';
import { valueAt } from '../../value/container.ts';
import type { Change, Patch } from '../../value/patch.ts';
import { shownPath, shownValue } from '../../value/shown.ts';
import type { Value } from '../../value/value.ts';

/** A list that lost and gained items at one place. */
type Splice = Extract<Change, { kind: 'spliced' }>;

/**
 * Changes of the state, a line each: `+ by: "b"`, `± coins: 2 → 3`, `− log[2]`. Items that left a list are named by
 * their places before all of the changes, those that came by their places after them.
 *
 * @param before the state before the changes; without it, only what took the place of something is written.
 */
export function describePatch(patch: Patch, before?: Value): readonly string[] {
  /** What came and left before, by the path of its list. */
  const earlier = new Map<string, Splice[]>();
  return patch.map((change) => {
    if (change.kind === 'spliced') {
      const list = shownPath(change.path);
      const known = earlier.get(list) ?? [];
      const line = describeSplice(list, change, shiftBy(known, change));
      if (known.push(change) === 1) earlier.set(list, known);
      return line;
    }
    const was = before === undefined ? undefined : valueAt(before, change.path);
    return describeChange(change, was?.found ? was : undefined);
  });
}

function describeChange(
  change: Exclude<Change, Splice>,
  was: { readonly value: Value } | undefined,
): string {
  const path = shownPath(change.path);
  switch (change.kind) {
    case 'added':
      return `+ ${path}: ${shownValue(change.value)}`;
    case 'changed':
      return `± ${path}: ${was ? `${shownValue(was.value)} → ` : ''}${shownValue(change.value)}`;
    case 'removed':
      return `− ${path}`;
    default:
      return assertNever(change, 'change');
  }
}

/** By how many places earlier changes of its list have moved what a splice begins at. */
function shiftBy(earlier: readonly Splice[], { index }: Splice): number {
  return earlier
    .filter((one) => one.index <= index)
    .reduce((shift, { inserted, removed }) => shift + inserted.length - removed, 0);
}

function describeSplice(list: string, { index, removed, inserted }: Splice, shift: number): string {
  const items = inserted.map(shownValue).join(', ');
  if (removed === 0) return `+ ${list}[${index}]: ${items}`;
  const first = index - shift;
  const gone =
    removed === 1 ? `${list}[${first}]` : `${list}[${first}] to [${first + removed - 1}]`;
  return inserted.length === 0 ? `− ${gone}` : `± ${gone} → ${items}`;
}
