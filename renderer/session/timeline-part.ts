import { z } from 'zod';
import { readOne } from './kept-entries.ts';
import type { SessionPart } from './session-part.ts';
import { session } from './store.ts';

const keptRange = z.object({ runId: z.string(), startAt: z.number(), endAt: z.number() });

/** A view of a part of a run, in step coordinates. */
export interface RangeView {
  readonly getSnapshot: () => {
    readonly startAt: number;
    readonly endAt: number;
    /** The whole run is shown. */
    readonly isFitted: boolean;
  };
  /** Shows a range as soon as the next run has come that far. */
  await(range: { readonly startAt: number; readonly endAt: number }): void;
  readonly subscribe: (listener: () => void) => () => void;
}

/** The part of the run on the screen that is shown, which comes back with the session. */
export function timelinePart(view: RangeView): SessionPart {
  return {
    name: 'timeline',
    keep: () => {
      const { runId } = session.getState();
      const { startAt, endAt, isFitted } = view.getSnapshot();
      return isFitted || runId === undefined ? undefined : { runId, startAt, endAt };
    },
    recall: (kept) => {
      const { value: range, isWhole } = readOne(keptRange, kept);
      if (!range) return isWhole;
      const end = session.subscribe(({ runId }) => {
        if (runId === undefined) return;
        end();
        // The window may have been started to show another run.
        if (runId === range.runId) view.await(range);
      });
      return isWhole;
    },
    subscribe: view.subscribe,
  };
}
