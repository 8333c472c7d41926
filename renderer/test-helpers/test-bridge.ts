import { vi } from 'vitest';
import type { MachineInfo } from '../../core/contract/window.ts';
import type { Problem } from '../../core/problem.ts';

/** Every machine that the stub opens. */
const GATE: MachineInfo = {
  name: 'gate',
  description: '',
  sourceHash: '0',
  invariants: [],
  faultProfiles: [{ name: 'none', description: '' }],
  scenarios: [{ name: 'rush-hour', description: '', seed: '7', operations: 60 }],
};

/**
 * Stands for the main process: opens every machine and starts every task. Returns the function that
 * the window asks.
 *
 * @param broken why a machine cannot be opened, by the name of the sample or the path of the file.
 */
export function stubBridge(broken: Readonly<Record<string, Problem>> = {}) {
  const request = vi.fn((name: string, takes: unknown): Promise<unknown> => {
    if (name !== 'openMachine') return Promise.resolve(null);
    const { machine } = takes as { machine: { name?: string; path?: string } };
    const problem = broken[machine.name ?? machine.path ?? ''];
    return Promise.resolve(problem ? { kind: 'problem', problem } : { kind: 'ok', value: GATE });
  });
  vi.stubGlobal('window', { phasmoscope: { request } });
  return request;
}
