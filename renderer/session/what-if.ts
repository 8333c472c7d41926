import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PossibleId } from '../../core/trace/possible-changes.ts';
import { isForkable } from './forks.ts';
import { selectCursor, selectRun, session } from './store.ts';

/** What is asked of a run: what if something had been otherwise at a step? */
export interface WhatIf {
  readonly runId: string;
  readonly stepIndex: number;
  /** Where the menu of what is possible stands; without it, the dialog is open. */
  readonly menuAt?: { readonly xPx: number; readonly yPx: number };
  /** What was chosen already. */
  readonly chosen?: PossibleId;
}

const asked = createStore<{ readonly whatIf: WhatIf | undefined }>(() => ({ whatIf: undefined }));

/** What is asked at the moment; nothing when neither the menu nor the dialog is open. */
export function useWhatIf(): WhatIf | undefined {
  return useStore(asked, ({ whatIf }) => whatIf);
}

/** Asks what if something had been otherwise at a step of the run on the screen; by default at its cursor. */
export function askWhatIf(
  options: { readonly stepIndex?: number } & Pick<WhatIf, 'chosen' | 'menuAt'> = {},
): void {
  const state = session.getState();
  const run = selectRun(state);
  if (!isForkable(run) || !run.trace) return;
  const { stepIndex = selectCursor(state, run.id).stepIndex, ...rest } = options;
  const last = run.trace.length - 1;
  asked.setState({ whatIf: { runId: run.id, stepIndex: Math.min(stepIndex, last), ...rest } });
}

/** Asks no more. */
export function closeWhatIf(): void {
  asked.setState({ whatIf: undefined });
}

/** Closes the menu, unless the dialog has taken its place. */
export function closeWhatIfMenu(): void {
  if (asked.getState().whatIf?.menuAt) closeWhatIf();
}

/** Opens the menu of what is possible at a step, where the pointer is. */
export function menuOfStep(
  event: {
    readonly clientX: number;
    readonly clientY: number;
    readonly preventDefault: () => void;
  },
  stepIndex?: number,
): void {
  if (!isForkable(selectRun(session.getState()))) return;
  event.preventDefault();
  const menuAt = { xPx: event.clientX, yPx: event.clientY };
  askWhatIf({ ...(stepIndex === undefined ? {} : { stepIndex }), menuAt });
}
