import { assertNever } from '../../../core/assert.ts';
import type { TaskEnd, TaskEvent } from '../../../core/contract/window.ts';
import { signatureOf } from '../../../core/engine/signature.ts';
import type { Finding } from '../../../core/machine/finding.ts';
import { settingsOf } from '../lineage.ts';
import type { RunDoom, RunEntry } from '../model.ts';
import { showNotice, showProblem } from '../notices.ts';
import { findRun, updateRun } from '../store.ts';
import { cancelTasksOf, openTask, startOnMachine } from './registry.ts';
import { findMachineOf, isVerifiable } from './verify.ts';

/** Whether it can be drawn when a run was doomed: a machine has executed the run, and it is over. */
export function isDoomAskable(run: RunEntry): boolean {
  return isVerifiable(run) && run.status !== 'running' && run.doom?.status !== 'running';
}

/** Draws when a run was doomed to a finding. What is known of another finding is forgotten. */
export async function askDoom(runId: string, finding: Finding): Promise<void> {
  const run = findRun(runId);
  if (!run || !isDoomAskable(run) || finding.stepIndex < 0) return;
  const ref = await findMachineOf(run);
  if (!ref) return;
  const taskId = openTask('doom', {
    subjectId: runId,
    take: (event) => update(runId, (doom) => taken(doom, event)),
    end: (end) => takeEnd(runId, end),
  });
  const begun: RunDoom = { finding, status: 'running', points: new Map(), runs: 0 };
  updateRun(runId, (one) => ({ ...one, doom: begun }));
  const inputs = settingsOf(run)?.inputs;
  await startOnMachine(taskId, ref, (machineId) => ({
    kind: 'doom',
    machineId,
    traceId: runId,
    signature: signatureOf(finding),
    stepIndex: finding.stepIndex,
    ...(inputs === undefined ? {} : { inputs }),
  }));
}

/** Takes the curve of a run off the screen, and stops drawing it. */
export function forgetDoom(runId: string): void {
  if (findRun(runId)?.doom?.status === 'running') void cancelTasksOf(runId, true);
  updateRun(runId, ({ doom: _, ...run }) => run);
}

function update(runId: string, change: (doom: RunDoom) => RunDoom): void {
  updateRun(runId, (run) => (run.doom ? { ...run, doom: change(run.doom) } : run));
}

function taken(doom: RunDoom, event: TaskEvent<'doom'>): RunDoom {
  switch (event.kind) {
    case 'points': {
      const points = new Map(doom.points);
      for (const point of event.points) points.set(point.from, point);
      return { ...doom, points, runs: event.runs };
    }
    case 'decided': {
      const decided = event.at === undefined ? {} : { decidedAt: event.at };
      return { ...doom, ...decided, runs: event.runs };
    }
    default:
      return assertNever(event, 'event');
  }
}

function takeEnd(runId: string, end: TaskEnd): void {
  update(runId, (doom) => ({ ...doom, status: end.kind }));
  if (end.kind === 'failed') showProblem(end.problem, runId);
  else showNotice(end.kind === 'completed' ? 'Drawn' : 'Stopped drawing');
}
