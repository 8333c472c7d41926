import type { Sampling } from '../../engine/check-plan.ts';
import type { Operation } from '../../machine/operation.ts';
import type { Problem } from '../../problem.ts';
import type { SweepGroup } from '../../sweep/report.ts';
import type { SweepPart } from '../../sweep/seed-check.ts';
import type { Regression } from './regressions.ts';
import type { SeedBatch } from './seed-queue.ts';

/** What a sweep runs on each seed. */
export interface SweepSettings {
  readonly scenario: string;
  /** The file of inputs that the scenario is of, if it is not one of the machine's. */
  readonly inputs?: string;
  readonly operationsMax: number;
  /** The name of a fault profile. */
  readonly faults: string;
  readonly sampling: Sampling;
}

/** What a worker is started with. */
export interface WorkerStart {
  readonly path: string;
  readonly settings: SweepSettings;
  /** See {@link PULSE}. */
  readonly pulse: SharedArrayBuffer;
}

/**
 * Places in the memory that pool and worker share: a worker that is busy with a machine can neither
 * send nor receive.
 */
export const PULSE = {
  /** Steps since the worker began, modulo 2^32. */
  steps: 0,
  /** The seed of the batch that is being run, counted from 0. */
  position: 1,
  /** 1 when the worker is to stop at the next opportunity. */
  stop: 2,
} as const;

/** A single run that is asked for, beside the seeds of a sweep. */
export type Errand =
  /** Does a saved seed still fail? */
  | { readonly kind: 'try'; readonly regression: Regression }
  /** Which operations lead a seed of the sweep to a cause? */
  | { readonly kind: 'record'; readonly seed: bigint; readonly signature: string }
  /** What does a seed of the sweep do, step by step? */
  | { readonly kind: 'trace'; readonly seed: bigint };

/** What came of an errand. */
export type ErrandResult =
  | {
      readonly kind: 'fails';
      readonly stepIndex: number;
      readonly message: string;
      /** It panics instead of failing for its cause. */
      readonly isOtherwise?: true;
    }
  | { readonly kind: 'recorded'; readonly operations: readonly Operation[] }
  /** The lines of its trace, without line breaks; up to what the scenario threw, if it did. */
  | { readonly kind: 'traced'; readonly lines: readonly string[]; readonly brokenBy?: string }
  /** The run came to its end without the cause. */
  | { readonly kind: 'passes' }
  /** It could not be begun, or had no time to come to its end. */
  | { readonly kind: 'untried'; readonly reason: string }
  /** The machine hung or died, or the scenario threw. */
  | { readonly kind: 'broken'; readonly reason: string };

/** The result of an errand that was not begun, or not ended. */
export const NO_TIME: ErrandResult = { kind: 'untried', reason: 'there was no time left for it' };

/** What a worker is told; `end` is to end what it has started, and itself. */
export type WorkerOrder =
  | { readonly kind: 'sweep'; readonly batch: SeedBatch }
  | Errand
  | { readonly kind: 'end' };

/** What a worker says. */
export type WorkerMessage =
  /** `answerMsMax`: a step that waits for so long does not hang. */
  | { readonly kind: 'ready'; readonly answerMsMax: number }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** What the machine has started went wrong outside its steps: the thread is to be ended. */
  | { readonly kind: 'broke'; readonly reason: string }
  /** A seed has a cause that is news to this worker. It is told again with the batch, if that ends. */
  | { readonly kind: 'found'; readonly group: SweepGroup }
  /** The batch is over, or stopped after `done` of its seeds. */
  | {
      readonly kind: 'swept';
      readonly part: SweepPart;
      readonly done: number;
      readonly broken: readonly { readonly seed: string; readonly reason: string }[];
    }
  | { readonly kind: 'ran'; readonly result: ErrandResult };
