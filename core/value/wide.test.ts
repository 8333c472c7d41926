import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { changedRows } from '../machine/rows.ts';
import { diff } from './diff.ts';
import { openUpdate } from './update.ts';
import { freeze, freezeOnce, type Value } from './value.ts';
import { suited } from './wide.ts';

interface Row {
  readonly id: number;
}

const ROWS = Array.from({ length: 2000 }, (_, id): Row => ({ id }));
const PAIRS = ROWS.map((row): readonly [string, Row] => [`k${row.id}`, row]);

function stateOf() {
  return freeze({
    list: suited([...ROWS]) as Row[],
    map: suited(new Map(PAIRS)) as Map<string, Row>,
    set: suited(new Set(PAIRS.map(([key]) => key))) as Set<string>,
    object: suited(Object.fromEntries(PAIRS)) as Record<string, Row>,
  });
}

describe('containers of a state with many items', () => {
  const { list, map, set, object } = stateOf();

  it('are what the author wrote', () => {
    expect(Array.isArray(list)).toBe(true);
    expect(map).toBeInstanceOf(Map);
    expect(set).toBeInstanceOf(Set);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(list).toEqual(ROWS);
    expect(map).toEqual(new Map(PAIRS));
    expect(set).toEqual(new Set(PAIRS.map(([key]) => key)));
    expect(object).toEqual(Object.fromEntries(PAIRS));
    expect(JSON.stringify({ list, object })).toBe(
      JSON.stringify({ list: ROWS, object: Object.fromEntries(PAIRS) }),
    );
    expect([...list]).toEqual(ROWS);
    expect({ ...object }).toEqual(Object.fromEntries(PAIRS));
    expect(Object.keys(object).slice(0, 2)).toEqual(['k0', 'k1']);
    expect(Object.hasOwn(object, 'k9') && 'k9' in object && !('z' in object)).toBe(true);
  });

  it('are printed as what they are', () => {
    expect(inspect(list)).toContain('{ id: 1 }');
    expect(inspect(map)).toContain("Map(2000) {\n  'k0' => { id: 0 }");
    expect(inspect(set)).toContain('Set(2000)');
    expect(inspect(object)).toContain('k1: { id: 1 }');
  });

  it('have the methods of the language', () => {
    const isLate = ({ id }: Row) => id > 1990;
    const expected = (array: readonly Row[]) => [
      array.length,
      array.at(-1),
      array.concat([{ id: -1 }]).length,
      array.every(({ id }) => id < 5),
      array.some(isLate),
      array.find(isLate),
      array.findIndex(isLate),
      array.findLast(({ id }) => id < 5),
      array.filter(isLate),
      array.indexOf(ROWS[7] as Row),
      array.includes(ROWS[8] as Row),
      array.map(({ id }) => id * 2),
      array.reduce((sum, { id }) => sum + id, 0),
      array.slice(-3),
      array.slice(5, 7),
      array.toSorted((a, b) => b.id - a.id)[0],
      array.toReversed()[0],
      array.with(3, { id: 0 })[3],
      [...array.entries()][1999],
      [...array.keys()].length,
      [...array.values()].length,
      array.flatMap(({ id }) => (id < 3 ? [id, id] : [])),
      array.map(({ id }) => id).join().length,
      array[2000],
      2000 in array,
    ];
    expect(expected(list)).toEqual(expected(ROWS));
    const visited: number[] = [];
    list.forEach(({ id }, index, whole) => whole === list && visited.push(id + index));
    expect(visited).toEqual(ROWS.map(({ id }) => 2 * id));
    expect([...map.keys()]).toEqual([...set]);
    expect([...map.values()]).toEqual(ROWS);
    expect([...set.entries()][3]).toEqual(['k3', 'k3']);
    let count = 0;
    map.forEach((row, key, whole) => {
      if (whole === map && key === `k${row.id}`) count += 1;
    });
    set.forEach((member) => (count += Number(set.has(member))));
    expect(count).toBe(4000);
  });

  it('refuse to be changed in place', () => {
    const refused = 'Cannot change committed data in place';
    const writes: readonly (() => unknown)[] = [
      () => (list[0] = { id: 1 }),
      () => list.push({ id: 1 }),
      () => list.shift(),
      () => list.splice(1, 1),
      () => (list.length = 0),
      () => Reflect.deleteProperty(list, 0),
      () => map.set('k0', { id: 1 }),
      () => map.delete('k0'),
      () => map.clear(),
      () => set.add('other'),
      () => set.delete('k0'),
      () => set.clear(),
      () => (object['k0'] = { id: 1 }),
      () => delete object['k0'],
      () => Object.defineProperty(object, 'k0', { value: 1 }),
    ];
    for (const write of writes) expect(write).toThrow(refused);
    expect(list).toHaveLength(2000);
    expect(() => ((list[0] as { id: number }).id = 2)).toThrow(TypeError);
  });

  it('can be part of what is frozen, such as an action', () => {
    const action = { list, map, object };
    expect(freezeOnce(action)).toBe(action);
    expect(freeze({ action }).action.object).toBe(object);
    expect(freeze(object)).toBe(object);
  });

  it('are shared from the second change on, and ordinary while a list is read by index much', () => {
    interface State {
      list: Row[];
    }
    let state = freeze<State>({ list: [...ROWS] });
    const isArray = () => Object.isFrozen(state.list);
    const change = () => {
      const open = openUpdate(state);
      open.draft.list[5] = { id: -1 };
      open.draft.list[6] = { id: state.list.length };
      open.draft.list.push({ id: 1 });
      state = open.finish();
    };
    change();
    expect(isArray()).toBe(true);
    change();
    expect(isArray()).toBe(false);
    let sum = 0;
    for (let at = 0; at < state.list.length; at += 1) sum += state.list[at]?.id ?? 0;
    expect(sum).toBeGreaterThan(0);
    change();
    expect(isArray()).toBe(true);
    expect(state.list.slice(4, 8)).toEqual([{ id: 4 }, { id: -1 }, { id: 2002 }, { id: 7 }]);
    expect(state.list).toHaveLength(2003);
  });

  it('stay shared when they are compared with the list that they were before', () => {
    let state = freeze<{ list: Row[] }>({ list: [...ROWS] });
    const change = (id: number) => {
      const before = state;
      const open = openUpdate(state);
      open.draft.list[5] = { id };
      state = open.finish();
      expect(diff(before as unknown as Value, state as unknown as Value)).toHaveLength(1);
    };
    for (let id = 0; id < 4; id += 1) change(id);
    expect(Object.isFrozen(state.list)).toBe(false);
  });

  it('tell an invariant which rows changed', () => {
    const state = stateOf();
    const open = openUpdate(state);
    open.draft.map.set('k5', { id: -5 }).delete('k6');
    open.draft.map.set('new', { id: 3 });
    const { map: after } = open.finish();
    expect([...changedRows(state.map, after)]).toEqual([
      { key: 'k5', before: { id: 5 }, after: { id: -5 } },
      { key: 'k6', before: { id: 6 }, after: undefined },
      { key: 'new', before: undefined, after: { id: 3 } },
    ]);
  });

  it('are patched by what was done', () => {
    const state = stateOf();
    const open = openUpdate(state);
    const { draft } = open;
    const first = draft.map.get('k0') as Row;
    draft.map.delete('k0');
    draft.map.set('k0', first);
    draft.list.shift();
    draft.list.push({ id: 2000 });
    draft.list[999] = { id: -1 };
    draft.set.delete('k3');
    draft.set.add('k3');
    const after = open.finish();
    expect(diff(state as unknown as Value, after as unknown as Value)).toEqual([
      { kind: 'spliced', path: ['list'], index: 0, removed: 1, inserted: [] },
      { kind: 'changed', path: ['list', 999, 'id'], value: -1 },
      { kind: 'spliced', path: ['list'], index: 1999, removed: 0, inserted: [{ id: 2000 }] },
      { kind: 'removed', path: ['map', { mapKey: 'k0' }] },
      { kind: 'added', path: ['map', { mapKey: 'k0' }], value: { id: 0 } },
      { kind: 'removed', path: ['set', { mapKey: 'k3' }] },
      { kind: 'added', path: ['set', { mapKey: 'k3' }], value: 'k3' },
    ]);
  });
});
