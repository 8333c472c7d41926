import { assertNever } from '../../assert.ts';
import { CHECK_EVERYTHING, planChecks } from '../../engine/check-plan.ts';
import { driveToFinding, type Pulse } from '../../engine/driving.ts';
import { startReplay, startSeed, type Run } from '../../engine/run.ts';
import { causeWithoutPlace, signatureOf } from '../../engine/signature.ts';
import { faultProfilesOf, FAULT_PROFILES } from '../../machine/faults.ts';
import type { Finding } from '../../machine/finding.ts';
import type { Operation } from '../../machine/operation.ts';
import { ShrinkError } from '../../shrink/shrink.ts';
import { SelfExplainingError } from '../../thrown.ts';
import type { Claim } from '../../trace/questions/claims.ts';
import { recordRun } from '../../trace/recorder.ts';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { judgeTrace } from '../runs/judging.ts';
import { minimalRunOf, type ShrinkExample } from '../runs/minimal-run.ts';
import { startRecorded, type LoadedPlan } from '../runs/planning.ts';
import type { Regression } from './regressions.ts';
import { NO_TIME, type Errand, type ErrandResult } from './worker-contract.ts';

/** Carries out an errand. A scenario that throws is part of the result. */
export async function runErrand(
  plan: LoadedPlan,
  errand: Errand,
  pulse: Pulse,
): Promise<ErrandResult> {
  try {
    switch (errand.kind) {
      case 'try':
        return await tryRegression(plan.loaded, errand, pulse);
      case 'record':
        return await recordExample(plan, errand, pulse);
      case 'trace':
        return await traceSeed(plan, errand.seed, pulse);
      case 'shrink':
        return await shrinkExample(plan, errand, pulse);
      case 'ask':
        return await askSeed(plan, errand, pulse);
      default:
        return assertNever(errand, 'errand');
    }
  } catch (error) {
    if (error instanceof SelfExplainingError) return { kind: 'broken', reason: error.message };
    throw error;
  }
}

/**
 * Runs a failed seed with every check on, to see whether it still fails for its cause, or for any. A seed that
 * was saved with its operations needs neither its scenario nor its fault profile to exist still.
 */
async function tryRegression(
  loaded: LoadedMachine,
  { regression, isAnyCause = false }: Errand & { readonly kind: 'try' },
  pulse: Pulse,
): Promise<ErrandResult> {
  const run = startRegression(loaded, regression);
  if (typeof run === 'string') return { kind: 'untried', reason: run };
  const sought = causeWithoutPlace(regression.signature);
  const isCause = (one: Finding) => causeWithoutPlace(signatureOf(one)) === sought;
  const counts = isAnyCause ? () => true : isCause;
  let panic: Finding | undefined;
  const { finding, isStopped } = await driveToFinding(run, counts, {
    observe: ({ findings }) => {
      panic ??= findings.find(({ kind }) => kind === 'panic');
    },
    pulse,
  });
  if (finding) {
    const { stepIndex, name, message } = finding;
    return isCause(finding)
      ? { kind: 'fails', stepIndex, message }
      : { kind: 'fails', stepIndex, message: `${name}: ${message}`, isOtherwise: true };
  }
  if (isStopped) return NO_TIME;
  if (!panic || !('operations' in regression)) return PASSES;
  const { stepIndex } = panic;
  return { kind: 'fails', stepIndex, message: insteadOf(panic), isOtherwise: true };
}

const PASSES: ErrandResult = { kind: 'passes' };

/** The machine may expect other inputs by now; the panic says nothing about the cause then. */
function insteadOf({ name, message, stepIndex }: Finding): string {
  return (
    `No longer for this cause, but it panics at step ${stepIndex}: ${name}: ${message}. If its ` +
    'operations belong to an earlier machine, remove it from the file of saved seeds.'
  );
}

/** Runs a seed of a sweep again, to record the operations that lead to one of its causes. */
async function recordExample(
  plan: LoadedPlan,
  { seed, signature }: { readonly seed: bigint; readonly signature: string },
  pulse: Pulse,
): Promise<ErrandResult> {
  const run = startSeed({ ...plan, sampling: CHECK_EVERYTHING }, seed);
  const operations: Operation[] = [];
  const isCause = (one: Finding) => signatureOf(one) === signature;
  const { finding, isStopped } = await driveToFinding(run, isCause, {
    observe: ({ operation }) => operations.push(operation),
    pulse,
  });
  if (finding) return { kind: 'recorded', operations };
  return isStopped ? NO_TIME : PASSES;
}

/**
 * Shrinking a seed takes this many steps at most, or this many for each of its operations: most take a third. One
 * that takes more ends in a run that is too long to tell much.
 */
const SHRINKING_STEPS_MAX = 300_000;
const SHRINKING_STEPS_PER_OPERATION_MAX = 30;

/** Shrinks a seed of a sweep to one of its causes. */
async function shrinkExample(
  plan: LoadedPlan,
  example: ShrinkExample,
  pulse: Pulse,
): Promise<ErrandResult> {
  const perOperation = SHRINKING_STEPS_PER_OPERATION_MAX * plan.settings.operationsMax;
  let stepsLeft = Math.max(SHRINKING_STEPS_MAX, perOperation);
  const minimal = await minimalRunOf(plan, example, (steps) => {
    stepsLeft -= steps;
    return stepsLeft > 0 && pulse(steps);
  }).catch((error: unknown) => {
    if (error instanceof ShrinkError) return undefined;
    throw error;
  });
  return minimal ? { kind: 'shrunk', minimal } : NO_TIME;
}

/** Records a seed of a sweep to its end, with every check on. */
async function traceSeed(plan: LoadedPlan, seed: bigint, pulse: Pulse): Promise<ErrandResult> {
  const lines: string[] = [];
  const recorded = await startRecorded({ ...plan, sampling: CHECK_EVERYTHING }, seed);
  try {
    const isOver = await recordRun(recorded, (line) => lines.push(line), { pulse });
    return isOver ? { kind: 'traced', lines } : NO_TIME;
  } catch (error) {
    if (!(error instanceof SelfExplainingError) || lines.length === 0) throw error;
    return { kind: 'traced', lines, brokenBy: error.message };
  }
}

/** Runs a seed as a sweep does, and asks a claim of what it did; nothing is written. */
async function askSeed(
  plan: LoadedPlan,
  { seed, claim }: { readonly seed: bigint; readonly claim: Claim },
  pulse: Pulse,
): Promise<ErrandResult> {
  const builder = new TraceBuilder();
  const recorded = await startRecorded(plan, seed);
  const isOver = await recordRun(recorded, (line) => builder.push(`${line}\n`), { pulse });
  if (!isOver || !builder.trace) return NO_TIME;
  const judged = await judgeTrace(builder.trace, claim, plan.loaded, pulse);
  return judged ? { kind: 'judged', judged } : NO_TIME;
}

/** Begins the run of a saved seed, or returns why that is impossible. */
function startRegression(loaded: LoadedMachine, regression: Regression): Run | string {
  const { machine, scenarios, locate, guard, watch } = loaded;
  const scenario = scenarios.find(({ name }) => name === regression.scenario);
  const profiles = faultProfilesOf(machine);
  const faults = Object.hasOwn(profiles, regression.faults)
    ? profiles[regression.faults]
    : undefined;
  const isGone = `the scenario "${regression.scenario}" no longer exists`;
  if ('operations' in regression) {
    // The scenario is only needed to judge the settled run: it may no longer understand these
    // operations.
    const judge = regression.kind === 'settled' ? scenario : undefined;
    if (!judge && regression.kind === 'settled') return isGone;
    const checks = planChecks(machine, faults ?? FAULT_PROFILES.chaos, CHECK_EVERYTHING);
    return startReplay(
      { machine, scenario: judge, locate, guard, watch, checks },
      regression.operations,
    );
  }
  if (!scenario) return isGone;
  if (!faults) return `the fault profile "${regression.faults}" no longer exists`;
  const { seed, operationsMax } = regression;
  const settings = { scenario, operationsMax, faults, locate };
  return startSeed({ machine, settings, guard, watch, sampling: CHECK_EVERYTHING }, seed);
}
