import fc from 'fast-check';
import { expect, it } from 'vitest';
import { columnsOf, fitColumns } from './columns.ts';

it('fills or cuts any text to a number of columns', () => {
  expect(fitColumns('ok', 4)).toBe('ok  ');
  expect(fitColumns('rejected', 4)).toBe('rej…');
  // A character of two columns that does not fit leaves one free.
  expect(fitColumns('予約済み', 6)).toBe('予約… ');
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 1, max: 20 }),
      (text, columns) => {
        expect(columnsOf(fitColumns(text, columns))).toBe(columns);
      },
    ),
  );
});
