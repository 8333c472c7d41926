import { assertNever } from '../../../core/assert.ts';
import type { TaskEvent } from '../../../core/contract/tasks.ts';
import type { MachineRef } from '../../../core/contract/window.ts';
import type { Finding } from '../../../core/machine/finding.ts';
import { settingsOf } from '../lineage.ts';
import { sourceHashOf } from '../machines.ts';
import {
  foundAt,
  isOfEarlierSource,
  type DoomCurve,
  type FoundAt,
  type RunDoom,
  type RunEntry,
} from '../model.ts';
import { showNotice, showProblem } from '../notices.ts';
import { refuseGone } from '../sequels.ts';
import { findRun, session, updateRun } from '../store.ts';
import { cancelTasksOf, openTask, startOnMachine } from './registry.ts';
import { findMachineOf, isVerifiable } from './verify.ts';

/** Whether it can be drawn when a run was doomed: a machine has executed the run, and it is over. */
export function isDoomAskable(run: RunEntry): boolean {
  return isVerifiable(run) && run.status !== 'running' && run.doom?.status !== 'running';
}

/** Draws when a run was doomed to a finding. What is known of another finding is forgotten. */
export async function askDoom(runId: string, finding: Finding): Promise<void> {
  const run = findRun(runId);
  if (!run || !isDoomAskable(run) || finding.stepIndex < 0 || refuseGone(run, finding)) return;
  const ref = await findMachineOf(run);
  if (!ref) return;
  const cause = foundAt(finding);
  updateRun(runId, (one) => ({ ...one, doom: { cause, ...BEGUN } }));
  await draw(run, ref, cause, false, (change) => update(runId, change));
}

/** Whether the curve of a run can be drawn again: its source was saved since. */
export function isMendAskable(run: RunEntry): boolean {
  const { doom } = run;
  return (
    doom?.status === 'completed' &&
    doom.after?.status !== 'running' &&
    isOfEarlierSource(run, session.getState().machines)
  );
}

/** Draws the curve of a run once more, with the source that was saved since. */
export async function askMend(runId: string): Promise<void> {
  const run = findRun(runId);
  if (!run?.doom || !isMendAskable(run)) return;
  const ref = await findMachineOf(run);
  if (!ref) return;
  update(runId, (doom) => ({ ...doom, after: BEGUN }));
  await draw(run, ref, run.doom.cause, true, (change) =>
    update(runId, (doom) => (doom.after ? { ...doom, after: change(doom.after) } : doom)),
  );
}

const BEGUN: DoomCurve = { status: 'running', points: new Map(), runs: 0 };

async function draw(
  run: RunEntry,
  ref: MachineRef,
  cause: FoundAt,
  isChanged: boolean,
  change: (make: <Curve extends DoomCurve>(curve: Curve) => Curve) => void,
): Promise<void> {
  const taskId = openTask('doom', {
    subjectId: run.id,
    take: (event) => change((curve) => taken(curve, event)),
    end: (end) => {
      const hasPoints = (findRun(run.id)?.doom?.points.size ?? 0) > 0;
      // What failed before its first point says nothing beside its problem.
      if (end.kind === 'failed' && !hasPoints) forgetDoom(run.id);
      else change((curve) => ({ ...curve, status: end.kind }));
      if (end.kind === 'failed') showProblem(end.problem, run.id);
      else showNotice(end.kind === 'completed' ? 'Curve drawn' : 'Stopped drawing');
    },
  });
  const inputs = settingsOf(run)?.inputs;
  await startOnMachine(taskId, ref, (machineId) => {
    change((curve) => ({ ...curve, ...sourceHashOf(machineId) }));
    return {
      kind: 'doom',
      machineId,
      traceId: run.id,
      ...cause,
      isChanged,
      ...(inputs === undefined ? {} : { inputs }),
    };
  });
}

/** Takes the curve of a run off the screen, and stops drawing it. */
export function forgetDoom(runId: string): void {
  const doom = findRun(runId)?.doom;
  if (doom?.status === 'running' || doom?.after?.status === 'running') {
    void cancelTasksOf(runId, true);
  }
  updateRun(runId, ({ doom: _, ...run }) => run);
}

function update(runId: string, change: (doom: RunDoom) => RunDoom): void {
  updateRun(runId, (run) => (run.doom ? { ...run, doom: change(run.doom) } : run));
}

function taken<Curve extends DoomCurve>(curve: Curve, event: TaskEvent<'doom'>): Curve {
  switch (event.kind) {
    case 'points': {
      const points = new Map(curve.points);
      for (const point of event.points) points.set(point.from, point);
      return { ...curve, points, runs: event.runs };
    }
    case 'decided': {
      const decided = event.at === undefined ? {} : { decidedAt: event.at };
      return { ...curve, ...decided, runs: event.runs };
    }
    default:
      return assertNever(event, 'event');
  }
}
