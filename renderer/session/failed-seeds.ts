import type { RunSettings } from '../../core/contract/tasks.ts';
import type { MachineRef } from '../../core/contract/window.ts';
import { causeWithoutPlace } from '../../core/engine/signature.ts';
import {
  countsAsFailure,
  failedSeedsIn,
  FAILED_SEEDS_MAX,
  type FailedSeed,
  type UntilFailure,
} from '../../core/sweep/mend.ts';
import { SEED_MAX } from '../../core/text/quantities.ts';
import { causesOf } from '../../core/trace/causes.ts';
import { isFork, isShrunk, settingsOf } from './lineage.ts';
import { findMachine } from './machines.ts';
import { isSameMachine, type CauseInBrief, type RunEntry, type SweepEntry } from './model.ts';
import type { Session } from './store.ts';

/** A run may have thousands of causes, each of which would be tried. */
const CAUSES_KEPT_MAX = 20;

/** What failed in a run: by its trace, or by what was kept of it. */
export function failuresOf({ trace, failures = [] }: RunEntry): readonly CauseInBrief[] {
  if (!trace) return failures;
  return causesOf(trace.findings)
    .slice(0, CAUSES_KEPT_MAX)
    .map(({ signature, first: { kind, name, message } }) => ({ kind, name, message, signature }));
}

/** Seeds that failed, as many of them as are tried again. */
export interface FailedSeeds {
  readonly failed: readonly FailedSeed[];
  /** How many more there are. */
  readonly leftOut: number;
}

/**
 * The seeds that failed in the runs and sweeps of a machine, one for each cause and seed.
 *
 * @param inputs the file of inputs that the scenario is of; seeds of other inputs do not count.
 * @param until the causes that count.
 */
export function failedSeedsOf(
  { runs, sweeps }: Pick<Session, 'runs' | 'sweeps'>,
  ref: MachineRef,
  inputs: string | undefined,
  until: UntilFailure,
): FailedSeeds {
  const all = [
    ...runs.filter((run) => isOf(run, ref)).flatMap((run) => failedInRun(run, inputs)),
    ...sweeps
      .filter(({ machine }) => isSameMachine(machine, ref))
      .flatMap((sweep) => failedInSweep(sweep, inputs)),
  ];
  const byKey = new Map<string, FailedSeed>();
  for (const one of all) {
    if (!countsAsFailure(until, one.signature)) continue;
    const key = keyOf(one);
    if (!byKey.has(key)) byKey.set(key, one);
  }
  const failed = [...byKey.values()].slice(0, FAILED_SEEDS_MAX);
  return { failed, leftOut: byKey.size - failed.length + unlistedIn(sweeps, ref, inputs, until) };
}

/** How many seeds failed in sweeps that do not list them: for a cause of several sweeps, the most of one. */
function unlistedIn(
  sweeps: Session['sweeps'],
  ref: MachineRef,
  inputs: string | undefined,
  until: UntilFailure,
): number {
  const most = new Map<string, number>();
  for (const { machine, settings, report, progress } of sweeps) {
    if (!isSameMachine(machine, ref) || settings.inputs !== inputs) continue;
    for (const { signature, count, failing } of report?.groups ?? progress?.groups ?? []) {
      if (!failing || !countsAsFailure(until, signature)) continue;
      const { scenario, faults, operationsMax } = settings;
      const key = keyOf({ scenario, faults, operationsMax, seed: '', signature });
      most.set(key, Math.max(most.get(key) ?? 0, count - failing.length));
    }
  }
  return [...most.values()].reduce((sum, unlisted) => sum + unlisted, 0);
}

function keyOf({
  scenario,
  faults,
  operationsMax,
  seed,
  signature,
}: Omit<FailedSeed, 'kind' | 'name' | 'message'>): string {
  return JSON.stringify([scenario, faults, operationsMax, seed, causeWithoutPlace(signature)]);
}

/** A trace that was read from a file is of the machine with its name. */
function isOf({ origin, trace }: RunEntry, ref: MachineRef): boolean {
  if (origin.kind !== 'file') return isSameMachine(origin.machine, ref);
  const name = trace?.header.machine;
  return name !== undefined && name === findMachine(ref)?.info?.name;
}

function failedInRun(run: RunEntry, inputs: string | undefined): readonly FailedSeed[] {
  const settings = settingsOf(run);
  // A fork has no seed. What was shrunk was the run of its seed.
  if (!settings || settings.inputs !== inputs || isFork(run)) return [];
  const { origin } = run;
  const sought = origin.kind === 'shrunk' ? causeWithoutPlace(origin.signature) : undefined;
  const failures = isShrunk(run)
    ? failuresOf(run).filter(({ signature }) => causeWithoutPlace(signature) === sought)
    : failuresOf(run);
  return failures.map((failure) => ({ ...withoutInputs(settings), ...failure }));
}

function failedInSweep(
  { report, progress, settings }: SweepEntry,
  inputs: string | undefined,
): readonly FailedSeed[] {
  if (settings.inputs !== inputs) return [];
  const groups = report?.groups ?? progress?.groups ?? [];
  const found = failedSeedsIn({ ...settings, groups });
  // What a sweep tried first and passed may fail again.
  return [...found, ...(settings.mend?.failed ?? [])];
}

function withoutInputs({ inputs: _, ...settings }: RunSettings): Omit<RunSettings, 'inputs'> {
  return settings;
}

/** The first of a number of seeds in a row that the session has not run on a machine yet. */
export function newSeedsFrom(
  { runs, sweeps }: Pick<Session, 'runs' | 'sweeps'>,
  ref: MachineRef,
  count: number,
): string {
  const ends = [
    ...runs.flatMap((run) => {
      const seed = isOf(run, ref) ? settingsOf(run)?.seed : undefined;
      return seed === undefined ? [] : [BigInt(seed) + 1n];
    }),
    ...sweeps.filter(({ machine }) => isSameMachine(machine, ref)).map(endOf),
  ];
  const last = SEED_MAX - BigInt(count - 1);
  const free = ends.filter((end) => end <= last);
  return free.reduce((latest, end) => (end > latest ? end : latest), 0n).toString();
}

/** The seed after the last one of a sweep. */
function endOf({ settings, report, progress }: SweepEntry): bigint {
  const run = report ?? progress;
  const seeds = settings.count ?? (run ? run.seeds + run.unfinished : 0);
  return BigInt(settings.from) + BigInt(seeds);
}
