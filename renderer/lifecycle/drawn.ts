import type { TalliedTransition } from '../../core/sweep/phase-tally.ts';
import type {
  Lifecycle,
  LifecyclePhase,
  LifecycleTransition,
  Verdict,
} from '../../core/trace/records/lifecycle.ts';
import { stepBeside, type SeenTransition } from '../session/transitions.ts';
import type { Seek } from '../ui/seek.tsx';
import { formatCount } from '../words/format.ts';
import {
  describePhase,
  describePhaseOfSweep,
  describeTransition,
  describeTransitionOfSweep,
} from './lifecycle-words.ts';
import type { SeenInBoth } from './with-swept.ts';

/** @file What a lifecycle shows and does, whether of a run or of a sweep. */

export type Direction = 'next' | 'previous';

/** A transition as it is drawn. */
export interface DrawnTransition {
  readonly from: string | null;
  readonly to: string | null;
  readonly verdict: Verdict;
  /** Its count, and beside it that of the sweep. */
  readonly label: string;
  readonly besideLabel: string | undefined;
  /** The sentence about it. */
  readonly text: string;
  /** What a press does, as a sentence. */
  readonly hint: string;
  /** Whether the step at the cursor makes it. */
  readonly isLit: boolean;
  /** Absent where there is no step to go to. */
  readonly go: ((direction: Direction) => void) | undefined;
}

/** A phase as it is drawn. */
export interface DrawnPhase {
  readonly name: string;
  readonly isUndeclared: boolean;
  /** Whether no record is ever in it. */
  readonly isNever: boolean;
  /** The number beside its name. */
  readonly badge: string;
  readonly text: string;
  readonly isLit: boolean;
  readonly go: ((direction: Direction) => void) | undefined;
}

export interface DrawnLifecycle {
  readonly phases: readonly DrawnPhase[];
  readonly transitions: readonly DrawnTransition[];
}

/** The labels of a transition: its count in a run, and that in the sweep, if there is one. */
export function labelsOfRun(
  { seen }: LifecycleTransition<SeenInBoth>,
  hasSweep: boolean,
): Pick<DrawnTransition, 'label' | 'besideLabel'> {
  const times = seen?.steps.length ?? 0;
  const inSweep = seen?.swept?.count ?? 0;
  if (!hasSweep || (times === 0 && inSweep === 0)) {
    return { label: times === 0 ? 'never' : formatCount(times), besideLabel: undefined };
  }
  return { label: formatCount(times), besideLabel: formatCount(inSweep) };
}

/** Where a run is looked at. */
export interface RunPlace {
  readonly cursor: number;
  /** The number of steps that were searched. */
  readonly searched: number;
  readonly seek: Seek;
  /** The number of seeds of the sweep whose counts stand beside those of the run. */
  readonly sweptSeeds: number | undefined;
}

/** A lifecycle of a run at a step. A press goes to the next step that makes a transition, round and round. */
export function drawnOfRun(
  { phases, transitions }: Lifecycle<SeenInBoth>,
  place: RunPlace,
): DrawnLifecycle {
  const { cursor, seek, sweptSeeds } = place;
  return {
    phases: phases.map((phase) => drawnPhaseOfRun(phase, transitions, place)),
    transitions: transitions.map((transition) => {
      const { from, to, verdict, seen } = transition;
      const steps = seen?.steps;
      return {
        from,
        to,
        verdict,
        ...labelsOfRun(transition, sweptSeeds !== undefined),
        text: describeTransition(transition, cursor, sweptSeeds),
        hint: 'Click for the next time, with Shift for the one before.',
        isLit: isMadeBy(seen, cursor),
        go:
          steps && steps.length > 0
            ? (direction) => seek((at) => stepBeside(steps, at, direction))
            : undefined,
      };
    }),
  };
}

/** Whether the step at the cursor makes a transition. */
function isMadeBy(seen: SeenTransition | undefined, cursor: number): boolean {
  return cursor >= 0 && seen !== undefined && seen.steps.indexOf(cursor) >= 0;
}

/**
 * A phase with the records that are in it at the cursor: those that were in it at the start, and those that
 * came, without those that left.
 */
function drawnPhaseOfRun(
  phase: LifecyclePhase,
  transitions: readonly LifecycleTransition<SeenInBoth>[],
  { cursor, searched, seek }: RunPlace,
): DrawnPhase {
  const seen = transitions.flatMap((transition) => transition.seen ?? []);
  const incoming = seen.filter(({ to }) => to === phase.name);
  const outgoing = seen.filter(({ from }) => from === phase.name);
  const soFar = (some: readonly SeenTransition[]) =>
    some.reduce((sum, { steps }) => sum + steps.countBefore(cursor + 1), 0);
  const now = cursor < searched ? phase.atStart + soFar(incoming) - soFar(outgoing) : undefined;
  const entered = incoming.reduce((sum, { steps }) => sum + steps.length, 0);
  const go = (direction: Direction) =>
    seek((from) => {
      const steps = incoming.flatMap((one) => stepBeside(one.steps, from, direction) ?? []);
      return nearest(steps, from, direction);
    });
  return {
    name: phase.name,
    isUndeclared: phase.isDeclared === false,
    isNever: entered === 0 && phase.atStart === 0,
    badge: now === undefined ? '…' : formatCount(now),
    text: describePhase(phase, now, entered),
    isLit: incoming.some((one) => isMadeBy(one, cursor)),
    go: entered === 0 ? undefined : go,
  };
}

/** The nearest of some steps in a direction; if there is none, those on the other side go round. */
function nearest(
  steps: readonly number[],
  cursor: number,
  direction: Direction,
): number | undefined {
  if (steps.length === 0) return undefined;
  const ahead = steps.filter((step) => (direction === 'next' ? step > cursor : step < cursor));
  const among = ahead.length > 0 ? ahead : steps;
  return direction === 'next' ? Math.min(...among) : Math.max(...among);
}

/** The label of a transition of a sweep. */
export function labelsOfSweep({
  seen,
}: LifecycleTransition<TalliedTransition>): Pick<DrawnTransition, 'label' | 'besideLabel'> {
  return { label: seen ? formatCount(seen.count) : 'never', besideLabel: undefined };
}

/**
 * A lifecycle of all seeds of a sweep. A press opens the first seed that makes a transition, at that step.
 *
 * @param seeds the number of seeds.
 */
export function drawnOfSweep(
  { phases, transitions }: Lifecycle<TalliedTransition>,
  seeds: number,
  open: (first: TalliedTransition['first']) => void,
): DrawnLifecycle {
  return {
    phases: phases.map((phase) => {
      const incoming = transitions.flatMap(({ to, seen }) =>
        to === phase.name && seen ? [seen] : [],
      );
      const entered = incoming.reduce((sum, { count }) => sum + count, 0);
      const first = incoming[0]?.first;
      return {
        name: phase.name,
        isUndeclared: phase.isDeclared === false,
        isNever: entered === 0 && phase.atStart === 0,
        badge: formatCount(entered),
        text: describePhaseOfSweep(phase, entered),
        isLit: false,
        go: first && (() => open(first)),
      };
    }),
    transitions: transitions.map((transition) => {
      const { from, to, verdict, seen } = transition;
      return {
        from,
        to,
        verdict,
        ...labelsOfSweep(transition),
        text: describeTransitionOfSweep(transition, seeds),
        hint: `Click to open seed ${seen?.first.seed ?? ''} there.`,
        isLit: false,
        go: seen && (() => open(seen.first)),
      };
    }),
  };
}
