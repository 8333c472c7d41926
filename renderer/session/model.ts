import type {
  MachineInfo,
  MachineRef,
  Problem,
  RunSettings,
  Verified,
} from '../../core/api/contract.ts';
import type { Trace } from '../../core/trace/trace.ts';

/** A machine that was opened, with its host process. */
export interface MachineEntry {
  readonly id: string;
  readonly ref: MachineRef;
  readonly status: 'opening' | 'open' | 'failed';
  /** Absent until the machine was loaded. */
  readonly info?: MachineInfo;
  /** For how long the busy machine has said nothing, while it does. */
  readonly silentMs?: number;
}

/** Where a run's trace comes from. */
export type RunOrigin =
  | { readonly kind: 'machine'; readonly machine: MachineRef; readonly settings: RunSettings }
  | { readonly kind: 'file'; readonly path: string };

/** How far the verification of a run is, or what it found. */
export type Verification =
  | { readonly kind: 'running'; readonly runId: string; readonly steps: number }
  | Verified;

/** A trace on the screen, or on its way there. */
export interface RunEntry {
  readonly id: string;
  readonly origin: RunOrigin;
  readonly status: 'waiting' | 'running' | 'completed' | 'cancelled' | 'failed';
  /** Absent until its header has come. */
  readonly trace?: Trace;
  /** Why it failed, or what is damaged. */
  readonly problem?: Problem;
  /** The step that the person looks at; -1 is the initial state. */
  readonly cursor: number;
  /** Where the cursor stood in the last session, until the run has come that far again. */
  readonly wantedCursor?: number;
  /** Whether the person has moved the cursor; until then it goes to the first finding. */
  readonly isCursorTouched: boolean;
  /** The step that the state is compared with, when it is not the one before the cursor. */
  readonly compareWith?: number;
  readonly verification?: Verification;
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
  return trace?.header.machine ?? machineNameOf(origin.machine);
}

/** Whether two references mean the same machine. */
export function isSameMachine(a: MachineRef, b: MachineRef): boolean {
  if (a.kind === 'sample') return b.kind === 'sample' && a.name === b.name;
  return b.kind === 'file' && a.path === b.path;
}
