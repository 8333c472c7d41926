import { expect, it } from 'vitest';
import {
  columnsOf,
  shownChange,
  shownKey,
  shownLabel,
  shownLine,
  shownLines,
  shownSides,
} from './shown.ts';

const LONG = '日本語😀é'.repeat(30_000);

it('cuts texts of any length before anything else happens to them', () => {
  for (const shown of [shownLine(LONG), shownLabel({ kind: LONG }), shownKey(LONG)]) {
    expect(shown.length).toBeLessThan(300);
    expect(shown).toContain('…');
  }
  expect(shownLines(LONG).length).toBe(1_000);
});

it('shows invisible characters', () => {
  expect(shownLabel({ kind: 'Pay\u200b' })).toBe(String.raw`Pay\u200b`);
  expect(shownKey('report\u202efdp.exe')).toBe(String.raw`"report\u202efdp.exe"`);
  expect(shownLines('one\ntwo\u0000')).toBe('one\ntwo\\u0000');
});

it('shows where two texts differ', () => {
  expect(shownChange('A-1', 'A-1\u200b')).toEqual(['"A-1"', String.raw`"A-1\u200b"`]);
  expect(shownChange('café', 'cafe\u0301')).toEqual(['"caf\\u00e9"', '"cafe\\u0301"']);
  const [before, after] = shownChange(`${LONG}, and the end`, `${LONG}, and an end`);
  expect(before).toContain('and the end');
  expect(after).toContain('and an end');
});

it('counts the columns of wide characters twice', () => {
  expect(columnsOf('abc')).toBe(3);
  expect(columnsOf('日本')).toBe(4);
  expect(columnsOf('😀')).toBe(2);
});

it('shows two texts of many lines from where they differ', () => {
  const same = 'the same line\n'.repeat(5_000);
  const [left, right] = shownSides(`${same}A-1\nend`, `${same}A-1\u200b\nend\nmore`);
  expect(left.length).toBeLessThan(5_000);
  expect(left).toMatch(/\nA-1\nend$/);
  expect(right).toMatch(/\nA-1\\u200b\nend\nmore$/);
});
