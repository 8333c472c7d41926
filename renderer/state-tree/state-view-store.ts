import { z } from 'zod';
import { create } from 'zustand';
import { pathCodec } from '../../core/trace/format/codecs.ts';
import type { Path } from '../../core/value/path.ts';
import { readRecord } from '../session/kept-entries.ts';
import type { SessionPart } from '../session/session-part.ts';
import {
  expansionToKeep,
  keptExpansion,
  keptToExpansion,
  NO_EXPANSION,
  type Expansion,
} from './expansion.ts';
import type { Filter } from './tree-rows.ts';

/** The user's arrangement of the panel for a machine. */
export interface StateView {
  readonly expansion: Expansion;
  readonly pins: readonly Path[];
  readonly filter: Filter;
}

const NEW_VIEW: StateView = { expansion: NO_EXPANSION, pins: [], filter: 'all' };

interface StateViews {
  readonly views: Readonly<Record<string, StateView>>;
  update(machine: string, change: (view: StateView) => Partial<StateView>): void;
}

/**
 * The arrangements by machine. They outlive the panel, which is unmounted while another tab is in
 * front, and the trace: the next seed of the same machine is arranged in the same way.
 */
export const useStateViews = create<StateViews>((set) => ({
  views: {},
  update: (machine, change) =>
    set(({ views }) => {
      const view = views[machine] ?? NEW_VIEW;
      return { views: { ...views, [machine]: { ...view, ...change(view) } } };
    }),
}));

const keptView = z.object({
  pins: z.array(pathCodec).readonly(),
  filter: z.enum(['all', 'changed']),
  /** Absent in a session of an earlier version. */
  expansion: z
    .codec(keptExpansion, z.custom<Expansion>(), {
      decode: keptToExpansion,
      encode: expansionToKeep,
    })
    .default(NO_EXPANSION),
});
const keptViews = z.record(z.string(), keptView);

/** The open rows, the pinned paths and the filters, which come back with the session. */
export const stateViewsPart: SessionPart = {
  name: 'state',
  keep: () => z.encode(keptViews, useStateViews.getState().views),
  recall: (kept) => {
    const { value, isWhole } = readRecord(keptView, kept);
    const views = Object.entries(value).map(([machine, view]) => [
      machine,
      { ...NEW_VIEW, ...view },
    ]);
    useStateViews.setState({ views: Object.fromEntries(views) });
    return isWhole;
  },
  subscribe: (listener) => useStateViews.subscribe(listener),
};

/** The arrangement for a machine. */
export function useStateView(machine: string): StateView {
  return useStateViews(({ views }) => views[machine] ?? NEW_VIEW);
}
