import { formatFork, RUN_AGAIN } from '../../core/trace/format/fork.ts';
import { show } from './arrangement.ts';
import { arrange } from './arrangements.ts';
import { compareFromFirstDifference } from './beside.ts';
import { renameFork } from './forks.ts';
import { settingsOf } from './lineage.ts';
import type { RunEntry } from './model.ts';
import { openRun } from './running.ts';
import { selectRun, session } from './store.ts';
import { findMachineOf, isVerifiable } from './tasks/verify.ts';

/** Whether a run can be executed again: a machine has executed it, and it is over. */
export function isExecutable(run: RunEntry): boolean {
  return isVerifiable(run) && run.status !== 'running' && settingsOf(run) !== undefined;
}

/**
 * Executes the operations of a run again with its machine as it is now, and shows what was recorded and what was
 * executed side by side, at the first step that differs.
 */
export async function executeBesideRecorded(recorded: RunEntry): Promise<void> {
  const settings = settingsOf(recorded);
  if (!settings || !isExecutable(recorded)) return;
  const machine = await findMachineOf(recorded);
  if (!machine) return;
  // The views of a machine are arranged while a run of it is on the screen.
  arrange((arrangement) => show(arrangement, 'beside'));
  const { verification } = recorded;
  const stepIndex = verification?.kind === 'step' ? verification.stepIndex : -1;
  const origin = { kind: 'fork', machine, settings, parentId: recorded.id } as const;
  const opening = openRun({ ...origin, fork: formatFork(RUN_AGAIN) }, { stepIndex });
  const executed = selectRun(session.getState());
  if (executed && executed.id !== recorded.id) {
    // One that was open may have a name that the person gave it.
    if (executed.name === undefined) renameFork(executed.id, 'Executed again');
    compareFromFirstDifference(executed.id, recorded.id);
  }
  await opening;
}
