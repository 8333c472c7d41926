import { describe, expect, it } from 'vitest';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';
import { diff } from './diff.ts';
import { isDraft } from './draft.ts';
import { encodeValue } from './encoding.ts';
import { hashValue } from './hash.ts';
import { applyPatches } from './patch.ts';
import { openUpdate } from './update.ts';
import { freeze, sameValue, type Value } from './value.ts';

interface Row {
  id: number;
  tags?: string[];
}

interface State {
  list: Row[];
  numbers: number[];
  map: Map<number, Row>;
  names: Map<string, number>;
  set: Set<string>;
  object: Record<string, Row>;
}

/** A state with so many items in each container; nothing is shared with another one. */
function stateOf(count: number): State {
  const rows = () => Array.from({ length: count }, (_, id): Row => ({ id }));
  return {
    list: rows(),
    numbers: rows().map(({ id }) => id % 7),
    map: new Map(rows().map((row) => [row.id, row])),
    names: new Map(rows().map(({ id }) => [`name ${id}`, id])),
    set: new Set(rows().map(({ id }) => `member ${id}`)),
    object: Object.fromEntries(rows().map((row) => [row.id % 3 ? `k${row.id}` : `${row.id}`, row])),
  };
}

/** Something that is done to a draft, or in the same way to a plain state. */
type Deed = (state: State, random: ChaCha8Rng) => unknown;

function below(random: ChaCha8Rng, bound: number): number {
  return random.genRange('u32', 0, Math.max(1, bound));
}

const DEEDS: readonly Deed[] = [
  ({ list }, random) => list.push({ id: below(random, 9) }, { id: -1 }),
  ({ list }) => list.pop()?.id,
  ({ list }) => list.shift()?.id,
  ({ list }, random) => list.unshift({ id: below(random, 9) }),
  ({ list }, random) => {
    const [at, count] = [below(random, list.length), below(random, 4)];
    return list.splice(at, count, { id: 1 }, { id: 2 }).map(({ id }) => id);
  },
  ({ list }, random) => {
    const row = list[below(random, list.length)];
    if (row) row.id += 1;
  },
  ({ list }, random) => {
    const row = list[below(random, list.length)];
    if (row) (row.tags ??= []).push('tag');
  },
  ({ list }, random) => {
    const row = list.shift();
    if (row) list.splice(below(random, list.length), 0, row);
  },
  ({ list }, random) => list.find(({ id }) => id === below(random, 40))?.id,
  ({ list }) => list.splice(5, 250).length,
  ({ list }, random) => {
    for (let id = 0; id < 300; id += 1) list.splice(below(random, list.length), 0, { id });
  },
  ({ map }) => {
    let count = 0;
    for (const key of map.keys()) if ((count += 1) < 250) map.delete(key);
  },
  ({ set }, random) => (below(random, 4) === 0 ? set.clear() : set.size),
  ({ set }) => {
    for (let id = 0; id < 600; id += 1) set.add(`member ${id}`);
  },
  // oxlint-disable-next-line unicorn/no-array-reverse -- the methods that change a list are tested.
  ({ numbers }) => numbers.reverse().length,
  // oxlint-disable-next-line unicorn/no-array-sort -- as above
  ({ numbers }) => numbers.sort((a, b) => a - b).at(-1),
  ({ numbers }, random) => {
    numbers[below(random, numbers.length)] = 3;
  },
  ({ numbers }, random) => {
    numbers.length -= Math.min(numbers.length, below(random, 3));
  },
  ({ numbers }, random) => [numbers.indexOf(below(random, 9)), numbers.includes(4), numbers.at(-2)],
  (state) => {
    state.numbers = state.numbers.filter((item) => item !== 5);
  },
  ({ map }, random) => map.set(below(random, 2 * map.size), { id: 7 }).size,
  ({ map }, random) => map.delete(below(random, map.size)),
  ({ map }, random) => {
    const row = map.get(below(random, map.size));
    if (row) row.id -= 1;
  },
  ({ map, list }, random) => {
    const row = list[below(random, list.length)];
    if (row) map.set(below(random, map.size), row);
  },
  ({ map }, random) => {
    const key = below(random, map.size);
    const row = map.get(key);
    if (map.delete(key) && row) map.set(key, row);
  },
  ({ names }, random) => names.set(`name ${below(random, 2 * names.size)}`, below(random, 3)).size,
  ({ names }, random) => names.delete(`name ${below(random, names.size)}`),
  ({ names }) => {
    // What is put in on the way is come to, and what is taken out is not.
    let [sum, added] = [0, 0];
    for (const [name, item] of names) {
      sum += item;
      if (item % 50 === 1) names.delete(name);
      if (item % 50 === 2 && added < 3) names.set(`added ${(added += 1)}`, 0);
    }
    return sum;
  },
  ({ set }, random) => set.add(`member ${below(random, 2 * set.size)}`).size,
  ({ set }, random) => set.delete(`member ${below(random, set.size)}`),
  ({ set }) => [...set].join(),
  ({ object }, random) => {
    object[`${below(random, 999)}`] = { id: 5 };
  },
  ({ object }, random) => {
    object[`k${below(random, 999)}`] = { id: 6 };
  },
  ({ object }, random) => {
    delete object[`k${below(random, 999)}`];
  },
  ({ object }, random) => {
    const row = object[`k${below(random, 999)}`];
    if (row) row.id += 2;
  },
  ({ object }, random) => [`k${below(random, 999)}` in object, Object.keys(object).length],
];

/** All that can be seen of a state, as a text. */
function textOf(state: unknown): string {
  const { object, ...rest } = state as State;
  return JSON.stringify([encodeValue(rest as never), Object.entries(object)]);
}

/** The same content in ordinary containers. */
function plain(state: State): State {
  const row = ({ id, tags }: Row): Row => (tags ? { id, tags: [...tags] } : { id });
  return {
    list: state.list.map(row),
    numbers: [...state.numbers],
    map: new Map(Array.from(state.map, ([key, item]) => [key, row(item)])),
    names: new Map(state.names),
    set: new Set(state.set),
    object: Object.fromEntries(Object.entries(state.object).map(([key, item]) => [key, row(item)])),
  };
}

describe.each([3, 300, 700])('updates of containers with %i items', (count) => {
  it('do what the same deeds do to ordinary containers, and leave earlier states as they were', () => {
    const random = ChaCha8Rng.seedFromU64(BigInt(count));
    let naive = stateOf(count);
    let state = freeze(stateOf(count));
    for (let step = 0; step < 60; step += 1) {
      const before = state;
      const textBefore = textOf(before);
      const update = openUpdate(before);
      for (let deeds = below(random, 5); deeds >= 0; deeds -= 1) {
        const deed = DEEDS[below(random, DEEDS.length)] as Deed;
        const seed = random.nextU64();
        const seen = deed(update.draft, ChaCha8Rng.seedFromU64(seed));
        expect(seen).toEqual(deed(naive, ChaCha8Rng.seedFromU64(seed)));
      }
      state = update.finish();
      naive = plain(naive);
      expect(textOf(state)).toBe(textOf(naive));
      expect(textOf(before)).toBe(textBefore);
      const copy = plain(state) as unknown as Value;
      const value = state as unknown as Value;
      expect(hashValue(value, 'parts')).toBe(hashValue(copy, 'parts'));
      expect(hashValue(value, 'whole')).toBe(hashValue(copy, 'whole'));
      expect(sameValue(value, copy)).toBe(true);
      const patch = diff(before as unknown as Value, value);
      expect(sameValue(before, state)).toBe(patch.length === 0);
      const patched = freeze(applyPatches(before as unknown as Value, [patch]));
      expect(hashValue(patched)).toBe(hashValue(value));
      expect(textOf(before)).toBe(textBefore);
      expect(sameValue(patched, value)).toBe(true);
      const naively = applyPatches(plain(before) as unknown as Value, [patch]);
      expect(hashValue(naively)).toBe(hashValue(value));
    }
  });
});

describe.each([3, 700])('a draft of a state with %i items', (count) => {
  function update(recipe: (draft: State) => void): readonly [State, State] {
    const state = freeze(stateOf(count));
    const open = openUpdate(state);
    recipe(open.draft);
    return [state, open.finish()];
  }

  it('leaves the state the same object when nothing is written', () => {
    const [before, after] = update((draft) => {
      for (const item of draft.list.slice(0, 9)) draft.list.includes(item);
      for (const [key, item] of draft.map) draft.map.set(key, item);
      draft.set.add('member 1');
      const row = draft.object['k1'] as Row;
      draft.object['k1'] = row;
      draft.numbers.splice(1, 0);
      draft.names.delete('nobody');
    });
    expect(after).toBe(before);
  });

  it('keeps the identity of what was not written to', () => {
    const [before, after] = update((draft) => {
      const row = draft.map.get(1);
      if (row) row.id = 99;
    });
    expect(after.list).toBe(before.list);
    expect(after.object).toBe(before.object);
    expect(after.map.get(2)).toBe(before.map.get(2));
    expect(after.map.get(1)).toEqual({ id: 99 });
    expect(before.map.get(1)).toEqual({ id: 1 });
  });

  it('may be moved, and is found in what was put in', () => {
    const [before, after] = update((draft) => {
      const row = draft.list.shift() as Row;
      draft.object['moved'] = row;
      draft.list = [row, { id: 5, tags: [] }, ...draft.list.slice(0, 1)];
      row.id = 42;
    });
    expect(after.list).toEqual([{ id: 42 }, { id: 5, tags: [] }, { id: 1 }]);
    expect(after.list[2]).toBe(before.list[1]);
    expect(after.object['moved']).toEqual({ id: 42 });
  });

  it('changes members of a Set in their places', () => {
    const state = freeze({ rows: new Set(stateOf(count).list) });
    const open = openUpdate(state);
    for (const row of open.draft.rows) if (row.id === 1) row.id = 77;
    const [first] = open.draft.rows;
    expect(first && open.draft.rows.delete(first)).toBe(true);
    const { rows } = open.finish();
    expect([...rows].slice(0, 2)).toEqual([{ id: 77 }, { id: 2 }]);
    expect([...state.rows][1]).toEqual({ id: 1 });
  });

  it('cannot be used once the update is over, nor as the key of a Map', () => {
    const drafts: unknown[] = [];
    update((draft) => {
      drafts.push(draft, draft.list, draft.map, draft.set, draft.object, draft.list[0]);
      const keyed = draft.map as unknown as Map<unknown, unknown>;
      expect(() => keyed.set(draft.list, 1)).toThrow('draft as the key of a Map');
    });
    expect(drafts.every(isDraft)).toBe(true);
    const [state, list, map, set, object] = drafts as unknown as [State, ...Row[][]];
    expect(() => state.list).toThrow('after its update');
    expect(() => list?.push({ id: 1 })).toThrow('after its update');
    expect(() => (map as unknown as Map<number, Row>).get(1)).toThrow('after its update');
    expect(() => (set as unknown as Set<string>).add('x')).toThrow('after its update');
    expect(() => ((object as unknown as State['object'])['k1'] = { id: 1 })).toThrow('its update');
  });
});
