import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startRun } from '../../engine/run.ts';
import { Verifier } from '../../trace/compare/verify.ts';
import { formatStep } from '../../trace/format/format.ts';
import { recordStep } from '../../trace/recorder.ts';
import { hashValue } from '../../value/hash.ts';
import { applyPatches } from '../../value/patch.ts';
import type { Value } from '../../value/value.ts';
import { findScenario, loadMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { readTraceFile } from './trace-file.ts';

const load = () => loadMachine(pathOfMachine({ kind: 'sample', name: 'dentist-booking' }));

/** Written by the first version of the format: 40 operations of seed 7, with two crashes. */
const FILE = join(import.meta.dirname, '../test-helpers/trace-version-1.jsonl');

it('upgrades a trace of version 1, and steps through it', async () => {
  const { trace, damage } = await readTraceFile(FILE);
  expect(damage).toBeUndefined();
  expect(trace.header).toMatchObject({ faults: 'crashes', rules: ['atomicity'], waivers: {} });
  expect(trace.end).toMatchObject({ steps: 44, operations: 40, sometimes: {} });
  expect(trace.crashSteps).toHaveLength(2);
  expect(trace.glance(0).operation).toBe('normal');
  expect(trace.step(7).operation).toMatchObject({ kind: 'trackedActionCompleted', id: 1 });
  let state = trace.header.initialState;
  for (let at = 0; at < trace.length; at += 1) {
    const { patch, refused } = trace.step(at);
    state = applyPatches(state, [patch]);
    expect(hashValue(trace.stateAt(at))).toBe(hashValue(state));
    expect(trace.stateHashAt(at)).toBe(hashValue(state));
    expect(refused).toEqual([]);
  }
});

it('verifies a trace of version 1', async () => {
  const { trace } = await readTraceFile(FILE);
  const { machine, guard, locate, ...loaded } = await load();
  const scenario = findScenario({ machine, guard, locate, ...loaded }, trace.header.scenario);
  const verifier = new Verifier(trace, machine, { guard, locate, scenario });
  while (await verifier.advance(10));
  expect(verifier.difference).toBeUndefined();
  expect(verifier.steps).toBe(44);
});

/** A line as it was written before version 4. */
function inEarlierWords(line: string): string {
  return line
    .replace('"operation":{"kind":"normal"', '"operation":{"kind":"input"')
    .replace('"operation":{"kind":"trackedActionCompleted"', '"operation":{"kind":"completion"');
}

/** Digests of what was recorded before there were faults, a network and rules. */
it.each([
  ['mixed-operations', 12345n, '1f9e080c70fe00085bafdfdf5e66e806', [66, 1822, 22]],
  ['payment-failures', 11112n, 'ebde82bdaaa051b7fc1cd5d14d341738', [61, 1844, 11]],
])('without faults, %s of seed %i is what it was', async (name, seed, digest, tallies) => {
  const { machine, guard, locate, ...loaded } = await load();
  const scenario = findScenario({ machine, guard, locate, ...loaded }, name);
  const settings = { scenario, seed, operationsMax: 2_000, locate };
  const run = startRun(machine, settings, { guard });
  const lines: Value[] = [];
  await run.advance(Number.POSITIVE_INFINITY, (step) => {
    const { findings: _, ...line } = JSON.parse(inEarlierWords(formatStep(recordStep(step))));
    lines.push(line);
  });
  expect(hashValue(lines, 'whole')).toBe(digest);
  expect(Object.values(run.tallies)).toEqual(tallies);
});
