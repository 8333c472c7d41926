import { describe, expect, it } from 'vitest';
import type { Mark } from '../theme/marks.ts';
import { placeMarks } from './mark-places.ts';

function placesOf(...marks: readonly (readonly [Mark, number])[]): readonly string[] {
  return placeMarks(
    marks.map(([mark, xPx], stepIndex) => ({ stepIndex, mark, xPx })),
    10,
  ).map(({ mark, size }) => `${mark} ${size}`);
}

describe('placeMarks', () => {
  it('draws all of them whole where there is room', () => {
    expect(placesOf(['duplicate', 0], ['crash', 10], ['restore', 20])).toHaveLength(3);
    expect(placesOf(['duplicate', 0], ['crash', 10], ['restore', 20]).join()).not.toContain('tick');
  });

  it('lets a crash go before a duplicate beside it, whichever comes first', () => {
    expect(placesOf(['duplicate', 0], ['crash', 4])).toEqual(['crash whole', 'duplicate tick']);
    expect(placesOf(['crash', 0], ['duplicate', 4])).toEqual(['crash whole', 'duplicate tick']);
  });

  it('leaves out a restore beside its crash, but not one that failed', () => {
    expect(placesOf(['crash', 0], ['restore', 1])).toEqual(['crash whole']);
    expect(placesOf(['crash', 0], ['restoreFailed', 1])).toContain('restoreFailed tick');
  });

  it('always shows the end', () => {
    expect(placesOf(['crashWithLoss', 0], ['settled', 1])).toContain('settled whole');
  });
});
