import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { MachineRef } from '../../core/contract/window.ts';
import { ensureMachine } from './machines.ts';
import { isSameMachine, machineOf, type RunEntry } from './model.ts';
import { session, useSession, type Session } from './store.ts';
import { findMachineOf } from './tasks/verify.ts';

/*
 * Code of a machine runs on a trace that was opened from a file only after the person has said so: the
 * trace may be anybody's, and its states are what the code is given.
 */

/** The runs whose steps may be executed although nobody has opened their machine for that. */
const allowed = createStore<ReadonlySet<string>>(() => new Set());

/** Notes that the person lets the machine of a run work on its steps. */
export function allowMachineOn(runId: string): void {
  allowed.setState(new Set([...allowed.getState(), runId]), true);
}

/** Lets the machine of a run work on its steps; it is opened, if it is not. */
export async function openMachineOn(run: RunEntry): Promise<void> {
  const ref = await findMachineOf(run);
  if (ref && (await ensureMachine(ref))) allowMachineOn(run.id);
}

/** The machine whose code a run executed, as far as it is open: `undefined` while it is not. */
export function useMachineOf(run: RunEntry): MachineRef | undefined {
  return openMachineOf(
    run,
    useSession((state) => state.machines),
  )?.ref;
}

function openMachineOf(run: RunEntry, machines: Session['machines']) {
  const own = machineOf(run.origin);
  const name = run.trace?.header.machine;
  return machines.find(
    ({ ref, info }) => info && (own ? isSameMachine(ref, own) : info.name === name),
  );
}

/** Whether the machine of a run may work on its steps: it made it here, or the person has said so. */
export function useIsAllowed(run: RunEntry): boolean {
  return useStore(allowed, (runs) => isAllowed(run, runs));
}

function isAllowed({ id, origin }: RunEntry, runs: ReadonlySet<string>): boolean {
  return runs.has(id) || origin.kind !== 'file';
}

/** The machine of a run with its views, if it is open and may work on the run's steps. */
export function drawingMachineOf(
  run: RunEntry,
): { readonly ref: MachineRef; readonly views: readonly string[] } | undefined {
  const machine = openMachineOf(run, session.getState().machines);
  if (!machine?.info || !isAllowed(run, allowed.getState())) return undefined;
  return { ref: machine.ref, views: machine.info.views };
}
