import type { Completion, MachineTypes } from './machine.ts';

/**
 * A fault that strikes inside a step. Numbers count from 0. A fault that the step never reaches, such
 * as the fifth access of a step with two, does not strike.
 */
export type StepFault =
  /** The process dies at the n-th access to the state. */
  | { readonly kind: 'crashAtAccess'; readonly access: number }
  /** The process dies when the step is done, before its commit. */
  | { readonly kind: 'crashBeforeCommit' }
  /** The n-th access to the state fails: it throws a `StorageError`. */
  | { readonly kind: 'accessFails'; readonly access: number }
  /** The commit fails: the step is rolled back. */
  | { readonly kind: 'commitFails' }
  /** The actions container refuses the n-th action that it is given. */
  | { readonly kind: 'actionRefused'; readonly action: number };

/** What influences a step besides the machine. */
interface Surroundings {
  readonly fault?: StepFault;
  /**
   * Whether the external systems failed when they received the actions of the step, each time that
   * this was drawn; absent when they never failed.
   */
  readonly externalFailures?: readonly boolean[];
}

/**
 * What the engine executes: an operation of a driver, or one that the simulation adds. A list of
 * operations replays without scenario, seed or fault profile.
 */
export type Operation<T extends MachineTypes = MachineTypes> =
  | ({ readonly kind: 'normal'; readonly input: T['Input'] } & Surroundings)
  | (Completion<T> &
      Surroundings & {
        /** The same message was delivered before: the network has duplicated it. */
        readonly isDuplicate?: true;
      })
  /** The process dies after the last step's commit, when `dispatched` of its actions were out. */
  | { readonly kind: 'crash'; readonly dispatched: number }
  /** The process is back: `restore` is called for the outstanding actions. */
  | ({ readonly kind: 'restore' } & Surroundings)
  /** A completion is lost on its way, and does not reach the machine. */
  | { readonly kind: 'loss'; readonly id: T['Id']; readonly result: T['Result'] }
  /**
   * The faults have stopped, and everything outstanding is delivered, unless that is endless or the
   * machine cannot be restored after a crash.
   */
  | { readonly kind: 'settled'; readonly isEndless?: true; readonly isDown?: true };

/** An operation in which the machine's code runs. */
export type MachineOperation<T extends MachineTypes = MachineTypes> = Extract<
  Operation<T>,
  { kind: 'normal' | 'trackedActionCompleted' | 'restore' }
>;

/** The name of each kind of operation on screen, and in the shapes and causes of findings. */
export const OPERATION_WORDS = {
  normal: 'input',
  trackedActionCompleted: 'completion',
  crash: 'crash',
  restore: 'restore',
  loss: 'loss',
  settled: 'settled',
} as const satisfies Readonly<Record<Operation['kind'], string>>;

/**
 * A completion in the words of earlier versions.
 *
 * @deprecated Use the kind `trackedActionCompleted`.
 */
export interface EarlierCompletion<T extends MachineTypes = MachineTypes> extends Omit<
  Completion<T>,
  'kind'
> {
  readonly kind: 'completion';
}

/**
 * What a scenario does next, in the words of earlier versions. It is still accepted.
 *
 * @deprecated Use the kinds of `StfInput`.
 */
export type EarlierInput<T extends MachineTypes = MachineTypes> =
  | { readonly kind: 'input'; readonly input: T['Input'] }
  | EarlierCompletion<T>;

/**
 * An operation in tests that earlier versions exported.
 *
 * @deprecated Use the kinds of {@link Operation}.
 */
export type EarlierOperation = EarlierInput & Surroundings & { readonly isDuplicate?: true };

const EARLIER_KINDS: ReadonlyMap<unknown, Operation['kind']> = new Map([
  [OPERATION_WORDS.normal, 'normal'],
  [OPERATION_WORDS.trackedActionCompleted, 'trackedActionCompleted'],
]);

/** An operation for a scenario that was written for an earlier version. */
export function withEarlierKind(operation: Operation): Operation | EarlierOperation {
  if (operation.kind === 'normal') return { ...operation, kind: 'input' };
  if (operation.kind === 'trackedActionCompleted') return { ...operation, kind: 'completion' };
  return operation;
}

/**
 * Renames the kind of an operation that was written for an earlier version: by a scenario, an exported
 * test, a saved regression or a trace. Returns anything else as it is.
 */
export function withCurrentKind<Given>(given: Given): Exclude<Given, EarlierInput> {
  type Current = Exclude<Given, EarlierInput>;
  if (typeof given !== 'object' || given === null || !('kind' in given)) return given as Current;
  const kind = EARLIER_KINDS.get(given.kind);
  return (kind === undefined ? given : { ...given, kind }) as Current;
}
