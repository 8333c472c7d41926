import type { MachineRef } from '../../core/contract/window.ts';
import { fileNameOf, isSameMachine, type RunEntry, type SweepEntry } from './model.ts';
import { session, type Session } from './store.ts';

/*
 * What machines, runs and sweeps are called, in every place that names them.
 */

/** Where names of machines are found: those that are open, and those that were opened before. */
type Known = Pick<Session, 'machines' | 'recents'>;

/**
 * The name of a machine. Its file is named as well, since several files may hold machines of the same name; only
 * the file while nobody knows the name.
 *
 * @param ownName the name, where a trace or report has it.
 */
export function machineNameOf(
  ref: MachineRef,
  ownName?: string,
  known: Known = session.getState(),
): string {
  if (ref.kind === 'sample') return ref.name;
  const name = ownName ?? ownNameOf(ref, known);
  const file = fileNameOf(ref.path);
  return name === undefined ? file : `${name} (${file})`;
}

function ownNameOf(
  ref: Extract<MachineRef, { kind: 'file' }>,
  { machines, recents }: Known,
): string | undefined {
  const open = machines.find((machine) => isSameMachine(machine.ref, ref));
  const recent = recents.find(({ kind, path }) => kind === 'machine' && path === ref.path);
  return open?.info?.name ?? recent?.name;
}

/** The title of a run in lists. */
export function titleOf({ origin, trace }: RunEntry, known?: Known): string {
  if (origin.kind === 'file') return fileNameOf(origin.path);
  return machineNameOf(origin.machine, trace?.header.machine, known);
}

/** The title of a sweep's machine in lists. */
export function sweptMachineOf({ machine, report }: SweepEntry, known?: Known): string {
  return machineNameOf(machine, report?.machine, known);
}
