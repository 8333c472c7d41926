import type { MachineRef } from '../../core/contract/window.ts';
import { request } from '../api.ts';
import { findMachine } from './machines.ts';
import { showProblem } from './notices.ts';

/** Opens a source of an open machine in the person's editor, at a place if that is in it. */
export async function openInEditor(
  ref: MachineRef,
  path: string,
  place: { readonly path: string; readonly line: number; readonly column: number } | undefined,
): Promise<void> {
  const machineId = findMachine(ref)?.id;
  if (machineId === undefined) return;
  const { line, column } = place?.path === path ? place : { line: 1, column: 1 };
  const reply = await request('openInEditor', { machineId, path, line, column });
  if (reply.kind === 'problem') showProblem(reply.problem);
}
