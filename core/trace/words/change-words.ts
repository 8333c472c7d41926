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
  return patch.map((change, at) => {
    if (change.kind === 'spliced') return describeSplice(change, shiftAt(patch, at));
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

/** By how many places the earlier changes of a patch have moved what a splice begins at. */
function shiftAt(patch: Patch, at: number): number {
  const { path, index } = patch[at] as Splice;
  const list = shownPath(path);
  let shift = 0;
  for (const earlier of patch.slice(0, at)) {
    if (earlier.kind !== 'spliced' || earlier.index > index) continue;
    if (shownPath(earlier.path) === list) shift += earlier.inserted.length - earlier.removed;
  }
  return shift;
}

function describeSplice({ path, index, removed, inserted }: Splice, shift: number): string {
  const list = shownPath(path);
  const items = inserted.map(shownValue).join(', ');
  if (removed === 0) return `+ ${list}[${index}]: ${items}`;
  const first = index - shift;
  const gone =
    removed === 1 ? `${list}[${first}]` : `${list}[${first}] to [${first + removed - 1}]`;
  return inserted.length === 0 ? `− ${gone}` : `± ${gone} → ${items}`;
}
