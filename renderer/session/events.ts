import { assertNever } from '../../core/assert.ts';
import type { ApiEvent } from '../../core/contract/window.ts';
import { takeFound, takeFoundAll } from './asking.ts';
import { takeGrowth } from './growing.ts';
import { updateMachineInfo } from './machines.ts';
import { showProblem } from './notices.ts';
import { openRecent } from './opening.ts';
import { openPlace } from './places.ts';
import { takeSaved } from './reruns.ts';
import { makeRoom } from './room.ts';
import { session, updateMachine } from './store.ts';
import { endTask, takeTaskEvent } from './tasks/registry.ts';

/** Handles the events of the main process; commands of the menu go to `runCommand`. */
export function handleEvent(event: ApiEvent, runCommand: (id: string) => void): void {
  switch (event.kind) {
    case 'taskEvent':
      takeTaskEvent(event.taskId, event.event);
      break;
    case 'taskEnded':
      endTask(event.taskId, event.end);
      break;
    case 'traceGrew':
      takeGrowth(event);
      break;
    case 'askFound':
      takeFound(event.askId, event.part);
      break;
    case 'askFoundAll':
      takeFoundAll(event.askId);
      break;
    case 'sessionFull':
      makeRoom(event);
      break;
    case 'machineSilent':
      updateMachine(event.machineId, ({ silentMs: _, ...machine }) =>
        event.isSilent ? { ...machine, silentMs: event.silentMs } : machine,
      );
      break;
    case 'machineChanged':
      updateMachineInfo(event.machineId, event.info);
      break;
    case 'machineLoading':
      updateMachine(event.machineId, (machine) => ({ ...machine, isLoadingSaved: true }));
      break;
    case 'machineSaved':
      takeSaved(event.machineId, event.saved);
      break;
    case 'notWatched':
    case 'machineLost':
      showProblem(event.problem, event.machineId);
      break;
    case 'command':
      runCommand(event.id);
      break;
    case 'openFile':
      void openRecent(event.recent);
      break;
    case 'openPlace':
      void openPlace(event.place);
      break;
    case 'recents':
      session.setState({ recents: event.recents });
      break;
    default:
      assertNever(event, 'event');
  }
}
