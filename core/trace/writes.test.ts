import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { traceOfStates } from '../test-helpers/test-states.ts';
import { versions } from '../test-helpers/test-values.ts';
import { sameLookup, valueAt, type Lookup } from '../value/container.ts';
import { diff } from '../value/diff.ts';
import type { Path, PathSegment } from '../value/path.ts';
import { Table } from '../value/table.ts';
import type { Value } from '../value/value.ts';
import type { Trace } from './trace.ts';
import { lastWrite, passChange, searchWrites, writtenValues, type Write } from './writes.ts';

function writesOf(trace: Trace, path: Path, at: number): readonly Write[] {
  const found = (direction: 'backwards' | 'forwards') =>
    [...searchWrites(trace, path, at, direction)].flatMap(({ write }) => write ?? []);
  return [...found('backwards').toReversed(), ...found('forwards')];
}

function stepsOf(trace: Trace, path: Path, at: number): readonly number[] {
  return writesOf(trace, path, at).map(({ stepIndex }) => stepIndex);
}

/** Items of lists have an id of their own, by which the model below finds them again. */
interface Item {
  readonly id: number;
  readonly n: number;
  readonly tags: readonly string[];
}

interface Shop {
  readonly list: readonly Item[];
  readonly rooms: ReadonlyMap<string, { readonly queue: readonly Item[]; readonly n: number }>;
  readonly rows: Table;
  readonly seen: ReadonlySet<number>;
  readonly settings: { readonly theme: number };
}

const EMPTY: Shop = {
  list: [],
  rooms: new Map(),
  rows: new Table(),
  seen: new Set(),
  settings: { theme: 0 },
};

interface Edit {
  readonly kind:
    | 'insert'
    | 'remove'
    | 'change'
    | 'tag'
    | 'untag'
    | 'room'
    | 'row'
    | 'see'
    | 'theme';
  /** The list of a room instead of the list at the top. */
  readonly room: string | undefined;
  readonly at: number;
}

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<Edit['kind'][]>(
      ...(['insert', 'insert', 'insert', 'remove', 'change', 'tag', 'untag'] as const),
      ...(['room', 'row', 'see', 'theme'] as const),
    ),
    room: fc.constantFrom(undefined, undefined, 'A', 'B'),
    at: fc.nat(6),
  }),
  { minLength: 1, maxLength: 40 },
);

/** Makes one edit; `fresh` is a number that was not used before. */
function edited(shop: Shop, { kind, room, at }: Edit, fresh: number): Shop {
  switch (kind) {
    case 'theme':
      return { ...shop, settings: { theme: fresh } };
    case 'see': {
      const seen = new Set(shop.seen);
      return seen.delete(at) ? { ...shop, seen } : { ...shop, seen: seen.add(at) };
    }
    case 'row': {
      const rows = shop.rows.copy();
      if (at > 4) rows.delete(at - 4);
      else rows.set(at, { n: fresh });
      return { ...shop, rows };
    }
    case 'room': {
      const rooms = new Map(shop.rooms);
      const name = room ?? 'A';
      if (!rooms.delete(name)) rooms.set(name, { queue: [], n: fresh });
      return { ...shop, rooms };
    }
    case 'insert':
    case 'remove':
    case 'change':
    case 'tag':
    case 'untag': {
      const own = room === undefined ? undefined : shop.rooms.get(room);
      if (room === undefined) return { ...shop, list: editedList(shop.list, kind, at, fresh) };
      if (!own) return shop;
      const queue = editedList(own.queue, kind, at, fresh);
      return { ...shop, rooms: new Map(shop.rooms).set(room, { ...own, queue }) };
    }
  }
}

function editedList(
  list: readonly Item[],
  kind: 'insert' | 'remove' | 'change' | 'tag' | 'untag',
  at: number,
  fresh: number,
): readonly Item[] {
  if (kind === 'insert') {
    return list.toSpliced(at % (list.length + 1), 0, { id: fresh, n: 0, tags: [] });
  }
  const index = at % Math.max(1, list.length);
  const item = list[index];
  if (!item) return list;
  if (kind === 'remove') return list.toSpliced(index, 1);
  if (kind === 'change') return list.with(index, { ...item, n: fresh });
  const tags = kind === 'tag' ? [`t${fresh}`, ...item.tags] : item.tags.slice(1);
  return list.with(index, { ...item, tags });
}

/** How the model names a member: as a path does, except that an item of a list is named alone. */
type Name = PathSegment | { readonly item: Value };

function namesOf(state: Value, path: Path): readonly Name[] {
  return path.map((segment, depth) => {
    const found = valueAt(state, path.slice(0, depth + 1));
    return typeof segment === 'number' && found.found ? { item: idOf(found.value) } : segment;
  });
}

function idOf(item: Value): Value {
  return typeof item === 'object' && item !== null ? (item as unknown as Item).id : item;
}

/** The member in a state of the run, found by the naive way: look for the item with its id. */
function memberIn(state: Value, names: readonly Name[]): Lookup {
  let value = state;
  for (const name of names) {
    if (typeof name === 'object' && 'item' in name) {
      const index = (value as readonly Value[]).findIndex((item) => idOf(item) === name.item);
      if (index === -1) return { found: false };
      value = (value as readonly Value[])[index];
    } else {
      const found = valueAt(value, [name]);
      if (!found.found) return found;
      value = found.value;
    }
  }
  return { found: true, value };
}

/** All paths of a state, of containers as well. */
function* pathsOf(value: Value, path: Path = []): Generator<Path> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* pathsOf(item as Value, [...path, index]);
  } else if (value instanceof Map || value instanceof Set) {
    for (const [mapKey, item] of value.entries() as Iterable<[Value, Value]>) {
      yield* pathsOf(item, [...path, { mapKey }]);
    }
  } else {
    for (const [key, item] of Object.entries(value)) yield* pathsOf(item as Value, [...path, key]);
  }
}

describe('the writes of a member', () => {
  it('are the steps that changed it, wherever it was then, as a naive replay finds them', () => {
    fc.assert(
      fc.property(edits, fc.nat(), (changes, chosen) => {
        const states: Shop[] = [];
        for (const [step, change] of changes.entries()) {
          states.push(edited(states.at(-1) ?? EMPTY, change, step + 100));
        }
        const all = states as unknown as readonly Value[];
        const trace = traceOfStates(EMPTY as unknown as Value, all);
        const at = (chosen % (states.length + 1)) - 1;
        for (const path of pathsOf(trace.stateAt(at))) {
          const names = namesOf(trace.stateAt(at), path);
          const members = [-1, ...states.keys()].map((step) =>
            memberIn(trace.stateAt(step), names),
          );
          const expected = states.flatMap((_, stepIndex) => {
            const [before, after] = [members[stepIndex], members[stepIndex + 1]] as [
              Lookup,
              Lookup,
            ];
            return sameLookup(before, after) ? [] : [{ stepIndex, before, after }];
          });
          const found = writesOf(trace, path, at).map((write) => ({
            stepIndex: write.stepIndex,
            ...writtenValues(trace, write),
          }));
          expect(found).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  const trace = traceOfStates({ a: 0, m: new Map() }, [
    { a: 1, m: new Map() },
    { a: 1, m: new Map([['k', { n: 1 }]]) },
    { a: 1, m: new Map([['k', { n: 1 }]]) },
    { a: 2, m: new Map([['k', { n: 2 }]]) },
    { a: 2, m: new Map() },
  ]);

  it('include those of what is around it and inside it', () => {
    expect(stepsOf(trace, ['m', { mapKey: 'k' }, 'n'], 4)).toEqual([1, 3, 4]);
    expect(stepsOf(trace, ['m'], 4)).toEqual([1, 3, 4]);
    expect(stepsOf(trace, ['a'], 4)).toEqual([0, 3]);
    expect(stepsOf(trace, [], 4)).toEqual([0, 1, 3, 4]);
  });

  it('are the same from whichever step they are asked for', () => {
    for (const at of [-1, 0, 2, 4]) expect(stepsOf(trace, ['a'], at)).toEqual([0, 3]);
  });

  it('follow an index that lies beyond its list to the step that shortened the list', () => {
    const lists = traceOfStates(
      [1, 2, 3],
      [
        [1, 2, 3, 4],
        [1, 2],
        [0, 1, 2],
        [0, 1, 2, 3],
      ],
    );
    expect(stepsOf(lists, [3], 2)).toEqual([0, 1, 3]);
    expect(stepsOf(lists, [5], 3)).toEqual([]);
  });

  it('keep apart keys that look alike, and names that other writers might escape', () => {
    const states = [
      {
        m: new Map<Value, Value>([
          [1, 'n'],
          ['Zürich', 0],
        ]),
      },
      {
        m: new Map<Value, Value>([
          [1, 'n'],
          ['Zürich', 0],
          ['1', 't'],
        ]),
      },
      {
        m: new Map<Value, Value>([
          [1, 'n'],
          ['Zürich', 1],
          ['1', 't'],
        ]),
      },
      {
        m: new Map<Value, Value>([
          [1, 'n'],
          ['Zürich', 1],
          ['1', 't'],
          [1n, 'b'],
        ]),
      },
    ];
    const alike = traceOfStates({ m: new Map() }, states);
    expect([1, '1', 1n, 'Zürich'].map((mapKey) => stepsOf(alike, ['m', { mapKey }], 3))).toEqual([
      [0],
      [1],
      [3],
      [0, 2],
    ]);
  });
});

describe('the last write', () => {
  it('of an item of a list is not that of the item behind it', () => {
    const item = (n: number) => ({ n });
    const trace = traceOfStates({ bookings: [item(0)] }, [
      { bookings: [item(0), item(1)] },
      { bookings: [item(0), item(1), item(2)] },
      { bookings: [item(1), item(2)] },
    ]);
    const writer = (index: number) => lastWrite(trace, ['bookings', index], 2);
    expect(writer(0)).toMatchObject({ kind: 'found', write: { stepIndex: 0 } });
    expect(writer(1)).toMatchObject({ kind: 'found', write: { stepIndex: 1 } });
    expect(lastWrite(trace, ['bookings', 0], 1)).toEqual({ kind: 'initial' });
  });

  it('is given up at the limit of the search, and not when the whole trace was searched', () => {
    const trace = traceOfStates(
      { a: 0, b: 0 },
      [1, 2, 3].map((b) => ({ a: 0, b })),
    );
    expect(lastWrite(trace, ['a'], 2, 2)).toEqual({ kind: 'tooFar' });
    expect(lastWrite(trace, ['a'], 2, 3)).toEqual({ kind: 'initial' });
  });

  it('is found in a long trace without parsing the lines that cannot concern it', () => {
    const rooms = new Map([['A', { n: 0 }]]);
    const states: Value[] = [];
    for (let step = 0; step < 20_000; step += 1) {
      states.push({ log: step % 1000, list: [1, 2, 3], rooms });
    }
    const trace = traceOfStates({ log: -1, list: [2, 3], rooms: new Map() }, states);
    const parsed = vi.spyOn(trace, 'step');
    expect(lastWrite(trace, ['rooms', { mapKey: 'A' }], 19_999)).toMatchObject({ kind: 'found' });
    expect(lastWrite(trace, ['list', 0], 19_999)).toMatchObject({ kind: 'found' });
    // What is parsed is for the state at the last step, since a list index is looked up there: the
    // steps since the last state that the trace keeps, one for each megabyte of lines.
    expect(parsed.mock.calls.length).toBeLessThan(4_000);
  });
});

describe('a change that a member is followed past', () => {
  it('is a write whenever what is at a path differs and nothing moved', () => {
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const patch = diff(before, after);
        if (patch.some(({ kind }) => kind === 'spliced')) return;
        for (const path of patch.flatMap((change) => [change.path, change.path.slice(0, -1)])) {
          if (sameLookup(valueAt(before, path), valueAt(after, path))) continue;
          const isWrite = patch.some((change) => passChange(change, path, 'forwards').isWrite);
          expect(isWrite).toBe(true);
        }
      }),
    );
  });
});
