import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRun } from '../../engine/run.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import { TraceRecorder } from '../../trace/recorder.ts';
import {
  findFaultProfile,
  findScenario,
  loadMachine,
  type LoadedMachine,
} from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { runCommandLine, runCommandProcess } from '../test-helpers/test-command.ts';
import { currentRuntime } from './runtime.ts';

const PROFILES = Object.keys(FAULT_PROFILES);
const OPERATIONS = 150;
const load = () => loadMachine(pathOfMachine({ kind: 'sample', name: 'dentist-booking' }));

let loaded: LoadedMachine;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-same-'));
  loaded = await load();
});

afterAll(() => rm(folder, { recursive: true }));

/** Records a seed as the host process does: slice by slice. */
async function record(machine: LoadedMachine, seed: bigint, faults: string, slice: number) {
  const { guard, locate, sourceHash } = machine;
  const scenario = findScenario(machine, undefined);
  const profile = findFaultProfile(machine, faults);
  const settings = { scenario, seed, operationsMax: OPERATIONS, faults: profile, locate };
  const run = startRun(machine.machine, settings, { guard });
  const recorder = new TraceRecorder(machine.machine, run, {
    scenario: scenario.name,
    seed,
    operationsMax: OPERATIONS,
    faults,
    sourceHash,
    runtime: currentRuntime(),
    timeLimitMs: machine.watch.limitMs,
  });
  const lines = [recorder.header()];
  while (await run.advance(slice, (step) => lines.push(recorder.step(step))));
  return [...lines, recorder.end()];
}

it('the same seed and profile give the same trace, line for line', async () => {
  const another = await load();
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt(0n, 2n ** 64n - 1n),
      fc.constantFrom(...PROFILES),
      fc.integer({ min: 1, max: 200 }),
      async (seed, faults, slice) => {
        const lines = await record(loaded, seed, faults, Number.POSITIVE_INFINITY);
        expect(await record(loaded, seed, faults, slice)).toEqual(lines);
        expect(await record(another, seed, faults, slice)).toEqual(lines);
      },
    ),
    { numRuns: 15 },
  );
});

describe.concurrent.each(PROFILES)('under %s', (faults) => {
  it('the command line writes the trace that the host writes', async ({ expect: check }) => {
    const out = join(folder, `${faults}.jsonl`);
    const args = ['record', 'dentist-booking', '--seed', '42', '--operations', `${OPERATIONS}`];
    // A separate process makes no difference; one of them shows it.
    const command = faults === 'chaos' ? runCommandProcess : runCommandLine;
    const { status } = await command([...args, '--faults', faults, '--out', out], folder);
    check(status).toBe(faults === 'none' ? 0 : 1);
    const lines = await record(loaded, 42n, faults, 1_000);
    check(await readFile(out, 'utf8')).toBe(lines.map((line) => `${line}\n`).join(''));
  });
});
