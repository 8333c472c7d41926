import { expect, it, vi } from 'vitest';
import { driveToEnd } from '../engine/driving.ts';
import { startRun } from '../engine/run.ts';
import type * as limits from '../limits.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { adder, adderScenario } from '../test-helpers/test-machines.ts';
import { resealed } from '../test-helpers/test-states.ts';
import { TraceRecorder } from './recorder.ts';
import { TraceBuilder } from './trace-builder.ts';

/** @file The limits that no test could reach otherwise: files of gigabytes, millions of steps. */

vi.mock('../limits.ts', async (importOriginal) => ({
  ...(await importOriginal<typeof limits>()),
  STEPS_MAX: 12,
  STEP_FINDINGS_MAX: 4,
  FINDINGS_MAX: 6,
  SPANS_MAX: 3,
}));

/** The lines of a run without its findings, with its header first, and the closing line last. */
function record(operationsMax: number): readonly string[] {
  const machine = adder();
  const settings = { scenario: adderScenario, seed: 3n, operationsMax };
  const run = startRun(machine, { ...settings, faults: FAULT_PROFILES.none });
  const label = { ...settings, scenario: 'adder', faults: 'none' };
  const recorder = new TraceRecorder(machine, run, label);
  const lines = [recorder.header()];
  void driveToEnd(run, {
    observe: (step) => lines.push(recorder.step({ ...step, findings: [], recovered: [] })),
  });
  return [...lines, recorder.end()];
}

/** Reads lines after something was added to each of some steps. */
function read(
  lines: readonly string[],
  change: object,
  steps: readonly number[],
  charsMax?: number,
) {
  const changed = lines.map((line, at) =>
    steps.includes(at - 1) ? JSON.stringify({ ...(JSON.parse(line) as object), ...change }) : line,
  );
  const builder = new TraceBuilder(charsMax === undefined ? {} : { charsMax });
  let problem: string | undefined;
  try {
    builder.push(resealed(changed.join('\n')));
    builder.finish();
  } catch (error) {
    problem = (error as Error).message;
  }
  return { problem, steps: builder.trace?.length };
}

const [invariant = ''] = Object.keys(adder().invariants);
const found = { kind: 'invariant', name: invariant, message: 'It fails.' };
const findings = (count: number) => ({ findings: Array.from({ length: count }, () => found) });
const tracked = { actions: [1, 2].map((id) => ({ kind: 'tracked', id, action: 'x' })) };

it.each([
  ['the steps of a trace', record(20), {}, [], 'a trace has at most 12 steps', 12],
  ['the findings of a step', record(8), findings(5), [2], 'a step has at most 4 findings', 2],
  [
    'the findings of a trace',
    record(8),
    findings(3),
    [1, 3, 6],
    'a trace has at most 6 findings',
    6,
  ],
  ['the tracked actions', record(8), tracked, [2, 5], 'a trace has at most 3 tracked actions', 5],
])('are limited, and what was readable is: %s', (_, lines, change, steps, problem, readable) => {
  expect(read(lines, change, steps)).toEqual({
    problem: expect.stringContaining(problem),
    steps: readable,
  });
});

it('the characters of a trace are limited, and what was readable is', () => {
  const lines = record(8);
  const charsMax = lines.slice(0, 5).join('\n').length + 1;
  expect(read(lines, {}, [], charsMax)).toEqual({
    problem: expect.stringContaining(`Line 6: a trace has at most`),
    steps: 4,
  });
});
