import type { RunSettings } from '../../core/contract/tasks.ts';
import type { MachineInfo, MachineRef } from '../../core/contract/window.ts';
import { newId, request } from '../api.ts';
import { isSameMachine, type MachineEntry } from './model.ts';
import { showProblem, withdrawProblems } from './notices.ts';
import { isKnownScenario, knownFaults, proposeSettings, type SettingsDraft } from './settings.ts';
import { selectMachine, session, updateMachine } from './store.ts';

/**
 * Opens a machine, if it is not open, and leaves the toolbar unchanged. Returns `undefined` if it could
 * not be opened; its entry has the problem, and the caller shows it.
 */
export function ensureMachine(ref: MachineRef): Promise<MachineEntry | undefined> {
  const known = findMachine(ref);
  if (known?.status === 'open') return Promise.resolve(known);
  if (known?.opening) return known.opening;
  const id = known?.id ?? newId('machine');
  const opening = open(id, ref);
  const added: MachineEntry = { id, ref, status: 'opening', opening };
  session.setState(({ machines }) => ({
    machines: [...machines.filter((other) => other.id !== id), added],
  }));
  return opening;
}

async function open(id: string, ref: MachineRef): Promise<MachineEntry | undefined> {
  const answer = await request('openMachine', { machineId: id, machine: ref });
  withdrawProblems(id);
  if (answer.kind === 'problem') {
    updateMachine(id, ({ opening: _, ...machine }) => ({
      ...machine,
      status: 'failed',
      openProblem: answer.problem,
    }));
    return undefined;
  }
  updateMachine(id, ({ opening: _, ...machine }) => ({
    ...machine,
    status: 'open',
    info: answer.value,
  }));
  return findMachine(ref);
}

/** The source of an open machine. */
export function sourceHashOf(machineId: string): { readonly sourceHash?: string } {
  const { machines } = session.getState();
  const hash = machines.find(({ id }) => id === machineId)?.info?.sourceHash;
  return hash === undefined ? {} : { sourceHash: hash };
}

/** Shows why a machine could not be opened. */
export function showOpenProblem(ref: MachineRef, about: string | undefined): void {
  const problem = findMachine(ref)?.openProblem;
  if (problem) showProblem(problem, about);
}

/** The machine of a reference, if it was opened before. */
export function findMachine(ref: MachineRef): MachineEntry | undefined {
  return session.getState().machines.find((machine) => isSameMachine(machine.ref, ref));
}

/** Opens a machine and sets the toolbar to it, unless the user has meanwhile picked another. */
export async function pickMachine(ref: MachineRef): Promise<MachineEntry | undefined> {
  const opening = ensureMachine(ref);
  const machineId = findMachine(ref)?.id;
  const isOther = session.getState().machineId !== machineId;
  session.setState({ machineId });
  const machine = await opening;
  if (!machine) showOpenProblem(ref, machineId);
  if (!machine?.info || session.getState().machineId !== machine.id) return machine;
  const { settings } = session.getState();
  const hasScenario = isKnownScenario(machine.info, settings);
  if (isOther || !hasScenario) {
    const faults = knownFaults(machine.info, settings.faults);
    session.setState({ settings: { ...proposeSettings(machine.info), faults } });
  }
  return machine;
}

/** Sets the toolbar to the settings of a run, so that they can be changed and run again. */
export function adoptSettings(machine: MachineEntry, settings: RunSettings): void {
  const { operationsMax, ...rest } = settings;
  session.setState({
    machineId: machine.id,
    settings: { ...rest, operations: String(operationsMax) },
  });
}

/** Changes the toolbar's settings; another scenario brings its defaults. */
export function changeSettings(change: Partial<SettingsDraft>): void {
  session.setState((state) => {
    const info = selectMachine(state)?.info;
    // A file of inputs may have the name of a scenario.
    const isOtherScenario =
      change.scenario !== undefined &&
      (change.scenario !== state.settings.scenario || state.settings.inputs !== undefined);
    const base =
      isOtherScenario && info
        ? { ...proposeSettings(info, change.scenario), faults: state.settings.faults }
        : state.settings;
    return { settings: { ...base, ...change } };
  });
}

/** Updates the description of a machine whose source was edited. */
export function updateMachineInfo(machineId: string, info: MachineInfo): void {
  updateMachine(machineId, (machine) => ({ ...machine, info }));
  const { machineId: shown, settings } = session.getState();
  if (shown !== machineId) return;
  // A scenario that was renamed, or is gone, takes neither the seed nor the number of operations with it.
  const isGone = !isKnownScenario(info, settings);
  const { scenario } = isGone ? proposeSettings(info) : settings;
  const faults = knownFaults(info, settings.faults);
  session.setState({ settings: { ...settings, scenario, faults } });
}
