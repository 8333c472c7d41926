import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Executed } from 'phasmoscope';
import { checkConformance, checkSeeds, recordSeed } from 'phasmoscope/testing';
import { describe, expect, it } from 'vitest';

const PYTHON = 'python3';
const isMissing = spawnSync(PYTHON, ['--version']).status !== 0;
const why = isMissing ? ' (skipped: there is no python3)' : '';
const machine = join(import.meta.dirname, 'index.ts');

/** A run of the locker under chaos, as lines of its trace and as steps. */
async function record(seed: bigint, operations: number) {
  const steps: Executed[] = [];
  const choice = { machine, seed, operations, faults: 'chaos' };
  const { lines, sometimes } = await recordSeed(choice, (step) => steps.push(step));
  return { lines, steps, reached: sometimes };
}

describe.skipIf(isMissing)(`the parcel locker in Python${why}`, () => {
  it('is sound under all faults and all rules', async () => {
    expect(await checkSeeds({ machine, faults: 'chaos', seeds: 6, operations: 300 })).toEqual([]);
  });

  it('gives the same trace for the same seed, in another process', async () => {
    const [one, other] = [await record(7n, 400), await record(7n, 400)];
    expect(one.lines).toEqual(other.lines);
  });

  it('is crashed and restored, has actions refused, and gets results of jammed doors', async () => {
    const { steps, reached } = await record(3n, 600);
    const kinds = new Set(steps.map(({ operation }) => operation.kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['crash', 'restore', 'loss', 'settled']));
    const restored = steps.filter(
      ({ operation, actions }) => operation.kind === 'restore' && actions.length > 0,
    );
    expect(restored).not.toEqual([]);
    const errors = steps.flatMap(({ outcome }) => (outcome.kind === 'err' ? [outcome.error] : []));
    expect(errors).toContainEqual(expect.objectContaining({ kind: 'ActionRefused' }));
    expect(reached).toEqual({
      'a locker without a free box': true,
      'a crash with a door open': true,
    });
  });

  it('tells and takes back every change of a state', () => {
    const script = join(import.meta.dirname, 'phasm_state_test.py');
    const { stdout, stderr } = spawnSync(PYTHON, [script], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['400 seeds\n', '']);
  });

  it('keeps the protocol', async () => {
    const start = {
      command: [PYTHON, 'machine.py'],
      folder: import.meta.dirname,
      timeLimitMs: 5_000,
    };
    const store = (parcel: string) =>
      ({ kind: 'normal', input: { kind: 'Store', parcel, size: 'small' } }) as const;
    const opened = { kind: 'trackedActionCompleted', id: 1, result: 'Opened' } as const;
    const jammed = { kind: 'trackedActionCompleted', id: 2, result: 'Jammed' } as const;
    const inputs = [store('P1'), store('P1'), opened, store('P2'), jammed];
    const checks = await checkConformance(start, inputs);
    expect(checks.filter(({ status }) => status !== 'passed')).toEqual([]);
  });
});
