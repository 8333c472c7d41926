import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PossibleId } from '../../core/trace/possible-changes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { isForkable } from './forks.ts';
import type { RunEntry } from './model.ts';
import { selectCursor, selectRun, session } from './store.ts';

/** What is asked of a run: what if something had been otherwise at a step? */
export interface WhatIf {
  readonly runId: string;
  readonly stepIndex: number;
  /** Where the menu of what is possible stands; without it, the dialog is open. */
  readonly menuAt?: { readonly xPx: number; readonly yPx: number };
  /** The span of a tracked action under the pointer, as an index into those of the trace. */
  readonly spanIndex?: number;
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
  options: { readonly stepIndex?: number } & Pick<WhatIf, 'chosen'> = {},
): void {
  const run = selectRun(session.getState());
  if (!isForkable(run) || !run.trace) return;
  const { stepIndex, ...rest } = options;
  ask(run, run.trace, stepIndex, rest);
}

function ask(
  { id: runId }: RunEntry,
  { length }: Trace,
  stepIndex = selectCursor(session.getState(), runId).stepIndex,
  rest: Pick<WhatIf, 'chosen' | 'menuAt' | 'spanIndex'>,
): void {
  asked.setState({ whatIf: { runId, stepIndex: Math.min(stepIndex, length - 1), ...rest } });
}

/** Asks no more. */
export function closeWhatIf(): void {
  asked.setState({ whatIf: undefined });
}

/** Closes the menu, unless the dialog has taken its place. */
export function closeWhatIfMenu(): void {
  if (asked.getState().whatIf?.menuAt) closeWhatIf();
}

/** Opens the menu of a step where the pointer is. */
export function menuOfStep(
  event: {
    readonly clientX: number;
    readonly clientY: number;
    readonly preventDefault: () => void;
  },
  stepIndex?: number,
  spanIndex?: number,
): void {
  const state = session.getState();
  const run = selectRun(state);
  // A page has no such menu, and leaves that of the browser.
  if (!run?.trace || state.isPage) return;
  event.preventDefault();
  ask(run, run.trace, stepIndex, {
    menuAt: { xPx: event.clientX, yPx: event.clientY },
    ...(spanIndex === undefined ? {} : { spanIndex }),
  });
}
