import type { TaskEnd } from '../../../core/contract/tasks.ts';
import { forkOfCrash } from '../../../core/trace/format/fork.ts';
import type { CrashVerdictInBrief } from '../../../core/trace/words/judged.ts';
import { countVerdicts } from '../crash-points.ts';
import { forkRun } from '../forks.ts';
import { settingsOf } from '../lineage.ts';
import { sourceHashOf } from '../machines.ts';
import type { RunCrashes, RunEntry } from '../model.ts';
import { showNotice, showProblem } from '../notices.ts';
import { findRun, updateRun } from '../store.ts';
import { cancelTasksOf, openTask, startOnMachine } from './registry.ts';
import { findMachineOf, isVerifiable } from './verify.ts';

/** Whether a run can be crashed everywhere: a machine has executed it, and it is over. */
export function isCrashable(run: RunEntry): boolean {
  return isVerifiable(run) && run.status !== 'running' && run.crashes?.status !== 'running';
}

/** Crashes a run at every point of every step, and judges how it recovers. */
export async function crashEverywhere(runId: string): Promise<void> {
  const run = findRun(runId);
  if (!run || !isCrashable(run)) return;
  const ref = await findMachineOf(run);
  if (!ref) return;
  const taskId = openTask('crashEverywhere', {
    subjectId: runId,
    take: ({ verdicts, steps }) =>
      update(runId, (crashes) => withVerdicts(crashes, verdicts, steps)),
    end: (end) => takeEnd(runId, end),
  });
  const begun: RunCrashes = {
    status: 'running',
    verdicts: [],
    count: 0,
    ...countVerdicts([]),
    steps: 0,
  };
  updateRun(runId, (one) => ({ ...one, crashes: begun }));
  const inputs = settingsOf(run)?.inputs;
  await startOnMachine(taskId, ref, (machineId) => {
    update(runId, (crashes) => ({ ...crashes, ...sourceHashOf(machineId) }));
    return {
      kind: 'crashEverywhere',
      machineId,
      traceId: runId,
      ...(inputs === undefined ? {} : { inputs }),
    };
  });
}

/** Takes the verdicts of a run off the screen, and stops crashing it. */
export function forgetCrashes(runId: string): void {
  if (findRun(runId)?.crashes?.status === 'running') void cancelTasksOf(runId, true);
  updateRun(runId, ({ crashes: _, ...run }) => run);
}

/** Opens the fork that crashes at a point, under its parent. */
export function openCrash(run: RunEntry, verdict: CrashVerdictInBrief): void {
  void forkRun(run, forkOfCrash(verdict));
}

function update(runId: string, change: (crashes: RunCrashes) => RunCrashes): void {
  updateRun(runId, (run) => (run.crashes ? { ...run, crashes: change(run.crashes) } : run));
}

/** Adds verdicts to the list, which grows: copying it each time would take time by its square. */
function withVerdicts(
  crashes: RunCrashes,
  added: readonly CrashVerdictInBrief[],
  steps: number,
): RunCrashes {
  for (const verdict of added) crashes.verdicts.push(verdict);
  const { fails, anyway } = countVerdicts(added);
  return {
    ...crashes,
    count: crashes.verdicts.length,
    fails: crashes.fails + fails,
    anyway: crashes.anyway + anyway,
    steps: Math.max(crashes.steps, steps),
  };
}

function takeEnd(runId: string, end: TaskEnd): void {
  update(runId, (crashes) => ({ ...crashes, status: end.kind }));
  if (end.kind === 'failed') showProblem(end.problem, runId);
  else showNotice(end.kind === 'completed' ? 'Crashed everywhere' : 'Stopped crashing');
}
