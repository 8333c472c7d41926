import { describe, expect, it } from 'vitest';
import { fieldsBesideLabel, kindOf, labelOf } from './label.ts';
import { Tuple } from './tuple.ts';

describe('the kind and the label of a value', () => {
  it.each<[string, unknown, string, string]>([
    ['a short text', 'start', 'start', 'start'],
    ['a long text', 'x'.repeat(41), 'text', 'x'.repeat(41)],
    ['a kind', { kind: 'book slot', at: 3 }, 'book slot', 'book slot'],
    ['a type', { type: 'Paid', amount: 3 }, 'Paid', 'Paid'],
    ['a tag', { tag: 'Paid', amount: 3 }, 'Paid', 'Paid'],
    ['a _tag', { _tag: 'Paid' }, 'Paid', 'Paid'],
    ['a kind before a name', { name: 'Ada', kind: 'Guest' }, 'Guest', 'Guest'],
    ['a name, which is data', { name: 'Ada', age: 36 }, 'object', 'Ada'],
    ['an only key', { Success: { amount: 5 } }, 'Success', 'Success'],
    ['an object', { a: 1, b: 2 }, 'object', 'object'],
    ['a list', ['start', 'stop'], 'list', 'list'],
    ['a tuple', Tuple.of(1, 2), 'tuple', 'tuple'],
    ['a number', 5, 'number', '5'],
    ['a bigint', 5n, 'bigint', '5n'],
    ['null', null, 'null', 'null'],
    ['an empty kind', { kind: '', name: 'Ada' }, '', 'Ada'],
  ])('%s', (_, value, kind, label) => {
    expect([kindOf(value), labelOf(value)]).toEqual([kind, label]);
  });
});

describe('the fields beside a label', () => {
  it.each<[string, unknown, unknown]>([
    ['leave out the property that gives the label', { _tag: 'Paid', at: 3 }, [['at', 3]]],
    [
      'keep a property of equal text under another name',
      { kind: 'Paid', by: 'Paid' },
      [['by', 'Paid']],
    ],
    ['are those of the only key', { Success: { amount: 5 } }, [['amount', 5]]],
    ['are all when nothing names it', { a: 1, b: 2 }, Object.entries({ a: 1, b: 2 })],
    ['are none of a text', 'start', []],
  ])('%s', (_, value, fields) => {
    expect(fieldsBesideLabel(value)).toEqual(fields);
  });
});
