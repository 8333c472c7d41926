import type {
  MachineInfo,
  MachineRef,
  RunSettings,
  ShrinkRunProgress,
  SweepRunProgress,
  SweepRunSettings,
  TaskEnd,
  TaskKind,
  Verified,
} from '../../core/api/contract.ts';
import type { Problem } from '../../core/problem.ts';
import type { SweepReport } from '../../core/sweep/report.ts';
import type { RunComparison } from '../../core/trace/compare.ts';
import type { Trace } from '../../core/trace/trace.ts';

/** A machine that was opened, with its host process. */
export interface MachineEntry {
  readonly id: string;
  readonly ref: MachineRef;
  readonly status: 'opening' | 'open' | 'failed';
  /** While it is being opened: everyone who needs the machine waits for this promise. */
  readonly opening?: Promise<MachineEntry | undefined>;
  /** Absent until the machine was loaded. */
  readonly info?: MachineInfo;
  /** Why it could not be opened. */
  readonly openProblem?: Problem;
  /** Why the last saved source cannot be loaded, until a good one is saved. */
  readonly saveProblem?: Problem;
  /** For how long the busy machine has given no sign of life. Absent while it gives signs. */
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
      /** The cause that is kept. */
      readonly signature: string;
    }
  | { readonly kind: 'file'; readonly path: string };

/** What is executed by a machine: a seed, or the shrinking of one. */
export type MachineOrigin = Exclude<RunOrigin, { readonly kind: 'file' }>;

/** The progress of the verification of a run, or its result. */
export type Verification = { readonly kind: 'running'; readonly steps: number } | Verified;

/** A trace that is open, or is being made or read. */
export interface RunEntry {
  readonly id: string;
  readonly origin: RunOrigin;
  readonly status: 'waiting' | 'running' | 'completed' | 'cancelled' | 'failed';
  /** Absent until its header has come. */
  readonly trace?: Trace;
  /** Why it failed, or what is damaged. */
  readonly problem?: Problem;
  readonly verification?: Verification;
  /** The progress of the shrinking that makes this run. */
  readonly shrinking?: ShrinkRunProgress;
  /** Shared by the runs before and after a change, so that the timeline shows the same part. */
  readonly viewKey?: object;
  /** Whether it was started by a save of its source, not by the person. */
  readonly isRerun?: true;
  /** Of the newest run of a saved source: the one that it is compared with. */
  readonly change?: SourceChange;
  /** Why it was not run again when its source was saved. */
  readonly notRerun?: string;
  /** Whether the window died while it was open: then it is opened again only when asked for. */
  readonly isHeldBack?: true;
}

/** Where a run is opened: at a step, or at the first finding of a cause. */
export type Aim = { readonly stepIndex: number } | { readonly signature: string };

/** Where a run is looked at. */
export interface Cursor {
  /** The step that the person looks at; -1 is the initial state. */
  readonly stepIndex: number;
  /** Whether the person has moved it; until then it goes to the first finding. */
  readonly isTouched: boolean;
  /** Where it goes instead, as soon as the run has come that far. */
  readonly aim?: Aim;
  /** The step that the state is compared with, when it is not the one before. */
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

/** A sweep that goes on, or its result. */
export interface SweepEntry {
  readonly id: string;
  readonly machine: MachineRef;
  readonly settings: SweepRunSettings;
  readonly status: 'running' | 'completed' | 'cancelled' | 'failed';
  /** Whether it was cancelled and has not stopped yet. */
  readonly isStopping?: boolean;
  /** Absent until the first sign of life. */
  readonly progress?: SweepRunProgress;
  /** Its result. Absent while it goes on, and when it ended without a report. */
  readonly report?: SweepReport;
  readonly problem?: Problem;
}

/** A task that goes on. */
export interface OpenTask {
  readonly id: string;
  readonly kind: TaskKind;
  /** The run or sweep that it works for. */
  readonly subjectId: string;
  /** Whether the main process was asked for it; until then, its machine is being opened. */
  readonly isStarted: boolean;
  /** Whether what it still reports is ignored, because it was cancelled and is not awaited. */
  readonly isMuted: boolean;
  /** Takes in an event of its kind. */
  readonly take: (event: unknown) => void;
  /** Takes in that it is over. */
  readonly end: (end: TaskEnd) => void;
}

/** The machine that a run was made with, unless it is read from a file. */
export function machineOf(origin: RunOrigin): MachineRef | undefined {
  return origin.kind === 'file' ? undefined : origin.machine;
}

/** The name of the machine that an origin is of, as far as it is known. */
export function machineNameOf(ref: MachineRef): string {
  return ref.kind === 'sample' ? ref.name : fileNameOf(ref.path);
}

/** The last part of a path. */
export function fileNameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** What a run is called in lists. */
export function titleOf({ origin, trace }: RunEntry): string {
  if (origin.kind === 'file') return fileNameOf(origin.path);
  return titleOfMachine(origin.machine, trace?.header.machine);
}

/** What the machine of a sweep is called in lists. */
export function sweptMachineOf({ machine, report }: SweepEntry): string {
  return titleOfMachine(machine, report?.machine);
}

/** The file of a machine is named as well: several files may hold machines of the same name. */
function titleOfMachine(ref: MachineRef, ownName: string | undefined): string {
  if (ownName === undefined || ref.kind === 'sample') return machineNameOf(ref);
  return `${ownName} (${machineNameOf(ref)})`;
}

/** Whether there is something to compare: with the trace, or with the run before a change. */
export function hasDifference(run: RunEntry | undefined): boolean {
  const found = run?.verification?.kind;
  const differs = found === 'step' || found === 'header' || found === 'initialState';
  return differs || run?.change?.comparison !== undefined;
}

/** Whether a run is of another source than its machine has now; false while that is unknown. */
export function isOfEarlierSource({ trace, origin }: RunEntry, machines: readonly MachineEntry[]) {
  const own = machineOf(origin);
  const machine = own && machines.find(({ ref }) => isSameMachine(ref, own));
  const [was, now] = [trace?.header.sourceHash, machine?.info?.sourceHash];
  return was !== undefined && now !== undefined && was !== now;
}

/** Whether two references mean the same machine. */
export function isSameMachine(a: MachineRef, b: MachineRef): boolean {
  if (a.kind === 'sample') return b.kind === 'sample' && a.name === b.name;
  return b.kind === 'file' && a.path === b.path;
}
