import { assertNever } from '../../../core/assert.ts';
import type { TaskEnd, TaskEvent } from '../../../core/contract/tasks.ts';
import type { Finding } from '../../../core/machine/finding.ts';
import { withParts } from '../../../core/trace/words/judged.ts';
import { settingsOf } from '../lineage.ts';
import { sourceHashOf } from '../machines.ts';
import { foundAt, type RunEntry, type RunExplanation } from '../model.ts';
import { showNotice, showProblem } from '../notices.ts';
import { refuseGone } from '../sequels.ts';
import { findRun, updateRun } from '../store.ts';
import { cancelTasksOf, openTask, startOnMachine } from './registry.ts';
import { findMachineOf, isVerifiable } from './verify.ts';

/** Whether a finding of a run can be explained: a machine has executed the run, and it is over. */
export function isExplainable(run: RunEntry): boolean {
  return isVerifiable(run) && run.status !== 'running' && run.explanation?.status !== 'running';
}

/** Asks which parts of a run a finding needs. What is known of another finding is forgotten. */
export async function explainFinding(runId: string, finding: Finding): Promise<void> {
  const run = findRun(runId);
  if (!run || !isExplainable(run) || finding.stepIndex < 0 || refuseGone(run, finding)) return;
  const ref = await findMachineOf(run);
  if (!ref) return;
  const taskId = openTask('explain', {
    subjectId: runId,
    take: (event) => update(runId, (explanation) => taken(explanation, event)),
    end: (end) => takeEnd(runId, end),
  });
  const cause = foundAt(finding);
  const begun: RunExplanation = { cause, status: 'running', needs: new Map(), made: 0, of: 0 };
  updateRun(runId, (one) => ({ ...one, explanation: begun }));
  const inputs = settingsOf(run)?.inputs;
  await startOnMachine(taskId, ref, (machineId) => {
    update(runId, (explanation) => ({ ...explanation, ...sourceHashOf(machineId) }));
    return {
      kind: 'explain',
      machineId,
      traceId: runId,
      ...cause,
      ...(inputs === undefined ? {} : { inputs }),
    };
  });
}

/** Stops asking why a run failed: what was found by then stays. */
export function stopExplaining(runId: string): void {
  void cancelTasksOf(runId);
}

/** Takes the explanation of a run off the screen. */
export function forgetExplanation(runId: string): void {
  updateRun(runId, ({ explanation: _, ...run }) => run);
}

function update(runId: string, change: (explanation: RunExplanation) => RunExplanation): void {
  updateRun(runId, (run) =>
    run.explanation ? { ...run, explanation: change(run.explanation) } : run,
  );
}

function taken(explanation: RunExplanation, event: TaskEvent<'explain'>): RunExplanation {
  switch (event.kind) {
    case 'judged': {
      const { parts, made, of } = event;
      return { ...explanation, needs: withParts(explanation.needs, parts), made, of };
    }
    case 'explained': {
      const { kind: _, ...explained } = event;
      return { ...explanation, explained };
    }
    default:
      return assertNever(event, 'event');
  }
}

function takeEnd(runId: string, end: TaskEnd): void {
  const isBegun = (findRun(runId)?.explanation?.made ?? 0) > 0;
  // What failed before its first part says nothing beside its problem.
  if (end.kind === 'failed' && !isBegun) forgetExplanation(runId);
  else update(runId, (explanation) => ({ ...explanation, status: end.kind }));
  if (end.kind === 'failed') showProblem(end.problem, runId);
  else showNotice(end.kind === 'completed' ? 'Explained' : 'Stopped explaining');
}
