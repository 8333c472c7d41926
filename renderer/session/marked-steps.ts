import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { changeFilter, filters } from './filters.ts';
import type { Direction } from './navigation.ts';
import type { SessionPart } from './persistence.ts';
import { findRun } from './store.ts';

/** The most steps that are marked in a run. */
const MARKED_MAX = 1_000;

interface Marked {
  /** By run id; ascending. Runs without marked steps have no entry. */
  readonly steps: Readonly<Record<string, readonly number[]>>;
}

/** The steps that the person has marked to come back to. */
const marked = createStore<Marked>(() => ({ steps: {} }));

const NONE: readonly number[] = [];

/** The marked steps of a run, ascending. */
export function markedSteps(runId: string): readonly number[] {
  return marked.getState().steps[runId] ?? NONE;
}

/** The same in a component. */
export function useMarkedSteps(runId: string): readonly number[] {
  return useStore(marked, ({ steps }) => steps[runId] ?? NONE);
}

/** Marks a step of a run, or takes its mark away. Returns whether it is marked now. */
export function toggleMarked(runId: string, stepIndex: number): boolean {
  const before = markedSteps(runId);
  const isMarked = before.includes(stepIndex);
  if (!isMarked && before.length >= MARKED_MAX) return false;
  const others = before.filter((step) => step !== stepIndex);
  const after = isMarked ? others : [...others, stepIndex].toSorted((one, other) => one - other);
  marked.setState(({ steps: { [runId]: _, ...rest } }) => ({
    steps: after.length === 0 ? rest : { ...rest, [runId]: after },
  }));
  // A filter by the marked steps goes with them.
  if (filters.getState().filters[runId]?.marked) changeFilter(runId, { marked: after });
  return !isMarked;
}

/** The nearest marked step of a run on one side. */
export function markedBeside(
  runId: string,
  stepIndex: number,
  direction: Direction,
): number | undefined {
  const steps = markedSteps(runId);
  return direction === 'next'
    ? steps.find((step) => step > stepIndex)
    : steps.findLast((step) => step < stepIndex);
}

const keptMarks = z.record(
  z.string(),
  z.array(z.number().int().nonnegative()).max(MARKED_MAX).readonly(),
);

/** The marked steps of the runs, which come back with the session. */
export const markedPart: SessionPart = {
  name: 'marked',
  keep: () => {
    const entries = Object.entries(marked.getState().steps);
    return Object.fromEntries(entries.filter(([id]) => findRun(id) !== undefined));
  },
  recall: (kept) => {
    const { data = {} } = keptMarks.safeParse(kept);
    marked.setState({ steps: data });
  },
  subscribe: (listener) => marked.subscribe(listener),
};
