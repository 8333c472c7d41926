import { describe, expect, it } from 'vitest';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { Table } from '../../value/table.ts';
import type { Value } from '../../value/value.ts';
import {
  formatRecord,
  type NamedKind,
  keyText,
  parseRecord,
  phaseOf,
  recordKindsOf,
  recordsIn,
  refersTo,
} from './record-kinds.ts';

const kindsOf = (state: Value) => recordKindsOf(traceOfStates(state, []).header);

describe('kinds of records that no machine declares', () => {
  it('are the containers near the root of the initial state', () => {
    const kinds = kindsOf({
      nextId: 1,
      settings: { theme: 'dark', size: 3 },
      orders: new Map(),
      boxes: { a: { phase: 'free' }, b: { phase: 'free' } },
      database: { rows: new Table([[1, { id: 1 }]]) },
      queue: [],
    });
    expect(kinds.map(({ name, at }) => [name, at])).toEqual([
      ['orders', ['orders', '*']],
      ['boxes', ['boxes', '*']],
      ['database.rows', ['database', 'rows', '*']],
      ['queue', ['queue', '*']],
    ]);
  });

  it('are referred to by their name in the singular', () => {
    const [orders, boxes] = kindsOf({ orders: new Map(), boxes: new Map(), entries: [] });
    expect(refersTo(orders as never, { kind: 'Pay', orderId: 7, cents: 3 })).toEqual(['7']);
    expect(refersTo(boxes as never, { Open: { box: 'b' } })).toEqual(['b']);
    expect(refersTo(boxes as never, 'Open')).toEqual([]);
  });

  it.each<[string, Value, readonly string[]]>([
    ['names of an object', { boxes: { 1: {}, 2: {} } }, ['1', '1']],
    ['keys of a Map', { boxes: new Map([['1', {}]]) }, ['1', '"1"']],
    ['ids of items', { boxes: [{ id: '1' }] }, ['1', '"1"']],
  ])('are referred to by %s as what they are', (_, state, texts) => {
    const kind = kindsOf(state).find(({ name }) => name === 'boxes') as NamedKind;
    expect([1, '1'].flatMap((box) => refersTo(kind, { kind: 'Open', box }))).toEqual(texts);
  });

  it('that a machine declares are referred to by what the initial state holds', () => {
    const records = { box: { at: ['rooms', '*', 'boxes', '*'] }, other: { at: ['none', '*'] } };
    const initialState = { rooms: new Map([['a', { boxes: { 1: {} } }]]) };
    const [box, other] = recordKindsOf({ records, initialState });
    expect(refersTo(box as NamedKind, { kind: 'Open', box: '1' })).toEqual(['1']);
    expect(refersTo(other as NamedKind, { kind: 'Open', other: '1' })).toEqual(['"1"', '1']);
  });

  it('have the phase of a field that is called so', () => {
    const [kind] = kindsOf(new Map());
    if (!kind) throw new Error('a Map at the root has entries');
    expect(phaseOf(kind, { status: 'open' })).toBe('open');
    expect(phaseOf(kind, { state: { kind: 'Sold', at: 3 } })).toBe('Sold');
    expect(phaseOf(kind, { guest: 'Ada' })).toBeUndefined();
    expect(phaseOf(kind, 7)).toBeUndefined();
  });
});

describe('the records in a state', () => {
  const idsOf = (state: Value) =>
    kindsOf(state).flatMap((kind) =>
      Array.from(recordsIn(kind, state), ({ key }) => formatRecord({ kind: kind.name, key })),
    );

  it('are told apart by key, by the id of an item, or by a member that is a plain value', () => {
    expect(
      idsOf({
        m: new Map<Value, Value>([
          [1, {}],
          ['1', {}],
        ]),
      }),
    ).toEqual(['m/1', 'm/"1"']);
    expect(idsOf({ list: [{ id: 'a' }, { no: 1 }, { id: 'b' }] })).toEqual(['list/a', 'list/b']);
    expect(idsOf({ waiting: [3, 5], seen: new Set(['x']) })).toEqual([
      'waiting/3',
      'waiting/5',
      'seen/x',
    ]);
    expect(idsOf({ days: { monday: { n: 1 } } })).toEqual(['days/monday']);
  });
});

describe('a record as text', () => {
  it('is read back, unless no kind is called so', () => {
    const kinds = kindsOf({ orders: new Map(), door: { a: { b: 1 } } });
    expect(parseRecord(kinds, 'orders/a/b')).toEqual({ kind: 'orders', key: 'a/b' });
    expect(parseRecord(kinds, 'orders')).toBeUndefined();
    expect(parseRecord(kinds, 'order/1')).toBeUndefined();
  });

  it('keeps a text apart from what it looks like', () => {
    expect([1, '1', 1n, true, 'true', 'Monday 09:15', [1, 2]].map(keyText)).toEqual([
      '1',
      '"1"',
      '1n',
      'true',
      '"true"',
      'Monday 09:15',
      '[1,2]',
    ]);
  });
});
