import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Executed } from '../../machine/executed.ts';
import type { Fork } from '../../trace/fork.ts';
import { differingParts } from '../../trace/format.ts';
import { recordStep } from '../../trace/recorder.ts';
import { startFork } from '../../what-if/fork.ts';
import { parentInMemory, type Parent } from '../../what-if/parent.ts';
import { findFaultProfile, loadMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { planRun, startRecorded, type LoadedPlan } from './planning.ts';

const OPERATIONS = 120;

async function planOf(name: string, faults: string, scenario?: string): Promise<LoadedPlan> {
  const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name }));
  return planRun(loaded, { scenario, operationsMax: OPERATIONS, faults });
}

function subjectOf({ loaded, settings }: LoadedPlan, faults: string) {
  const { machine, guard, locate } = loaded;
  return {
    machine,
    guard,
    locate,
    scenario: settings.scenario,
    faults: findFaultProfile(loaded, faults),
  };
}

async function stepsOf(plan: LoadedPlan, faults: string, parent: Parent, fork: Fork) {
  const { run } = await startFork(subjectOf(plan, faults), parent, fork);
  const steps: Executed[] = [];
  await run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step));
  return steps;
}

const MACHINES = [
  ['dentist-booking', 'none'],
  ['dentist-booking', 'chaos'],
  ['dentist-booking', 'storage'],
  ['dentist-booking-unchecked', 'none'],
  ['dentist-booking-hardened', 'chaos'],
  ['payment-ledger-unchecked', 'chaos'],
  ['coffee-shop', 'chaos'],
] as const;

describe.each(MACHINES)('%s under %s', (name, faults) => {
  it.each(['sameOperations', 'scenario'] as const)(
    'a fork without a change that goes on with %s equals its parent, hash for hash',
    async (goesOn) => {
      const plan = await planOf(name, faults);
      await fc.assert(
        fc.asyncProperty(
          fc.bigInt(0n, 2n ** 64n - 1n),
          fc.double({ min: 0, max: 1, noNaN: true }),
          async (seed, share) => {
            const parent = await parentInMemory(startRecorded(plan, seed));
            const from = Math.floor(parent.length * share);
            const steps = await stepsOf(plan, faults, parent, { from, changes: [], goesOn });
            expect(steps).toHaveLength(parent.length - from);
            for (const step of steps) {
              const expected = recordStep(parent.step(step.stepIndex));
              const differing = differingParts(recordStep(step), expected, () =>
                parent.stateAt(step.stepIndex - 1),
              );
              expect({ at: step.stepIndex, differing }).toEqual({
                at: step.stepIndex,
                differing: [],
              });
            }
          },
        ),
        { numRuns: 12 },
      );
    },
  );
});
