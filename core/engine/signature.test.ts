import { describe, expect, it } from 'vitest';
import { discriminant } from './signature.ts';

describe('what kind of value an input is', () => {
  it.each([
    ['a name', 'start', 'start'],
    ['what its author calls it', { kind: 'book slot', at: 3 }, 'book slot'],
    ['its only key', { Success: { amount: 5 } }, 'Success'],
    ['the shape of anything else', { a: 1, b: 2 }, 'object'],
    ['a list', ['start'], 'list'],
    ['a number', 5, 'number'],
    ['nothing', null, 'null'],
  ])('is %s', (_, value, kind) => {
    expect(discriminant(value)).toBe(kind);
  });

  it.each([
    ['texts with data in them', 'SET a 17', 'SET b 4'],
    ['names with a number', 'customer17', 'customer4'],
    ['a key that is data', { user123: 5 }, { user7: 1 }],
    ['a kind that is data', { kind: 'a'.repeat(50) }, { kind: 'b'.repeat(60) }],
  ])('is the same for %s', (_, one, other) => {
    expect(discriminant(one)).toBe(discriminant(other));
  });
});
