import type { Coverage } from '../../../core/contract/coverage.ts';
import type { TaskEnd, TaskOf } from '../../../core/contract/tasks.ts';
import type { MachineRef } from '../../../core/contract/window.ts';
import type { Problem } from '../../../core/problem.ts';
import { executionOf, type Doer } from '../../../core/trace/causality/doer.ts';
import { encodeOperation } from '../../../core/trace/format/format.ts';
import { whenLoaded } from '../../../core/trace/step-lines.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { encodeValue } from '../../../core/value/encoding.ts';
import { cancelTasksOf, openTask, startOnMachine } from './registry.ts';

/** How a coverage came out. */
export type Covered =
  | { readonly kind: 'covered'; readonly coverage: Coverage }
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'cancelled' };

/** Steps that are being executed under coverage. */
export interface Covering {
  readonly result: Promise<Covered>;
  cancel(): void;
}

let coverings = 0;

/**
 * Executes a step of a run under coverage, or all steps if there is none.
 *
 * @param onProgress receives how many steps of how many were executed.
 */
export function cover(
  ref: MachineRef,
  { traceId, step }: Pick<TaskOf<'cover'>, 'traceId' | 'step'>,
  onProgress: (steps: number, of: number) => void = () => {},
): Covering {
  coverings += 1;
  const subjectId = `coverage-${coverings}`;
  const result = new Promise<Covered>((resolve) => {
    const taskId = openTask('cover', {
      subjectId,
      take: (event) => {
        if (event.kind === 'progress') onProgress(event.steps, event.of);
        else resolve({ kind: 'covered', coverage: event.coverage });
      },
      end: (end) => resolve(toCovered(end)),
    });
    void startOnMachine(taskId, ref, (machineId) => ({
      kind: 'cover',
      machineId,
      traceId,
      ...(step ? { step } : {}),
    }));
  });
  return { result, cancel: () => void cancelTasksOf(subjectId, true) };
}

/** Executes a step of a run under coverage, from the state before it, or restore after it. */
export async function coverStep(
  ref: MachineRef,
  runId: string,
  trace: Trace,
  doer: Doer,
): Promise<Covering> {
  const step = await whenLoaded(trace, () => {
    const { operation, initialState } = executionOf(trace, doer);
    return {
      operation: JSON.stringify(encodeOperation(operation)),
      state: JSON.stringify(encodeValue(initialState)),
    };
  });
  return cover(ref, { traceId: runId, step });
}

/** What was covered came before the end. */
function toCovered(end: TaskEnd): Covered {
  return end.kind === 'failed' ? end : { kind: 'cancelled' };
}
