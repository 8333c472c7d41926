import { useCallback, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { isEventful, sequenceOf, stepsAround, type Sequence } from '../../core/trace/sequence.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { useFilter, useFiltered } from '../session/filters.ts';
import type { StepSet } from '../session/step-set.ts';
import { useLoaded } from '../ui/use-loaded.ts';

/** The rows on each side of the step around which a diagram is drawn. */
const ROWS_EACH_SIDE = 32;

/** Which steps have a row: those that send or receive something, all, or those that the filter shows. */
export type RowChoice = 'messages' | 'all' | 'filtered';

interface Chosen {
  readonly rows: RowChoice;
  /** The record that was followed then. */
  readonly followed: string | undefined;
}

const chosen = createStore<Chosen>(() => ({ rows: 'messages', followed: undefined }));

/** What is shown: as chosen; whoever begins to follow a record sees its steps first. */
function choiceOf(
  { rows, followed: before }: Chosen,
  followed: string | undefined,
  hasFilter: boolean,
): RowChoice {
  if (followed !== undefined && followed !== before) return 'filtered';
  return rows === 'filtered' && !hasFilter ? 'messages' : rows;
}

/** A diagram around a step of a run. */
export interface SequenceModel {
  /** Absent until its lines are there. */
  readonly sequence: Sequence | undefined;
  readonly choice: RowChoice;
  /** Chooses which steps have a row, in all diagrams. */
  readonly choose: (rows: RowChoice) => void;
  /** Whether the run has a filter. */
  readonly hasFilter: boolean;
  /** The record whose steps the filter shows, as `formatRecord` writes it. */
  readonly followed: string | undefined;
  /** The nearest step with a row on one side of another step, which may be outside of the diagram. */
  readonly neighbour: (stepIndex: number, direction: 'next' | 'previous') => number | undefined;
}

/**
 * The diagram for the cursor. It stays while the cursor moves inside it, so that stepping moves only the
 * highlight, and is drawn around the cursor anew when that leaves it.
 *
 * @param steps the number of steps so far.
 */
export function useSequence(
  runId: string,
  trace: Trace,
  steps: number,
  cursor: number,
): SequenceModel {
  const filtered = useFiltered(runId)?.steps;
  const followed = useFilter(runId).record;
  const choice = choiceOf(useStore(chosen), followed, filtered !== undefined);
  const rowsAround = useCallback(
    (stepIndex: number, countEachSide: number) =>
      choice === 'filtered' && filtered
        ? stepsOfSet(filtered, stepIndex, countEachSide)
        : stepsAround(trace, stepIndex, (at) => isRow(trace, choice, at), countEachSide),
    [trace, choice, filtered],
  );
  const [centre, setCentre] = useState(cursor);
  const around = useMemo(
    () => rowsAround(Math.min(centre, steps - 1), ROWS_EACH_SIDE),
    [rowsAround, steps, centre],
  );
  if (centre !== cursor && !isWithin(around, cursor)) setCentre(cursor);
  // The step that is looked at has a row in any case. The others stay the same while it is one of them.
  const added = cursor >= 0 && !around.includes(cursor) ? cursor : undefined;
  const compute = useCallback(
    () => sequenceOf(trace, added === undefined ? around : withStep(around, added)),
    [trace, around, added],
  );
  const { result: sequence } = useLoaded(trace, compute);
  const neighbour = useCallback(
    (stepIndex: number, direction: 'next' | 'previous') => {
      const near = rowsAround(stepIndex, 1);
      return direction === 'next'
        ? near.find((at) => at > stepIndex)
        : near.findLast((at) => at < stepIndex);
    },
    [rowsAround],
  );
  const choose = (rows: RowChoice) => chosen.setState({ rows, followed });
  return { sequence, choice, choose, hasFilter: filtered !== undefined, followed, neighbour };
}

function isRow(trace: Trace, choice: RowChoice, stepIndex: number): boolean {
  return choice === 'all' || isEventful(trace.glance(stepIndex));
}

/** The steps of a set around one, which may be far away from each other; that one is not added. */
function stepsOfSet(set: StepSet, stepIndex: number, countEachSide: number): readonly number[] {
  const place = set.countBefore(stepIndex);
  const from = Math.max(0, place - countEachSide);
  const to = Math.min(set.length, place + countEachSide + 1);
  return Array.from({ length: to - from }, (_, at) => set.at(from + at));
}

/** Whether a diagram reaches to a step. */
function isWithin(stepIndices: readonly number[], cursor: number): boolean {
  const [first, last] = [stepIndices[0], stepIndices.at(-1)];
  return first !== undefined && last !== undefined && cursor >= first && cursor <= last;
}

function withStep(stepIndices: readonly number[], added: number): readonly number[] {
  return [...stepIndices, added].toSorted((a, b) => a - b);
}
