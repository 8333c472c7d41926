import { expect, it, vi } from 'vitest';
import { book, nothing, traceOf } from '../test-helpers/test-desk.ts';
import { KEPT_STEPS_MAX, keptParent, parentOf } from './parent.ts';

const parent = parentOf(traceOf([book('Room 1'), nothing]));

it('keeps the steps of a run that were read', () => {
  const kept = keptParent(parent);
  expect(parent.step(0)).not.toBe(parent.step(0));
  expect(kept.step(0)).toBe(kept.step(0));
  expect(kept.step(0)).toEqual({ ...parent.step(0) });
});

it('walks through a run without keeping its steps', () => {
  const step = vi.fn((stepIndex: number) => parent.step(stepIndex));
  const passed: unknown[] = [];
  keptParent({ ...parent, step }).walk(0, 2, (one) => passed.push(one.read().stepIndex));
  expect(passed).toEqual([0, 1]);
  expect(step).not.toHaveBeenCalled();
});

it('keeps nothing of a long run', () => {
  const long = { ...parent, length: KEPT_STEPS_MAX + 1 };
  expect(keptParent(long)).toBe(long);
});
