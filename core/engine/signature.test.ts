import { describe, expect, it } from 'vitest';
import { discriminant, signatureOf } from './signature.ts';

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

it('tells panics of one helper apart by who called it', () => {
  const panic = {
    stepIndex: 0,
    kind: 'panic',
    name: 'Error',
    message: 'no',
    shape: 'input go',
  } as const;
  const at = (source: string, caller?: string) =>
    signatureOf({ ...panic, source, ...(caller === undefined ? {} : { caller }) });
  expect(at('fail.ts:1:7', 'm.ts:5:3')).not.toBe(at('fail.ts:1:7', 'm.ts:9:3'));
  expect(at('fail.ts:1:7', 'm.ts:5:3')).not.toBe(at('fail.ts:1:7'));
});
