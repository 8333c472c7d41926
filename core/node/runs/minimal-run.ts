import { CHECK_EVERYTHING, planChecks } from '../../engine/check-plan.ts';
import { driveToEnd, type Pulse } from '../../engine/driving.ts';
import { signatureOf } from '../../engine/signature.ts';
import { FAULT_PROFILES, withoutFaults, type FaultName } from '../../machine/faults.ts';
import type { Finding } from '../../machine/finding.ts';
import type { ShrinkOptions } from '../../shrink/shrink.ts';
import {
  faultsNeeded,
  patternOf,
  requirementOf,
  type MinimalRun,
} from '../../sweep/minimal-run.ts';
import { RUN_AGAIN } from '../../trace/format/fork.ts';
import type { Trace } from '../../trace/trace.ts';
import type { JudgedStep } from '../../trace/words/judged.ts';
import { formatSentence } from '../../trace/words/sentences.ts';
import type { ButFor } from '../../what-if/but-for.ts';
import { startFork } from '../../what-if/fork.ts';
import { parentOf } from '../../what-if/parent.ts';
import { findFaultProfile, type LoadedMachine } from '../load/machine-loader.ts';
import { explainShrunk, sentencesOf, traceOfLines } from './explaining.ts';
import { forkSubjectOf } from './fork-subject.ts';
import type { LoadedPlan } from './planning.ts';
import { recordFailing, shrinkRecord } from './shrinking.ts';

/** What is shrunk. */
export interface ShrinkExample {
  readonly seed: bigint;
  /** Of the finding. */
  readonly signature: string;
  /** The faults that do not strike. */
  readonly without?: readonly FaultName[] | undefined;
}

/** A plan whose runs are without some faults. */
export function planWithout(plan: LoadedPlan, names: readonly FaultName[]): LoadedPlan {
  const { settings } = plan;
  const faults = withoutFaults(settings.faults ?? FAULT_PROFILES.none, names);
  return { ...plan, settings: { ...settings, faults } };
}

/** Keeps out of shrunk runs what their plan leaves out: where a first delivery is removed, a later one may become a second. */
export function allowedWithout(without: readonly FaultName[]): Pick<ShrinkOptions, 'isAllowed'> {
  if (!without.includes('duplicated')) return {};
  return { isAllowed: (operation) => !('isDuplicate' in operation && operation.isDuplicate) };
}

/**
 * Shrinks a seed to its first finding with a signature, and says why what is left of it fails.
 *
 * @param pulse stops it.
 * @returns `undefined` when it was stopped, the seed has no such finding, or no step led to that.
 * @throws {ShrinkError} when the run does not fail again.
 */
export async function minimalRunOf(
  given: LoadedPlan,
  { seed, signature, without = [] }: ShrinkExample,
  pulse: Pulse,
): Promise<MinimalRun | undefined> {
  let isStopped = false;
  const observed = async (steps: number) => {
    isStopped ||= !(await pulse(steps));
    return !isStopped;
  };
  const isCancelled = async () => !(await observed(1));
  const plan = planWithout(given, without);
  const { loaded } = plan;
  const isMeant = (one: Finding) => signatureOf(one) === signature;
  const failing = await recordFailing(plan, seed, isMeant, isCancelled);
  if (!failing || failing.finding.stepIndex < 0) return undefined;
  const shrunk = await shrinkRecord(loaded, failing, {
    isCancelled,
    pulse: observed,
    ...allowedWithout(without),
  });
  if (shrunk.shrunk.isCancelled) return undefined;
  const trace = traceOfLines(shrunk.lines);
  const explanation = await explainShrunk(loaded, trace, shrunk.finding, { isCancelled });
  if (!explanation || isStopped) return undefined;
  const { found } = explanation;
  const breaks = await requirementsBroken(loaded, trace, observed);
  // What it breaks is only known when it was driven to its end.
  if (isStopped) return undefined;
  const { message, expected, actual, caught } = failing.finding;
  const [steps, judged] = [stepsOf(trace), judgedSteps(found)];
  const faults = faultsNeeded(steps, judged);
  return {
    seed: seed.toString(),
    stepIndex: failing.finding.stepIndex,
    finding: { message, expected, actual, caught },
    steps: trace.length,
    pattern: patternOf(steps, judged, shrunk.finding),
    breaks,
    sentences: sentencesOf(explanation).map(formatSentence),
    ...(faults.length > 0 ? { faults } : {}),
    ...(without.length > 0 ? { without } : {}),
  };
}

function stepsOf(trace: Trace) {
  const parent = parentOf(trace);
  return Array.from({ length: parent.length }, (_, at) => parent.step(at));
}

/** The parts, of which those that only matter together are needed. */
function judgedSteps({ parts, together }: ButFor): readonly JudgedStep[] {
  const grouped = new Set(together.flat());
  return parts.map(({ part, need }) => {
    const { kind, stepIndex } = part;
    return { kind, stepIndex, need: grouped.has(part) ? 'needed' : need };
  });
}

/** What a run breaks when everything outstanding is delivered after it, with every check on. */
async function requirementsBroken(
  loaded: LoadedMachine,
  trace: Trace,
  pulse: Pulse,
): Promise<readonly string[]> {
  const fresh = await loaded.afresh();
  try {
    const faults = findFaultProfile(fresh, trace.header.faults);
    const checks = planChecks(fresh.machine, faults, CHECK_EVERYTHING);
    const subject = { ...forkSubjectOf(fresh, trace.header), checks };
    const { run } = await startFork(subject, parentOf(trace), { ...RUN_AGAIN, settles: true });
    const findings = [...run.executor.initialFindings];
    await driveToEnd(run, { observe: (step) => findings.push(...step.findings), pulse });
    return [...new Set(findings.map(requirementOf))];
  } finally {
    await fresh.close();
  }
}
