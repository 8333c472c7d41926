import type { Sampling } from '../../engine/check-plan.ts';
import type { Operation } from '../../machine/operation.ts';
import type { Problem } from '../../problem.ts';
import type { MinimalRun } from '../../sweep/minimal-run.ts';
import type { SweepGroup } from '../../sweep/report.ts';
import type { SweepPart } from '../../sweep/seed-check.ts';
import type { Claim, Judged } from '../../trace/questions/claims.ts';
import type { SweptCode } from '../coverage/swept-code.ts';
import type { ShrinkExample } from '../runs/minimal-run.ts';
import type { Regression } from './regressions.ts';
import type { SeedBatch } from './seed-queue.ts';

/** How a sweep runs each seed. */
export interface SweepSettings {
  readonly scenario: string;
  /** The file of inputs from which the scenario is made, if it is not one of the machine's. */
  readonly inputs?: string;
  readonly operationsMax: number;
  /** The name of a fault profile. */
  readonly faults: string;
  /** The time that a step may take. */
  readonly timeLimitMs?: number;
  readonly sampling: Sampling;
  /** Whether the phases are counted through which records go, which takes a tenth to a fifth more time. */
  readonly hasPhases?: boolean;
  /**
   * Whether it is watched what of the machine's source is executed. That takes hardly more time where steps take
   * some, and up to twice the time where next to nothing happens in them.
   */
  readonly hasCoverage?: boolean;
}

/** The data with which a worker is started. */
export interface WorkerStart {
  readonly path: string;
  readonly settings: SweepSettings;
  /** See {@link PULSE}. */
  readonly pulse: SharedArrayBuffer;
  /** Whether it gives way to everything else on the computer. */
  readonly isPolite: boolean;
}

/**
 * Indexes into the memory that pool and worker share: a worker that is busy with a machine can neither
 * send nor receive.
 */
export const PULSE = {
  /** Steps since the worker began, modulo 2^32. */
  steps: 0,
  /** The position in the batch of the current seed, counted from 0. */
  position: 1,
  /** 1 when the worker must stop at the next opportunity. */
  stop: 2,
} as const;

/** A single run besides the seeds of a sweep. */
export type Errand =
  /** Does a failed seed still fail, for its cause or for any? */
  | { readonly kind: 'try'; readonly regression: Regression; readonly isAnyCause?: boolean }
  /** Which operations lead a seed of the sweep to a cause? */
  | { readonly kind: 'record'; readonly seed: bigint; readonly signature: string }
  /** What does a seed of the sweep do, step by step? */
  | { readonly kind: 'trace'; readonly seed: bigint }
  /** Which is the shortest run of a seed of the sweep that has a cause, and why does it fail? */
  | ({ readonly kind: 'shrink' } & ShrinkExample)
  /** Does a claim hold at all steps of a seed? */
  | { readonly kind: 'ask'; readonly seed: bigint; readonly claim: Claim };

/** The result of an errand. */
export type ErrandResult =
  | {
      readonly kind: 'fails';
      readonly stepIndex: number;
      readonly message: string;
      /** The seed fails, but not for its cause. */
      readonly isOtherwise?: true;
    }
  | { readonly kind: 'recorded'; readonly operations: readonly Operation[] }
  /** The lines of its trace, without line breaks; if the scenario threw, up to then. */
  | { readonly kind: 'traced'; readonly lines: readonly string[]; readonly brokenBy?: string }
  | { readonly kind: 'shrunk'; readonly minimal: MinimalRun }
  | { readonly kind: 'judged'; readonly judged: Judged }
  /** The run came to its end without the cause. */
  | { readonly kind: 'passes' }
  /** The run could not begin, or had no time to finish. */
  | { readonly kind: 'untried'; readonly reason: string }
  /** The machine hung or died, or the scenario threw. */
  | { readonly kind: 'broken'; readonly reason: string };

/** The result of an errand that was not begun or not finished. */
export const NO_TIME: ErrandResult = { kind: 'untried', reason: 'there was no time left for it' };

/** An order to a worker. At `end` it ends the processes that it has started, and itself. */
export type WorkerOrder =
  | { readonly kind: 'sweep'; readonly batch: SeedBatch }
  | Errand
  | { readonly kind: 'end' };

/** A message from a worker. */
export type WorkerMessage =
  /** `answerMsMax`: a step that waits up to this long does not hang. */
  | { readonly kind: 'ready'; readonly sourceHash: string; readonly answerMsMax: number }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** Something that the machine started failed outside its steps: the thread must be ended. */
  | { readonly kind: 'broke'; readonly reason: string }
  /** A seed has a cause that is new to this worker. It is reported again with the finished batch. */
  | { readonly kind: 'found'; readonly group: SweepGroup }
  /** The batch is finished, or was stopped after `done` of its seeds. */
  | ({
      readonly kind: 'swept';
      readonly part: SweepPart;
      readonly done: number;
      readonly broken: readonly { readonly seed: string; readonly reason: string }[];
    } & Executing)
  | ({ readonly kind: 'ran'; readonly result: ErrandResult } & Executing);

interface Executing {
  /** The code that this worker executed so far, if that is more than the last time. */
  readonly code?: SweptCode;
}
