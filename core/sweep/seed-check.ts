import { CHECK_EVERYTHING, type Sampling } from '../engine/check-plan.ts';
import type { CheckCounts } from '../engine/executor.ts';
import type { Guard } from '../engine/guard.ts';
import { startRun, type Run } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import type { ScenarioRun } from '../engine/simulation.ts';
import type { Executed, Finding } from '../machine/executed.ts';
import type { AnyMachine } from '../machine/machine.ts';
import { addChecks, addGroups, type SweepGroup } from './report.ts';

/** The machine of a sweep, and how its seeds are run. */
export interface SweepSubject {
  readonly machine: AnyMachine;
  readonly guard: Guard;
  readonly settings: Omit<ScenarioRun, 'seed'>;
  readonly sampling: Sampling;
}

/** What came of some seeds. Two of them add up. */
export interface SweepPart {
  readonly seeds: number;
  readonly operations: number;
  readonly steps: number;
  readonly groups: readonly SweepGroup[];
  /** In how many seeds each thing that must be reached now and then was reached. */
  readonly sometimes: Readonly<Record<string, number>>;
  readonly checks: CheckCounts;
}

/** What came of no seeds. */
export const NOTHING_SWEPT: SweepPart = {
  seeds: 0,
  operations: 0,
  steps: 0,
  groups: [],
  sometimes: {},
  checks: { evaluated: 0, carriedOver: 0, skipped: 0, rules: {} },
};

/** Adds up two parts of a sweep. */
export function addParts(one: SweepPart, other: SweepPart): SweepPart {
  const sometimes = { ...one.sometimes };
  for (const [name, seeds] of Object.entries(other.sometimes)) {
    sometimes[name] = (sometimes[name] ?? 0) + seeds;
  }
  return {
    seeds: one.seeds + other.seeds,
    operations: one.operations + other.operations,
    steps: one.steps + other.steps,
    groups: addGroups(one.groups, other.groups),
    sometimes,
    checks: addChecks(one.checks, other.checks),
  };
}

/** Steps between two signs of life, at most: fewer where a machine takes longer than that. */
const SLICE_STEPS_MAX = 100;
const SLICE_MS_MAX = 50;

/** Called now and then while a seed runs; answers whether to go on. */
export type Pulse = (steps: number) => boolean;

/**
 * Runs a seed to its end and gathers what it found, one finding for each cause.
 *
 * A cause that is new, or known from larger seeds only, makes the seed run once more with every
 * check on: its example is the step that a recorded run shows.
 *
 * @returns `undefined` when the pulse stopped it.
 * @throws {ScenarioError} when the scenario throws.
 */
export async function checkSeed(
  subject: SweepSubject,
  seed: bigint,
  isNews: (signature: string) => boolean,
  pulse: Pulse,
): Promise<SweepPart | undefined> {
  const run = start(subject, seed, subject.sampling);
  const found = new Map<string, Found>();
  if (!(await advance(run, pulse, found))) return undefined;
  const isSampled = subject.sampling.rulesEvery > 1 || subject.sampling.invariantsEvery > 1;
  let exact = found;
  if (isSampled && [...found.keys()].some(isNews)) {
    exact = new Map();
    if (!(await advance(start(subject, seed, CHECK_EVERYTHING), pulse, exact))) return undefined;
  }
  const reached = Object.entries(run.sometimes);
  return {
    seeds: 1,
    operations: run.operations,
    steps: run.steps,
    groups: [...found].map(([signature, sampled]) =>
      toGroup(signature, exact.get(signature) ?? sampled, seed),
    ),
    sometimes: Object.fromEntries(reached.map(([name, isReached]) => [name, isReached ? 1 : 0])),
    checks: run.executor.checks,
  };
}

interface Found {
  readonly finding: Finding;
  readonly operations: number;
}

function start({ machine, guard, settings }: SweepSubject, seed: bigint, sampling: Sampling): Run {
  return startRun(machine, { ...settings, seed }, { guard, sampling });
}

async function advance(run: Run, pulse: Pulse, found: Map<string, Found>): Promise<boolean> {
  const add = (finding: Finding) => {
    const signature = signatureOf(finding);
    if (!found.has(signature)) found.set(signature, { finding, operations: run.operations });
  };
  const observe = ({ findings }: Executed) => {
    for (const finding of findings) add(finding);
  };
  for (const finding of run.executor.initialFindings) add(finding);
  let slice = 1;
  for (let hasMore = true, told = 0; hasMore; told = run.steps) {
    const startMs = performance.now();
    const advanced = run.advance(slice, observe);
    hasMore = typeof advanced === 'boolean' ? advanced : await advanced;
    if (!pulse(run.steps - told) && hasMore) {
      run.close();
      return false;
    }
    const isQuick = performance.now() - startMs < SLICE_MS_MAX;
    slice = isQuick ? Math.min(SLICE_STEPS_MAX, slice * 2) : 1;
  }
  return true;
}

function toGroup(signature: string, { finding, operations }: Found, seed: bigint): SweepGroup {
  return { ...finding, signature, count: 1, seed: seed.toString(), operations };
}
