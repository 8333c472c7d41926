import type { ApiEvent, RunEnd } from '../../core/api/contract.ts';
import { assertNever } from '../../core/assert.ts';
import { openRecent, takeRunEnd, takeText } from './controller.ts';
import { updateMachineInfo } from './machines.ts';
import { takeSaved } from './reruns.ts';
import { session, showProblem, updateMachine, updateRun } from './store.ts';
import { takeReport, takeSweepEnd, takeSweepProgress } from './sweeps.ts';
import { takeVerified, takeVerifyEnd, takeVerifyProgress } from './verification.ts';

/** Takes in what comes from the main process; commands of the menu go to `runCommand`. */
export function handleEvent(event: ApiEvent, runCommand: (command: string) => void): void {
  switch (event.kind) {
    case 'runText':
      takeText(event.runId, event.text);
      break;
    case 'runEnded':
      takeEnd(event.runId, event.how);
      break;
    case 'verifyProgress':
      takeVerifyProgress(event.runId, event.steps);
      break;
    case 'verified':
      takeVerified(event.runId, event.verified);
      break;
    case 'sweepProgress':
      takeSweepProgress(event.runId, event.progress);
      break;
    case 'swept':
      takeReport(event.runId, event.report);
      break;
    case 'shrinkProgress':
      updateRun(event.runId, (run) => ({ ...run, shrinking: event.progress }));
      break;
    case 'machineSilent':
      updateMachine(event.machineId, ({ silentMs: _, ...machine }) =>
        event.isSilent ? { ...machine, silentMs: event.silentMs } : machine,
      );
      break;
    case 'machineChanged':
      updateMachineInfo(event.machineId, event.info);
      break;
    case 'machineSaved':
      takeSaved(event.machineId, event.saved);
      break;
    case 'notWatched':
    case 'machineLost':
      showProblem(event.problem);
      break;
    case 'command':
      runCommand(event.command);
      break;
    case 'openFile':
      void openRecent(event.recent);
      break;
    case 'recents':
      session.setState({ recents: event.recents });
      break;
    default:
      assertNever(event, 'event');
  }
}

/** Run ids are of runs, of verifications, and of sweeps: each knows its own. */
function takeEnd(runId: string, how: RunEnd): void {
  if (!takeVerifyEnd(runId, how) && !takeSweepEnd(runId, how)) takeRunEnd(runId, how);
}
