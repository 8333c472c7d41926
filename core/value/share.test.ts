import fc from 'fast-check';
import { expect, it } from 'vitest';
import { share } from './share.ts';
import { sameValue, type Value } from './value.ts';

const leaf = fc.oneof(fc.constantFrom<Value>(null, undefined, true, 0, -0, Number.NaN, 1n, 'a'));
const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', '__proto__'), tie('tree'), { noNullPrototype: true }),
    fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 3 }).map((list) => new Map(list)),
    fc.array(tie('tree'), { maxLength: 3 }).map((list) => new Set(list)),
  ),
}));

it('answers the same data as the next value', () => {
  fc.assert(
    fc.property(tree, tree, (previous, next) => {
      expect(sameValue(share(previous, next), next)).toBe(true);
    }),
  );
});

it('answers the previous value itself when nothing has changed', () => {
  fc.assert(fc.property(tree, (value) => Object.is(share(value, structuredClone(value)), value)));
});

it('keeps the identity of every part that did not change', () => {
  const previous = {
    list: [{ n: 1 }, { n: 2 }],
    map: new Map<Value, Value>([[{ key: 1 }, { n: 3 }]]),
    set: new Set<Value>([{ n: 4 }]),
    gone: 1,
  };
  const next = structuredClone(previous) as Partial<typeof previous>;
  delete next.gone;
  next.list?.push({ n: 9 });
  next.set?.add(5);
  const shared = share(previous, next) as unknown as typeof previous;
  expect(shared.list[1]).toBe(previous.list[1]);
  expect(shared.map).toBe(previous.map);
  expect([...shared.set][0]).toBe([...previous.set][0]);
  expect(shared).toEqual(next);
});

it('keeps apart keys and members that are the same data', () => {
  const previous = [
    new Map<Value, Value>([
      [[], 1],
      [[], 2],
    ]),
    new Set<Value>([[], []]),
  ];
  const next = structuredClone(previous);
  expect(share(previous, next)).toBe(previous);
  (next[0] as Map<Value, Value>).set([], 3);
  expect(share(previous, next)).toEqual(next);
});

it('distinguishes another order of a map or a set from the same one', () => {
  const map = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  expect([...(share(map, new Map([...map].toReversed())) as typeof map).keys()]).toEqual([
    'b',
    'a',
  ]);
  expect([...(share(new Set([1, 2]), new Set([2, 1])) as Set<number>)]).toEqual([2, 1]);
});
