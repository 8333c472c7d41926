import { describe, expect, it } from 'vitest';
import { compareDoom, type DoomPoint } from './judged.ts';

const point = (from: number, share: number, half = 0.1): DoomPoint => ({
  from,
  runs: 96,
  failed: Math.round(share * 96),
  share,
  low: Math.max(0, share - half),
  high: Math.min(1, share + half),
});

const BEFORE = [point(0, 0.1), point(10, 0.5), point(20, 0.9)];

describe('curves of doom before and after a change', () => {
  it('say where the change helps', () => {
    const after = [point(0, 0.05), point(10, 0.1), point(20, 0)];
    expect(compareDoom(BEFORE, after)).toEqual({
      kind: 'helps',
      widest: { from: 20, before: 0.9, after: 0 },
      first: 10,
      last: 20,
    });
  });

  it('say when it makes things worse', () => {
    expect(compareDoom(BEFORE, [point(0, 0.6), point(10, 0.6)])).toMatchObject({
      kind: 'harms',
      first: 0,
    });
  });

  it('say nothing where the bands overlap, or where no place is in both', () => {
    expect(compareDoom(BEFORE, [point(10, 0.4), point(20, 0.85)])).toEqual({ kind: 'same' });
    expect(compareDoom(BEFORE, [point(5, 0)])).toEqual({ kind: 'same' });
  });
});
