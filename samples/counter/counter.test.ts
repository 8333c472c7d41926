import type { Executed } from 'phasmoscope';
import { replay, runSeed } from 'phasmoscope/testing';
import { describe, expect, it } from 'vitest';
import { machine as counter } from './index.ts';
import { COUNTER_MAX, counterFrom, type Counter } from './machine.ts';

const increment = { kind: 'normal', input: 'Increment' } as const;

/** The only step of a counter that begins at a value. */
async function incrementFrom(start: bigint): Promise<Executed<Counter>> {
  const machine = counterFrom(start, { name: 'counter', description: 'A counter.' });
  const operations = [increment];
  const [step] = await replay<Counter>({
    machine: { machine },
    faults: 'none',
    operations,
  });
  if (!step) throw new Error('there is a step');
  return step;
}

describe('the machine', () => {
  it('begins at zero', () => {
    expect(counter.initialState()).toEqual({ counter: 0n });
  });

  it('counts one up, and logs the values before and after', async () => {
    const { outcome, actions, after } = await incrementFrom(0n);
    expect(outcome).toEqual({ kind: 'ok' });
    expect(actions).toEqual([
      { kind: 'untracked', action: { kind: 'Incremented', from: 0n, to: 1n } },
    ]);
    expect(after).toEqual({ counter: 1n });
  });

  it('counts exactly where a number would not', async () => {
    expect((await incrementFrom(2n ** 53n)).after).toEqual({ counter: 2n ** 53n + 1n });
  });

  it('reaches the largest number of 64 bits', async () => {
    expect((await incrementFrom(COUNTER_MAX - 1n)).after).toEqual({
      counter: 18_446_744_073_709_551_615n,
    });
  });

  it('refuses to count beyond it', async () => {
    const { outcome, actions, before, after } = await incrementFrom(COUNTER_MAX);
    expect(outcome).toEqual({ kind: 'err', error: { kind: 'Overflow' } });
    expect(actions).toEqual([]);
    expect(after).toBe(before);
  });
});

const PROFILES = ['none', 'crashes', 'delivery', 'storage', 'chaos'];

describe.each([
  ['index.ts', []],
  ['near-limit.ts', ['an increment beyond the limit']],
])('%s', (file, mustReach) => {
  it.each(PROFILES)('keeps every rule and invariant under %s', async (faults) => {
    const machine = new URL(file, import.meta.url);
    for (let seed = 0; seed < 3; seed += 1) {
      const { findings, sometimes } = await runSeed({ machine, seed, operations: 200, faults });
      expect(findings).toEqual([]);
      expect(sometimes).toEqual(Object.fromEntries(mustReach.map((name) => [name, true])));
    }
  });
});

it('counts increments and refusals', async () => {
  const machine = new URL('near-limit.ts', import.meta.url);
  const { tallies } = await runSeed({ machine, seed: 1, operations: 100, faults: 'none' });
  expect(tallies).toEqual({ increments: 10, overflows: 90 });
});
