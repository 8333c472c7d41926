import type { TalliedTransition } from '../../core/sweep/phase-tally.ts';
import type { Transition } from '../../core/trace/records/phases.ts';
import { StepSet } from '../session/step-set.ts';
import type { SeenTransition } from '../session/transitions.ts';

/** A transition of a run, with what all seeds of a sweep made of it. */
export interface SeenInBoth extends SeenTransition {
  readonly swept?: TalliedTransition;
}

/**
 * The transitions of a run together with those of a sweep of the same machine. One that only the sweep made
 * has no steps.
 */
export function withSwept(
  seen: readonly SeenTransition[],
  tallied: readonly TalliedTransition[],
): readonly SeenInBoth[] {
  const isSame = (one: Transition, other: Transition) =>
    one.kind === other.kind &&
    one.field === other.field &&
    one.from === other.from &&
    one.to === other.to;
  const both = seen.map((one): SeenInBoth => {
    const swept = tallied.find((other) => isSame(one, other));
    return swept ? { ...one, swept } : one;
  });
  const others = tallied.filter((swept) => !seen.some((one) => isSame(one, swept)));
  return [
    ...both,
    ...others.map((swept) => {
      const { kind, field, from, to } = swept;
      return { kind, field, from, to, steps: StepSet.EMPTY, swept };
    }),
  ];
}
