import { expect, it } from 'vitest';
import { withParts } from './explain.ts';

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
