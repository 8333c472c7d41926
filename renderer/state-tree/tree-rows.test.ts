import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { values, versions } from '../../core/test-helpers/test-values.ts';
import { isContainer } from '../../core/value/container.ts';
import { diff } from '../../core/value/diff.ts';
import { formatPath, type Path } from '../../core/value/path.ts';
import { segmentKey } from '../../core/value/segment.ts';
import type { Value } from '../../core/value/value.ts';
import { childrenOf } from './children.ts';
import { compareStates } from './comparison.ts';
import { NO_EXPANSION, parseAddress, withOpen, type Expansion } from './expansion.ts';
import type { Row } from './tree-row.ts';
import { TreeRows, type Filter } from './tree-rows.ts';

function rowsOf(before: Value, after: Value, filter: Filter, expansion: Expansion): TreeRows {
  const { marks } = compareStates(before, after);
  const shape = { before, after, marks, filter, expansion };
  return new TreeRows({ ...shape, opening: marks, lineChars: 20 });
}

function listOf(rows: TreeRows): readonly Row[] {
  return Array.from({ length: rows.length }, (_, index) => rows.at(index));
}

/** Opens all rows that can be opened, except long texts. */
function openAll(before: Value, after: Value, filter: Filter = 'all'): TreeRows {
  let expansion = NO_EXPANSION;
  for (;;) {
    const rows = rowsOf(before, after, filter, expansion);
    const shut = listOf(rows).filter(
      (row) => row.canExpand && !row.isExpanded && typeof row.value !== 'string',
    );
    if (shut.length === 0) return rows;
    for (const row of shut) expansion = withOpen(expansion, parseAddress(row.id), true);
  }
}

/** The paths of all leaves, empty containers included, by plain recursion. */
function leavesOf(value: Value, path: Path = []): readonly string[] {
  const key = path.map(segmentKey).join('\n');
  if (!isContainer(value)) return [key];
  const items = childrenOf({ before: value, after: value, marks: undefined });
  if (!items || items.count === 0) return path.length === 0 ? [] : [key];
  return Array.from({ length: items.count }, (_, at) => items.at(at)).flatMap((child) =>
    child.segment === undefined ? [] : leavesOf(child.after, [...path, child.segment]),
  );
}

describe('TreeRows', () => {
  it.each([1, 100])(
    'shows %s items removed from and inserted into a list of 5000 as exactly these',
    (count) => {
      const queue = (from: number) => Array.from({ length: 5000 }, (_, at) => ({ id: from + at }));
      const rows = rowsOf({ queue: queue(0) }, { queue: queue(count) }, 'changed', NO_EXPANSION);
      const signs = listOf(rows).map(({ sign }) => sign);
      expect(signs.filter((sign) => sign === 'removed')).toHaveLength(count);
      expect(signs.filter((sign) => sign === 'added')).toHaveLength(count);
      expect(signs.filter((sign) => sign === 'changed')).toEqual([]);
    },
  );

  it('names every leaf of an opened tree exactly once', () => {
    fc.assert(
      fc.property(values, (state) => {
        const leaves = listOf(openAll(state, state)).filter(
          (row) => !row.canExpand || typeof row.value === 'string',
        );
        const keys = leaves.map((row) => row.path.map(segmentKey).join('\n'));
        expect(keys).toEqual(leavesOf(state));
      }),
    );
  });

  it('marks as many rows as the diff has changes, all open and all filtered', () => {
    fc.assert(
      fc.property(
        versions,
        fc.constantFrom<Filter>('all', 'changed'),
        ([before, after], filter) => {
          const marked = listOf(openAll(before, after, filter)).filter((row) => row.sign);
          const described = marked.map((row) => `${row.sign} ${formatPath(row.path)}`).toSorted();
          // A removed item has its earlier index, all others have the later one.
          const shifts = new Map<string, number>();
          const expected = diff(before, after).flatMap((change) => {
            if (change.kind !== 'spliced') return [`${change.kind} ${formatPath(change.path)}`];
            const list = formatPath(change.path);
            const shift = shifts.get(list) ?? 0;
            shifts.set(list, shift + change.removed - change.inserted.length);
            const at = (offset: number) => formatPath([...change.path, change.index + offset]);
            return [
              ...Array.from(
                { length: change.removed },
                (_, offset) => `removed ${at(shift + offset)}`,
              ),
              ...change.inserted.map((_, offset) => `added ${at(offset)}`),
            ];
          });
          expect(described).toEqual(expected.toSorted());
        },
      ),
    );
  });

  it('opens the rows above a change automatically, so that every change is visible', () => {
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const rows = listOf(rowsOf(before, after, 'changed', NO_EXPANSION));
        const { marks } = compareStates(before, after);
        expect(rows.filter((row) => row.sign)).toHaveLength(marks.count);
      }),
    );
  });

  it('finds each row by its id, where it stands', () => {
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const rows = openAll(before, after);
        listOf(rows).forEach((row, index) => expect(rows.indexOf(row.id)).toBe(index));
        // Keys that were opened when another value was there.
        for (const key of ['."nowhere"', '#99', '-#99', '@"nowhere"', '%9', '$$']) {
          expect(rows.indexOf(key)).toBe(-1);
        }
      }),
    );
  });

  it('keeps removed entries where they stood', () => {
    const before = new Map<Value, Value>([1, 2, 3, 4, 5].map((key) => [key, `v${key}`]));
    const after = new Map<Value, Value>([2, 4, 6].map((key) => [key, `v${key}`]));
    const rows = listOf(rowsOf({ map: before }, { map: after }, 'all', NO_EXPANSION));
    const shown = rows.map(({ segment, sign }) => [
      typeof segment === 'object' ? segment.mapKey : segment,
      sign,
    ]);
    expect(shown).toEqual([
      ['map', undefined],
      [1, 'removed'],
      [2, undefined],
      [3, 'removed'],
      [4, undefined],
      [5, 'removed'],
      [6, 'added'],
    ]);
  });

  it('lets the user close rows that a change opened, and keeps them closed', () => {
    const shut = withOpen(NO_EXPANSION, ['."a"'], false);
    const rows = rowsOf({ a: { b: 1 } }, { a: { b: 2 } }, 'all', shut);
    expect(rows.length).toBe(1);
    expect(rows.at(0)).toMatchObject({ inside: 1, isExpanded: false });
  });

  it('shows a root that is a single value, and one that was replaced', () => {
    expect(rowsOf(1, 2, 'changed', NO_EXPANSION).at(0)).toMatchObject({
      path: [],
      sign: 'changed',
      before: 1,
      value: 2,
    });
    expect(rowsOf(1, 1, 'changed', NO_EXPANSION).length).toBe(0);
  });

  it('opens a long text into lines that fit', () => {
    const text = `${'x'.repeat(30)}\n${'y'.repeat(40)}`;
    const open = withOpen(NO_EXPANSION, ['."note"'], true);
    const rows = listOf(rowsOf({ note: text }, { note: text }, 'all', open));
    expect(rows.slice(1).map((row) => row.value)).toEqual([
      'x'.repeat(20),
      'x'.repeat(10),
      'y'.repeat(20),
      'y'.repeat(20),
    ]);
  });

  it('makes the rows of a Map with 50 000 entries without visiting them', () => {
    const large = new Map<Value, Value>();
    for (let key = 0; key < 50_000; key += 1) large.set(key, { key });
    const open = withOpen(NO_EXPANSION, ['."large"'], true);
    const rows = rowsOf({ large }, { large }, 'all', open);
    expect(rows.length).toBe(50_001);
    expect(rows.at(50_000)).toMatchObject({ segment: { mapKey: 49_999 }, position: 50_000 });
  });
});

describe('entries with keys of equal content', () => {
  it('have separate rows, each found by its id', () => {
    const twins = new Map<Value, Value>([
      [{ x: 1 }, 'first'],
      [{ x: 1 }, 'second'],
      [{ x: 2 }, 'other'],
    ]);
    const rows = rowsOf({ twins }, { twins }, 'all', NO_EXPANSION);
    const shown = listOf(rows);
    expect(shown.slice(1).map(({ value }) => value)).toEqual(['first', 'second', 'other']);
    expect(shown.map(({ id }) => rows.indexOf(id))).toEqual([0, 1, 2, 3]);
  });
});
