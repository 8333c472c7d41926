import type { Problem } from '../../api/contract.ts';
import type { Sampling } from '../../engine/check-plan.ts';
import type { SweepPart } from '../../sweep/seed-check.ts';

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

/** Seeds at equal distances, as a shard has them. */
export interface SeedBatch {
  readonly first: bigint;
  readonly stride: bigint;
  readonly count: number;
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

/** What a worker is told: a batch to run, or that it is to end what it has started, and itself. */
export type WorkerOrder = SeedBatch | 'end';

/** What a worker says. */
export type WorkerMessage =
  /** `answerMsMax`: a step that waits for so long does not hang. */
  | { readonly kind: 'ready'; readonly answerMsMax: number }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** The batch is over, or stopped after `done` of its seeds. */
  | {
      readonly kind: 'swept';
      readonly part: SweepPart;
      readonly done: number;
      readonly broken: readonly { readonly seed: string; readonly reason: string }[];
    };
