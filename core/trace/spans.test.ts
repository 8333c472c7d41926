import { expect, it } from 'vitest';
import type { Operation } from '../machine/operation.ts';
import { book, crash, doubled, paid, traceOf } from '../test-helpers/test-desk.ts';

/** The result of a refund, which the desk asks for under the id of the hold. */
const refunded = (id: number): Operation => ({
  kind: 'trackedActionCompleted',
  id,
  result: { kind: 'Refunded' },
});

it('gives a result to the last action under its id', () => {
  const trace = traceOf([book('A'), book('A'), paid(1), paid(2), refunded(2)]);
  expect(trace.spanOfResult(3)).toMatchObject({ action: { kind: 'Hold' }, emittedAt: 1 });
  expect(trace.spanOfResult(4)).toMatchObject({ action: { kind: 'Refund' }, emittedAt: 3 });
});

it('gives a late result to an action that had an equal one, not to a later one under its id', () => {
  const trace = traceOf([
    book('A'),
    book('A'),
    ...crash(1),
    paid(1),
    paid(2),
    refunded(2),
    paid(2),
  ]);
  expect(trace.spanOfResult(5)).toMatchObject({ action: { kind: 'Check' }, emittedAt: 3 });
  expect(trace.spanOfResult(7)).toMatchObject({ action: { kind: 'Check' }, emittedAt: 3 });
});

it('gives a late result of another kind to an action that never had one', () => {
  const trace = traceOf([book('A'), ...crash(2), refunded(1), paid(1)]);
  expect(trace.spanOfResult(3)).toMatchObject({ action: { kind: 'Check' }, emittedAt: 2 });
  expect(trace.spanOfResult(4)).toMatchObject({ action: { kind: 'Hold' }, emittedAt: 0 });
});

it('gives a second delivery to the action that the first one completed, whatever was completed since', () => {
  const trace = traceOf([book('A'), book('A'), paid(1), paid(2), refunded(2), doubled(2)]);
  expect(trace.spanOfResult(5)).toMatchObject({ action: { kind: 'Hold' }, emittedAt: 1 });
});

it('gives a second delivery to an action that was asked again, since that one was completed', () => {
  const trace = traceOf([book('A'), ...crash(1), paid(1), doubled(1)]);
  expect(trace.spanOfResult(4)).toMatchObject({ action: { kind: 'Check' }, emittedAt: 2 });
});
