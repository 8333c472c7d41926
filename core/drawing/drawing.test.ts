import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRAWN_CHARS_MAX, DRAWN_ITEMS_MAX } from '../limits.ts';
import { changesBetween, withGone } from './changes.ts';
import { checkDrawing, drawingSchema, itemsOf, type Drawing } from './drawing.ts';

function drawn(returned: unknown): Drawing {
  const checked = checkDrawing(returned);
  if (checked.kind === 'wrong') throw new Error(checked.message);
  return checked.drawing;
}

const entry = { id: 1, column: 0, from: 540, to: 555, title: 'Cleaning' };
const calendar = { kind: 'calendar', columns: ['Monday'], from: 540, to: 600, entries: [entry] };

describe('a drawing', () => {
  it('has strings as ids, and cells that are plain JSON', () => {
    const rows = [{ id: 7n, cells: [12n ** 20n, Number.NaN, true, null, 'x'] }];
    const table = drawn({ kind: 'table', columns: ['a', 'b', 'c', 'd', 'e'], rows });
    expect(itemsOf(table)).toEqual([
      { id: '7', cells: [String(12n ** 20n), 'NaN', true, null, 'x'] },
    ]);
    expect(drawingSchema.parse(JSON.parse(JSON.stringify(table)))).toEqual(table);
  });

  it('keeps nothing that its form does not have, and cuts texts that are too long', () => {
    const long = 'x'.repeat(DRAWN_CHARS_MAX + 10);
    const place = { id: 'a', title: long, html: '<script>' };
    const [shown] = itemsOf(drawn({ kind: 'grid', columns: 2, places: [place] }));
    expect(Object.keys(shown ?? {})).toEqual(['id', 'title']);
    expect((shown as { title?: string }).title?.length).toBeLessThanOrEqual(DRAWN_CHARS_MAX);
  });

  it.each([
    ['nothing', undefined, 'must return an object whose `kind` is one of "table", "calendar"'],
    ['HTML', '<b>week</b>', 'must return an object whose `kind` is one of'],
    ['another form', { kind: 'html' }, 'must return an object whose `kind` is one of'],
    ['no rows', { kind: 'table', columns: [] }, 'rows must be an array'],
    [
      'a row that is too short',
      { kind: 'table', columns: ['a', 'b'], rows: [{ id: 1, cells: [1] }] },
      'rows[0].cells must have 2 items, one for each column',
    ],
    [
      'an object in a cell',
      { kind: 'table', columns: ['a'], rows: [{ id: 1, cells: [{}] }] },
      'rows[0].cells[0] must be a string, a number',
    ],
    [
      'an id that is there twice',
      { ...calendar, entries: [entry, entry] },
      'two items have the id "1"',
    ],
    [
      'a column that is not there',
      { ...calendar, entries: [{ ...entry, column: 1 }] },
      'entries[0].column must be the index of one of the 1 columns',
    ],
    [
      'an end before its beginning',
      { ...calendar, entries: [{ ...entry, to: 540 }] },
      'entries[0].to must be later than its `from`',
    ],
    [
      'a tone of its own',
      { kind: 'grid', columns: 1, places: [{ id: 1, title: '', tone: 'red' }] },
      'places[0].tone must be "good", "waiting", "bad" or "muted"',
    ],
    [
      'a curve that is too short',
      { kind: 'lines', x: [1, 2], lines: [{ id: 1, title: '', values: [1] }] },
      'lines[0].values must have 2 items, one for each x',
    ],
    [
      'an edge to nowhere',
      { kind: 'graph', nodes: [{ id: 1, title: '' }], edges: [{ from: 1, to: 2 }] },
      'an edge leads to or from "2", which is no node',
    ],
    [
      'too many items',
      {
        kind: 'bars',
        bars: Array.from({ length: DRAWN_ITEMS_MAX + 1 }, (_, id) => ({ id, title: '', value: 1 })),
      },
      'bars must have at most',
    ],
  ])('is not made of %s', (_, returned, message) => {
    expect(checkDrawing(returned)).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining(message) as string,
    });
  });

  it('is refused with a message, whatever a view returns', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withSet: true }), (returned) => {
        const checked = checkDrawing(returned);
        if (checked.kind === 'wrong') expect(checked.message).not.toBe('');
      }),
    );
  });
});

const cardsOf = (ids: readonly (readonly [number, string])[]) =>
  drawn({ kind: 'cards', cards: ids.map(([id, title]) => ({ id, title })) });

describe('changes between drawings', () => {
  it('are found by the ids of the items', () => {
    const before = cardsOf([
      [1, 'open'],
      [2, 'open'],
      [3, 'open'],
    ]);
    const after = cardsOf([
      [4, 'open'],
      [1, 'open'],
      [3, 'paid'],
    ]);
    const changes = changesBetween(before, after);
    expect([...changes.marks]).toEqual([
      ['4', 'new'],
      ['3', 'changed'],
    ]);
    expect([...changes.gone]).toEqual(['2']);
    expect(withGone(itemsOf(before), itemsOf(after), changes).map(({ id }) => id)).toEqual([
      '4',
      '1',
      '2',
      '3',
    ]);
  });

  it('are none where an item is only judged otherwise', () => {
    const booking = { id: 1, title: 'Patient 45', column: 0, from: 600, to: 630 };
    const judged = (tone: string) =>
      drawn({
        kind: 'calendar',
        columns: ['Monday'],
        from: 540,
        to: 720,
        entries: [{ ...booking, tone }],
      });
    expect(changesBetween(judged('good'), judged('bad')).marks.size).toBe(0);
  });

  it('are none between different forms, or without another drawing', () => {
    const cards = cardsOf([[1, 'open']]);
    const bars = drawn({ kind: 'bars', bars: [{ id: 1, title: '', value: 2 }] });
    for (const before of [undefined, bars]) {
      const { marks, gone } = changesBetween(before, cards);
      expect(marks.size + gone.size).toBe(0);
    }
  });

  it('mark every item that is new, changed or gone, and no other', () => {
    const items = fc.uniqueArray(fc.tuple(fc.nat(12), fc.constantFrom('open', 'paid')), {
      selector: ([id]) => id,
    });
    fc.assert(
      fc.property(items, items, (one, other) => {
        const [before, after] = [cardsOf(one), cardsOf(other)];
        const changes = changesBetween(before, after);
        const known = new Map(one);
        for (const [id, title] of other) {
          const earlier = known.get(id);
          const expected = earlier === undefined ? 'new' : 'changed';
          expect(changes.marks.get(String(id))).toBe(earlier === title ? undefined : expected);
        }
        const all = withGone(itemsOf(before), itemsOf(after), changes);
        expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
        expect(all).toHaveLength(itemsOf(after).length + changes.gone.size);
      }),
    );
  });
});
