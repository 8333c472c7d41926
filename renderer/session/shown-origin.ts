import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { OriginHop } from '../../core/trace/origins.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { show } from './arrangement.ts';
import { arrange } from './arrangements.ts';

/** The way of a value that is drawn instead of the causes of the step at the cursor. */
interface ShownOrigin {
  readonly trace: Trace;
  /** At least one, from the last write backwards. */
  readonly hops: readonly OriginHop[];
}

const shownOrigin = createStore<{ readonly origin: ShownOrigin | undefined }>(() => ({
  origin: undefined,
}));

/** Draws the way of a value in the graph of causes, and brings that into view. */
export function showOrigin(trace: Trace, hops: readonly OriginHop[]): void {
  shownOrigin.setState({ origin: { trace, hops } });
  arrange((arrangement) => show(arrangement, 'causality'));
}

/** Draws the causes of the step at the cursor again. */
export function hideOrigin(): void {
  shownOrigin.setState({ origin: undefined });
}

/** The hops of the value that is drawn of a trace, if one is, for a component. */
export function useShownOrigin(trace: Trace): readonly OriginHop[] | undefined {
  return useStore(shownOrigin, ({ origin }) => (origin?.trace === trace ? origin.hops : undefined));
}
