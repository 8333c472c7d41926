import type { DeepReadonly } from '../value/value.ts';
import type { Finding } from './finding.ts';
import { ok, type Err, type MachineTypes, type Ok } from './machine.ts';
import type { Operation } from './operation.ts';
import type { Printed } from './printed.ts';

/** An action that a step emitted. */
export type EmittedAction<T extends MachineTypes = MachineTypes> =
  | { readonly kind: 'tracked'; readonly id: T['Id']; readonly action: T['Tracked'] }
  | { readonly kind: 'untracked'; readonly action: T['Untracked'] };

/** An emitted action whose result comes back. */
export type TrackedAction = EmittedAction & { readonly kind: 'tracked' };

/** What a panic threw. */
export interface ThrownError {
  readonly name: string;
  readonly message: string;
  /** Where in the author's source, as `file:line:column`, where that is known. */
  readonly source?: string;
}

/** The machine threw: a defect. */
export interface Panic {
  readonly kind: 'panic';
  readonly error: ThrownError;
}

/** The actions container refused an action, and the machine let the error through: rolled back. */
export interface ActionRefused {
  readonly kind: 'ActionRefused';
  readonly reason: string;
}

/** The storage failed, in an access or in the commit: not a defect of the machine, and rolled back. */
export interface StorageFailed {
  readonly kind: 'StorageFailed';
  readonly reason: string;
}

/**
 * The step did not end within its time limit: a defect. It was ended from outside, with its process, so it had
 * no effect, and the run ends with it.
 */
export interface Hang {
  readonly kind: 'hang';
  readonly limitMs: number;
  /** Where the code stood in the author's source, as `file:line:column`, where that is known. */
  readonly source?: string;
}

/** The process died before the step was committed, so the step had no effect. */
export interface Crashed {
  readonly kind: 'crashed';
}

/** How a step ended. */
export type Outcome<Rejection = unknown> =
  | Ok
  | Err<Rejection | ActionRefused | StorageFailed>
  | Panic
  | Crashed
  | Hang;

/**
 * Whether a step took in the result that it was given: the machine accepted or rejected it. A panic, or a
 * fault that strikes, keeps a result out, and it is delivered again. A second delivery is taken in as
 * well, but does not end an action: see `isDuplicate` of the operation.
 */
export function isTakenIn({
  operation,
  outcome,
}: Pick<Executed, 'operation' | 'outcome'>): boolean {
  if (operation.kind !== 'trackedActionCompleted') return false;
  return outcome.kind === 'ok' || (outcome.kind === 'err' && operation.fault === undefined);
}

/** One executed operation, with the states around it and all its effects. */
export interface Executed<T extends MachineTypes = MachineTypes> {
  readonly stepIndex: number;
  /** The operation as it was executed: a fault that did not strike is left out. */
  readonly operation: Operation<T>;
  readonly outcome: Outcome<T['Rejection']>;
  /** Emitted by an accepted step, in order. */
  readonly actions: readonly EmittedAction<T>[];
  /** Emitted by a step that was rolled back: never sent. */
  readonly discarded: readonly EmittedAction<T>[];
  /** The actions that the container refused. */
  readonly refused: readonly EmittedAction<T>[];
  /** Actions of the step before that a crash kept from being dispatched. */
  readonly lost: readonly EmittedAction<T>[];
  readonly before: DeepReadonly<T['State']>;
  /** The committed state after the step; the same object as `before` when nothing changed. */
  readonly after: DeepReadonly<T['State']>;
  /** For a step that was rolled back, its state before the roll-back; otherwise the same as `after`. */
  readonly attempted: DeepReadonly<T['State']>;
  readonly findings: readonly Finding[];
  /** Invariants that failed until this step and hold again. */
  readonly recovered: readonly string[];
  /** What was printed in the step, in order. */
  readonly output: readonly Printed[];
}

const NONE: readonly never[] = [];

/**
 * Makes a step from its parts. Parts that are not given are those of a step in which nothing happened:
 * accepted, without actions or findings, and with the state unchanged.
 */
export function executedStep({
  stepIndex,
  operation,
  outcome = ok(),
  actions = NONE,
  discarded = NONE,
  refused = NONE,
  lost = NONE,
  before,
  after = before,
  attempted = after,
  findings = NONE,
  recovered = NONE,
  output = NONE,
}: Pick<Executed, 'stepIndex' | 'operation' | 'before'> & Partial<Executed>): Executed {
  return {
    stepIndex,
    operation,
    outcome,
    actions,
    discarded,
    refused,
    lost,
    before,
    after,
    attempted,
    findings,
    recovered,
    output,
  };
}

/**
 * Stands for a step that is taken in without being looked at: a request that emitted no action, at which
 * nothing struck and nothing was found.
 */
export type IdleStep = 'idle';

/** Whether a step can be taken in without being looked at. */
export function isIdle({ operation, outcome, actions, refused, findings, recovered }: Executed) {
  return (
    operation.kind === 'normal' &&
    operation.fault === undefined &&
    (outcome.kind === 'ok' || outcome.kind === 'err') &&
    actions.length + refused.length + findings.length + recovered.length === 0
  );
}

/** A step of a recorded run of which little was read, while a walk through the run is at it. */
export interface UnreadStep {
  readonly before: Executed['before'];
  /** The kind of its operation. */
  readonly operation: Operation['kind'];
  readonly hasFault: boolean;
  /** The step, whose operation is known otherwise; its other parts are read when they are asked for. */
  as(operation: Operation): Executed;
  /** The step with all its parts. */
  read(): Executed;
}
