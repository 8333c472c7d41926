import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { OriginHop } from '../../core/trace/causality/origins.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { show } from './arrangement.ts';
import { arrange } from './arrangements.ts';

/**
 * The ways of values that are drawn instead of the causes of the step at the cursor: at least one hop each,
 * from the last write backwards. They go with their traces.
 */
const shownHops = new WeakMap<Trace, readonly OriginHop[]>();

/** Says that something is drawn, or no longer. */
const shownOrigins = createStore<{ readonly changes: number }>(() => ({ changes: 0 }));

function notify(): void {
  shownOrigins.setState(({ changes }) => ({ changes: changes + 1 }));
}

/** Draws the way of a value in the graph of causes, and brings that into view. */
export function showOrigin(trace: Trace, hops: readonly OriginHop[]): void {
  shownHops.set(trace, hops);
  notify();
  arrange((arrangement) => show(arrangement, 'causality'));
}

/** Draws the causes of the step at the cursor again. */
export function hideOrigin(trace: Trace): void {
  shownHops.delete(trace);
  notify();
}

/** The hops of the value that is drawn of a trace, if one is, for a component. */
export function useShownOrigin(trace: Trace): readonly OriginHop[] | undefined {
  return useStore(shownOrigins, () => shownHops.get(trace));
}
