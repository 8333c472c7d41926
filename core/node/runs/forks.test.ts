import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../engine/signature.ts';
import type { Executed } from '../../machine/executed.ts';
import { differingParts } from '../../trace/compare/differing-parts.ts';
import { forkOfCrash, GOING_ON, type Fork, type GoingOn } from '../../trace/format/fork.ts';
import { formatStep } from '../../trace/format/format.ts';
import { recordRun, recordStep } from '../../trace/recorder.ts';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import { crashEverywhere, verdictInBrief } from '../../what-if/crash-everywhere.ts';
import { Forks, startFork, type Forked } from '../../what-if/fork.ts';
import { parentInMemory, parentOf, type Parent } from '../../what-if/parent.ts';
import { findFaultProfile, loadMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { everyChange } from '../test-helpers/every-change.ts';
import { planRun, startRecorded, type LoadedPlan } from './planning.ts';

const OPERATIONS = 120;

async function planOf(name: string, faults: string, scenario?: string): Promise<LoadedPlan> {
  const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name }));
  return planRun(loaded, { scenario, operationsMax: OPERATIONS, faults });
}

function subjectOf({ loaded, settings }: LoadedPlan, faults: string) {
  const { machine, guard, locate, sourceHash } = loaded;
  return {
    machine,
    guard,
    locate,
    sourceHash,
    scenario: settings.scenario,
    faults: findFaultProfile(loaded, faults),
  };
}

async function stepsOf(plan: LoadedPlan, faults: string, parent: Parent, fork: Fork) {
  return stepsIn(await startFork(subjectOf(plan, faults), parent, fork));
}

async function stepsIn({ run }: Forked): Promise<readonly Executed[]> {
  const steps: Executed[] = [];
  await run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step));
  return steps;
}

/** The run of a seed as it is read from a trace. */
async function recordedParent(plan: LoadedPlan, seed: bigint): Promise<Parent> {
  const builder = new TraceBuilder();
  await recordRun(await startRecorded(plan, seed), (line) => builder.push(`${line}\n`));
  const { trace } = builder;
  if (!trace) throw new Error('the trace has no header');
  return parentOf(trace);
}

const lineOf = (step: Executed) => formatStep(recordStep(step));

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
            const parent = await parentInMemory(await startRecorded(plan, seed));
            const from = Math.floor(parent.length * share);
            const fork: Fork = { from, changes: [], goesOn };
            const steps = await stepsOf(plan, faults, parent, fork);
            // Of a trace, steps of which nothing must be known are not read.
            const recorded = await recordedParent(plan, seed);
            const ofTrace = await stepsOf(plan, faults, recorded, fork);
            expect(ofTrace.map(lineOf)).toEqual(steps.map(lineOf));
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

  it('forks that share their past are those that take it in one by one', async () => {
    const plan = await planOf(name, faults);
    const subject = subjectOf(plan, faults);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const forkOf = ([place, goesOn]: readonly [number, GoingOn], { length }: Parent): Fork => {
      const draws = goesOn === 'newDraws' ? { seed: '5' } : {};
      return { from: Math.floor(length * place), changes: [], goesOn, ...draws };
    };
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt(0n, 2n ** 64n - 1n),
        fc.array(fc.tuple(share, fc.constantFrom(...GOING_ON)), { minLength: 3, maxLength: 6 }),
        async (seed, given) => {
          const parent = await recordedParent(plan, seed);
          const forks = new Forks(subject, parent);
          for (const fork of given.map((one) => forkOf(one, parent))) {
            const shared = await stepsIn(await forks.start(fork));
            const alone = await stepsIn(await startFork(subject, parent, fork));
            expect(shared.map(lineOf)).toEqual(alone.map(lineOf));
          }
        },
      ),
      { numRuns: 4 },
    );
  });
});

/** Every kind of machine: with plain values, a database, both, a process, and pairs of key and value. */
const KINDS = [
  { kind: 'sample', name: 'dentist-booking' },
  { kind: 'sample', name: 'dentist-booking-unchecked' },
  { kind: 'sample', name: 'dentist-booking-hardened' },
  { kind: 'sample', name: 'payment-ledger-unchecked' },
  { kind: 'sample', name: 'room-reservation-stale-cache' },
  { kind: 'sample', name: 'parcel-locker-python' },
  { kind: 'file', path: fileURLToPath(new URL('../test-helpers/tickets.ts', import.meta.url)) },
] as const;

describe.each(KINDS)('a fork of $kind $name', (ref) => {
  it('is that of the whole run, whatever it changes, and equals it where it changes nothing', async () => {
    const loaded = await loadMachine(pathOfMachine(ref));
    try {
      const plan = await planRun(loaded, { operationsMax: 40, faults: 'chaos' });
      const subject = subjectOf(plan, 'chaos');
      const parent = await parentInMemory(await startRecorded(plan, 3n));
      const { from, changes } = everyChange(parent);
      const linesOf = async (fork: Fork) =>
        (await stepsIn(await startFork(subject, parent, fork))).map(lineOf);
      const own = Array.from({ length: parent.length }, (_, at) => lineOf(parent.step(at)));
      for (const goesOn of ['sameOperations', 'scenario'] as const) {
        expect(await linesOf({ from, changes: [], goesOn })).toEqual(own.slice(from));
      }
      for (const change of changes) {
        const fork = { changes: [change], goesOn: 'sameOperations' } as const;
        const whole = await linesOf({ ...fork, from: 0 });
        const tail = await linesOf({ ...fork, from });
        expect([change, tail]).toEqual([change, whole.slice(from)]);
        expect([change, whole.slice(0, from)]).toEqual([change, own.slice(0, from)]);
      }
    } finally {
      await loaded.close();
    }
  });
});

describe.each([
  ['dentist-booking', 'chaos'],
  ['payment-ledger-unchecked', 'chaos'],
  // The drivers of the others cannot be copied.
  ['coffee-shop', 'chaos'],
  ['room-reservation-stale-cache', 'chaos'],
] as const)('crashing %s under %s everywhere', (name, faults) => {
  it('says what each fork says that is executed by itself', async () => {
    const plan = await planOf(name, faults);
    const subject = subjectOf(plan, faults);
    await fc.assert(
      fc.asyncProperty(fc.bigInt(0n, 2n ** 64n - 1n), async (seed) => {
        const parent = await parentInMemory(await startRecorded(plan, seed));
        const from = Math.max(0, parent.length - 12);
        const { verdicts } = await crashEverywhere(subject, parent, { from });
        expect(verdicts.length).toBeGreaterThan(0);
        for (const verdict of verdicts) {
          const fork = forkOfCrash(verdictInBrief(verdict));
          const steps = await stepsIn(await startFork(subject, parent, fork));
          // What a crash loses is found beside what the steps themselves are found to break.
          const ofSteps = verdict.findings.filter(({ shape }) => shape !== 'crash');
          const found = steps.flatMap(({ findings }) => findings).map(signatureOf);
          if (verdict.verdict !== 'fails') expect(found).toEqual(ofSteps.map(signatureOf));
          else expect(found).toEqual(expect.arrayContaining(ofSteps.map(signatureOf)));
        }
      }),
      { numRuns: 2 },
    );
  });
});
