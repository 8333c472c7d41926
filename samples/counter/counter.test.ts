import { join } from 'node:path';
import type { Executed } from 'phasmoscope';
import { describe, expect, it } from 'vitest';
import { replaySource } from '../../core/engine/replay.ts';
import { Run, startRun } from '../../core/engine/run.ts';
import { FAULT_PROFILES } from '../../core/machine/faults.ts';
import { findScenario, loadMachine } from '../../core/node/load/machine-loader.ts';
import { machine } from './index.ts';
import { COUNTER_MAX, counterFrom, type Counter } from './machine.ts';

const increment = { kind: 'normal', input: 'Increment' } as const;

/** The only step of a counter that begins at a value. */
function incrementFrom(start: bigint): Executed<Counter> {
  const counter = counterFrom(start, { name: 'counter', description: 'A counter.' });
  const steps: Executed<Counter>[] = [];
  void new Run(counter, replaySource([increment])).advance(1, (step) => {
    steps.push(step as Executed<Counter>);
  });
  const [step] = steps;
  if (!step) throw new Error('there is a step');
  return step;
}

describe('the machine', () => {
  it('begins at nothing', () => {
    expect(machine.initialState()).toEqual({ counter: 0n });
  });

  it('counts one up, and says from where to where', () => {
    const { outcome, actions, after } = incrementFrom(0n);
    expect(outcome).toEqual({ kind: 'ok' });
    expect(actions).toEqual([
      { kind: 'untracked', action: { kind: 'Incremented', from: 0n, to: 1n } },
    ]);
    expect(after).toEqual({ counter: 1n });
  });

  it('counts exactly where a number would not', () => {
    expect(incrementFrom(2n ** 53n).after).toEqual({ counter: 2n ** 53n + 1n });
  });

  it('reaches the largest number of 64 bits', () => {
    expect(incrementFrom(COUNTER_MAX - 1n).after).toEqual({ counter: 18_446_744_073_709_551_615n });
  });

  it('refuses to count beyond it', () => {
    const { outcome, actions, before, after } = incrementFrom(COUNTER_MAX);
    expect(outcome).toEqual({ kind: 'err', error: { kind: 'Overflow' } });
    expect(actions).toEqual([]);
    expect(after).toBe(before);
  });
});

const PROFILES = Object.keys(FAULT_PROFILES) as readonly (keyof typeof FAULT_PROFILES)[];

describe.each([
  ['index.ts', []],
  ['near-limit.ts', ['an increment beyond the limit']],
])('%s', (file, mustReach) => {
  it.each(PROFILES)('keeps every rule and invariant under %s', async (profile) => {
    const loaded = await loadMachine(join(import.meta.dirname, file));
    const scenario = findScenario(loaded, undefined);
    const findings: unknown[] = [];
    for (let seed = 0n; seed < 3n; seed += 1n) {
      const faults = FAULT_PROFILES[profile];
      const settings = { scenario, seed, operationsMax: 200, faults, locate: loaded.locate };
      const run = startRun(loaded.machine, settings, { guard: loaded.guard });
      void run.advance(Number.POSITIVE_INFINITY, (step) => findings.push(...step.findings));
      expect(run.sometimes).toEqual(Object.fromEntries(mustReach.map((name) => [name, true])));
    }
    expect(findings).toEqual([]);
  });
});

it('counts increments and refusals', async () => {
  const loaded = await loadMachine(join(import.meta.dirname, 'near-limit.ts'));
  const scenario = findScenario(loaded, undefined);
  const run = startRun(loaded.machine, { scenario, seed: 1n, operationsMax: 100 });
  void run.advance(Number.POSITIVE_INFINITY);
  expect(run.tallies).toEqual({ increments: 10, overflows: 90 });
});
