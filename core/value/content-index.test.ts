import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findKey } from './container.ts';
import { applyPatches, type Change, type Patch } from './patch.ts';
import { freeze, sameValue, type Value } from './value.ts';
import { suited } from './wide.ts';

/** Objects of few contents, so that many are twins. */
const key = fc
  .tuple(fc.integer({ min: 0, max: 300 }), fc.constantFrom('object', 'list', 'set'))
  .map(([n, kind]): Value => {
    if (kind === 'list') return [n, 'x'];
    return kind === 'set' ? new Set<Value>([n]) : { n, x: { y: null } };
  });

/** Whether keys are added or removed, in several patches. */
const edits = fc.array(
  fc.array(fc.record({ isAdded: fc.boolean(), key }), { minLength: 1, maxLength: 5 }),
  { maxLength: 10 },
);

/** The members after each edit that fits, found one after another. */
function expected(start: readonly Value[], edit: readonly { isAdded: boolean; key: Value }[]) {
  const members = [...start];
  const changes: Change[] = [];
  for (const { isAdded, key: given } of edit) {
    const at = members.findIndex((member) => sameValue(member, given));
    if (isAdded === at >= 0) continue;
    const path = ['s', { mapKey: given }];
    changes.push(isAdded ? { kind: 'added', path, value: given } : { kind: 'removed', path });
    if (isAdded) members.push(given);
    else members.splice(at, 1);
  }
  return { members, changes };
}

it('finds and removes the first member of a content, in small and in large sets', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 700 }), fc.boolean(), edits, (start, isWide, all) => {
      const set = new Set<Value>(start);
      let members: Value[] = [...set];
      let state: Value = freeze({ s: (isWide ? suited(set) : set) as Value });
      for (const edit of all) {
        const { members: after, changes } = expected(members, edit);
        const patches: readonly Patch[] = [changes];
        state = freeze(applyPatches(state, patches));
        members = after;
        const { s } = state as { s: ReadonlySet<Value> };
        const found = [...s];
        expect(
          found.length === members.length && found.every((one, at) => one === members[at]),
        ).toBe(true);
        for (const { key: wanted } of edit) {
          const first = members.find((member) => sameValue(member, wanted));
          expect(findKey(s, wanted)?.key).toBe(first);
        }
      }
    }),
    { numRuns: 30 },
  );
});

it('finds the keys of a Map whose values were changed', () => {
  const keys = Array.from({ length: 1_000 }, (_, n): Value => ({ n }));
  let state: Value = freeze({ m: new Map(keys.map((one) => [one, 0] as const)) });
  for (let n = 0; n < 1_000; n += 1) {
    const path = ['m', { mapKey: { n } }];
    state = freeze(applyPatches(state, [[{ kind: 'changed', path, value: n }]]));
  }
  const { m } = state as { m: ReadonlyMap<Value, Value> };
  expect([...m.values()]).toEqual(keys.map((_, n) => n));
  expect([...m.keys()].every((one, n) => one === keys[n])).toBe(true);
});

it('bears a hundred thousand members of one content', () => {
  const twins = Array.from({ length: 100_000 }, (): Value => ({ same: true }));
  const set = new Set<Value>(twins);
  const state = freeze({ s: set });
  const removed: Change = { kind: 'removed', path: ['s', { mapKey: { same: true } }] };
  const { s } = applyPatches(state, [[removed, removed]]) as { s: ReadonlySet<Value> };
  expect(s.size).toBe(99_998);
});
