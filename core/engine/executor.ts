import { assertNever } from '../assert.ts';
import type {
  ActionId,
  ActionRefused,
  AnyMachine,
  Err,
  MachineTypes,
  Ok,
  StfInput,
} from '../machine/machine.ts';
import { isPromise, ok } from '../machine/machine.ts';
import type { Operation } from '../machine/scenario.ts';
import { freeze, type DeepReadonly, type Value } from '../value/value.ts';
import { ActionCollector, type EmittedAction } from './action-collector.ts';
import type { Finding } from './finding.ts';
import { InvariantChecker, NO_CHANGES, type CheckCounts } from './invariants.ts';
import { PlainStateStore, type StateStore } from './state-store.ts';

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

/** How a step ended. */
export type Outcome<Rejection = unknown> = Ok | Err<Rejection | ActionRefused> | Panic;

/** One executed operation, with the states around it and everything that came of it. */
export interface Executed<T extends MachineTypes = MachineTypes> {
  readonly stepIndex: number;
  readonly operation: Operation<T>;
  readonly outcome: Outcome<T['Rejection']>;
  /** Emitted by an accepted step, in order. */
  readonly actions: readonly EmittedAction<T>[];
  /** Emitted by a step that was rolled back: never sent. */
  readonly discarded: readonly EmittedAction<T>[];
  /** Actions of the step before that a crash kept from being dispatched. */
  readonly lost: readonly EmittedAction<T>[];
  readonly before: DeepReadonly<T['State']>;
  /** The committed state after the step; the same object as `before` when nothing changed. */
  readonly after: DeepReadonly<T['State']>;
  /** What a step that was rolled back had made of the state; `before` when it changed nothing. */
  readonly attempted: DeepReadonly<T['State']>;
  readonly findings: readonly Finding[];
  /** Invariants that failed until this step and hold again. */
  readonly recovered: readonly string[];
}

/** Finds the place in the author's source that an error came from, as `file:line:column`. */
export type LocateError = (error: unknown) => string | undefined;

/** How a machine is executed. */
export interface ExecutionOptions {
  readonly locate?: LocateError;
  /**
   * Whether the steps are written to a trace. Inputs and rejections are then frozen and checked:
   * what is recorded must be plain data, and must not change after it was recorded.
   */
  readonly isRecorded?: boolean;
}

/** Thrown when a machine cannot even begin. */
export class MachineError extends Error {
  override readonly name = 'MachineError';
}

/** What differs from step to step; the rest follows from the store. */
type StepResult = Pick<Executed, 'operation' | 'outcome'> &
  Partial<Pick<Executed, 'actions' | 'discarded' | 'lost' | 'findings'>>;

const NONE: readonly never[] = [];
/** Most steps find nothing; they share this. */
const NOTHING_FOUND: Pick<Executed, 'findings' | 'recovered'> = { findings: NONE, recovered: NONE };

/**
 * Executes operations on a machine, one at a time, as a runtime would: begin a transaction, call
 * `stf`, then commit and dispatch, or roll back and discard.
 */
export class Executor {
  readonly initialState: Value;
  /** Findings on the initial state, with step index -1. */
  readonly initialFindings: readonly Finding[];
  readonly #machine: AnyMachine;
  readonly #locate: LocateError;
  readonly #isRecorded: boolean;
  readonly #store: StateStore<object>;
  readonly #invariants: InvariantChecker;
  #collector = new ActionCollector();
  readonly #outstanding = new Map<ActionId, unknown>();
  /** Actions of the last step: a crash may still keep some of them from being dispatched. */
  #undispatched: readonly EmittedAction[] = NONE;
  #stepIndex = -1;

  /**
   * @throws {MachineError} when `initialState` throws or makes no plain data.
   */
  constructor(machine: AnyMachine, options: ExecutionOptions = {}) {
    this.#machine = machine;
    this.#locate = options.locate ?? (() => undefined);
    this.#isRecorded = options.isRecorded ?? false;
    this.#store = this.#createStore();
    this.#invariants = new InvariantChecker(machine.invariants);
    this.initialState = this.#store.committed;
    this.initialFindings = this.#checkInvariants(NONE).findings;
  }

  #createStore(): StateStore<object> {
    try {
      return new PlainStateStore<object>(this.#machine.initialState() as object);
    } catch (error) {
      const place = this.#locate(error);
      const at = place === undefined ? '' : ` at ${place}`;
      const message = `The machine ${this.#machine.name} has no initial state: ${String(error)}${at}`;
      throw new MachineError(message, { cause: error });
    }
  }

  /** The committed state after the last step. */
  get state(): Value {
    return this.#store.committed;
  }

  /** Tracked actions that were dispatched and have not completed, by id. */
  get outstanding(): ReadonlyMap<ActionId, unknown> {
    return this.#outstanding;
  }

  /** How many invariants were asked so far, and how many answers were carried over. */
  get checks(): CheckCounts {
    return this.#invariants.counts;
  }

  /** Executes the next operation. Only a machine that awaits makes it answer a promise. */
  execute(operation: Operation): Executed | Promise<Executed> {
    this.#stepIndex += 1;
    switch (operation.kind) {
      case 'input':
        return this.#transact(operation, { kind: 'normal', input: operation.input });
      case 'completion': {
        const { id, result } = operation;
        return this.#transact(operation, { kind: 'trackedActionCompleted', id, result });
      }
      case 'crash':
        return this.#crash(operation);
      case 'restore':
        return this.#transact(operation, undefined);
      default:
        return assertNever(operation, 'operation');
    }
  }

  /**
   * Runs the machine's code inside a transaction and settles whatever it does: `stf` on an input,
   * `restore` without one.
   */
  #transact(
    operation: Operation,
    input: StfInput<MachineTypes> | undefined,
  ): Executed | Promise<Executed> {
    if (this.#isRecorded) freeze(operation, 'The operation');
    this.#dispatch(this.#undispatched);
    this.#store.begin();
    this.#collector.open();
    try {
      const answer: Ok | Err<unknown> | Promise<Ok | Err<unknown>> =
        input === undefined
          ? this.#machine.restore(this.#store.committed, this.#collector)
          : this.#machine.stf(this.#store.access, input, this.#collector);
      if (!isPromise(answer)) return this.#settle(operation, answer);
      return this.#await(operation, answer);
    } catch (thrown) {
      return this.#panic(operation, thrown);
    }
  }

  /** Waits for a machine that awaits; what it started and left running ends with the step. */
  async #await(operation: Operation, answer: PromiseLike<Ok | Err<unknown>>): Promise<Executed> {
    try {
      return this.#settle(operation, await answer);
    } catch (thrown) {
      return this.#panic(operation, thrown);
    } finally {
      this.#store.renewAccess();
      this.#collector = new ActionCollector();
    }
  }

  #settle(operation: Operation, answer: Ok | Err<unknown>): Executed {
    // The types promise an outcome, but the machine may come from plain JavaScript.
    const kind: unknown = (answer as Partial<Ok> | undefined)?.kind;
    if (kind === 'ok') return this.#commit(operation);
    if (kind === 'err') {
      const { error } = answer as Err<unknown>;
      if (this.#isRecorded) freeze(error, 'The error');
      return this.#rollBack(operation, { kind: 'err', error });
    }
    const where = operation.kind === 'restore' ? 'restore' : 'stf';
    return this.#panic(
      operation,
      new TypeError(`${where} answered neither ok() nor err(why), but ${describe(answer)}`),
    );
  }

  #commit(operation: Operation): Executed {
    const before = this.#store.committed;
    this.#store.commit();
    const actions = this.#collector.close();
    // The tracked action is over before the actions that this step emits are dispatched.
    if (operation.kind === 'completion') this.#outstanding.delete(operation.id);
    this.#undispatched = actions;
    return this.#finish({ operation, outcome: ok(), actions }, before, this.#store.committed);
  }

  #rollBack(operation: Operation, outcome: Err<unknown> | Panic): Executed {
    const attempted = this.#store.pending;
    this.#store.rollBack();
    const before = this.#store.committed;
    const discarded = this.#collector.close();
    // A rejected completion was delivered all the same; one that panicked was never taken in.
    if (operation.kind === 'completion' && outcome.kind === 'err') {
      this.#outstanding.delete(operation.id);
    }
    this.#undispatched = NONE;
    const findings = this.#findingsOfRollBack(outcome, before !== attempted);
    return this.#finish({ operation, outcome, discarded, findings }, before, attempted);
  }

  #panic(operation: Operation, thrown: unknown): Executed {
    const isError = thrown instanceof Error;
    const source = this.#locate(thrown);
    return this.#rollBack(operation, {
      kind: 'panic',
      error: {
        name: isError ? thrown.name : 'Error',
        message: isError ? thrown.message : `threw ${describe(thrown)}`,
        ...(source === undefined ? {} : { source }),
      },
    });
  }

  #findingsOfRollBack(outcome: Err<unknown> | Panic, hadChanged: boolean): readonly Finding[] {
    if (outcome.kind === 'err' && !hadChanged) return NONE;
    const stepIndex = this.#stepIndex;
    const findings: Finding[] = [];
    if (outcome.kind === 'panic') findings.push({ stepIndex, kind: 'panic', ...outcome.error });
    if (hadChanged) {
      const what = outcome.kind === 'err' ? 'answered an error' : 'panicked';
      findings.push({
        stepIndex,
        kind: 'rule',
        name: 'atomicity',
        message:
          `The machine ${what} after it had changed the state. Do everything that can fail ` +
          'before the first state.update.',
      });
    }
    return findings;
  }

  /** The process dies: nothing that was dispatched or about to be is known any more. */
  #crash(operation: Operation & { readonly kind: 'crash' }): Executed {
    const lost = this.#undispatched.slice(operation.dispatched);
    this.#undispatched = NONE;
    this.#outstanding.clear();
    const state = this.#store.committed;
    return this.#finish({ operation, outcome: ok(), lost }, state, state);
  }

  #dispatch(actions: readonly EmittedAction[]): void {
    for (const action of actions) {
      if (action.kind === 'tracked') this.#outstanding.set(action.id, action.action);
    }
    this.#undispatched = NONE;
  }

  /** Checks the invariants and puts the step together. */
  #finish(result: StepResult, before: Value, attempted: Value): Executed {
    const { findings, recovered } = this.#checkInvariants(result.findings ?? NONE);
    return {
      stepIndex: this.#stepIndex,
      operation: result.operation,
      outcome: result.outcome,
      actions: result.actions ?? NONE,
      discarded: result.discarded ?? NONE,
      lost: result.lost ?? NONE,
      before,
      after: this.#store.committed,
      attempted,
      findings,
      recovered,
    };
  }

  #checkInvariants(others: readonly Finding[]): Pick<Executed, 'findings' | 'recovered'> {
    const changes = this.#invariants.check(this.#store.committed);
    if (changes === NO_CHANGES && others === NONE) return NOTHING_FOUND;
    const { failed, recovered } = changes;
    if (failed.length === 0) return { findings: others, recovered };
    const stepIndex = this.#stepIndex;
    const own = failed.map((failure): Finding => ({ stepIndex, kind: 'invariant', ...failure }));
    return { findings: [...others, ...own], recovered };
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object') {
    const keys = Object.keys(value ?? {});
    return value === null ? 'null' : `an object with the keys ${keys.join(', ') || '(none)'}`;
  }
  return `a ${typeof value}`;
}
