import { expect, it } from 'vitest';
import { isTakenIn } from './executed.ts';
import { err, ok } from './machine.ts';

const completion = { kind: 'trackedActionCompleted', id: 1, result: 'done' } as const;
const struck = { ...completion, fault: { kind: 'accessFails', access: 0 } } as const;
const panic = { kind: 'panic', error: { name: 'Error', message: 'no' } } as const;

it.each([
  ['a result that is accepted', completion, ok(), true],
  ['a result that is rejected', completion, err('no'), true],
  ['a second delivery', { ...completion, isDuplicate: true }, ok(), true],
  ['a result at which the machine panics', completion, panic, false],
  ['a result that a fault keeps out', struck, err('no'), false],
  ['a result whose step survives its fault', struck, ok(), true],
  ['a result in whose step the process dies', struck, { kind: 'crashed' }, false],
  ['an input', { kind: 'normal', input: 1 }, ok(), false],
] as const)('%s is taken in or not', (_, operation, outcome, expected) => {
  expect(isTakenIn({ operation, outcome })).toBe(expected);
});
