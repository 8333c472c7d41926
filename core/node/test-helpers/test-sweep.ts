import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { ChaCha8Rng } from '../../random/chacha8-rng.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { loadMachine } from '../load/machine-loader.ts';
import type { SweepPlan } from '../sweep/pool.ts';
import { startSweep } from '../sweep/sweep.ts';

/** The time limit for hangs in tests that plan one, and in tests that would fail by one. */
export const HANG_MS = 2_000;
export const LONG_MS = 50_000;

/** The first draw of a scenario in a machine file, which distinguishes seeds. */
export const firstDraw = (seed: bigint) =>
  ChaCha8Rng.seedFromU64(seed).genRange('u32', 0, 1_000_000_000);

/** What is put into a machine file. */
interface Parts {
  /** Code that runs when a seed begins; `first` is the first draw. */
  readonly trap?: string;
  /** Code that runs with each input. */
  readonly stf?: string;
  /** What is to happen in some seed, as an expression. */
  readonly sometimes?: string;
}

/** Writes a machine that violates an invariant at every third input, and returns its path. */
export type WriteMachine = (parts?: Parts) => string;

/** Machine files in a folder that is there while the tests of a file run. */
export function machineFiles(): WriteMachine {
  let folder = '';
  let files = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'phasmoscope-sweep-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return ({ trap = '', stf = '', sometimes = '{}' } = {}) => {
    files += 1;
    const path = join(folder, `machine-${files}.ts`);
    writeFileSync(
      path,
      `import { ok } from 'phasmoscope';
      let isEnding = false;
      export const machine: any = {
        name: 'small', description: '', initialState: () => ({ n: 0 }),
        // Only a run is kept from the process, and this is read before it.
        get waivers() { if (isEnding) process.exit(0); return {}; },
        stf(state: any, input: any) {
          ${stf}
          state.update((draft: any) => { draft.n += input.input; });
          return ok();
        },
        restore: () => ok(),
        invariants: { 'n is no 7': ({ n }: any) => n !== 7, 'n is no 11': ({ n }: any) => n !== 11 },
      };
      export const scenarios: any = [{
        name: 's', description: '', defaults: { seed: '1', operations: 6 },
        start(random: any) {
          const first = random.genRange('u32', 0, 1_000_000_000);
          ${trap}
          return {
            next: () => ({ kind: 'normal', input: random.genRange('u32', 1, 4) }),
            observe() {}, tallies: () => ({}), sometimes: () => (${sometimes}),
          };
        },
      }];`,
    );
    return path;
  };
}

/** A sweep of a few seeds by one thread. */
export function planOf(path: string, changes: Partial<SweepPlan> = {}): SweepPlan {
  return {
    path,
    settings: { scenario: 's', operationsMax: 6, faults: 'none', sampling: SWEEP_SAMPLING },
    from: 0n,
    count: 20,
    workers: 1,
    shard: { index: 1, total: 1 },
    ...changes,
  };
}

/** Sweeps, and returns the report. */
export async function sweep(path: string, changes: Partial<SweepPlan> = {}): Promise<SweepReport> {
  return startSweep(await loadMachine(path), planOf(path, changes)).report;
}

/** The cause of an invariant that an input violates. */
export const causeOf = (name: string) => JSON.stringify(['invariant', name, 'input number', '']);
