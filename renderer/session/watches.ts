import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { EXPRESSION_CHARS_MAX } from '../../core/limits.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { goalOf, seek } from './cursor.ts';
import { readRecord } from './kept-entries.ts';
import type { RunEntry } from './model.ts';
import type { Direction } from './navigation.ts';
import { showNotice } from './notices.ts';
import type { SessionPart } from './session-part.ts';
import { findRun } from './store.ts';
import { WatchSearch, type Watched } from './watch-search.ts';

/** The most expressions that are watched of a machine. */
export const WATCHES_MAX = 24;

/** What is watched of a machine: expressions, each once. */
export interface Watches {
  readonly expressions: readonly string[];
  /** The one that the commands go along. */
  readonly chosen: string | undefined;
  /** Whether their lanes are out of sight. */
  readonly isFolded: boolean;
}

const NO_WATCHES: Watches = { expressions: [], chosen: undefined, isFolded: false };

interface WatchesState {
  /** By the name of the machine, so that the next seed is watched in the same way. */
  readonly watches: Readonly<Record<string, Watches>>;
  /** What is known of the expressions, by run id. */
  readonly watched: Readonly<Record<string, Readonly<Record<string, Watched>>>>;
}

export const watchesStore = createStore<WatchesState>(() => ({ watches: {}, watched: {} }));

/** What is watched of a machine. */
export function watchesOf(machine: string): Watches {
  return ownOf(watchesStore.getState().watches, machine) ?? NO_WATCHES;
}

/** A machine may be called like a member that every object has. */
function ownOf<Item>(record: Readonly<Record<string, Item>>, key: string): Item | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What is watched of a machine, for a component. */
export function useWatches(machine: string): Watches {
  return useStore(watchesStore, ({ watches }) => ownOf(watches, machine) ?? NO_WATCHES);
}

const NOTHING_KNOWN: Readonly<Record<string, Watched>> = {};

/** What is known of the watches over a run, by their expressions, for a component. */
export function useWatched(runId: string): Readonly<Record<string, Watched>> {
  return useStore(watchesStore, ({ watched }) => watched[runId] ?? NOTHING_KNOWN);
}

/**
 * Watches an expression, in place of another one if that is given. Returns whether there was room for it.
 *
 * @param expression what `Expression` understands.
 */
export function watch(machine: string, expression: string, instead?: string): boolean {
  const { expressions } = watchesOf(machine);
  const isKnown = expressions.includes(expression);
  if (!isKnown && instead === undefined && expressions.length >= WATCHES_MAX) return false;
  const others = expressions.filter((one) => one !== expression);
  const place = instead === undefined ? -1 : others.indexOf(instead);
  const changed = place === -1 ? [...others, expression] : others.with(place, expression);
  update(machine, {
    expressions: isKnown && instead === undefined ? expressions : changed,
    chosen: expression,
    isFolded: false,
  });
  return true;
}

/** Watches an expression no longer. */
export function unwatch(machine: string, expression: string): void {
  const { expressions, chosen } = watchesOf(machine);
  const place = expressions.indexOf(expression);
  const left = expressions.filter((one) => one !== expression);
  const next = left[Math.min(place, left.length - 1)];
  update(machine, { expressions: left, chosen: chosen === expression ? next : chosen });
}

/** Chooses the watch that the commands go along. */
export function chooseWatch(machine: string, expression: string): void {
  update(machine, { chosen: expression });
}

/** Shows or hides the lanes of the watches. */
export function foldWatches(machine: string, isFolded: boolean): void {
  update(machine, { isFolded });
}

function update(machine: string, change: Partial<Watches>): void {
  watchesStore.setState(({ watches }) => ({
    watches: { ...watches, [machine]: { ...(ownOf(watches, machine) ?? NO_WATCHES), ...change } },
  }));
}

/** How the chosen watch is gone along. */
export type WatchGoal = 'changes' | 'becomesTrue';

/** Stops waiting for the step that was asked for last. */
let stopWaiting = () => {};

/**
 * Moves the cursor of the run on the screen to the nearest step on one side at which its chosen watch
 * changes, or becomes true. While the watch is still searched for, it moves a moment later, unless it has
 * moved elsewhere by then.
 */
export function goAlongWatch(run: RunEntry, direction: Direction, goal: WatchGoal): void {
  stopWaiting();
  const chosen = run.trace && watchesOf(run.trace.header.machine).chosen;
  if (chosen === undefined) return;
  const from = goalOf(run.id);
  const attempt = () => {
    const known = watchesStore.getState().watched[run.id]?.[chosen];
    const target = known?.history.changeBeside(from, direction, goal);
    const isSearching = known === undefined || known.status === 'searching';
    // Nearer ones before the cursor may still be found.
    const isOpen =
      direction === 'next' ? target === undefined : known?.history.indexAt(from) === -1;
    if (isSearching && isOpen && goalOf(run.id) === from) return;
    stopWaiting();
    if (goalOf(run.id) !== from) return;
    if (target !== undefined) seek(target);
    else showNotice(`${NONE_WORDS[goal]} ${direction === 'next' ? 'after' : 'before'} this step.`);
  };
  const unsubscribe = watchesStore.subscribe(attempt);
  stopWaiting = () => {
    unsubscribe();
    stopWaiting = () => {};
  };
  attempt();
}

const NONE_WORDS: Readonly<Record<WatchGoal, string>> = {
  changes: 'The watch does not change',
  becomesTrue: 'The watch does not become true',
};

interface Searching {
  readonly trace: Trace;
  readonly searches: Map<string, WatchSearch>;
}
/** The searches, by run id. */
const searching = new Map<string, Searching>();

/** Searches the steps of a run that have come since, for each of some expressions. */
export function searchWatches({ id, trace }: RunEntry, expressions: readonly string[]): void {
  forgetClosed();
  const known = searching.get(id);
  if (known && known.trace !== trace) forget(id);
  if (!trace) return;
  const { searches } = searching.get(id) ?? begin(id, trace);
  for (const [expression, search] of searches) {
    if (expressions.includes(expression)) continue;
    searches.delete(expression);
    search.cancel();
    keep(id, ({ [expression]: _, ...others }) => others);
  }
  for (const expression of expressions) {
    const search = searches.get(expression) ?? add(id, trace, searches, expression);
    search.extend();
  }
}

/** Stops the search of a watch over a run; what was found stays. */
export function cancelWatch(runId: string, expression: string): void {
  searching.get(runId)?.searches.get(expression)?.cancel();
}

function begin(runId: string, trace: Trace): Searching {
  const begun: Searching = { trace, searches: new Map() };
  searching.set(runId, begun);
  return begun;
}

function add(
  runId: string,
  trace: Trace,
  searches: Map<string, WatchSearch>,
  expression: string,
): WatchSearch {
  const search = new WatchSearch(trace, expression, (watched) => {
    if (searching.get(runId)?.searches.get(expression) !== search) return;
    keep(runId, (all) => ({ ...all, [expression]: watched }));
  });
  searches.set(expression, search);
  return search;
}

function keep(
  runId: string,
  change: (all: Readonly<Record<string, Watched>>) => Readonly<Record<string, Watched>>,
): void {
  watchesStore.setState(({ watched }) => ({
    watched: { ...watched, [runId]: change(watched[runId] ?? NOTHING_KNOWN) },
  }));
}

function forgetClosed(): void {
  for (const id of searching.keys()) if (findRun(id) === undefined) forget(id);
}

function forget(runId: string): void {
  const searches = searching.get(runId)?.searches;
  searching.delete(runId);
  for (const search of searches?.values() ?? []) search.cancel();
  watchesStore.setState(({ watched: { [runId]: _, ...watched } }) => ({ watched }));
}

const keptWatch = z.object({
  expressions: z.array(z.string().max(EXPRESSION_CHARS_MAX)).max(WATCHES_MAX).readonly(),
  chosen: z.string().optional(),
  isFolded: z.boolean().default(false),
});

/** The watches of the machines, which come back with the session. */
export const watchesPart: SessionPart = {
  name: 'watches',
  keep: () => watchesStore.getState().watches,
  recall: (kept) => {
    const { value, isWhole } = readRecord(keptWatch, kept);
    const entries = Object.entries(value).map(([machine, { chosen, ...rest }]) => [
      machine,
      { ...rest, chosen },
    ]);
    watchesStore.setState({ watches: Object.fromEntries(entries) });
    return isWhole;
  },
  subscribe: (listener) =>
    watchesStore.subscribe((now, before) => {
      if (now.watches !== before.watches) listener();
    }),
};
