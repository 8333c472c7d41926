import type { Coverage } from '../../core/contract/coverage.ts';
import type {
  RunSettings,
  ShrinkRunProgress,
  SweepRunProgress,
  SweepRunSettings,
  TaskEnd,
  TaskEvent,
  TaskKind,
} from '../../core/contract/tasks.ts';
import type { Verified } from '../../core/contract/verified.ts';
import type { MachineInfo, MachineRef } from '../../core/contract/window.ts';
import { signatureOf } from '../../core/engine/signature.ts';
import type { Finding } from '../../core/machine/finding.ts';
import type { Problem } from '../../core/problem.ts';
import type { SweepReport } from '../../core/sweep/report.ts';
import type { RunComparison } from '../../core/trace/compare/compare.ts';
import type { ForkOutcome } from '../../core/trace/compare/fork-outcome.ts';
import type { Rerun } from '../../core/trace/compare/rerun.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type {
  CrashVerdictInBrief,
  DoomPoint,
  Explained,
  Need,
} from '../../core/trace/words/judged.ts';

/** A machine that was opened, with its host process. */
export interface MachineEntry {
  readonly id: string;
  readonly ref: MachineRef;
  readonly status: 'opening' | 'open' | 'failed';
  /** While it is being opened, callers that need the machine wait for this promise. */
  readonly opening?: Promise<MachineEntry | undefined>;
  /** Absent until the machine was loaded. */
  readonly info?: MachineInfo;
  /** Why it could not be opened. */
  readonly openProblem?: Problem;
  /** Why the last saved source cannot be loaded, until a source that loads is saved. */
  readonly saveProblem?: Problem;
  /** Whether a saved source is being loaded, and takes a while. */
  readonly isLoadingSaved?: true;
  /** The time since the busy machine's last sign of life. Absent while there are signs. */
  readonly silentMs?: number;
}

/** Where a run's trace comes from. */
export type RunOrigin =
  | { readonly kind: 'machine'; readonly machine: MachineRef; readonly settings: RunSettings }
  | {
      /** The result of shrinking a run; the settings are those of the longer run. */
      readonly kind: 'shrunk';
      readonly machine: MachineRef;
      readonly settings: RunSettings;
      /** The cause that shrinking keeps. */
      readonly signature: string;
    }
  | {
      /** Another run, in which something is otherwise; the settings are those of that run. */
      readonly kind: 'fork';
      readonly machine: MachineRef;
      readonly settings: RunSettings;
      readonly parentId: string;
      /** How it differs from its parent, as `formatFork` writes it. */
      readonly fork: string;
    }
  | { readonly kind: 'file'; readonly path: string };

/** A run that a machine executes: a seed, the shrinking of one, or a fork. */
export type MachineOrigin = Exclude<RunOrigin, { readonly kind: 'file' }>;

/** The progress of the verification of a run, or its result. */
export type Verification = { readonly kind: 'running'; readonly steps: number } | Verified;

/** Why a run fails, as far as its parts were taken out. */
export interface RunExplanation {
  readonly cause: FoundAt;
  readonly status: 'running' | 'completed' | 'cancelled' | 'failed';
  /** How much the steps that were judged are needed. */
  readonly needs: ReadonlyMap<number, Need>;
  /** How many of how many parts are judged. */
  readonly made: number;
  readonly of: number;
  /** Absent before all parts are judged. */
  readonly explained?: Explained;
  /** The source of the machine that was asked; absent until the machine is open. */
  readonly sourceHash?: string;
}

/** A cause of findings, and the step at which one is. */
export interface FoundAt {
  readonly signature: string;
  readonly stepIndex: number;
}

/** The cause and the step of a finding. */
export function foundAt(finding: Finding): FoundAt {
  return { signature: signatureOf(finding), stepIndex: finding.stepIndex };
}

/** Whether an answer is about a finding, which comes back as another object after a restart. */
export function isFoundAt({ cause }: { readonly cause: FoundAt }, finding: Finding): boolean {
  return cause.stepIndex === finding.stepIndex && cause.signature === signatureOf(finding);
}

/** The finding of a run that an answer is shown with: the first one, if its step has several of the cause. */
export function findingOf(
  trace: Trace | undefined,
  answer: { readonly cause: FoundAt },
): Finding | undefined {
  return trace?.findings.find((finding) => isFoundAt(answer, finding));
}

/** When a run was doomed, as far as it was drawn. */
export interface RunDoom extends DoomCurve {
  readonly cause: FoundAt;
  /** The same with the source that was saved since, if that was asked. */
  readonly after?: DoomCurve;
}

/** A curve of doom, as far as it was drawn. */
export interface DoomCurve {
  readonly status: 'running' | 'completed' | 'cancelled' | 'failed';
  /** How likely runs are to fail that share the steps before one, by that step. */
  readonly points: ReadonlyMap<number, DoomPoint>;
  /** Runs that were made so far. */
  readonly runs: number;
  /** The step that raised the share most, if one did beyond doubt. */
  readonly decidedAt?: number;
  /** The source of the machine that it was drawn with; absent until the machine is open. */
  readonly sourceHash?: string;
}

/** What becomes of a run that crashes at each of its points, as far as that was tried. */
export interface RunCrashes {
  readonly status: 'running' | 'completed' | 'cancelled' | 'failed';
  /** In the order of the run; one list that grows. */
  readonly verdicts: CrashVerdictInBrief[];
  /** The number of verdicts so far: it changes as the list grows, which itself stays the same. */
  readonly count: number;
  /** Points at which the crash is the reason for a finding. */
  readonly fails: number;
  /** Points at which the run fails without the crash, too. */
  readonly anyway: number;
  /** Steps that were gone through. */
  readonly steps: number;
  /** The source of the machine that was crashed; absent until the machine is open. */
  readonly sourceHash?: string;
}

/** Which lines of its machine's source the steps of a run executed, up to a number of steps. */
export interface RunCoverage {
  readonly steps: number;
  readonly coverage: Coverage;
}

/** What a run of an earlier source comes to with the one that was saved last. */
export type WithSaved =
  | { readonly kind: 'running'; readonly taskId: string }
  | { readonly kind: 'ended'; readonly rerun: Rerun; readonly sourceHash?: string }
  | { readonly kind: 'impossible'; readonly problem: Problem };

/** A cause of findings, without the findings. */
export interface CauseInBrief extends Pick<Finding, 'kind' | 'name' | 'message'> {
  readonly signature: string;
}

/** A trace that is open, or is being made or read. */
export interface RunEntry {
  readonly id: string;
  readonly origin: RunOrigin;
  readonly status: 'waiting' | 'running' | 'completed' | 'cancelled' | 'failed';
  /** One object that grows. Absent until what is shown first is at hand. */
  readonly trace?: Trace;
  /** The trace before that. */
  readonly arriving?: Trace;
  /** The number of steps of the trace so far. It changes as the trace grows, which itself stays the same. */
  readonly steps: number;
  /** How much of its file was read. */
  readonly reading?: TaskEvent<'read'>;
  /** How it was when the last session ended, for a run that comes back from the session's file. */
  readonly left?: LeftRun;
  /** What failed in it when the last session ended, until its trace is read again. */
  readonly failures?: readonly CauseInBrief[];
  /** Why it failed, or what is damaged. */
  readonly problem?: Problem;
  readonly verification?: Verification;
  /** The name that was given to a fork, if it is not that of its change. */
  readonly name?: string;
  /** For a fork: whether the steps before it were executed again, since the state is in a database. */
  readonly isPastExecuted?: true;
  /** For a fork: how it ended, compared with its parent. Absent until both are over. */
  readonly outcome?: ForkOutcome;
  /** Why it fails, if that was asked. */
  readonly explanation?: RunExplanation;
  /** When it was doomed, if that was asked. */
  readonly doom?: RunDoom;
  /** What becomes of it when it crashes everywhere, if that was asked. */
  readonly crashes?: RunCrashes;
  /** The lines that its steps executed, if that was asked. */
  readonly executed?: RunCoverage;
  /** Of a file about which there are answers: the digest of its run; empty if the file could not be read again. */
  readonly fileDigest?: string;
  /** What was answered of its file in an earlier session, until it is known whether that holds the same run. */
  readonly answersLeft?: AnswersLeft;
  /** In a saved page: the views of the machine that were drawn for it, as JSON by view and step. */
  readonly drawings?: ReadonlyMap<string, ReadonlyMap<number, string>>;
  /** The progress of the shrinking that makes this run. */
  readonly shrinking?: ShrinkRunProgress;
  /** Shared by the runs before and after a change, so that the timeline shows the same part. */
  readonly viewKey?: object;
  /** Whether it was started by a save of its source, not by the user. */
  readonly isRerun?: true;
  /** The run before the change, for the newest run of a saved source. */
  readonly change?: SourceChange;
  /** The run whose operations it executes again, since they are of no seed: a shrunk run, or a fork. */
  readonly remakes?: string;
  /** What it comes to with the source that was saved last, if it is of an earlier one. */
  readonly withSaved?: WithSaved;
  /** What was on the screen when it was opened. */
  readonly openedOver?: { readonly runId: string | undefined; readonly shown: 'run' | 'sweep' };
  /** Why it was not run again when its source was saved. */
  readonly notRerun?: string;
  /** Whether the window died while it was open: then it is opened again only on request. */
  readonly isHeldBack?: true;
}

/** What was answered of a run so far. */
export type Answers = Pick<RunEntry, 'explanation' | 'crashes' | 'doom' | 'withSaved' | 'executed'>;

/** Answers about a file, with the digest of the run that it held then. */
export interface AnswersLeft {
  readonly digest: string;
  readonly answers: Answers;
}

/** A run with its trace, and the step that is looked at, or will be in a moment. */
export interface Viewed {
  readonly run: RunEntry;
  readonly trace: Trace;
  readonly cursor: number;
}

/** How a run was when a session ended. */
export interface LeftRun {
  readonly status: RunEntry['status'];
  readonly problem?: Problem | undefined;
}

/** Where a run is opened: at a step, or at the first finding of a cause. */
export type Aim = { readonly stepIndex: number } | { readonly signature: string };

/** The place in a run that is on the screen. */
export interface Cursor {
  /** The step on the screen; -1 is the initial state. */
  readonly stepIndex: number;
  /** Whether the user has moved it; until then it goes to the first finding. */
  readonly isTouched: boolean;
  /** The place to which it goes as soon as the run has come that far. */
  readonly aim?: Aim;
  /** The step with which the state is compared, if it is not the step before. */
  readonly compareWith?: number;
}

/** The change of a run by a save of its source. */
export interface SourceChange {
  /** The run before the change. */
  readonly beforeId: string;
  /** The step that was on the screen. */
  readonly stepIndex: number;
  /** Absent until both runs are over. */
  readonly comparison?: RunComparison;
}

/** A sweep under way, or its result. */
export interface SweepEntry {
  readonly id: string;
  readonly machine: MachineRef;
  readonly settings: SweepRunSettings;
  readonly status: 'running' | 'completed' | 'cancelled' | 'failed';
  /** Whether it was cancelled and has not stopped yet. */
  readonly isStopping?: boolean;
  /** Absent until the first sign of life. */
  readonly progress?: SweepRunProgress;
  /** Its result. Absent while it is under way, and if it ended without a report. */
  readonly report?: SweepReport;
  /** The source, and what of it was executed, if that was watched in this session. */
  readonly coverage?: Coverage;
  readonly problem?: Problem;
}

/** A task under way. */
export interface OpenTask {
  readonly id: string;
  readonly kind: TaskKind;
  /** The run or sweep that it works for. */
  readonly subjectId: string;
  /** Whether it was sent to the main process; until then, its machine is being opened. */
  readonly isStarted: boolean;
  /** Whether its further events are ignored, because it was cancelled and is not awaited. */
  readonly isMuted: boolean;
  /** Handles an event of its kind. */
  readonly take: (event: unknown) => void;
  /** Handles its end. */
  readonly end: (end: TaskEnd) => void;
}

/** The machine of a run, unless the run is read from a file. */
export function machineOf(origin: RunOrigin): MachineRef | undefined {
  return origin.kind === 'file' ? undefined : origin.machine;
}

/** The last part of a path. */
export function fileNameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/**
 * Whether a run came to nothing, and will not come to more by itself: a file of which nothing could be read, or a
 * shrunk run or fork that could not be made of another run. The seed of a machine can always be run again.
 */
export function cameToNothing({ origin, status, trace, arriving }: RunEntry): boolean {
  return origin.kind !== 'machine' && status === 'failed' && !trace && !arriving;
}

/** Whether there is a comparison, with the trace or with the run before a change. */
export function hasDifference(run: RunEntry | undefined): boolean {
  const found = run?.verification?.kind;
  const differs = found === 'step' || found === 'header' || found === 'initialState';
  return differs || run?.change?.comparison !== undefined;
}

/** Whether a run was made with an older source of its machine; false while that is unknown. */
export function isOfEarlierSource(run: RunEntry, machines: readonly MachineEntry[]): boolean {
  return isEarlierThan(run.trace?.header.sourceHash, sourceOf(run, machines));
}

/** Whether a sweep ended with an older source of its machine; false while that is unknown. */
export function isSweepOfEarlierSource(
  { machine, report }: SweepEntry,
  machines: readonly MachineEntry[],
): boolean {
  const now = machines.find(({ ref }) => isSameMachine(ref, machine))?.info?.sourceHash;
  return isEarlierThan(report?.sourceHash, now);
}

/** Whether what was asked of a run was answered with an older source of its machine. */
export function isAnswerEarlier(
  answer: { readonly sourceHash?: string } | undefined,
  run: RunEntry,
  machines: readonly MachineEntry[],
): boolean {
  return isEarlierThan(answer?.sourceHash, sourceOf(run, machines));
}

function isEarlierThan(was: string | undefined, now: string | undefined): boolean {
  return was !== undefined && now !== undefined && was !== now;
}

/** The source of a run's machine as it is now. */
function sourceOf({ origin }: RunEntry, machines: readonly MachineEntry[]): string | undefined {
  const own = machineOf(origin);
  return own && machines.find(({ ref }) => isSameMachine(ref, own))?.info?.sourceHash;
}

/** Whether two references mean the same machine. */
export function isSameMachine(a: MachineRef, b: MachineRef): boolean {
  if (a.kind === 'sample') return b.kind === 'sample' && a.name === b.name;
  return b.kind === 'file' && a.path === b.path;
}
