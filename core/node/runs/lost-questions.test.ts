import { expect, it } from 'vitest';
import { signatureOf } from '../../engine/signature.ts';
import type { Executed } from '../../machine/executed.ts';
import type { StepFault } from '../../machine/operation.ts';
import { formatFork, type Fork } from '../../trace/format/fork.ts';
import { crashPointsOf } from '../../what-if/crash-everywhere.ts';
import { Forks } from '../../what-if/fork.ts';
import { parentInMemory, type Parent } from '../../what-if/parent.ts';
import { loadMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { forkSubjectOf } from './fork-subject.ts';
import { planRun, startRecorded } from './planning.ts';

/** Faults that strike inside a step, which a machine must survive. */
const FAULTS: readonly StepFault[] = [
  { kind: 'crashBeforeCommit' },
  { kind: 'crashAtAccess', access: 1 },
  { kind: 'commitFails' },
];

type ForksOf = (step: Executed) => readonly Fork[];

/** A fork for each point of a step at which the process may die; the same operations go on. */
const crashes: ForksOf = (step) =>
  crashPointsOf(step).map(({ change }) => {
    const from = change.kind === 'crash' ? change.after + 1 : change.at;
    return { from, changes: [change], goesOn: 'sameOperations' };
  });

/** A fork for each fault that may strike inside a step. */
const faults: ForksOf = ({ stepIndex, operation: { kind } }) => {
  if (kind !== 'normal' && kind !== 'trackedActionCompleted' && kind !== 'restore') return [];
  return FAULTS.map((fault) => {
    const change = { kind: 'fault', at: stepIndex, fault } as const;
    return { from: stepIndex, changes: [change], goesOn: 'sameOperations' };
  });
};

/** How many forks a run has, and what they find that the run does not. */
async function whatForksFind(
  machine: string,
  seed: bigint,
  operationsMax: number,
  forksOf: ForksOf,
) {
  const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name: machine }));
  const plan = await planRun(loaded, { operationsMax, faults: 'chaos' });
  const parent = await parentInMemory(await startRecorded(plan, seed));
  const known = new Set(parent.findings.map(signatureOf));
  const forks = new Forks(forkSubjectOf(loaded, parent.header), parent);
  const found: string[] = [];
  let count = 0;
  try {
    for (const fork of stepsOf(parent).flatMap(forksOf)) {
      count += 1;
      const { run } = await forks.start(fork);
      await run.advance(Number.POSITIVE_INFINITY, ({ stepIndex, findings }) => {
        for (const one of findings) {
          if (!known.has(signatureOf(one)))
            found.push(`${formatFork(fork)} ${stepIndex}: ${one.name}`);
        }
      });
      run.close();
    }
  } finally {
    forks.close();
  }
  return { count, found };
}

function stepsOf(parent: Parent): readonly Executed[] {
  return Array.from({ length: parent.length }, (_, at) => parent.step(at));
}

// These machines survive all faults: what a fork blames them for was delivered by no external system.
it.each([4n, 6n])(
  'no crash of a run of the hardened dentist is blamed on it: seed %s',
  async (seed) => {
    const { count, found } = await whatForksFind('dentist-booking-hardened', seed, 60, crashes);
    expect(count).toBeGreaterThan(100);
    expect(found).toEqual([]);
  },
);

it('no fault inside a step of a run of the ledger is blamed on it', async () => {
  const { count, found } = await whatForksFind('payment-ledger', 1n, 60, faults);
  expect(count).toBeGreaterThan(100);
  expect(found).toEqual([]);
});
