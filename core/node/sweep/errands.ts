import { assertNever } from '../../assert.ts';
import { CHECK_EVERYTHING, planChecks } from '../../engine/check-plan.ts';
import { replaySource } from '../../engine/replay.ts';
import { Run, startRun } from '../../engine/run.ts';
import { ScenarioError } from '../../engine/scenario-guard.ts';
import { causeWithoutPlace, signatureOf } from '../../engine/signature.ts';
import type { Executed, Finding } from '../../machine/executed.ts';
import { faultProfilesOf, FAULT_PROFILES } from '../../machine/faults.ts';
import type { Operation } from '../../machine/operation.ts';
import { advancePaced, type Pulse } from '../../sweep/paced.ts';
import type { SweepSubject } from '../../sweep/seed-check.ts';
import { traceSeed } from '../../sweep/seed-trace.ts';
import type { RunLabel } from '../../trace/recorder.ts';
import { findFaultProfile, findScenario, type LoadedMachine } from '../load/machine-loader.ts';
import type { Regression } from './regressions.ts';
import { NO_TIME, type Errand, type ErrandResult, type SweepSettings } from './worker-contract.ts';

/** A machine that is loaded, and the way in which it is swept. */
export interface LoadedSubject extends SweepSubject {
  readonly loaded: LoadedMachine;
  /** What a trace of a seed says of its run, but for the seed. */
  readonly label: Omit<RunLabel, 'seed'>;
}

/** @throws {ProblemError} when the machine has no such scenario or fault profile. */
export function subjectOf(loaded: LoadedMachine, settings: SweepSettings): LoadedSubject {
  const { machine, guard, locate, sourceHash } = loaded;
  const { operationsMax, sampling } = settings;
  const scenario = findScenario(loaded, settings.scenario);
  const faults = findFaultProfile(loaded, settings.faults);
  const label = { scenario: scenario.name, operationsMax, faults: settings.faults, sourceHash };
  const run = { scenario, operationsMax, faults, locate };
  return { loaded, machine, guard, sampling, label, settings: run };
}

/** Carries out an errand; a scenario that throws is part of the answer. */
export async function runErrand(
  subject: LoadedSubject,
  errand: Errand,
  pulse: Pulse,
): Promise<ErrandResult> {
  try {
    switch (errand.kind) {
      case 'try':
        return await tryRegression(subject.loaded, errand.regression, pulse);
      case 'record':
        return await recordExample(subject, errand, pulse);
      case 'trace': {
        const lines = await traceSeed(subject, { ...subject.label, seed: errand.seed }, pulse);
        return lines ? { kind: 'traced', lines } : NO_TIME;
      }
      default:
        return assertNever(errand, 'errand');
    }
  } catch (error) {
    if (error instanceof ScenarioError) return { kind: 'broken', reason: error.message };
    throw error;
  }
}

/**
 * Runs a saved seed, with every check on: does it still fail for the same cause? One that is known
 * with its operations needs neither its scenario nor its fault profile to be there still.
 */
async function tryRegression(
  loaded: LoadedMachine,
  regression: Regression,
  pulse: Pulse,
): Promise<ErrandResult> {
  const run = startRegression(loaded, regression);
  if (!(run instanceof Run)) return { kind: 'untried', reason: run };
  const sought = causeWithoutPlace(regression.signature);
  const isCause = (one: Finding) => causeWithoutPlace(signatureOf(one)) === sought;
  let panic: Finding | undefined;
  const { finding, isStopped } = await seek(run, isCause, pulse, ({ findings }) => {
    panic ??= findings.find(({ kind }) => kind === 'panic');
  });
  if (finding) return { kind: 'fails', stepIndex: finding.stepIndex, message: finding.message };
  if (isStopped) return NO_TIME;
  if (!panic || !('operations' in regression)) return PASSES;
  const { stepIndex } = panic;
  return { kind: 'fails', stepIndex, message: insteadOf(panic), isOtherwise: true };
}

const PASSES: ErrandResult = { kind: 'passes' };

/** The machine may have learned other inputs by now, and says nothing about the cause then. */
function insteadOf({ name, message, stepIndex }: Finding): string {
  return (
    `Not for this any more, but it panics at step ${stepIndex}: ${name}: ${message}. If its ` +
    'operations are of an earlier machine, take it out of the file of saved seeds.'
  );
}

/** Runs a seed of a sweep once more, for the operations that lead to one of its causes. */
async function recordExample(
  { machine, guard, settings }: SweepSubject,
  { seed, signature }: Pick<Regression, 'seed' | 'signature'>,
  pulse: Pulse,
): Promise<ErrandResult> {
  const run = startRun(
    machine,
    { ...settings, seed: BigInt(seed) },
    { guard, sampling: CHECK_EVERYTHING },
  );
  const operations: Operation[] = [];
  const isCause = (one: Finding) => signatureOf(one) === signature;
  const { finding, isStopped } = await seek(run, isCause, pulse, ({ operation }) => {
    operations.push(operation);
  });
  if (finding) return { kind: 'recorded', operations };
  return isStopped ? NO_TIME : PASSES;
}

/** Begins the run of a saved seed, or says why that cannot be. */
function startRegression(loaded: LoadedMachine, regression: Regression): Run | string {
  const { machine, scenarios, locate, guard } = loaded;
  const scenario = scenarios.find(({ name }) => name === regression.scenario);
  const profiles = faultProfilesOf(machine);
  const faults = Object.hasOwn(profiles, regression.faults)
    ? profiles[regression.faults]
    : undefined;
  const isGone = `there is no scenario "${regression.scenario}" any more`;
  if ('operations' in regression) {
    // What must hold when all has settled is the scenario's to say, and nothing else is: it may not
    // understand these operations any more.
    const judge = regression.kind === 'settled' ? scenario : undefined;
    if (!judge && regression.kind === 'settled') return isGone;
    const source = replaySource(regression.operations, { scenario: judge, locate, guard });
    const checks = planChecks(machine, faults ?? FAULT_PROFILES.chaos, CHECK_EVERYTHING);
    return new Run(machine, source, { locate, guard, checks });
  }
  if (!scenario) return isGone;
  if (!faults) return `there is no fault profile "${regression.faults}" any more`;
  const { seed, operationsMax } = regression;
  const settings = { scenario, seed: BigInt(seed), operationsMax, faults, locate };
  return startRun(machine, settings, { guard, sampling: CHECK_EVERYTHING });
}

/** Runs up to the first finding that is meant; `observe` is given each step up to there. */
async function seek(
  run: Run,
  isMeant: (finding: Finding) => boolean,
  pulse: Pulse,
  observe: (step: Executed) => void = () => {},
): Promise<{ readonly finding?: Finding; readonly isStopped: boolean }> {
  try {
    const initial = run.executor.initialFindings.find(isMeant);
    if (initial) return { finding: initial, isStopped: false };
    let finding: Finding | undefined;
    const goesOn = (steps: number) => pulse(steps) && finding === undefined;
    const isOver = await advancePaced(run, goesOn, (step) => {
      if (finding) return;
      observe(step);
      finding = step.findings.find(isMeant);
    });
    return finding ? { finding, isStopped: false } : { isStopped: !isOver };
  } finally {
    run.close();
  }
}
