import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** The rows that are chosen in the list, from one step to another, in either direction. */
export interface Selection {
  readonly runId: string;
  /** Where the choice began. */
  readonly from: number;
  /** The active row, which the keys move. */
  readonly to: number;
}

interface Chosen {
  readonly selection: Selection | undefined;
  /** What the field of the list filters by. */
  readonly field: 'words' | 'where';
}

export const stepsView = createStore<Chosen>(() => ({ selection: undefined, field: 'words' }));

/** Chooses rows, or none. */
export function select(selection: Selection | undefined): void {
  stepsView.setState({ selection });
}

/** The chosen rows of a run, for a component. */
export function useSelection(runId: string): Selection | undefined {
  return useStore(stepsView, ({ selection }) =>
    selection?.runId === runId ? selection : undefined,
  );
}

/** Whether several rows are chosen. */
export function isRange({ from, to }: Selection): boolean {
  return from !== to;
}

/** Whether a step is among several that are chosen. */
export function isChosen(selection: Selection | undefined, stepIndex: number): boolean {
  if (!selection || !isRange(selection)) return false;
  const { from, to } = selection;
  return stepIndex >= Math.min(from, to) && stepIndex <= Math.max(from, to);
}
