import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { addParts, checkSeed, NOTHING_SWEPT } from '../../sweep/seed-check.ts';
import { loadMachine } from '../load/machine-loader.ts';
import { planRun, type LoadedPlan } from '../runs/planning.ts';
import { runErrand } from './errands.ts';
import {
  readRegressions,
  regressionsPath,
  addRegressions,
  writeRegressions,
  type Regression,
} from './regressions.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-regressions-'));
  path = join(folder, 'machine.ts');
  await writeFile(path, SOURCE);
});

afterEach(() => rm(folder, { recursive: true }));

/** Panics at the input 3, and violates an invariant when two inputs in a row are 2. */
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
    next: () => ({ kind: 'normal', input: random.genRange('u32', 0, 4) }),
    observe() {}, tallies: () => ({}),
  }),
}];`;

const goOn = () => true;
const label = { scenario: 's', faults: 'none' };

async function load(): Promise<LoadedPlan> {
  const loaded = await loadMachine(path);
  const [scenario] = loaded.scenarios;
  const choice = { scenario: scenario?.name, faults: 'none', operationsMax: 20 };
  return planRun(loaded, choice, SWEEP_SAMPLING);
}

/** Finds and saves the failures of a few seeds. */
async function save(): Promise<readonly Regression[]> {
  const subject = await load();
  let part = NOTHING_SWEPT;
  for (let seed = 0n; seed < 5n; seed += 1n) {
    part = addParts(part, await checkSeed(subject, seed, goOn, goOn));
  }
  const regressions: Regression[] = [];
  for (const { kind, name, message, signature, ...group } of part.groups) {
    const seed = BigInt(group.seed);
    const result = await runErrand(subject, { kind: 'record', seed, signature }, goOn);
    if (result.kind !== 'recorded') throw new Error(`seed ${seed}: ${result.kind}`);
    const { operations } = result;
    regressions.push({ ...label, seed, kind, name, message, signature, operations });
  }
  await writeRegressions(path, regressions);
  return regressions;
}

const SEED_2: Regression = {
  ...label,
  seed: 2n,
  operationsMax: 20,
  kind: 'broken',
  name: 'a seed that breaks',
  message: 'it hung',
  signature: '["broken","2"]',
};

/** Changes the machine file, and tries the saved seeds. */
async function tryAfter(edit: (source: string) => string) {
  await writeFile(path, edit(SOURCE));
  const subject = await load();
  const regressions = await readRegressions(path);
  return Promise.all(
    regressions.map(async (regression) => ({
      name: regression.name,
      ...(await runErrand(subject, { kind: 'try', regression }, goOn)),
    })),
  );
}

const kindByName = (tried: Awaited<ReturnType<typeof tryAfter>>) =>
  Object.fromEntries(tried.map(({ name, kind }) => [name, kind]));

describe('saved seeds', () => {
  it('are kept beside the machine', async () => {
    const names = (await save()).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['RangeError', 'no two twice']);
    expect(regressionsPath(path)).toBe(join(folder, 'machine.regressions.jsonl'));
  });

  it('survive being written and read', async () => {
    const regressions = [...(await save()), SEED_2];
    await writeRegressions(path, regressions);
    expect(await readRegressions(path)).toEqual(regressions);
  });

  it('of earlier versions are read', async () => {
    const regressions = await save();
    const written = await readFile(regressionsPath(path), 'utf8');
    const earlier = written.replaceAll('{"kind":"normal"', '{"kind":"input"');
    expect(earlier).not.toBe(written);
    await writeFile(regressionsPath(path), earlier);
    expect(await readRegressions(path)).toEqual(regressions);
  });

  it('are all kept when several processes save at once, each once', async () => {
    const shared = ['a', 'b', 'c'];
    const savedBy = (process: number): Regression[] =>
      [...shared, String(process)].map((seed) => ({
        ...SEED_2,
        signature: JSON.stringify(['broken', seed]),
      }));
    const processes = Array.from({ length: 8 }, (_, index) => index);
    const keyOf = ({ signature }: Regression) => signature;
    const added = await Promise.all(
      processes.map((process) => addRegressions(path, savedBy(process), keyOf)),
    );
    const kept = (await readRegressions(path)).map(keyOf);
    const seeds = [...processes.map(String), ...shared];
    expect(kept.toSorted()).toEqual(seeds.map((seed) => JSON.stringify(['broken', seed])));
    expect(added.flat()).toHaveLength(kept.length);
  });

  it('still fail, and say at which step', async () => {
    await save();
    const tried = await tryAfter((source) => source);
    expect(kindByName(tried)).toEqual({ RangeError: 'fails', 'no two twice': 'fails' });
    for (const result of tried) {
      expect(result).toMatchObject({ stepIndex: expect.any(Number) as number });
    }
  });

  it('still fail when the scenario draws something else', async () => {
    await save();
    const tried = await tryAfter((source) =>
      source.replace("genRange('u32', 0, 4)", "genRange('u32', 0, 2)"),
    );
    expect(kindByName(tried)).toEqual({ RangeError: 'fails', 'no two twice': 'fails' });
  });

  it('still fail when the defect has moved to another line', async () => {
    await save();
    const tried = await tryAfter((source) => `// One line more.\n${source}`);
    expect(kindByName(tried)).toEqual({ RangeError: 'fails', 'no two twice': 'fails' });
  });

  it('still fail when their scenario has another name, and their profile is gone', async () => {
    const regressions = (await save()).map((one) => ({ ...one, faults: 'of old' }));
    await writeRegressions(path, regressions);
    const tried = await tryAfter((source) => source.replace("name: 's'", "name: 'renamed'"));
    expect(kindByName(tried)).toEqual({ RangeError: 'fails', 'no two twice': 'fails' });
  });

  it('are skipped if only their missing scenario could judge them', async () => {
    const recorded = (await save()).map((one) => ({ ...one, kind: 'settled' as const }));
    await writeRegressions(path, [...recorded, SEED_2]);
    const tried = await tryAfter((source) => source.replace("name: 's'", "name: 'renamed'"));
    const reason = 'the scenario "s" no longer exists';
    for (const result of tried) expect(result).toMatchObject({ kind: 'untried', reason });
    expect(tried).toHaveLength(3);
  });

  it('that are saved by their number need their fault profile', async () => {
    await writeRegressions(path, [{ ...SEED_2, faults: 'of old' }]);
    const [tried] = await tryAfter((source) => source);
    expect(tried).toMatchObject({ reason: 'the fault profile "of old" no longer exists' });
  });

  it('are broken while the scenario throws, and pass when it no longer does', async () => {
    await writeRegressions(path, [SEED_2]);
    const [thrown] = await tryAfter((source) =>
      source.replace(
        'next: () => (',
        "next: () => { throw new Error('no ideas'); }, other: () => (",
      ),
    );
    expect(thrown).toMatchObject({ kind: 'broken' });
    expect(thrown).toHaveProperty('reason', expect.stringContaining('no ideas'));
    expect(await tryAfter((source) => source)).toMatchObject([{ kind: 'passes' }]);
  });

  it('are skipped when the time is up', async () => {
    const [first] = await save();
    if (!first) throw new Error('something was saved');
    const stop = () => false;
    const subject = await load();
    const { seed } = first;
    for (const errand of [
      { kind: 'try', regression: SEED_2 },
      { kind: 'record', seed, signature: 'never found' },
      { kind: 'trace', seed },
    ] as const) {
      expect(await runErrand(subject, errand, stop)).toMatchObject({ kind: 'untried' });
    }
  });

  it('no longer fail when the machine is corrected', async () => {
    await save();
    const tried = await tryAfter((source) =>
      source.replace("throw new RangeError('three')", 'return ok()'),
    );
    expect(kindByName(tried)).toEqual({ RangeError: 'passes', 'no two twice': 'fails' });
  });

  it('fail if the machine panics at them for another reason', async () => {
    await save();
    const tried = await tryAfter((source) =>
      source.replace(
        'if (input.input === 3)',
        "if (typeof input.input !== 'string') throw new Error('unknown input'); if (input.input === 3)",
      ),
    );
    expect(kindByName(tried)).toEqual({ RangeError: 'fails', 'no two twice': 'fails' });
    for (const result of tried) {
      expect(result).toMatchObject({ stepIndex: 0 });
      expect(result).toHaveProperty('message', expect.stringContaining('Error: unknown input'));
    }
  });

  it('do not need a scenario that understands them', async () => {
    await save();
    const tried = await tryAfter((source) =>
      source
        .replace("throw new RangeError('three')", 'return ok()')
        .replace('observe() {}', "observe() { throw new Error('what is this?'); }"),
    );
    expect(kindByName(tried)).toEqual({ RangeError: 'passes', 'no two twice': 'fails' });
  });

  it('are none without a file', async () => {
    expect(await readRegressions(path)).toEqual([]);
  });

  it.each([
    ['no JSON', '{"phasmoscope'],
    ['no operations', '{"phasmoscope-regression":1}'],
    ['of another kind', '[]'],
    ['without a seed', JSON.stringify({ 'phasmoscope-regression': 2, ...SEED_2, seed: 'two' })],
    [
      'of an invalid seed',
      JSON.stringify({ 'phasmoscope-regression': 2, ...SEED_2, seed: '9'.repeat(30) }),
    ],
    [
      'without a cause',
      JSON.stringify({ 'phasmoscope-regression': 2, ...SEED_2, seed: '2', signature: 'of old' }),
    ],
  ])('are damaged at a line that is %s', async (_, damage) => {
    await save();
    const file = regressionsPath(path);
    const [first, ...others] = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, [first, damage, ...others].join('\n'));
    await expect(readRegressions(path)).rejects.toThrow(`${file} is damaged at line 2`);
  });
});
