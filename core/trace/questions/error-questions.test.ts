import { expect, it } from 'vitest';
import { book, extend, nothing, paid, traceOf, withFault } from '../../test-helpers/test-desk.ts';
import { labelOf } from '../../value/label.ts';
import type { Trace } from '../trace.ts';
import { countErrors, findFailing } from './error-questions.ts';

const trace = traceOf(
  [
    ...Array.from({ length: 300 }, () => book('Room 1')),
    paid(1),
    extend('Room 7'),
    withFault(book('Room 2'), { kind: 'commitFails' }),
    nothing,
    ...Array.from({ length: 300 }, () => book('Room 1')),
  ],
  'chaos',
);

/** The kinds of errors of all steps, the slow way. */
function kindsOf({ length }: Trace): (string | undefined)[] {
  return Array.from({ length }, (_, at) => {
    const { outcome } = trace.step(at);
    return outcome.kind === 'err' ? labelOf(outcome.error) : undefined;
  });
}

function counted(from: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kinds } of countErrors(trace, { kind: 'errors', from })) {
    for (const [kind, steps] of kinds) counts.set(kind, (counts.get(kind) ?? 0) + steps);
  }
  return counts;
}

it.each([0, 1, 302, 604])('count the errors of each kind, from step %i on', (from) => {
  const expected = new Map<string, number>();
  for (const kind of kindsOf(trace).slice(from)) {
    if (kind !== undefined) expected.set(kind, (expected.get(kind) ?? 0) + 1);
  }
  expect(counted(from)).toEqual(expected);
});

it('has errors of several kinds to count', () => {
  expect(counted(0).size).toBeGreaterThan(1);
});

it('find the steps of some kinds', () => {
  for (const kind of counted(0).keys()) {
    const parts = [...findFailing(trace, { kind: 'failing', errors: [kind, 'Other'], from: 0 })];
    const expected = kindsOf(trace).flatMap((one, at) => (one === kind ? [at] : []));
    expect(parts.flatMap(({ steps }) => steps)).toEqual(expected);
    expect(parts.at(-1)?.searched).toBe(trace.length);
  }
  expect([...findFailing(trace, { kind: 'failing', errors: [], from: 600 })]).toEqual([
    { searched: trace.length, steps: [] },
  ]);
});
