import { writeFileSync } from 'node:fs';

/**
 * Writes a machine whose invariant fails at its third step, and which cannot be loaded any more once a thread
 * of a sweep has loaded it.
 *
 * @param path of the file, absolute.
 */
export function writeBreakingMachine(path: string): void {
  writeFileSync(
    path,
    `import { ok } from 'phasmoscope';
const { workerData } = process.getBuiltinModule('node:worker_threads');
if (workerData?.settings) process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(path)}, 'this is no TypeScript');
export const machine = {
  name: 'meanwhile', description: '', initialState: () => ({ n: 0 }),
  stf(state) { state.update((draft) => { draft.n += 1; }); return ok(); },
  restore: () => ok(), invariants: { 'n is small': ({ n }) => n < 3 },
};
export const scenarios = [{
  name: 's', description: '', defaults: { seed: '1', operations: 5 },
  start: () => ({
    next: () => ({ kind: 'normal', input: 1 }), observe() {}, tallies: () => ({}),
  }),
}];`,
  );
}
