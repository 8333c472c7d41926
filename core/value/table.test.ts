import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueAt } from './container.ts';
import { diff } from './diff.ts';
import { effort } from './effort.ts';
import { decodeValue, encodeValue } from './encoding.ts';
import { hashValue } from './hash.ts';
import { applyPatches } from './patch.ts';
import { compareKeys } from './table-key.ts';
import { Table } from './table.ts';
import { freeze, sameValue, type Value } from './value.ts';

const keys = fc.oneof(
  fc.integer({ min: -5, max: 40 }),
  fc.bigInt({ min: -5n, max: 40n }),
  fc.string({ maxLength: 2 }),
  fc.tuple(fc.integer({ min: 0, max: 3 }), fc.string({ maxLength: 1 })),
  fc.boolean(),
  fc.double({ noNaN: true }),
);
const rows = fc.record({ balance: fc.integer({ min: 0, max: 3 }) }, { noNullPrototype: true });
const edits = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('set' as const), key: keys, row: rows }),
    fc.record({ kind: fc.constant('delete' as const), key: keys }),
  ),
  { maxLength: 120 },
);
type Edit = { kind: 'set'; key: Value; row: Value } | { kind: 'delete'; key: Value };

function edit(table: Table, changes: readonly Edit[]): Table {
  for (const change of changes) {
    if (change.kind === 'set') table.set(change.key, change.row);
    else table.delete(change.key);
  }
  return table;
}

/** What a table should hold, by the simplest means. */
function model(changes: readonly Edit[]): readonly (readonly [Value, Value])[] {
  let entries: (readonly [Value, Value])[] = [];
  for (const change of changes) {
    const isOther = ([key]: readonly [Value, Value]) => compareKeys(key, change.key) !== 0;
    const known = entries.find((entry) => !isOther(entry));
    if (change.kind === 'set' && known) {
      entries = entries.map((entry) => (entry === known ? [known[0], change.row] : entry));
      continue;
    }
    entries = entries.filter(isOther);
    if (change.kind === 'set') entries.push([change.key, change.row]);
  }
  return entries.toSorted(([a], [b]) => compareKeys(a, b));
}

describe('a table', () => {
  it('is a Map in the order of its keys', () => {
    fc.assert(
      fc.property(edits, (changes) => {
        const table = edit(new Table(), changes);
        const expected = model(changes);
        expect([...table]).toEqual(expected);
        expect(table.size).toBe(expected.length);
        for (const [position, [key, row]] of expected.entries()) {
          expect(table.get(key)).toBe(row);
          expect(table.rankOf(key)).toBe(position);
          expect(table.entryAt(position)).toEqual([key, row]);
        }
        expect(table.entryAt(expected.length)).toBeUndefined();
        expect(table.entryAt(-1)).toBeUndefined();
      }),
    );
  });

  it('is left unchanged when a copy changes', () => {
    fc.assert(
      fc.property(edits, edits, (before, after) => {
        const table = edit(new Table(), before);
        const entries = [...table];
        edit(table.copy(), after);
        expect([...table]).toEqual(entries);
      }),
    );
  });

  it('has the same digest and the same text whatever was done to it', () => {
    fc.assert(
      fc.property(edits, (changes) => {
        const table = edit(new Table(), changes);
        const rebuilt = new Table([...table].toReversed());
        const read = decodeValue(JSON.parse(JSON.stringify(encodeValue(table))));
        expect(hashValue(rebuilt)).toBe(hashValue(table));
        expect(hashValue(read)).toBe(hashValue(table));
        expect(sameValue(read, table)).toBe(true);
      }),
    );
  });

  it('has another digest when a row is another one', () => {
    const table = new Table([[1, 'one']]);
    expect(hashValue(new Table([[1, 'two']]))).not.toBe(hashValue(table));
    expect(hashValue(new Table([[2, 'one']]))).not.toBe(hashValue(table));
    expect(hashValue(new Map([[1, 'one']]))).not.toBe(hashValue(table));
  });

  it('differs from another by a patch that leads there', () => {
    fc.assert(
      fc.property(edits, edits, (first, second) => {
        const before = freeze({ rows: edit(new Table(), first) });
        const after = freeze({ rows: edit(before.rows.copy(), second) });
        const patched = applyPatches(before, [diff(before, after)]);
        expect(sameValue(patched, after)).toBe(true);
        expect(hashValue(patched)).toBe(hashValue(after));
        expect(diff(before, before)).toEqual([]);
      }),
    );
  });

  it('differs by the rows that changed, and by nothing else of a hundred thousand', () => {
    const entries = Array.from({ length: 100_000 }, (_, id): [Value, Value] => [id, { id }]);
    const before = freeze(new Table(entries));
    const after = before.copy().set(70_000, { id: -1 }).set(0.5, { id: 0.5 });
    after.delete(3);
    expect(diff(before, after)).toEqual([
      { kind: 'added', path: [{ mapKey: 0.5 }], value: { id: 0.5 } },
      { kind: 'removed', path: [{ mapKey: 3 }] },
      { kind: 'changed', path: [{ mapKey: 70_000 }, 'id'], value: -1 },
    ]);
    const visited: Value[] = [];
    after.visitFresh((key) => visited.push(key));
    expect(visited).toContain(70_000);
    expect(visited.length).toBeLessThan(200);
  });

  it('is found in by the content of a key', () => {
    const table = new Table([[[1, 'a'], 'first']]);
    expect(table.get([1, 'a'])).toBe('first');
    expect(valueAt(table, [{ mapKey: [1, 'a'] }])).toEqual({ found: true, value: 'first' });
    expect(table.get(1n)).toBeUndefined();
    expect(new Table([[1, 'one']]).get(1n)).toBe('one');
  });

  it('refuses writes when it is frozen, and freezes its rows', () => {
    const row = { balance: 1 };
    const table = freeze(new Table([[1, row]]));
    expect(() => table.set(2, row)).toThrow('committed data');
    expect(Object.isFrozen(row)).toBe(true);
  });

  it('refuses keys that have no order, also from a file', () => {
    expect(
      () =>
        new Table([
          [{ id: 1 }, 'row'],
          [1, 'row'],
        ]),
    ).toThrow('A key of a table cannot be an object');
    expect(() =>
      decodeValue({
        $table: [
          [{}, 1],
          [{}, 2],
        ],
      }),
    ).toThrow('$table: A key of a table cannot be an object');
  });
});

it('is built in little time in whatever order the rows come, with the same tree', () => {
  // Keys on the lowest level would all lie in one node, which is copied for each that comes before.
  const descending = Array.from({ length: 60_000 }, (_, at) => 60_000 - at);
  const before = effort();
  const table = new Table(descending.map((key) => [key, 0]));
  expect(effort() - before).toBeLessThan(10_000);
  expect([...table.keys()].slice(0, 3)).toEqual([1, 2, 3]);
  const twice = new Table([
    [2, 'a'],
    [1, 'b'],
    [2, 'c'],
  ]);
  expect([...twice]).toEqual([
    [1, 'b'],
    [2, 'c'],
  ]);
});
