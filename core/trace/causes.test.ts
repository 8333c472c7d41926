import { describe, expect, it } from 'vitest';
import { signatureOf } from '../engine/signature.ts';
import type { Finding } from '../machine/finding.ts';
import { causeFirst, causesOf, hasCause, stepToShow, type Cause } from './causes.ts';

function finding(stepIndex: number, name: string, shape = 'input Book'): Finding {
  return { stepIndex, kind: 'rule', name, message: `at ${stepIndex}`, shape };
}

describe('causesOf', () => {
  it('groups findings with the same signature, in the order of the first of each', () => {
    const causes = causesOf([
      finding(3, 'atomicity'),
      finding(5, 'determinism'),
      finding(9, 'atomicity'),
      finding(9, 'atomicity', 'completion Paid'),
    ]);
    expect(causes.map(({ first, count }) => [first.stepIndex, first.name, count])).toEqual([
      [3, 'atomicity', 2],
      [5, 'determinism', 1],
      [9, 'atomicity', 1],
    ]);
  });

  it('adds what a list has grown by', () => {
    const list = [finding(3, 'atomicity')];
    const before = causesOf(list);
    expect(causesOf(list)).toBe(before);
    list.push(finding(7, 'atomicity'), finding(7, 'atomicity'));
    expect(causesOf(list)).toMatchObject([{ count: 3, steps: [3, 7] }]);
    expect(before).toMatchObject([{ count: 1 }]);
  });
});

it('comes before what else was found, with all of its findings', () => {
  const [kept, lost, again] = [
    finding(3, 'atomicity'),
    finding(3, 'determinism'),
    finding(3, 'determinism'),
  ];
  expect(causeFirst(signatureOf(lost), [kept, lost, again])).toEqual([lost, again, kept]);
  expect(causeFirst(undefined, [kept, lost])).toEqual([kept, lost]);
});

describe('a cause that is chosen', () => {
  const [cause] = causesOf([3, 7, 12].map((at) => finding(at, 'atomicity'))) as [Cause];

  it('leads to its first step, then from one to the next and around', () => {
    expect([-1, 5, 3, 7, 12].map((cursor) => stepToShow(cause, cursor))).toEqual([3, 3, 7, 12, 3]);
  });

  it('knows its steps', () => {
    expect([2, 3, 4, 12].map((at) => hasCause(cause, at))).toEqual([false, true, false, true]);
  });
});
