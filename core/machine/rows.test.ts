import { expect, it } from 'vitest';
import { Table } from '../value/table.ts';
import { changedRows } from './rows.ts';

const before = new Table([
  [1, 'one'],
  [2, 'two'],
  [3, 'three'],
]);

it.each([
  ['tables', before, before.copy()],
  ['maps', new Map(before), new Map(before)],
] as const)('names the rows that differ between two %s, by key', (_, older, newer) => {
  newer.delete(1);
  newer.set(2, 'zwei');
  newer.set(4, 'vier');
  expect([...changedRows(older, newer)]).toEqual([
    { key: 1, before: 'one', after: undefined },
    { key: 2, before: 'two', after: 'zwei' },
    { key: 4, before: undefined, after: 'vier' },
  ]);
  expect([...changedRows(newer, newer)]).toEqual([]);
});

it('treats all rows as new without an earlier version', () => {
  expect([...changedRows(undefined, before)].map(({ key }) => key)).toEqual([1, 2, 3]);
});
