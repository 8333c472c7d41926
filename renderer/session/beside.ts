import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { toProblem, type Problem } from '../../core/problem.ts';
import { Alignment } from '../../core/trace/compare/alignment.ts';
import type { Side } from '../../core/trace/compare/stretches.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { SeekTarget } from '../ui/seek.tsx';
import { show } from './arrangement.ts';
import { arrange } from './arrangements.ts';
import { sourceOf } from './asking.ts';
import { goalOf, seekIn } from './cursor.ts';
import { readRecord } from './kept-entries.ts';
import { kinOf } from './lineage.ts';
import type { RunEntry } from './model.ts';
import type { Direction } from './navigation.ts';
import { fetchRun, showRun } from './running.ts';
import type { SessionPart } from './session-part.ts';
import { findRun, selectRun, session, useSession } from './store.ts';

/*
 * Two runs side by side: the run on the screen, B, and the run with which it is compared, A. Each run
 * remembers the other one. Both have their own cursor; unless they are apart, that of A follows.
 */

/** The run beside another one. */
interface Beside {
  /** The run that it is compared with. */
  readonly otherId: string;
  /** Whether the two cursors move together. */
  readonly isTogether: boolean;
  /** Whether what is the same in both is left out. */
  readonly isSifted: boolean;
}

/** How far the alignment of two runs is; absent until both are over. */
export type Aligning =
  | { readonly kind: 'aligning' }
  | { readonly kind: 'aligned'; readonly alignment: Alignment }
  | { readonly kind: 'failed'; readonly problem: Problem };

interface Aligned {
  readonly traces: readonly [a: Trace, b: Trace];
  readonly aligning: Aligning;
}

interface Besides {
  /** By the id of the run that is compared. */
  readonly chosen: Readonly<Record<string, Beside>>;
  /** Of the run on the screen. */
  readonly aligned: Aligned | undefined;
  /** The pair that goes to its first difference as soon as it is aligned; forgotten with the pair. */
  readonly aimed: { readonly runId: string; readonly otherId: string } | undefined;
  /** The run of which the view was asked for, although it may be compared with no other one yet. */
  readonly askedFor: string | undefined;
}

const besides = createStore<Besides>(() => ({
  chosen: {},
  aligned: undefined,
  aimed: undefined,
  askedFor: undefined,
}));

/** The run on the screen and the one beside it. */
export interface Pair extends Omit<Beside, 'otherId'> {
  readonly run: RunEntry;
  readonly other: RunEntry;
}

function pairOf(run: RunEntry | undefined, runs: readonly RunEntry[]): Pair | undefined {
  const beside = run && besides.getState().chosen[run.id];
  const other = beside && runs.find(({ id }) => id === beside.otherId);
  if (!run || !other) return undefined;
  const { isTogether, isSifted } = beside;
  return { run, other, isTogether, isSifted };
}

/** The pair on the screen; nothing when the run is compared with no other one. */
export function currentPair(): Pair | undefined {
  const state = session.getState();
  return pairOf(selectRun(state), state.runs);
}

/** The same in a component. */
export function usePair(): Pair | undefined {
  const run = useSession(selectRun);
  const runs = useSession((state) => state.runs);
  const beside = useStore(besides, ({ chosen }) => run && chosen[run.id]);
  return beside && pairOf(run, runs);
}

/**
 * Whether two runs side by side are shown of a run: it is compared with another one, or a person asked for that. The
 * view of another run shows nothing that it could be left for.
 */
export function isBesideShown(run: RunEntry | undefined): boolean {
  return isShownOf(run, session.getState().runs, besides.getState().askedFor);
}

/** The same in a component. */
export function useIsBesideShown(run: RunEntry | undefined): boolean {
  const runs = useSession((state) => state.runs);
  const { askedFor } = useStore(besides);
  return isShownOf(run, runs, askedFor);
}

function isShownOf(
  run: RunEntry | undefined,
  runs: readonly RunEntry[],
  askedFor: string | undefined,
): boolean {
  return run !== undefined && (askedFor === run.id || pairOf(run, runs) !== undefined);
}

/** Lets a person choose which run another one is compared with. */
export function askForOther(runId: string): void {
  besides.setState({ askedFor: runId });
}

/** How far the alignment of the pair on the screen is. */
export function useAligning({ run, other }: Pair): Aligning | undefined {
  const aligned = useStore(besides, (state) => state.aligned);
  return isOf(aligned, run, other) ? aligned?.aligning : undefined;
}

/** The alignment of the pair on the screen, once it is there. */
export function useAlignment(pair: Pair | undefined): Alignment | undefined {
  const aligned = useStore(besides, (state) => state.aligned);
  if (!pair || !isOf(aligned, pair.run, pair.other)) return undefined;
  return aligned?.aligning.kind === 'aligned' ? aligned.aligning.alignment : undefined;
}

function alignmentOf({ run, other }: Pair): Alignment | undefined {
  return alignmentBetween(other, run);
}

/** How two runs, A and B, stand beside each other, if they are aligned by now. */
export function alignmentBetween(a: RunEntry, b: RunEntry): Alignment | undefined {
  const { aligned } = besides.getState();
  if (!isOf(aligned, b, a) || aligned?.aligning.kind !== 'aligned') return undefined;
  return aligned.aligning.alignment;
}

/** Renders a component again when the alignment of the run on the screen is there. */
export function useAligned(): unknown {
  return useStore(besides, (state) => state.aligned);
}

function isOf(aligned: Aligned | undefined, run: RunEntry, other: RunEntry): boolean {
  return aligned?.traces[0] === other.trace && aligned?.traces[1] === run.trace;
}

/** Puts a run beside another one, with which that is compared. */
export function putBeside(runId: string, otherId: string): void {
  if (runId === otherId) return;
  change(runId, (before) => ({ isTogether: true, isSifted: false, ...before, otherId }));
}

/** Compares the run on the screen with another one, and shows the two. */
export function compareWith(runId: string, otherId: string): void {
  putBeside(runId, otherId);
  arrange((arrangement) => show(arrangement, 'beside'));
}

/**
 * Compares the run on the screen with another one, and shows the two at the first step that differs: at once, or
 * as soon as both are over and aligned.
 */
export function compareFromFirstDifference(runId: string, otherId: string): void {
  compareWith(runId, otherId);
  besides.setState({ aimed: { runId, otherId } });
  goToAimed();
}

/** Goes to the first difference, if that was asked for and is known by now. */
function goToAimed(): void {
  const pair = currentPair();
  const alignment = pair && alignmentOf(pair);
  if (!alignment || !isAimed(pair)) return;
  besides.setState({ aimed: undefined });
  if (alignment.firstDifference !== undefined) goToRow(alignment.firstDifference);
}

function isAimed({ run, other }: Pair): boolean {
  const { aimed } = besides.getState();
  return aimed?.runId === run.id && aimed.otherId === other.id;
}

/** Compares a run with no other one any more; another one can be chosen. */
export function endComparison(runId: string): void {
  besides.setState(({ chosen: { [runId]: _, ...chosen } }) => ({ chosen, askedFor: runId }));
}

/** Shows the other run, with this one beside it. */
export function swapRuns({ run, other, ...how }: Pair): void {
  change(other.id, () => ({ ...how, otherId: run.id }));
  void showRun(other.id);
}

/** Lets the two cursors move together from here on, or apart. */
export function setTogether({ run }: Pair, isTogether: boolean): void {
  change(run.id, (before) => before && { ...before, isTogether });
  if (isTogether) followCursor();
}

/** Leaves out what is the same in both runs, or shows it again. */
export function setSifted({ run }: Pair, isSifted: boolean): void {
  change(run.id, (before) => before && { ...before, isSifted });
}

function change(runId: string, make: (before: Beside | undefined) => Beside | undefined): void {
  besides.setState(({ chosen }) => {
    const made = make(chosen[runId]);
    return made ? { chosen: { ...chosen, [runId]: made } } : {};
  });
}

/** Moves the cursor of the other run; that of the run on the screen comes along, if they move together. */
export function seekOther(target: SeekTarget): void {
  const pair = currentPair();
  if (!pair) return;
  const { run, other } = pair;
  const wished = typeof target === 'number' ? target : target(goalOf(other.id));
  if (wished === undefined || !other.trace) return;
  const stepIndex = Math.max(-1, Math.min(wished, other.trace.length - 1));
  const alignment = pair.isTogether ? alignmentOf(pair) : undefined;
  const b = alignment ? alignment.opposite('a', stepIndex).stepIndex : goalOf(run.id);
  seekBoth(pair, { a: stepIndex, b });
}

/** Moves the cursor of the run on the screen first: the other one follows it, wherever it was put before. */
function seekBoth({ run, other }: Pair, { a, b }: Readonly<Record<Side, number>>): void {
  seekIn(run.id, b);
  seekIn(other.id, a);
}

/** The row of the alignment at which the cursors are. */
function currentRow({ run, other }: Pair, alignment: Alignment): number {
  const [a, b] = [goalOf(other.id), goalOf(run.id)];
  // In a gap of this run, the cursor of the other one shows how far.
  const isInGap =
    alignment.opposite('a', a).stepIndex === b &&
    alignment.row(alignment.rowOf('a', a)).b === undefined;
  return isInGap ? alignment.rowOf('a', a) : alignment.rowOf('b', b);
}

/** The row of the next difference of the pair on the screen, of the one before, or of the first one. */
export function differenceTo(to: 'first' | Direction): number | undefined {
  const pair = currentPair();
  const alignment = pair && alignmentOf(pair);
  if (!alignment) return undefined;
  if (to === 'first') return alignment.firstDifference;
  return alignment.differenceBeside(currentRow(pair, alignment), to);
}

/** Moves both cursors to a row of the alignment. */
export function goToRow(row: number): void {
  const pair = currentPair();
  const alignment = pair && alignmentOf(pair);
  if (!alignment) return;
  const { a, b } = alignment.row(row);
  seekBoth(pair, {
    a: a ?? alignment.opposite('b', b ?? -1).stepIndex,
    b: b ?? alignment.opposite('a', a ?? -1).stepIndex,
  });
}

/** Lets the cursor of the other run follow, unless the two are apart. */
function followCursor(): void {
  const pair = currentPair();
  const alignment = pair?.isTogether ? alignmentOf(pair) : undefined;
  if (!pair || !alignment) return;
  const b = goalOf(pair.run.id);
  const a = goalOf(pair.other.id);
  // It may be anywhere in a gap of this run.
  const back = alignment.opposite('a', a);
  if (back.stepIndex === b && !back.isAligned) return;
  seekIn(pair.other.id, alignment.opposite('b', b).stepIndex);
}

/** Reads and aligns the run beside the one on the screen, until the returned function is called. */
export function followBeside(): () => void {
  const unsubscribe = [
    session.subscribe((now, before) => {
      if (now.runs !== before.runs || now.runId !== before.runId || now.shown !== before.shown) {
        align();
      }
      if (now.cursors !== before.cursors) followCursor();
    }),
    besides.subscribe((now, before) => {
      if (now.chosen !== before.chosen) align();
    }),
  ];
  align();
  return () => {
    for (const end of unsubscribe) end();
  };
}

/**
 * Asks how the pair on the screen stands beside each other, once both runs are over. Where there is none, the
 * run on the screen and the one that it was forked from, or the one before or after a change of its source.
 */
function align(): void {
  const pair = currentPair();
  // Whoever leaves a pair, or ends its comparison, no longer waits for its first difference.
  if (besides.getState().aimed && !(pair && isAimed(pair))) besides.setState({ aimed: undefined });
  const { runs } = session.getState();
  const run = selectRun(session.getState());
  const other = pair ? pair.other : run && kinOf(run, runs)?.run;
  if (!run || !other) return;
  if (pair && other.status === 'waiting') void fetchRun(other.id);
  if (!run.trace || !other.trace || !isOver(run) || !isOver(other)) return;
  if (isOf(besides.getState().aligned, run, other)) return;
  const traces = [other.trace, run.trace] as const;
  asking?.abort();
  asking = new AbortController();
  besides.setState({ aligned: { traces, aligning: { kind: 'aligning' } } });
  void ask(traces, other.id, asking.signal);
}

/** Ends the question under way. */
let asking: AbortController | undefined;

function isOver({ status }: RunEntry): boolean {
  return status !== 'running' && status !== 'waiting';
}

async function ask(traces: Aligned['traces'], otherId: string, signal: AbortSignal): Promise<void> {
  const [, b] = traces;
  const take = (aligning: Aligning) => {
    if (!signal.aborted) besides.setState({ aligned: { traces, aligning } });
  };
  try {
    const packed = await sourceOf(b).ask({ kind: 'alignment', otherId }, { signal });
    take({ kind: 'aligned', alignment: new Alignment(packed) });
    followCursor();
    goToAimed();
  } catch (error) {
    if (signal.aborted) return;
    // A later alignment was not asked to move the cursor.
    besides.setState({ aimed: undefined });
    take({ kind: 'failed', problem: toProblem(error, 'The two runs cannot be compared') });
  }
}

const keptBeside = z.object({
  otherId: z.string(),
  isTogether: z.boolean(),
  isSifted: z.boolean(),
});

/** Which runs are side by side, which comes back with the session. */
export const besidePart: SessionPart = {
  name: 'beside',
  keep: () => {
    const entries = Object.entries(besides.getState().chosen);
    return Object.fromEntries(
      entries.filter(([id, { otherId }]) => findRun(id) && findRun(otherId)),
    );
  },
  recall: (kept) => {
    const { value, isWhole } = readRecord(keptBeside, kept);
    besides.setState({ chosen: value });
    return isWhole;
  },
  subscribe: (listener) =>
    besides.subscribe((now, before) => {
      if (now.chosen !== before.chosen) listener();
    }),
};
