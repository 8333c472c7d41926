import { expect, it } from 'vitest';
import type { Note } from '../../core/trace/format/notes.ts';
import { notesNear } from './draw-notes.ts';

const note = (id: string, step: number, to?: number): Note => ({
  id,
  step,
  text: 'x',
  ...(to === undefined ? {} : { to }),
});
const notes = [note('one', 10), note('several', 40, 60), note('start', -1)];
const idsAt = (xPx: number, endAt: number) =>
  notesNear(notes, { startAt: 0, endAt, leftPx: 0, rightPx: 1_000 }, xPx).map(({ id }) => id);

it('finds a note by its mark, and one on several steps by its bar', () => {
  // Steps are 10 pixels wide, and the position of a step is that before it.
  expect(idsAt(105, 100)).toEqual(['one']);
  expect(idsAt(120, 100)).toEqual([]);
  expect(idsAt(405, 100)).toEqual(['several']);
  expect(idsAt(600, 100)).toEqual(['several']);
  expect(idsAt(640, 100)).toEqual([]);
});

it('finds marks where they are beside the numbers of wide steps', () => {
  expect(idsAt(1_000 * (10.5 / 12) - 26, 12)).toEqual(['one']);
  expect(idsAt(1_000 * (10.5 / 12), 12)).toEqual([]);
});
