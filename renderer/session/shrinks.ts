import { signatureOf } from '../../core/engine/signature.ts';
import type { Finding } from '../../core/machine/finding.ts';
import type { SweepGroup } from '../../core/sweep/report.ts';
import { findingsOf } from '../../core/trace/causes.ts';
import { sameValue } from '../../core/value/value.ts';
import { alignmentBetween } from './beside.ts';
import { seek, wantedSignatureOf } from './cursor.ts';
import {
  isOriginalOf,
  isShrunk,
  kinOf,
  toOriginalStep,
  toShrunkStep,
  type Kin,
  type ShrunkStep,
} from './lineage.ts';
import type { Cursor, RunEntry, SweepEntry } from './model.ts';
import { openOriginal } from './originals.ts';
import { executeRun, openRun, showRun } from './running.ts';
import { refuseGone } from './sequels.ts';
import { selectCursor, selectRun, session } from './store.ts';

/** A seed that fails for a cause. */
export interface SweepExample extends Pick<SweepGroup, 'seed' | 'signature'> {
  /** The settings of the sweep, unless the example was saved by another sweep. */
  readonly scenario?: string | undefined;
  readonly faults?: string | undefined;
  readonly operationsMax?: number | undefined;
}

/** Opens an example of a sweep as a run, at the finding. */
export function openExample(sweep: SweepEntry, example: SweepExample): void {
  const { seed, signature, scenario, faults, operationsMax } = example;
  const settings = settingsOfSeed(sweep, seed);
  void openRun(
    {
      kind: 'machine',
      machine: sweep.machine,
      settings: {
        ...settings,
        scenario: scenario ?? settings.scenario,
        faults: faults ?? settings.faults,
        operationsMax: operationsMax ?? settings.operationsMax,
      },
    },
    { signature },
  );
}

/** Opens a seed of a sweep as a run, at a step if one is given. */
export function openSeed(sweep: SweepEntry, seed: string, stepIndex?: number): void {
  const settings = settingsOfSeed(sweep, seed);
  if (stepIndex === undefined) void executeRun(sweep.machine, settings);
  else void openRun({ kind: 'machine', machine: sweep.machine, settings }, { stepIndex });
}

/** The run that an example of a sweep was shrunk to, or is being shrunk to. */
export function shrunkExampleOf(
  runs: readonly RunEntry[],
  sweep: SweepEntry,
  { seed, signature }: SweepExample,
): RunEntry | undefined {
  const settings = settingsOfSeed(sweep, seed);
  const origin = { kind: 'shrunk', machine: sweep.machine, settings, signature };
  return runs.find((run) => sameValue(run.origin, origin));
}

/** Shrinks an example of a sweep. */
export function shrinkExample(sweep: SweepEntry, { seed, signature }: SweepExample): void {
  const settings = settingsOfSeed(sweep, seed);
  void openRun({ kind: 'shrunk', machine: sweep.machine, settings, signature }, { signature });
}

function settingsOfSeed({ settings }: SweepEntry, seed: string) {
  const { scenario, faults, operationsMax, inputs } = settings;
  return { scenario, seed, operationsMax, faults, ...(inputs === undefined ? {} : { inputs }) };
}

/** The finding under the cursor to shrink to: the one for which the run was opened, or the first. */
export function findingToShrink({ origin, trace }: RunEntry, cursor: Cursor): Finding | undefined {
  if (origin.kind !== 'machine' || !trace) return undefined;
  const { stepIndex } = cursor;
  const findings = findingsOf(trace, stepIndex);
  const wanted = wantedSignatureOf(cursor);
  return findings.find((finding) => signatureOf(finding) === wanted) ?? findings[0];
}

/** Shrinks the run on the screen to one of its findings. */
export function shrinkTo(finding: Finding): void {
  const run = selectRun(session.getState());
  if (run?.origin.kind !== 'machine') return;
  if (refuseGone(run, finding)) return;
  const signature = signatureOf(finding);
  void openRun({ ...run.origin, kind: 'shrunk', signature }, { signature });
}

/** The same step in the original, in a shrunk run, or in the run to compare with. */
export type Counterpart =
  | { readonly kind: 'original'; readonly stepIndex: number }
  | (Kin & KinStep)
  | ({ readonly kind: 'shrunk'; readonly run: RunEntry } & ShrunkStep);

/** The step of a run that stands beside a step of another one. */
interface KinStep {
  readonly stepIndex: number;
  /** Whether it is the same operation, which the run may lack; not known before the two are aligned. */
  readonly isSame: boolean | undefined;
}

/** Finds the same step in the original of a shrunk run, or in the shrunk run of an original. */
export function counterpartOf(
  run: RunEntry,
  cursor: number,
  runs: readonly RunEntry[],
): Counterpart | undefined {
  const kin = kinOf(run, runs);
  if (kin) return { ...kin, ...stepOfKin(run, cursor, kin) };
  const stepIndices = isShrunk(run) ? run.trace?.header.shrunkFrom?.stepIndices : undefined;
  if (stepIndices) {
    const stepIndex = toOriginalStep(stepIndices, cursor);
    return stepIndex === undefined ? undefined : { kind: 'original', stepIndex };
  }
  const places = runs.flatMap((other) => {
    const indices = isShrunk(other) ? other.trace?.header.shrunkFrom?.stepIndices : undefined;
    if (!indices || !isOriginalOf(run, other)) return [];
    return [{ kind: 'shrunk', run: other, ...toShrunkStep(indices, cursor) } as const];
  });
  return places.find(({ isKept }) => isKept) ?? places[0];
}

function stepOfKin(run: RunEntry, cursor: number, kin: Kin): KinStep {
  const alignment = alignmentBetween(kin.run, run);
  if (alignment) {
    const same = alignment.partnerOf('b', cursor);
    if (same !== undefined) return { stepIndex: same, isSame: true };
    return { stepIndex: alignment.opposite('b', cursor).stepIndex, isSame: false };
  }
  const { trace } = kin.run;
  return { stepIndex: trace ? Math.min(cursor, trace.length - 1) : cursor, isSame: undefined };
}

/** Goes to the counterpart of the step under the cursor. */
export async function goToCounterpart(): Promise<void> {
  const state = session.getState();
  const run = selectRun(state);
  const counterpart = run && counterpartOf(run, selectCursor(state, run.id).stepIndex, state.runs);
  if (!counterpart) return;
  if (counterpart.kind === 'original') return openOriginal(run, counterpart.stepIndex);
  await showRun(counterpart.run.id);
  seek(counterpart.stepIndex);
}
