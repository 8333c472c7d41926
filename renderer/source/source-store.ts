import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Coverage } from '../../core/contract/coverage.ts';
import type { Problem } from '../../core/problem.ts';
import { goalOf } from '../session/cursor.ts';
import { selectRun, session } from '../session/store.ts';
import type { Place } from '../ui/place-link.tsx';

/** Whether the view marks what the step executed, or what no step of the run did. */
export type SourceMode = 'step' | 'run';

interface GoneTo {
  readonly place: Place;
  readonly runId: string;
  readonly cursor: number;
}

export interface SourceState {
  readonly mode: SourceMode;
  /** The file that was chosen; by default, the one in which the step begins. */
  readonly path: string | undefined;
  /** The place that was gone to, and from which step of which run; another object each time. */
  readonly gone: GoneTo | undefined;
  /** The place among those that were never executed that was gone to. */
  readonly missedPlace: Place | undefined;
  /** The source, with what was covered last. */
  readonly last: { readonly runId: string; readonly coverage: Coverage } | undefined;
  /** How far the execution of all steps is. */
  readonly progress: { readonly steps: number; readonly of: number } | undefined;
  readonly problem: Problem | undefined;
}

export const sourceView = createStore<SourceState>(() => ({
  mode: 'step',
  path: undefined,
  gone: undefined,
  missedPlace: undefined,
  last: undefined,
  progress: undefined,
  problem: undefined,
}));

/** Reads from the view of the source in a component. */
export function useSource<Selected>(select: (state: SourceState) => Selected): Selected {
  return useStore(sourceView, select);
}

/** Shows a place, once the source is there, until another step is shown. */
export function goToPlace(place: Place): void {
  const runId = selectRun(session.getState())?.id;
  if (runId === undefined) return;
  const gone = { place: { ...place }, runId, cursor: goalOf(runId) };
  sourceView.setState({ gone, mode: 'step', path: undefined });
}
