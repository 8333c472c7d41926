import { planChecks } from '../../engine/check-plan.ts';
import { signatureOf } from '../../engine/signature.ts';
import type { Finding } from '../../machine/executed.ts';
import { RULE_NAMES } from '../../machine/rules.ts';
import type { SweepGroup, SweepReport } from '../../sweep/report.ts';
import { findFaultProfile, type LoadedMachine } from '../machine-loader.ts';
import { recordFailing } from '../shrinking.ts';
import { SweepPool, type SweepOutcome, type SweepPlan, type SweepProgress } from './pool.ts';
import {
  readRegressions,
  regressionsPath,
  tryRegressions,
  writeRegressions,
  type Regression,
} from './regressions.ts';
import type { SweepSettings } from './worker-contract.ts';

/** A sweep that goes on. */
export interface SweepHandle {
  /** @throws {ProblemError} when the machine cannot be loaded, or its regressions are damaged. */
  readonly report: Promise<SweepReport>;
  /** Stops at the next opportunity; the report then holds what was found so far. */
  cancel(): void;
}

/** Sweeps seeds of a machine, after those that are known to have failed. */
export function startSweep(
  loaded: LoadedMachine,
  plan: SweepPlan,
  onProgress?: (progress: SweepProgress) => void,
): SweepHandle {
  const pool = new SweepPool(plan, onProgress);
  return { report: sweep(loaded, plan, pool), cancel: () => pool.cancel() };
}

async function sweep(
  loaded: LoadedMachine,
  plan: SweepPlan,
  pool: SweepPool,
): Promise<SweepReport> {
  const { scenario, faults } = plan.settings;
  const known = (await readRegressions(plan.path)).filter(
    (one) => one.scenario === scenario && one.faults === faults,
  );
  const regressions = await tryRegressions(loaded, known);
  return toReport(loaded, plan, await pool.run(), regressions);
}

function toReport(
  { machine, sourceHash, ...loaded }: LoadedMachine,
  { settings, shard, from }: SweepPlan,
  outcome: SweepOutcome,
  regressions: SweepReport['regressions'],
): SweepReport {
  const { part, broken, elapsedMs, isCancelled } = outcome;
  const { scenario, faults, operationsMax, sampling } = settings;
  const plan = planChecks(
    machine,
    findFaultProfile({ machine, sourceHash, ...loaded }, faults),
    sampling,
  );
  const asked = RULE_NAMES.filter((rule) => plan.rules[rule] !== undefined);
  return {
    machine: machine.name,
    sourceHash,
    scenario,
    faults,
    operationsMax,
    from: from.toString(),
    seeds: part.seeds,
    operations: part.operations,
    steps: part.steps,
    seconds: elapsedMs / 1000,
    stepsPerSecond: Math.round(part.steps / (elapsedMs / 1000)),
    groups: [...part.groups],
    sometimes: Object.entries(part.sometimes).map(([name, seeds]) => ({
      name,
      reached: seeds > 0,
      seeds,
    })),
    checks: {
      ...part.checks,
      rules: Object.fromEntries(asked.map((rule) => [rule, part.checks.rules[rule] ?? 0])),
      ...sampling,
      waivers: machine.waivers ?? {},
    },
    broken: [...broken],
    regressions,
    shards: [shard],
    isCancelled,
  };
}

/**
 * Saves the examples of a sweep beside the machine, each with its operations up to its finding.
 * What is there already for the same cause stays.
 *
 * @returns where they are, and how many are new.
 */
export async function saveRegressions(
  loaded: LoadedMachine,
  path: string,
  settings: SweepSettings,
  groups: readonly SweepGroup[],
): Promise<{ readonly path: string; readonly added: number }> {
  const known = await readRegressions(path);
  const keyOf = ({
    scenario,
    faults,
    signature,
  }: Pick<Regression, 'scenario' | 'faults' | 'signature'>) =>
    JSON.stringify([scenario, faults, signature]);
  const keys = new Set(known.map(keyOf));
  const added: Regression[] = [];
  for (const group of groups) {
    const { scenario, faults } = settings;
    if (keys.has(keyOf({ scenario, faults, signature: group.signature }))) continue;
    const { seed, kind, name, message, signature } = group;
    const { operationsMax } = settings;
    const label = { scenario, faults, seed, operationsMax };
    const isMeant = (finding: Finding) => signatureOf(finding) === signature;
    const failing = await recordFailing(loaded, label, isMeant);
    if (!failing) continue;
    const { operations } = failing;
    added.push({ scenario, faults, seed, kind, name, message, signature, operations });
  }
  if (added.length > 0) await writeRegressions(path, [...known, ...added]);
  return { path: regressionsPath(path), added: added.length };
}
