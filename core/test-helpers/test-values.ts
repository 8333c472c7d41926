import fc from 'fast-check';
import { Table } from '../value/table.ts';
import { Tuple } from '../value/tuple.ts';
import { fromEntries, type Value } from '../value/value.ts';

const tableKeys = fc.oneof(
  fc.integer({ min: -2, max: 12 }),
  fc.string({ maxLength: 2 }),
  fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom('a', 'b')),
);

/** Any value, with the awkward ones over-represented. */
export const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value; key: Value }>((tie) => ({
  key: fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.constantFrom('a', 'b', 'c', '__proto__', '$map', '1', '#1', '.a'),
    fc.integer({ min: -2, max: 3 }),
    fc.bigInt({ min: 0n, max: 2n }),
    fc.constantFrom<Value>(null, undefined, true, Number.NaN),
  ),
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    tie('key'),
    fc.constantFrom<Value>(-0, Number.POSITIVE_INFINITY, 'x'.repeat(70), 'two\nlines'),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => Tuple.from(items)),
    fc
      .array(fc.tuple(tie('key').map(String), tie('value')), { maxLength: 5 })
      .map((entries) => fromEntries(entries)),
    fc.array(fc.tuple(tie('key'), tie('value')), { maxLength: 5 }).map((pairs) => new Map(pairs)),
    fc.array(tie('key'), { maxLength: 5 }).map((members) => new Set(members)),
    fc.array(fc.tuple(tableKeys, tie('value')), { maxLength: 5 }).map((rows) => new Table(rows)),
    fc.constantFrom<Value>(new Map([[{ day: 1 }, 'x']]), new Map([[{ day: 1 }, 'y']])),
  ),
})).value;

/** Two values that have much in common, as two states of a machine do. */
export const versions: fc.Arbitrary<readonly [Value, Value]> = fc.oneof(
  fc.tuple(values, values),
  fc
    .tuple(fc.array(fc.tuple(fc.string({ maxLength: 2 }), values)), fc.infiniteStream(fc.boolean()))
    .map(([entries, keeps]) => {
      const kept = entries.filter(() => keeps.next().value);
      return [new Map(entries), new Map(kept)] as const;
    }),
  fc
    .tuple(
      fc.array(fc.tuple(tableKeys, values), { maxLength: 20 }),
      fc.array(fc.tuple(tableKeys, values), { maxLength: 5 }),
      fc.array(tableKeys, { maxLength: 5 }),
    )
    .map(([rows, written, removed]) => {
      const before = new Table(rows);
      const after = before.copy();
      for (const [key, row] of written) after.set(key, row);
      for (const key of removed) after.delete(key);
      return [{ rows: before }, { rows: after }] as const;
    }),
  fc
    .tuple(fc.array(values), fc.array(values, { maxLength: 2 }), fc.nat(8), fc.nat(3))
    .map(([items, inserted, at, removed]) => {
      const after = [...items];
      after.splice(at, removed, ...inserted);
      return [{ list: items }, { list: after }] as const;
    }),
);
