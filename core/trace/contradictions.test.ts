import { describe, expect, it } from 'vitest';
import { driveToEnd } from '../engine/driving.ts';
import { startRun } from '../engine/run.ts';
import { QUICK_DIGESTS, THOROUGH_DIGESTS } from '../limits.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { adder, adderScenario } from '../test-helpers/test-machines.ts';
import { resealed } from '../test-helpers/test-states.ts';
import { TraceRecorder } from './recorder.ts';
import { TraceBuilder } from './trace-builder.ts';

/** @file Lines that contradict themselves, under digests that agree with them. */

const OPERATIONS = 20;

/** The lines of a run under faults, with its header first, and the closing line last. */
async function record(): Promise<readonly string[]> {
  const machine = adder();
  const settings = { scenario: adderScenario, seed: 3n, operationsMax: OPERATIONS };
  const run = startRun(machine, { ...settings, faults: FAULT_PROFILES.chaos });
  const label = { ...settings, scenario: 'adder', faults: 'chaos' };
  const recorder = new TraceRecorder(machine, run, label);
  const lines = [recorder.header()];
  await driveToEnd(run, { observe: (step) => lines.push(recorder.step(step)) });
  return [...lines, recorder.end()];
}

/** What is wrong with lines, according to how thoroughly they are read. */
function problemOf(
  lines: readonly string[],
  digests: typeof QUICK_DIGESTS | typeof THOROUGH_DIGESTS = QUICK_DIGESTS,
): string | undefined {
  const builder = new TraceBuilder({ digests });
  try {
    builder.push(resealed(lines.join('\n')));
    builder.finish();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('counts of checks', () => {
  const withChecks = async (change: (checks: Record<string, unknown>) => object) => {
    const lines = await record();
    const closing = JSON.parse(lines.at(-1) ?? '') as {
      readonly end: { readonly checks: Record<string, unknown> };
    };
    const { end } = closing;
    const checks = { ...end.checks, ...change(end.checks) };
    return [...lines.slice(0, -1), JSON.stringify({ ...closing, end: { ...end, checks } })];
  };
  const LARGE = 9_007_199_254_740_991;

  it('are those of a run as they were recorded', async () => {
    expect(problemOf(await withChecks(() => ({})))).toBeUndefined();
  });

  it.each([
    ['of invariants', () => ({ evaluated: LARGE })],
    ['of states that were carried over', () => ({ carriedOver: 1_000 })],
    ['of a settled property', () => ({ settled: { 'all is well': LARGE } })],
    [
      'of a rule',
      ({ rules }: Record<string, unknown>) => ({
        rules: { ...(rules as object), atomicity: LARGE },
      }),
    ],
  ])('are refused where a run of that length cannot have had them (%s)', async (_, change) => {
    expect(problemOf(await withChecks(change))).toMatch(
      /checks: the closing line says .* checks of ".*", which \d+ steps cannot have had$/,
    );
  });
});

describe('a name that stands twice in an object of a line', () => {
  const twice = async (at: number) => {
    const lines = await record();
    return lines.with(at, (lines[at] ?? '').replace(/^\{("\w[^"]*":)/, '{$1 0,$1'));
  };

  it('is refused in the header', async () => {
    expect(problemOf(await twice(0))).toMatch(
      /^Line 1: the key "phasmoscope-trace" is there twice/,
    );
  });

  it('is refused in a step where the whole trace counts', async () => {
    expect(problemOf(await twice(3), THOROUGH_DIGESTS)).toMatch(
      /^Line 4: the key "step" is there twice/,
    );
    expect(problemOf(await record(), THOROUGH_DIGESTS)).toBeUndefined();
  });
});
