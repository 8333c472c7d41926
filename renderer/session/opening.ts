import { assert, assertNever } from '../../core/assert.ts';
import type { Launch, MachineRef, Recent } from '../../core/contract/window.ts';
import { request } from '../api.ts';
import { pickInputs } from './inputs.ts';
import { allowMachineOn } from './machine-of-run.ts';
import { adoptSettings, ensureMachine, pickMachine } from './machines.ts';
import type { MachineEntry } from './model.ts';
import { openAtSpot } from './places.ts';
import { openTrace, startRun } from './running.ts';
import { isKnownScenario, proposeSettings } from './settings.ts';
import { selectMachine, selectRun, session } from './store.ts';
import { startTalkWhenRead } from './talk.ts';
import { whenRead } from './when-read.ts';

/** Opens what the window was started for, or what a person chose; `restore` brings back the last session. */
export async function openLaunch(
  launch: Launch,
  restore: () => Promise<void> = async () => undefined,
): Promise<void> {
  switch (launch.kind) {
    case 'lastSession':
      return restore();
    case 'trace':
      return openTraceAs(launch);
    case 'machine': {
      const machine = await pickMachine(launch.machine);
      if (!machine?.info) return;
      const proposed = proposeSettings(machine.info, launch.scenario);
      session.setState({ settings: proposed });
      if (launch.inputs !== undefined && !(await pickInputs(launch.inputs))) return;
      const { settings } = session.getState();
      session.setState({
        settings: {
          ...settings,
          ...(launch.seed === undefined ? {} : { seed: launch.seed }),
          ...(launch.operationsMax === undefined
            ? {}
            : { operations: String(launch.operationsMax) }),
          ...(launch.faults === undefined ? {} : { faults: launch.faults }),
        },
      });
      return openAtSpot(startRun, launch.spot);
    }
    default:
      return assertNever(launch, 'launch');
  }
}

async function openTraceAs(launch: Extract<Launch, { kind: 'trace' }>): Promise<void> {
  const { path, spot, isPresented = false, machine, sequels = [] } = launch;
  // The toolbar is set to it: what comes after the trace may be a run of it.
  const opened = machine && (await pickMachine(machine));
  // The list has the run on top that was opened last.
  const behind = sequels
    .toReversed()
    .map((sequel) => ({ ...sequel, runId: openBehind(sequel.path) }))
    .toReversed();
  const opening = openAtSpot(() => openTrace(path), spot);
  const run = selectRun(session.getState());
  if (run && opened) {
    allowMachineOn(run.id);
    void adoptSettingsOf(run.id, opened);
  }
  const presented = [...(run ? [run.id] : []), ...behind.map(({ runId }) => runId)];
  const begun = isPresented ? startTalkWhenRead(presented) : Promise.resolve();
  // The machines of those behind it are not needed yet: the talk comes first.
  void begun.then(() => Promise.all(behind.map(openMachineBehind)));
  return opening;
}

/** A trace behind another one. */
interface Behind {
  readonly runId: string;
  readonly machine?: MachineRef | undefined;
}

async function openMachineBehind({ runId, machine }: Behind): Promise<void> {
  if (machine && (await ensureMachine(machine))) allowMachineOn(runId);
}

/** Opens a trace over which another one is about to be shown. Returns the id of its run. */
function openBehind(path: string): string {
  void openTrace(path);
  const { runId } = session.getState();
  assert(runId !== undefined, 'a trace that is opened is on the list');
  return runId;
}

/** Sets the toolbar to the settings of a trace of a machine, unless another machine was picked meanwhile. */
async function adoptSettingsOf(runId: string, { id, info }: MachineEntry): Promise<void> {
  const run = await whenRead(runId);
  const machine = selectMachine(session.getState());
  if (!run?.trace || !info || machine?.id !== id) return;
  const { scenario, seed, operationsMax, faults } = run.trace.header;
  const settings = { scenario, seed, operationsMax, faults };
  if (isKnownScenario(info, settings)) adoptSettings(machine, settings);
}

/** Opens a machine and runs its defaults. */
export async function openAndRun(ref: MachineRef): Promise<void> {
  const machine = await pickMachine(ref);
  const isPicked = machine && session.getState().machineId === machine.id;
  if (isPicked && machine.info?.scenarios.length !== 0) await startRun();
}

/** Asks for a file and opens it. */
export async function chooseAndOpen(kind: Recent['kind']): Promise<void> {
  const chosen = await request('chooseFile', kind);
  if (chosen) await openRecent(chosen);
}

/** Asks for the file of a machine and sets the toolbar to it. */
export async function chooseMachine(): Promise<void> {
  const chosen = await request('chooseFile', 'machine');
  if (chosen) await pickMachine({ kind: 'file', path: chosen.path });
}

/** Opens a file as the kind that it was opened as before. */
export async function openRecent({ kind, path }: Recent): Promise<void> {
  switch (kind) {
    case 'trace':
      return openTrace(path);
    case 'machine':
      return openAndRun({ kind: 'file', path });
    case 'inputs':
      if (await pickInputs(path)) await startRun();
      return undefined;
    default:
      return assertNever(kind, 'kind');
  }
}
