import { useEffect, useMemo, useState } from 'react';
import { pageDrawnSchema } from '../../core/contract/page.ts';
import type { TaskEvent } from '../../core/contract/tasks.ts';
import type { MachineRef } from '../../core/contract/window.ts';
import type { Problem } from '../../core/problem.ts';
import { lastAtMost } from '../../core/trace/last-at-most.ts';
import { stateMadeAt } from '../../core/trace/questions/drawn-steps.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { RunEntry } from '../session/model.ts';
import { draw } from '../session/tasks/draw.ts';

type Drawn = TaskEvent<'draw'>;

/** How many changes of the state are drawn ahead of the cursor, and behind it. */
const AHEAD = 12;
const BEHIND = 4;
/** How many drawings of a run are kept. */
const KEPT_MAX = 400;

/** What a view shows at the cursor, and at the step that it is compared with. */
export interface ShownDrawing {
  /** Absent while it is being drawn. */
  readonly at: Drawn | undefined;
  readonly before: Drawn | undefined;
  /** Why nothing can be drawn. */
  readonly problem: Problem | undefined;
}

/** Drawings of a view of a run, by the step that last changed the state. */
interface Kept {
  readonly key: string;
  readonly drawn: ReadonlyMap<number, Drawn>;
  readonly problem: Problem | undefined;
}

/**
 * Draws a view at the cursor and around it. What was drawn stays until the source or the run is another
 * one.
 *
 * @param sourceHash of the machine as it is now.
 * @param ref the machine; absent while it must not work on the run.
 */
export function useDrawing(
  {
    run,
    trace,
    view,
    sourceHash,
  }: { run: RunEntry; trace: Trace; view: string; sourceHash: string },
  [cursor, compared]: readonly [cursor: number, compared: number],
  ref: MachineRef | undefined,
): ShownDrawing {
  const isOver = run.status !== 'running' && run.status !== 'waiting';
  const key = JSON.stringify([run.id, view, sourceHash, isOver ? run.steps : -1]);
  const [kept, setKept] = useState<Kept>({ key, drawn: new Map(), problem: undefined });
  const current = kept.key === key ? kept : undefined;
  const [at, before] = [stateMadeAt(trace, cursor), stateMadeAt(trace, compared)];
  const isMissing = !current?.drawn.has(at) || !current.drawn.has(before);
  const wanted = useMemo(() => stepsAround(trace, at, before), [trace, at, before]);
  useEffect(() => {
    if (!ref || !isMissing || !isOver) return undefined;
    const known = current?.drawn ?? new Map<number, Drawn>();
    const found = new Map(known);
    const drawing = draw(
      ref,
      { traceId: run.id, view, steps: wanted.filter((step) => !known.has(step)) },
      (drawn) => found.set(drawn.stepIndex, drawn),
    );
    let isWanted = true;
    void drawing.done.then((problem) => {
      if (isWanted) setKept({ key, drawn: newest(found), problem });
    });
    return () => {
      isWanted = false;
      drawing.cancel();
    };
    // What is known changes with each answer, which must not ask again.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [key, ref, isMissing, isOver, wanted, view]);
  return {
    at: current?.drawn.get(at),
    before: current?.drawn.get(before),
    problem: current?.problem,
  };
}

/** The same from drawings that were made before the run was saved, as JSON by step. */
export function useDrawnBefore(
  drawings: ReadonlyMap<number, string>,
  trace: Trace,
  [cursor, compared]: readonly [cursor: number, compared: number],
): ShownDrawing {
  const at = stateMadeAt(trace, cursor);
  const before = stateMadeAt(trace, compared);
  return useMemo(
    () => ({
      at: readDrawing(drawings, at),
      before: readDrawing(drawings, before),
      problem: undefined,
    }),
    [drawings, at, before],
  );
}

function readDrawing(drawings: ReadonlyMap<number, string>, stepIndex: number): Drawn {
  const text = drawings.get(stepIndex);
  if (text !== undefined) return { stepIndex, ...pageDrawnSchema.parse(JSON.parse(text)) };
  const title = 'This state was not drawn when the page was saved.';
  const remedy = 'The states around the step that it shows first, and those of its notes, were.';
  return { kind: 'undrawn', stepIndex, problem: { title, remedy } };
}

/** The steps at the cursor first, then those that the arrow keys lead to. */
function stepsAround(trace: Trace, at: number, before: number): readonly number[] {
  const place = lastAtMost(trace.changedSteps, at);
  const near = trace.changedSteps.slice(Math.max(0, place - BEHIND), place + AHEAD + 1);
  return [...new Set([at, before, ...near, ...(place < BEHIND ? [-1] : [])])];
}

function newest(drawn: ReadonlyMap<number, Drawn>): ReadonlyMap<number, Drawn> {
  return drawn.size <= KEPT_MAX ? drawn : new Map([...drawn].slice(-KEPT_MAX));
}
