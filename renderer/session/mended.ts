import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { SweepRunSettings } from '../../core/contract/tasks.ts';
import type { MachineRef } from '../../core/contract/window.ts';
import { signatureOf } from '../../core/engine/signature.ts';
import type { Finding } from '../../core/machine/finding.ts';
import { seedsNeeded } from '../../core/sweep/confidence.ts';
import {
  verdictOfMend,
  type SweptMend,
  type StillFailing,
  type UntilFailure,
} from '../../core/sweep/mend.ts';
import { titleOfMend, type MendStanding } from '../words/mend-words.ts';
import { failedSeedsOf, newSeedsFrom, type FailedSeeds } from './failed-seeds.ts';
import { readOne } from './kept-entries.ts';
import { settingsOf } from './lineage.ts';
import type { RunEntry, SweepEntry } from './model.ts';
import { showNotice } from './notices.ts';
import type { SessionPart } from './session-part.ts';
import { openExample, openSeed } from './shrinks.ts';
import { findRun, selectSweep, session } from './store.ts';
import { executeSweep } from './tasks/sweep.ts';
import { findMachineOf, isVerifiable } from './tasks/verify.ts';

/*
 * "Is it really mended?": the seeds that failed are run again, and then as many new ones as it takes to say how
 * few still fail. The first that fails ends it, and is opened.
 */

/** What is to be shown: that fewer than 1 in so many seeds fail. */
export interface MendClaim {
  readonly oneIn: number;
  readonly confidencePercent: number;
}

/** The claims that can be chosen. */
export const ONE_IN = [1_000, 10_000] as const;
export const CONFIDENCES = [95, 99] as const;

/** What is asked at the moment. */
export interface MendQuestion {
  readonly runId: string;
  readonly machine: MachineRef;
  /** The signatures of the causes that are gone; none when only all findings can be asked about. */
  readonly causes: readonly string[];
  /** Whether every finding counts, not only those causes. */
  readonly isAny: boolean;
}

interface Asked {
  readonly question: MendQuestion | undefined;
  readonly claim: MendClaim;
}

const asked = createStore<Asked>(() => ({
  question: undefined,
  claim: { oneIn: ONE_IN[0], confidencePercent: CONFIDENCES[0] },
}));

/** What is asked at the moment, and the claim that was chosen last. */
export function useMendQuestion(): Asked {
  return useStore(asked);
}

/** Whether it can be asked if the machine of a run is mended. */
export function isMendable(run: RunEntry): boolean {
  return isVerifiable(run) && settingsOf(run) !== undefined;
}

/** The signatures of the causes that are gone from a run since its source was saved. */
export function goneCausesOf({ change, withSaved }: RunEntry): readonly string[] {
  if (withSaved?.kind === 'ended') {
    return withSaved.rerun.causes.flatMap(({ cause, now }) => (now === undefined ? [cause] : []));
  }
  return change?.comparison?.gone.map(({ finding }) => signatureOf(finding)) ?? [];
}

/** Asks whether the machine of a run is mended: of one finding, or of all that are gone. */
export async function askMended(run: RunEntry, finding?: Finding): Promise<void> {
  if (!isMendable(run)) return;
  const machine = await findMachineOf(run);
  if (!machine) return;
  const causes = finding ? [signatureOf(finding)] : goneCausesOf(run);
  asked.setState({ question: { runId: run.id, machine, causes, isAny: causes.length === 0 } });
}

/** Asks no more. */
export function closeMendQuestion(): void {
  asked.setState({ question: undefined });
}

/** Changes what is asked. */
export function changeMendQuestion(change: Pick<MendQuestion, 'isAny'>): void {
  asked.setState(({ question }) => (question ? { question: { ...question, ...change } } : {}));
}

/** Changes what is to be shown. */
export function changeMendClaim(change: Partial<MendClaim>): void {
  asked.setState(({ claim }) => ({ claim: { ...claim, ...change } }));
}

/** The seeds that answer a question. */
export interface MendPlan extends FailedSeeds {
  /** The first of the new seeds, and their number. */
  readonly from: string;
  readonly count: number;
}

/** Which seeds answer a question: those that failed for what is asked, and new ones. */
export function planMend(question: MendQuestion, claim: MendClaim): MendPlan {
  const run = findRun(question.runId);
  const inputs = run && settingsOf(run)?.inputs;
  return planSeeds(question.machine, inputs, untilOf(question), claim);
}

function untilOf({ isAny, causes }: MendQuestion): UntilFailure {
  return isAny ? {} : { causes };
}

function planSeeds(
  machine: MachineRef,
  inputs: string | undefined,
  until: UntilFailure,
  claim: MendClaim,
): MendPlan {
  const state = session.getState();
  const count = seedsNeeded(claim);
  return {
    ...failedSeedsOf(state, machine, inputs, until),
    from: newSeedsFrom(state, machine, count),
    count,
  };
}

/** Runs the seeds that answer the question. */
export function startMend(): void {
  const { question, claim } = asked.getState();
  const run = question && findRun(question.runId);
  const settings = run && settingsOf(run);
  closeMendQuestion();
  if (!question || !settings) return;
  const { seed: _, ...rest } = settings;
  executeMend(question.machine, rest, untilOf(question), claim);
}

/** Asks again what a sweep has asked: the seeds that have failed by now are tried first, and the new ones are others. */
export function mendAgain({ machine, settings }: SweepEntry): void {
  const { mend, count: _, from: __, ...rest } = settings;
  if (mend) executeMend(machine, rest, mend, mend);
}

/** Runs seeds until one fails, which is opened if the answer is waited for. */
function executeMend(
  machine: MachineRef,
  settings: Omit<SweepRunSettings, 'from' | 'count' | 'mend'>,
  until: UntilFailure,
  { oneIn, confidencePercent }: MendClaim,
): void {
  const claim = { oneIn, confidencePercent };
  const { failed, leftOut, from, count } = planSeeds(machine, settings.inputs, until, claim);
  const causes = until.causes === undefined ? {} : { causes: [...until.causes] };
  const others = leftOut === 0 ? {} : { leftOut };
  const mend = { ...claim, ...causes, failed: [...failed], ...others };
  void executeSweep(machine, { ...settings, from, count, mend }, (sweep) => {
    const standing = standingOf(sweep);
    const isShown = selectSweep(session.getState())?.id === sweep.id;
    if (!standing) return;
    const { verdict } = standing;
    if (verdict.kind === 'fails' && isShown) openFailing(sweep, verdict.failing);
    showNotice(titleOfMend(standing));
  });
}

function verdictOf({ settings, report, progress }: SweepEntry): SweptMend | undefined {
  const swept = report ?? (progress && { ...progress, regressions: [] });
  if (!settings.mend) return undefined;
  return swept ? verdictOfMend(settings.mend, swept) : { kind: 'undecided' };
}

/** How a sweep stands that asks whether its machine is mended. */
export function standingOf(sweep: SweepEntry): MendStanding | undefined {
  const { settings, status, report, progress } = sweep;
  const verdict = verdictOf(sweep);
  if (!settings.mend || !verdict) return undefined;
  return {
    mend: settings.mend,
    verdict,
    status,
    seeds: report?.seeds ?? progress?.seeds ?? 0,
    seedsMax: settings.count ?? 0,
    failedLeft: progress?.errandsLeft ?? settings.mend.failed.length,
    tried: report?.regressions,
  };
}

/** Opens the seed that shows that a machine is not mended. */
export function openFailing(sweep: SweepEntry, failing: StillFailing): void {
  const { seed, signature, scenario, faults } = failing;
  if (signature === undefined) {
    openSeed(sweep, seed);
    return;
  }
  const known = sweep.settings.mend?.failed.find(
    (one) => one.seed === seed && one.signature === signature && one.scenario === scenario,
  );
  openExample(sweep, { seed, signature, scenario, faults, operationsMax: known?.operationsMax });
}

const keptClaim = z.object({
  oneIn: z.number().int().min(2),
  confidencePercent: z.number().gt(0).lt(100),
});

/** The claim that was chosen last, which comes back with the session. */
export const mendPart: SessionPart = {
  name: 'mend',
  keep: () => asked.getState().claim,
  recall: (kept) => {
    const { value, isWhole } = readOne(keptClaim, kept);
    if (value) asked.setState({ claim: value });
    return isWhole;
  },
  subscribe: (listener) =>
    asked.subscribe((now, before) => {
      if (now.claim !== before.claim) listener();
    }),
};
