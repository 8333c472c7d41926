import { planChecks } from '../../engine/check-plan.ts';
import { RULE_NAMES } from '../../machine/rules.ts';
import {
  type BrokenSeed,
  type SweepGroup,
  type SweepReport,
  type TriedRegression,
  partOfCovered,
  partOfPhases,
} from '../../sweep/report.ts';
import { isSought, type Sought } from '../../sweep/sought.ts';
import { addBroken } from '../../sweep/sums.ts';
import { coverageOfSwept } from '../coverage/coverage.ts';
import { findFaultProfile, type LoadedMachine } from '../load/machine-loader.ts';
import { SweepPool, type SweepOutcome, type SweepPlan, type SweepProgress } from './pool.ts';
import { readRegressions, type Regression } from './regressions.ts';
import type { ErrandResult } from './worker-contract.ts';

/** A running sweep. */
export interface SweepHandle {
  /** @throws {ProblemError} when the machine cannot be loaded, or its regressions are damaged. */
  readonly report: Promise<SweepReport>;
  /** Stops at the next opportunity; the report then holds the findings so far. */
  cancel(): void;
}

/**
 * Sweeps seeds of a machine, after the saved seeds.
 *
 * @param failed further seeds that are tried first.
 */
export function startSweep(
  loaded: LoadedMachine,
  plan: SweepPlan,
  onProgress?: (progress: SweepProgress) => void,
  failed: readonly Regression[] = [],
): SweepHandle {
  let pool: SweepPool | undefined;
  let isCancelled = false;
  const sweep = async () => {
    const { until, sought } = plan;
    const known = [...failed, ...(await readRegressions(plan.path))].filter(
      ({ signature }) => !sought || isSought(sought, signature),
    );
    const isAnyCause = until !== undefined && until.causes === undefined && !sought;
    const errands = known.map((regression) => ({ kind: 'try', regression, isAnyCause }) as const);
    pool = new SweepPool(plan, onProgress, errands);
    if (isCancelled) pool.cancel();
    return toReport(loaded, plan, await pool.run(), known);
  };
  return {
    report: sweep(),
    cancel() {
      isCancelled = true;
      pool?.cancel();
    },
  };
}

async function toReport(
  loaded: LoadedMachine,
  { settings, shard, from, count, timeBudgetMs, sought }: SweepPlan,
  outcome: SweepOutcome,
  known: readonly Regression[],
): Promise<SweepReport> {
  const { part, elapsedMs, isCancelled, errandResults, code } = outcome;
  const coverage = code && (await coverageOfSwept(loaded, code));
  const { machine, sourceHash } = loaded;
  const { scenario, faults, operationsMax, sampling } = settings;
  const plan = planChecks(machine, findFaultProfile(loaded, faults), sampling);
  const asked = RULE_NAMES.filter((rule) => plan.rules[rule] !== undefined);
  const tried = known.map((regression, at) => toTried(regression, errandResults[at]));
  const broken = known.flatMap((regression, at) => toBroken(regression, errandResults[at]));
  return {
    machine: machine.name,
    sourceHash,
    scenario,
    faults,
    operationsMax,
    from: from.toString(),
    ...(count === undefined ? {} : { count }),
    ...(timeBudgetMs === undefined ? {} : { timeBudgetMs }),
    seeds: part.seeds,
    unfinished: part.unfinished,
    endedEarly: part.endedEarly,
    operations: part.operations,
    steps: part.steps,
    ...(part.unasked ? { unasked: part.unasked } : {}),
    seconds: elapsedMs / 1000,
    stepsPerSecond: Math.round(part.steps / (elapsedMs / 1000)),
    ...partOfGroups(part.groups, sought),
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
    ...partOfPhases(part.phases),
    ...partOfCovered(coverage?.sources.map(({ text: _, ...covered }) => covered)),
    ...addBroken(outcome, { broken, brokenMore: 0 }),
    regressions: tried,
    shards: [{ ...shard, isCancelled }],
    isCancelled,
    ...(outcome.endedAtFailure ? { endedAtFailure: true } : {}),
  };
}

/** The findings that are asked about, apart from others. */
function partOfGroups(
  groups: readonly SweepGroup[],
  sought: Sought | undefined,
): Pick<SweepReport, 'groups' | 'sought' | 'others'> {
  if (!sought) return { groups: [...groups] };
  const isAsked = ({ signature }: SweepGroup) => isSought(sought, signature);
  return {
    groups: groups.filter(isAsked),
    sought,
    others: groups.filter((group) => !isAsked(group)),
  };
}

function toTried(regression: Regression, result: ErrandResult | undefined): TriedRegression {
  const { scenario, faults, kind, name, message, signature } = regression;
  const seed = regression.seed.toString();
  const tried = { scenario, faults, seed, kind, name, message, signature, fails: false };
  if (result?.kind === 'untried') return { ...tried, untried: result.reason };
  if (result?.kind === 'broken') return { ...tried, fails: true, message: result.reason };
  if (result?.kind !== 'fails') return tried;
  const { kind: _, ...failure } = result;
  return { ...tried, fails: true, ...failure };
}

function toBroken(
  { seed, name }: Regression,
  result: ErrandResult | undefined,
): readonly BrokenSeed[] {
  return result?.kind === 'broken'
    ? [{ seed: seed.toString(), reason: result.reason, saved: name }]
    : [];
}
