import { containerOf, findKey } from './container.ts';
import { sameListKind } from './tuple.ts';
import { fromEntries, sameValue, type PlainObject, type Value } from './value.ts';

/**
 * The value `next`, with the parts of `previous` that are the same in both: what did not change keeps
 * its identity, as if `previous` had been edited in place. Neither of them is modified.
 *
 * @returns `previous` itself when they are the same data.
 */
export function share(previous: Value, next: Value): Value {
  if (Object.is(previous, next)) return previous;
  const [was, is] = [containerOf(previous), containerOf(next)];
  if (was?.kind === 'list' && is?.kind === 'list') {
    return sameListKind(was.value, is.value) ? shareItems(was.value, is.value) : next;
  }
  if (was?.kind === 'object' && is?.kind === 'object') return shareKeys(was.value, is.value);
  if (was?.kind === 'map' && is?.kind === 'map') return shareEntries(was.value, is.value);
  if (was?.kind === 'set' && is?.kind === 'set') return shareMembers(was.value, is.value);
  return next;
}

function shareItems(previous: readonly Value[], next: readonly Value[]): readonly Value[] {
  const items = next.map((item, index) =>
    index < previous.length ? share(previous[index], item) : item,
  );
  return isSameList(previous, items) ? previous : items;
}

function shareKeys(previous: PlainObject, next: PlainObject): PlainObject {
  const keys = Object.keys(next);
  let isSame = keys.length === Object.keys(previous).length;
  const entries = keys.map((key) => {
    const known = Object.hasOwn(previous, key);
    const item = known ? share(previous[key], next[key]) : next[key];
    if (!known || !Object.is(item, previous[key])) isSame = false;
    return [key, item] as const;
  });
  return isSame ? previous : fromEntries(entries);
}

function shareEntries(
  previous: ReadonlyMap<Value, Value>,
  next: ReadonlyMap<Value, Value>,
): ReadonlyMap<Value, Value> {
  const shared = new Map<Value, Value>();
  const keys = [...previous.keys()];
  for (const [key, item] of next) {
    const known = knownKey(previous, keys[shared.size], key, shared);
    if (known) shared.set(known.key, share(previous.get(known.key), item));
    else shared.set(key, item);
  }
  const isSame =
    isSameList([...previous.keys()], [...shared.keys()]) &&
    isSameList([...previous.values()], [...shared.values()]);
  return isSame ? previous : shared;
}

function shareMembers(previous: ReadonlySet<Value>, next: ReadonlySet<Value>): ReadonlySet<Value> {
  const shared = new Set<Value>();
  const members = [...previous];
  for (const item of next) {
    shared.add((knownKey(previous, members[shared.size], item, shared) ?? { key: item }).key);
  }
  return isSameList([...previous], [...shared]) ? previous : shared;
}

/**
 * The key of the same content, unless it is taken already: a Map or Set can hold several objects of
 * equal content. The one at the same place is tried first.
 */
function knownKey(
  previous: ReadonlyMap<Value, Value> | ReadonlySet<Value>,
  atSamePlace: Value,
  key: Value,
  taken: ReadonlyMap<Value, Value> | ReadonlySet<Value>,
): { readonly key: Value } | undefined {
  const known =
    previous.has(atSamePlace) && sameValue(atSamePlace, key)
      ? { key: atSamePlace }
      : findKey(previous, key);
  return known && !taken.has(known.key) ? known : undefined;
}

function isSameList(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => Object.is(item, b[index]));
}
