import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../machine/finding.ts';
import { ProblemError } from '../../problem.ts';
import type { ShrinkProgress } from '../../shrink/shrink.ts';
import { expectReproduced, expectShrunk } from '../../test-helpers/test-shrinking.ts';
import { exportTestCommand } from '../cli/export-test-command.ts';
import { shrinkCommand } from '../cli/shrink-command.ts';
import { writeTraceFile } from '../files/trace-writer.ts';
import { planRun } from '../runs/planning.ts';
import { NOT_REPRODUCIBLE, recordFailing, shrinkRecord } from '../runs/shrinking.ts';
import { reproduce } from '../testing.ts';
import { findScenario, withMachine } from './machine-loader.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-shrinking-'));
});

afterAll(() => rm(folder, { recursive: true }));

const MACHINE = `
import { defineMachine, defineScenario, err, ok } from 'phasmoscope';
interface Types { State: { sum: number }; Input: { kind: 'add'; amount: number }; Id: number; Tracked: never; Untracked: never; Result: never; Rejection: 'refused' }
let calls = 0;
export const machine = defineMachine<Types>({
  name: 'sum',
  description: 'Adds numbers.',
  initialState: () => ({ sum: 0 }),
  stf(state, given) {
    if (given.kind !== 'normal') return err('refused');
    const { amount } = given.input;
    calls += 1;
    if (CONDITION) return err('refused');
    state.update((draft) => { draft.sum += amount; });
    return ok();
  },
  restore: () => ok(),
  invariants: { 'the sum is small': ({ sum }) => sum < LIMIT },
});
export const scenarios = [defineScenario<Types>({
  name: 'adds',
  description: 'Adds.',
  defaults: { seed: '1', operations: 60 },
  isPossible: () => true,
  start: (random) => ({
    next: () => ({ kind: 'normal', input: { kind: 'add', amount: random.genRange('i32', 100, 1000) } }),
    observe() {},
    tallies: () => ({}),
  }),
})];
`;

interface Kind {
  readonly name: string;
  /** When the machine refuses. */
  readonly condition?: string;
  /** What its sum must be below. */
  readonly limit?: number;
}

async function write({ name, condition = 'false', limit = 1e9 }: Kind): Promise<string> {
  const path = join(folder, `${name}.ts`);
  const source = MACHINE.replace('CONDITION', condition).replace('LIMIT', String(limit));
  await writeFile(path, source);
  return path;
}

const choice = { scenario: 'adds', operationsMax: 60, faults: 'none' };

/** Shrinks a seed of a machine file to a finding, and checks what is left of it. */
async function shrinkFile(path: string, wanted: string) {
  const progress: ShrinkProgress[] = [];
  const shrinking = await withMachine(path, async (loaded) => {
    const plan = await planRun(loaded, choice);
    const failing = await recordFailing(plan, 1n, ({ name }: Finding) => name === wanted);
    if (!failing) throw new Error(`the seed breaks "${wanted}"`);
    const onProgress = (each: ShrinkProgress) => void progress.push(each);
    return { failing, ...(await shrinkRecord(loaded, failing, { onProgress })) };
  });
  const { failing, lines, shrunk } = shrinking;
  expectShrunk(failing, shrunk);
  await withMachine(path, async (loaded) => {
    const { machine, guard, locate } = loaded;
    const scenario = findScenario(loaded, undefined);
    await expectReproduced(lines, failing, machine, { scenario, guard, locate });
  });
  const { operations } = shrunk;
  const found = await reproduce({ machine: path, ...choice, operations });
  expect(found.map(({ name }) => name)).toContain(wanted);
  return { operations, progress };
}

describe('a machine that counts in a variable of its module', () => {
  it.each([
    // Each step is executed twice: the third call is the first of the second step, the fourth another.
    ['calls % 3 === 0', 2],
    ['calls > 1', 1],
    ['calls > 21', 11],
  ])('is shrunk to where it is found not to be deterministic: %s', async (condition, steps) => {
    const path = await write({ name: `counts ${condition.replaceAll(/\W+/g, '-')}`, condition });
    const { operations, progress } = await shrinkFile(path, 'determinism');
    expect(operations).toHaveLength(steps);
    for (const operation of operations) {
      expect(operation).toEqual({ kind: 'normal', input: { kind: 'add', amount: 0 } });
    }
    expect(progress.at(-1)?.isAfresh).toBe(true);
  });

  it('is not loaded anew where that changes nothing', async () => {
    const path = await write({ name: 'harmless', limit: 2_000 });
    const { operations, progress } = await shrinkFile(path, 'the sum is small');
    expect(operations.length).toBeLessThanOrEqual(3);
    expect(progress.some(({ isAfresh }) => isAfresh)).toBe(false);
  });
});

describe('an invariant that fails in the initial state', () => {
  it('is shrunk to a run of no steps', async () => {
    const path = await write({ name: 'initial', limit: 0 });
    const { operations } = await shrinkFile(path, 'the sum is small');
    expect(operations).toEqual([]);
  });

  it('is written to a trace and from there to a test', async () => {
    const path = await write({ name: 'initial', limit: 0 });
    const [out, again] = [join(folder, 'initial.jsonl'), join(folder, 'again.jsonl')];
    const options = { ...choice, seed: 1n, operations: 60 };
    await shrinkCommand(path, { ...options, out });
    await shrinkCommand(out, { machine: path, out: again });
    expect(await readFile(again, 'utf8')).toBe(await readFile(out, 'utf8'));
    const test = join(folder, 'initial.test.ts');
    await exportTestCommand(out, { machine: path, out: test });
    const source = await readFile(test, 'utf8');
    expect(source).toContain('It was found in the initial state:');
    expect(source).toContain('operations: [],');
  });
});

it('says what may be the matter when a run does not fail again', async () => {
  const path = await write({ name: 'changed', limit: 0 });
  const trace = join(folder, 'changed.jsonl');
  const { lines } = await withMachine(path, async (loaded) => {
    const failing = await recordFailing(await planRun(loaded, choice), 1n, () => true);
    if (!failing) throw new Error('the initial state fails');
    return shrinkRecord(loaded, failing);
  });
  await writeTraceFile(trace, lines);
  await write({ name: 'changed' });
  const options = { machine: path, out: join(folder, 'none.jsonl') };
  const error: unknown = await shrinkCommand(trace, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProblemError);
  expect((error as ProblemError).problem.remedy).toBe(NOT_REPRODUCIBLE);
  expect(NOT_REPRODUCIBLE).toContain('a variable of its module');
});
