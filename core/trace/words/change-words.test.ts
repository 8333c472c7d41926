import { expect, it } from 'vitest';
import type { Change } from '../../value/patch.ts';
import { describeChange, describeChangeOf } from './change-words.ts';

it.each<[Change, string]>([
  [
    { kind: 'added', path: ['rooms', { mapKey: 'A' }], value: new Set([1]) },
    '+ rooms["A"]: {"$set":[1]}',
  ],
  [{ kind: 'changed', path: ['coins'], value: 3 }, '± coins: 3'],
  [{ kind: 'removed', path: ['log', 2] }, '− log[2]'],
  [
    { kind: 'spliced', path: ['log'], index: 1, removed: 2, inserted: ['a', 'b'] },
    '± log[1]: −2 +"a" +"b"',
  ],
  [{ kind: 'spliced', path: ['log'], index: 0, removed: 0, inserted: [true] }, '± log[0]: +true'],
])('describes %j in a line', (change, line) => {
  expect(describeChange(change)).toBe(line);
});

it('says what was there before, where one value takes the place of another', () => {
  const before = { coins: 2, log: ['a'] };
  expect(describeChangeOf(before, { kind: 'changed', path: ['coins'], value: 3 })).toBe(
    '± coins: 2 → 3',
  );
  const added: Change = { kind: 'added', path: ['by'], value: 'b' };
  expect(describeChangeOf(before, added)).toBe(describeChange(added));
});
