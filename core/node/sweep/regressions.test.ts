import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { addParts, checkSeed, NOTHING_SWEPT } from '../../sweep/seed-check.ts';
import { findFaultProfile, findScenario, loadMachine } from '../machine-loader.ts';
import {
  readRegressions,
  regressionsPath,
  tryRegressions,
  writeRegressions,
} from './regressions.ts';
import { saveRegressions } from './sweep.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-regressions-'));
  path = join(folder, 'machine.ts');
  await writeFile(path, SOURCE);
});

afterEach(() => rm(folder, { recursive: true }));

/** Fails at the input 3 by a panic, and when two inputs in a row are 2 by an invariant. */
const SOURCE = `import { ok } from 'phasmoscope';
export const machine: any = {
  name: 'small', description: '', initialState: () => ({ last: 0, twice: new Set() }),
  stf(state: any, input: any) {
    if (input.input === 3) throw new RangeError('three');
    state.update((draft: any) => {
      if (input.input === 2 && draft.last === 2) draft.twice.add(2n);
      draft.last = input.input;
    });
    return ok();
  },
  restore: () => ok(),
  invariants: { 'no two twice': ({ twice }: any) => twice.size === 0 },
};
export const scenarios: any = [{
  name: 's', description: '', defaults: { seed: '1', operations: 20 },
  start: (random: any) => ({
    next: () => ({ kind: 'input', input: random.genRange('u32', 0, 4) }),
    observe() {}, tallies: () => ({}),
  }),
}];`;

const settings = { scenario: 's', operationsMax: 20, faults: 'none', sampling: SWEEP_SAMPLING };

/** Finds and saves what fails in a few seeds. */
async function save() {
  const loaded = await loadMachine(path);
  const { machine, guard, locate } = loaded;
  const scenario = findScenario(loaded, 's');
  const faults = findFaultProfile(loaded, 'none');
  let part = NOTHING_SWEPT;
  for (let seed = 0n; seed < 5n; seed += 1n) {
    const subject = {
      machine,
      guard,
      sampling: SWEEP_SAMPLING,
      settings: { scenario, operationsMax: 20, faults, locate },
    };
    part = addParts(
      part,
      (await checkSeed(
        subject,
        seed,
        () => true,
        () => true,
      )) ?? part,
    );
  }
  return saveRegressions(loaded, path, settings, part.groups);
}

/** Changes the machine file, and tries what is saved. */
async function tryAfter(edit: (source: string) => string): Promise<SweepReport['regressions']> {
  await writeFile(path, edit(SOURCE));
  return tryRegressions(await loadMachine(path), await readRegressions(path));
}

const failsByName = (tried: SweepReport['regressions']) =>
  Object.fromEntries(tried.map(({ name, fails }) => [name, fails]));

describe('saved seeds', () => {
  it('are kept beside the machine, one for each cause', async () => {
    const saved = await save();
    expect(saved).toEqual({ path: join(folder, 'machine.regressions.jsonl'), added: 2 });
    expect(saved.path).toBe(regressionsPath(path));
    const regressions = await readRegressions(path);
    expect(regressions.map(({ name }) => name).toSorted()).toEqual(['RangeError', 'no two twice']);
    expect(await save()).toMatchObject({ added: 0 });
    expect(await readRegressions(path)).toEqual(regressions);
  });

  it('survive being written and read', async () => {
    await save();
    const regressions = await readRegressions(path);
    await writeRegressions(path, regressions);
    expect(await readRegressions(path)).toEqual(regressions);
  });

  it('still fail, and say at which step', async () => {
    await save();
    const tried = await tryAfter((source) => source);
    expect(failsByName(tried)).toEqual({ RangeError: true, 'no two twice': true });
    for (const { stepIndex } of tried) expect(stepIndex).toBeGreaterThanOrEqual(0);
  });

  it('still fail when the scenario draws something else', async () => {
    await save();
    const tried = await tryAfter((source) =>
      source.replace("genRange('u32', 0, 4)", "genRange('u32', 0, 2)"),
    );
    expect(failsByName(tried)).toEqual({ RangeError: true, 'no two twice': true });
  });

  it('still fail when the defect has moved to another line', async () => {
    await save();
    const tried = await tryAfter((source) => `// One line more.\n${source}`);
    expect(failsByName(tried)).toEqual({ RangeError: true, 'no two twice': true });
  });

  it('do not fail any more when they are mended', async () => {
    await save();
    const tried = await tryAfter((source) =>
      source.replace("throw new RangeError('three')", 'return ok()'),
    );
    expect(failsByName(tried)).toEqual({ RangeError: false, 'no two twice': true });
    expect(tried.find(({ fails }) => !fails)).not.toHaveProperty('stepIndex');
  });

  it('are none where there is no file', async () => {
    expect(await readRegressions(path)).toEqual([]);
  });

  it.each([
    ['no JSON', '{"phasmoscope'],
    ['no operations', '{"phasmoscope-regression":1}'],
    ['of another kind', '[]'],
  ])('are damaged at a line that is %s', async (_, damage) => {
    await save();
    const file = regressionsPath(path);
    const [first, ...others] = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, [first, damage, ...others].join('\n'));
    await expect(readRegressions(path)).rejects.toThrow(`${file} is damaged at line 2`);
  });
});
