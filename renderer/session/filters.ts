import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Note } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { readRecord } from './kept-entries.ts';
import type { RunEntry } from './model.ts';
import type { SessionPart } from './session-part.ts';
import { criteriaOf, stepFilterSchema, withCriteria, type StepFilter } from './step-filter.ts';
import { StepSearch, type Filtered } from './step-search.ts';
import { findRun } from './store.ts';

interface Filters {
  /** By run id; runs without a filter have no entry. */
  readonly filters: Readonly<Record<string, StepFilter>>;
  /** What the filters have found, by run id. */
  readonly found: Readonly<Record<string, Filtered>>;
}

/** The filters of the steps: each run has its own. */
export const filters = createStore<Filters>(() => ({ filters: {}, found: {} }));

const NO_FILTER: StepFilter = {};
const NO_NOTES: readonly Note[] = [];

/** The filter of a run. */
function filterOf(runId: string): StepFilter {
  return filters.getState().filters[runId] ?? NO_FILTER;
}

/** Shows other steps of a run. */
export function setFilter(runId: string, filter: StepFilter): void {
  filters.setState((now) => {
    const { [runId]: _, ...others } = now.filters;
    const isEmpty = criteriaOf(filter).length === 0;
    return { filters: isEmpty ? others : { ...others, [runId]: filter } };
  });
}

/** Changes some of what the filter of a run says. */
export function changeFilter(runId: string, change: Parameters<typeof withCriteria>[1]): void {
  setFilter(runId, withCriteria(filterOf(runId), change));
}

/** Stops the search of a run's filter; what was found stays. */
export function cancelFilter(runId: string): void {
  searches.get(runId)?.search.cancel();
}

interface Searching {
  readonly trace: Trace;
  readonly filter: StepFilter;
  /** The notes that a filter by them knows. */
  readonly notes: readonly Note[];
  readonly search: StepSearch;
}
/** The searches, by run id. */
const searches = new Map<string, Searching>();

/** The filter of a run, for a component. */
export function useFilter(runId: string): StepFilter {
  return useStore(filters, (state) => state.filters[runId] ?? NO_FILTER);
}

/** The steps of a run that its filter shows, as they are found; `undefined` without a filter. */
export function useFiltered(runId: string): Filtered | undefined {
  return useStore(filters, ({ filters: all, found }) =>
    all[runId] === undefined ? undefined : found[runId],
  );
}

/**
 * Searches the steps of a run that have come since, or all of them for another filter.
 *
 * @param all the notes of the run, for a filter by them.
 */
export function searchSteps(
  { id, trace }: RunEntry,
  filter: StepFilter,
  all: readonly Note[] = NO_NOTES,
): void {
  const notes = filter.noted ? all : NO_NOTES;
  const known = searches.get(id);
  if (known && known.trace === trace && known.filter === filter && known.notes === notes) {
    known.search.extend();
    return;
  }
  forgetClosed();
  searches.delete(id);
  known?.search.cancel();
  if (!trace || criteriaOf(filter).length === 0) return forget([id]);
  const report = (filtered: Filtered) => {
    if (searches.get(id)?.search !== search) return;
    filters.setState(({ found }) => ({ found: { ...found, [id]: filtered } }));
  };
  const search = new StepSearch(trace, filter, report, notes);
  searches.set(id, { trace, filter, notes, search });
  search.extend();
}

/** Ends the searches of runs that were closed. */
function forgetClosed(): void {
  const closed = [...searches.keys()].filter((id) => findRun(id) === undefined);
  for (const id of closed) {
    const known = searches.get(id);
    searches.delete(id);
    known?.search.cancel();
  }
  forget(closed);
}

function forget(runIds: readonly string[]): void {
  filters.setState(({ found }) => ({
    found: Object.fromEntries(Object.entries(found).filter(([id]) => !runIds.includes(id))),
  }));
}

/** The filters of the runs, which come back with the session. */
export const filtersPart: SessionPart = {
  name: 'filters',
  keep: () => {
    const entries = Object.entries(filters.getState().filters);
    return Object.fromEntries(entries.filter(([id]) => findRun(id) !== undefined));
  },
  recall: (kept) => {
    const { value, isWhole } = readRecord(stepFilterSchema, kept);
    filters.setState({ filters: value });
    return isWhole;
  },
  subscribe: (listener) =>
    filters.subscribe((now, before) => {
      if (now.filters !== before.filters) listener();
    }),
};
