import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CHECK_EVERYTHING, SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import type { SweepGroup } from '../../sweep/report.ts';
import { loadMachine } from '../load/machine-loader.ts';
import { runSeed, seededRandom } from '../testing.ts';
import { startSweep } from './sweep.ts';

// Each sweep starts a thread.
const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-alone-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NAME = 'no input is bad';
const OPERATIONS = 5;
let files = 0;

/**
 * A machine file with a counter outside of `start` and of the state.
 *
 * @param bad when the scenario gives a bad input; `draw` is the first draw of its seed.
 * @param deaf when the machine takes it for a good one.
 */
function machineFile({ bad = 'false', deaf = 'false' }): string {
  files += 1;
  const path = join(folder, `machine-${files}.ts`);
  writeFileSync(
    path,
    `let given = 0; let taken = 0;
export const machine: any = {
  name: 'm', description: '', initialState: () => ({ bad: 0 }),
  stf(state: any, { input }: any) {
    taken += 1;
    if (input === 'bad' && !(${deaf})) state.update((draft: any) => { draft.bad += 1; });
    return { kind: 'ok' };
  },
  restore: () => ({ kind: 'ok' }),
  waivers: { determinism: 'a test' },
  invariants: { '${NAME}': (state: any) => state.bad === 0 },
};
export const scenarios: any = [{
  name: 's', description: '', defaults: { seed: '1', operations: ${OPERATIONS} },
  start: (random: any) => ({
    draw: random.genRange('u32', 0, 1_000_000),
    next() { const { draw } = this; given += 1;
      return { kind: 'normal', input: ${bad} ? 'bad' : 'good' }; },
    observe() {}, tallies: () => ({}),
  }),
}];
`,
  );
  return path;
}

/** What twenty seeds find in one thread. */
async function sweep(path: string, sampling = SWEEP_SAMPLING): Promise<readonly SweepGroup[]> {
  const settings = { scenario: 's', operationsMax: OPERATIONS, faults: 'none', sampling };
  const plan = { path, settings, from: 0n, count: 20, workers: 1, shard: { index: 1, total: 1 } };
  const loaded = await loadMachine(path);
  try {
    return (await startSweep(loaded, plan).report).groups;
  } finally {
    await loaded.close();
  }
}

it.each([SWEEP_SAMPLING, CHECK_EVERYTHING])(
  'marks an example that follows from the seeds before it: %o',
  async (sampling) => {
    const ofScenario = machineFile({ bad: 'given > 30 && given % 7 === 0' });
    const ofMachine = machineFile({ bad: 'true', deaf: 'taken < 30' });
    for (const path of [ofScenario, ofMachine]) {
      expect(await sweep(path, sampling)).toMatchObject([{ name: NAME, isUnsteady: true }]);
    }
  },
);

it('gives the step of an example as a run of its seed alone has it', async () => {
  const draw = seededRandom(1).genRange('u32', 0, 1_000_000);
  // In a sweep, the second seed begins with the sixth input that is given.
  const path = machineFile({ bad: `draw === ${draw} && (given === 4 || given === 7)` });
  expect(await sweep(path)).toMatchObject([{ name: NAME, seed: '1', stepIndex: 3 }]);
  const { findings } = await runSeed({ machine: path, faults: 'none', seed: 1 });
  expect(findings).toMatchObject([{ name: NAME, stepIndex: 3 }]);
});
