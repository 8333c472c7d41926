import { describe, expect, it } from 'vitest';
import { compareDoom, withParts, type DoomPoint } from './judged.ts';

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

it('a step is as needed as that part of it which is needed most', () => {
  const first = withParts(new Map(), [
    { kind: 'completion', stepIndex: 4, need: 'notNeeded' },
    { kind: 'delay', stepIndex: 4, need: 'otherwise' },
    { kind: 'input', stepIndex: 2, need: 'needed' },
  ]);
  const second = withParts(first, [
    { kind: 'fault', stepIndex: 2, need: 'notNeeded' },
    { kind: 'fault', stepIndex: 4, need: 'needed' },
  ]);
  expect([...first]).toEqual([
    [4, 'otherwise'],
    [2, 'needed'],
  ]);
  expect([...second]).toEqual([
    [4, 'needed'],
    [2, 'needed'],
  ]);
});
