import type { TaskEvent, TaskOf } from '../../../core/contract/tasks.ts';
import type { MachineRef } from '../../../core/contract/window.ts';
import type { Problem } from '../../../core/problem.ts';
import { cancelTasksOf, openTask, startOnMachine } from './registry.ts';

/** Steps of a run that are being drawn. */
export interface Drawing {
  /** Why they could not all be drawn; `undefined` when they were, or were cancelled. */
  readonly done: Promise<Problem | undefined>;
  cancel(): void;
}

let drawings = 0;

/**
 * Draws a view of a machine at steps of a run.
 *
 * @param onDrawn is given each step as soon as it is drawn.
 */
export function draw(
  ref: MachineRef,
  what: Pick<TaskOf<'draw'>, 'traceId' | 'view' | 'steps'>,
  onDrawn: (drawn: TaskEvent<'draw'>) => void,
): Drawing {
  drawings += 1;
  const subjectId = `drawing-${drawings}`;
  const done = new Promise<Problem | undefined>((resolve) => {
    const taskId = openTask('draw', {
      subjectId,
      take: onDrawn,
      end: (end) => resolve(end.kind === 'failed' ? end.problem : undefined),
    });
    void startOnMachine(taskId, ref, (machineId) => ({ kind: 'draw', machineId, ...what }));
  });
  return { done, cancel: () => void cancelTasksOf(subjectId, true) };
}
