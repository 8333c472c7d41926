import { assertNever } from '../assert.ts';
import type {
  EmittedAction,
  Executed,
  Finding,
  Outcome,
  Panic,
  ThrownError,
} from '../machine/executed.ts';
import type { ActionId, AnyMachine, Err, Ok } from '../machine/machine.ts';
import { isPromise, ok } from '../machine/machine.ts';
import type { MachineOperation, Operation } from '../machine/operation.ts';
import { RULE_NAMES, type RuleName } from '../machine/rules.ts';
import { diff } from '../value/patch.ts';
import { formatPath } from '../value/path.ts';
import { freeze, type Value } from '../value/value.ts';
import { ActionCollector } from './action-collector.ts';
import { planChecks, type CheckPlan } from './check-plan.ts';
import { SideEffectError, type Guard, type SideEffect } from './guard.ts';
import { InvariantChecker, NO_CHANGES } from './invariants.ts';
import { RuleChecker, type Attempt, type Checking, type Violation } from './rules.ts';
import { shapeOf } from './signature.ts';
import { PlainStateStore, StorageError, type AccessFault, type StateStore } from './state-store.ts';

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
  /** What is checked, and how often; by default everything that needs no faults. */
  readonly checks?: CheckPlan;
  /** Keeps the machine's code from what lies outside state and input. */
  readonly guard?: Guard;
}

/** What was checked so far, and how often. */
export interface CheckCounts {
  /** How often invariants were asked, */
  readonly evaluated: number;
  /** how often an unchanged state made asking needless, */
  readonly carriedOver: number;
  /** and how often they were passed over, because only a sample is asked. */
  readonly skipped: number;
  /** How often each rule was asked. */
  readonly rules: Readonly<Partial<Record<RuleName, number>>>;
}

/** A settled property that does not hold. */
export interface SettledFailure {
  readonly name: string;
  readonly message: string;
  /** What was done last to the record that it is about, to tell causes apart. */
  readonly shape: string;
}

/** Thrown when a machine cannot even begin. */
export class MachineError extends Error {
  override readonly name = 'MachineError';
}

/** An attempt with what the settling needs besides. */
interface OpenAttempt extends Attempt {
  readonly refused: readonly EmittedAction[];
  readonly sideEffects: readonly SideEffect[];
  /** The fault of the operation came to strike. */
  readonly hasStruck: boolean;
}

/** A step before the invariants are checked. Every part is there: one shape of object is fast. */
type StepResult = Omit<Executed, 'stepIndex' | 'after' | 'recovered'>;

const NONE: readonly never[] = [];
/** Most steps find nothing; they share this. */
const NOTHING_FOUND: Pick<Executed, 'findings' | 'recovered'> = { findings: NONE, recovered: NONE };
const CRASHED: Outcome = Object.freeze({ kind: 'crashed' });

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
  readonly #guard: Guard | undefined;
  readonly #store: StateStore<object>;
  readonly #invariants: InvariantChecker;
  /** The rules that are asked. */
  readonly rulesAsked: readonly RuleName[];
  readonly #rules: RuleChecker;
  #collector = new ActionCollector();
  readonly #outstanding = new Map<ActionId, unknown>();
  /** Actions of the last step: a crash may still keep some of them from being dispatched. */
  #undispatched: readonly EmittedAction[] = NONE;
  #stepIndex = -1;
  /** Executions of the machine's code, and those that ended with an error or a panic. */
  #attempts = 0;
  #rollBacks = 0;

  /**
   * @throws {MachineError} when `initialState` throws or makes no plain data.
   */
  constructor(machine: AnyMachine, options: ExecutionOptions = {}) {
    const checks = options.checks ?? planChecks(machine);
    this.#machine = machine;
    this.#locate = options.locate ?? (() => undefined);
    this.#isRecorded = options.isRecorded ?? false;
    this.#guard = options.guard;
    this.#store = this.#createStore();
    this.#invariants = new InvariantChecker(machine.invariants, checks.invariantsEvery);
    // Without a guard, nobody would notice what the machine reaches for.
    this.rulesAsked = RULE_NAMES.filter(
      (rule) =>
        checks.rules[rule] !== undefined &&
        (rule !== 'no side effects' || this.#guard !== undefined),
    );
    this.#rules = new RuleChecker(checks);
    this.initialState = this.#store.committed;
    this.initialFindings = this.#checkInvariants(NONE, 'initial state').findings;
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

  /** What was checked so far, and how often. */
  get checks(): CheckCounts {
    const rules: Partial<Record<RuleName, number>> = { ...this.#rules.counts };
    if (this.rulesAsked.includes('atomicity')) rules.atomicity = this.#rollBacks;
    if (this.rulesAsked.includes('no side effects')) rules['no side effects'] = this.#attempts;
    return { ...this.#invariants.counts, rules };
  }

  /**
   * Executes the next operation. Only a machine that awaits makes it answer a promise.
   *
   * @param failures for the operation `settled`: the properties that do not hold.
   */
  execute(
    operation: Operation,
    failures: readonly SettledFailure[] = NONE,
  ): Executed | Promise<Executed> {
    this.#stepIndex += 1;
    switch (operation.kind) {
      case 'input':
      case 'completion':
      case 'restore':
        return this.#transact(operation);
      case 'crash':
        return this.#crash(operation);
      case 'loss':
      case 'settled':
        return this.#note(operation, failures);
      default:
        return assertNever(operation, 'operation');
    }
  }

  /** Runs the machine's code inside a transaction and settles whatever it does. */
  #transact(operation: MachineOperation): Executed | Promise<Executed> {
    if (this.#isRecorded) freeze(operation, 'The operation');
    this.#dispatch(this.#undispatched);
    const wantsTwin = this.#rules.wantsTwin(operation);
    const attempt = this.#attempt(operation);
    if (!wantsTwin && !isPromise(attempt)) {
      const result = this.#settle(operation, attempt, NONE);
      if (!this.#rules.concerns(result.operation, result.outcome)) return this.#finish(result);
      return drive(this.#examine(result));
    }
    return drive(this.#transactWithTwin(operation, attempt, wantsTwin));
  }

  *#transactWithTwin(
    operation: MachineOperation,
    first: OpenAttempt | Promise<OpenAttempt>,
    wantsTwin: boolean,
  ): Checking<Executed> {
    const attempt = (yield first) as OpenAttempt;
    let violations: readonly Violation[] = NONE;
    let last = attempt;
    if (wantsTwin && attempt.outcome.kind !== 'panic') {
      this.#store.rollBack();
      last = (yield this.#attempt(operation)) as OpenAttempt;
      violations = this.#rules.compareTwins(operation.kind, attempt, last);
    }
    const result = this.#settle(operation, last, violations);
    if (!this.#rules.concerns(result.operation, result.outcome)) return this.#finish(result);
    return yield* this.#examine(result);
  }

  /** Lets the rules look at a step, and puts it together. */
  *#examine(result: StepResult): Checking<Executed> {
    const operation = result.operation as MachineOperation;
    const completes = this.#completes(operation, result.outcome);
    if (completes && operation.kind === 'completion') this.#outstanding.delete(operation.id);
    const violations = yield* this.#rules.examine(
      {
        operation,
        outcome: result.outcome,
        before: result.before,
        after: this.#store.committed,
        actions: result.actions,
        refused: result.refused,
        completes,
        outstanding: this.#outstanding,
      },
      (probed) => this.#probe(probed),
    );
    return this.#finish({
      ...result,
      findings: [...result.findings, ...this.#toFindings(violations, operation)],
    });
  }

  /**
   * Whether a completion ends its tracked action. One that panicked, or that a fault kept from being
   * handled, was never taken in; a doubled message ends nothing a second time.
   */
  #completes(operation: MachineOperation, outcome: Outcome): boolean {
    if (operation.kind !== 'completion' || operation.isDuplicate === true) return false;
    if (outcome.kind !== 'ok' && (outcome.kind !== 'err' || operation.fault)) return false;
    return this.#outstanding.has(operation.id);
  }

  /** Executes the machine's code once and leaves the transaction open. */
  #attempt(operation: MachineOperation): OpenAttempt | Promise<OpenAttempt> {
    const { fault } = operation;
    this.#attempts += 1;
    this.#store.begin(fault && toAccessFault(fault));
    this.#collector.open(fault?.kind === 'actionRefused' ? fault.action : undefined);
    this.#guard?.enter();
    try {
      const answer = this.#call(operation);
      if (isPromise(answer)) return this.#await(operation, answer);
      return this.#close(operation, answer);
    } catch (thrown) {
      return this.#closeThrown(operation, thrown);
    }
  }

  #call(operation: MachineOperation): Ok | Err<unknown> | Promise<Ok | Err<unknown>> {
    const { access } = this.#store;
    switch (operation.kind) {
      case 'input':
        return this.#machine.stf(
          access,
          { kind: 'normal', input: operation.input },
          this.#collector,
        );
      case 'completion': {
        const { id, result } = operation;
        return this.#machine.stf(
          access,
          { kind: 'trackedActionCompleted', id, result },
          this.#collector,
        );
      }
      case 'restore':
        return this.#machine.restore(access.current, this.#collector);
      default:
        return assertNever(operation, 'operation');
    }
  }

  /** Waits for a machine that awaits; what it started and left running ends with the step. */
  async #await(
    operation: MachineOperation,
    answer: PromiseLike<Ok | Err<unknown>>,
  ): Promise<OpenAttempt> {
    try {
      return this.#close(operation, await answer);
    } catch (thrown) {
      return this.#closeThrown(operation, thrown);
    } finally {
      this.#store.renewAccess();
      this.#collector = new ActionCollector();
    }
  }

  #close(operation: MachineOperation, answer: Ok | Err<unknown>): OpenAttempt {
    // The types promise an outcome, but the machine may come from plain JavaScript.
    const kind: unknown = (answer as Partial<Ok> | undefined)?.kind;
    if (kind === 'ok') return this.#closeWith(operation, ok());
    if (kind === 'err') {
      const { error } = answer as Err<unknown>;
      if (this.#isRecorded) freeze(error, 'The error');
      return this.#closeWith(operation, { kind: 'err', error });
    }
    const where = operation.kind === 'restore' ? 'restore' : 'stf';
    return this.#closeThrown(
      operation,
      new TypeError(`${where} answered neither ok() nor err(why), but ${describe(answer)}`),
    );
  }

  #closeThrown(operation: MachineOperation, thrown: unknown): OpenAttempt {
    if (thrown instanceof StorageError && this.#store.hasStruck) {
      const error = { kind: 'StorageFailed', reason: thrown.message };
      return this.#closeWith(operation, { kind: 'err', error });
    }
    return this.#closeWith(operation, { kind: 'panic', error: this.#describeError(thrown) });
  }

  #closeWith({ fault }: MachineOperation, outcome: Outcome): OpenAttempt {
    const sideEffects = this.#guard?.leave() ?? NONE;
    const actions = this.#collector.close();
    const { refused } = this.#collector;
    const { pending } = this.#store;
    if (fault === undefined) {
      return { outcome, pending, actions, refused, sideEffects, hasStruck: false };
    }
    const attempt = { outcome, pending, actions, refused, sideEffects };
    switch (fault.kind) {
      case 'crashAtAccess':
        // Whatever a machine makes of it, its process is dead.
        return this.#store.hasStruck
          ? { ...attempt, outcome: CRASHED, hasStruck: true }
          : { ...attempt, hasStruck: false };
      case 'crashBeforeCommit':
        return { ...attempt, outcome: CRASHED, hasStruck: true };
      case 'accessFails':
        return { ...attempt, hasStruck: this.#store.hasStruck };
      case 'commitFails': {
        if (outcome.kind !== 'ok') return { ...attempt, hasStruck: false };
        const error = { kind: 'StorageFailed', reason: 'the commit failed' };
        return { ...attempt, outcome: { kind: 'err', error }, hasStruck: true };
      }
      case 'actionRefused':
        return { ...attempt, hasStruck: refused.length > 0 };
      default:
        return assertNever(fault, 'fault');
    }
  }

  #describeError(thrown: unknown): ThrownError {
    const isError = thrown instanceof Error;
    const source = this.#locate(thrown);
    return {
      name: isError ? thrown.name : 'Error',
      message: isError ? thrown.message : `threw ${describe(thrown)}`,
      ...(source === undefined ? {} : { source }),
    };
  }

  /** Executes something on the committed state, to see what would come of it. */
  #probe(operation: MachineOperation): Attempt | Promise<Attempt> {
    const attempt = this.#attempt(operation);
    if (!isPromise(attempt)) {
      this.#store.rollBack();
      return attempt;
    }
    return attempt.then((closed) => {
      this.#store.rollBack();
      return closed;
    });
  }

  /** Commits an accepted attempt, and rolls back any other. */
  #settle(given: MachineOperation, attempt: OpenAttempt, more: readonly Violation[]): StepResult {
    const operation = given.fault && !attempt.hasStruck ? withoutFault(given) : given;
    const { outcome, actions, refused, sideEffects } = attempt;
    const before = this.#store.committed;
    const found =
      sideEffects.length + more.length === 0
        ? NONE
        : [
            ...this.#toSideEffectFindings(sideEffects, operation),
            ...this.#toFindings(more, operation),
          ];
    if (outcome.kind === 'ok') {
      this.#store.commit();
      this.#undispatched = actions;
      return {
        operation,
        outcome,
        actions,
        discarded: NONE,
        refused,
        lost: NONE,
        before,
        attempted: this.#store.committed,
        findings: found,
      };
    }
    this.#rollBacks += 1;
    const attempted = this.#store.pending;
    this.#store.rollBack();
    this.#undispatched = NONE;
    return {
      operation,
      outcome,
      actions: NONE,
      discarded: actions,
      refused,
      lost: NONE,
      before,
      attempted,
      findings: this.#findingsOfRollBack(operation, outcome, attempted, found),
    };
  }

  #findingsOfRollBack(
    operation: MachineOperation,
    outcome: Err<unknown> | Panic | { readonly kind: 'crashed' },
    attempted: Value,
    found: readonly Finding[],
  ): readonly Finding[] {
    const hadChanged = attempted !== this.#store.committed;
    if (outcome.kind === 'crashed' || (outcome.kind === 'err' && !hadChanged)) return found;
    const findings = [...found];
    const [stepIndex, shape] = [this.#stepIndex, shapeOf(operation)];
    if (outcome.kind === 'panic' && outcome.error.name !== SideEffectError.name) {
      findings.push({ stepIndex, kind: 'panic', ...outcome.error, shape });
    }
    const isStorage =
      operation.fault?.kind === 'accessFails' || operation.fault?.kind === 'commitFails';
    // After a failed access or commit there is nothing that a machine could have done better.
    if (!hadChanged || isStorage) return findings;
    const what = outcome.kind === 'err' ? 'answered an error' : 'panicked';
    const message = `The machine ${what} after it had changed the state.`;
    const expected = 'the state as it was';
    const actual = `changed ${listChanges(this.#store.committed, attempted)}`;
    return [
      ...findings,
      ...this.#toFindings([{ name: 'atomicity', message, expected, actual }], operation),
    ];
  }

  #toFindings(violations: readonly Violation[], operation: MachineOperation): readonly Finding[] {
    if (violations.length === 0) return NONE;
    const [stepIndex, shape] = [this.#stepIndex, shapeOf(operation)];
    return violations
      .filter(({ name }) => this.#machine.waivers?.[name] === undefined)
      .map((violation) => ({ stepIndex, kind: 'rule', ...violation, shape }));
  }

  #toSideEffectFindings(
    sideEffects: readonly SideEffect[],
    operation: MachineOperation,
  ): readonly Finding[] {
    const where = operation.kind === 'restore' ? 'restore' : 'stf';
    return sideEffects.flatMap(({ name, error }) => {
      const source = this.#locate(error);
      const message = `${where} reached for ${name}, which was refused.`;
      const expected = 'an answer that follows from state and input alone';
      const [finding] = this.#toFindings(
        [{ name: 'no side effects', message, expected, actual: `a call of ${name}` }],
        operation,
      );
      return finding ? [{ ...finding, ...(source === undefined ? {} : { source }) }] : [];
    });
  }

  /** The process dies: nothing that was dispatched or about to be is known any more. */
  #crash(operation: Operation & { readonly kind: 'crash' }): Executed {
    const lost = this.#undispatched.slice(operation.dispatched);
    this.#undispatched = NONE;
    this.#outstanding.clear();
    return this.#finish({ ...this.#unchanged(operation), lost });
  }

  /** Something happens outside the machine. */
  #note(operation: Operation, failures: readonly SettledFailure[]): Executed {
    if (this.#isRecorded) freeze(operation, 'The operation');
    this.#dispatch(this.#undispatched);
    const stepIndex = this.#stepIndex;
    const findings = failures.map((failure): Finding => ({
      stepIndex,
      kind: 'settled',
      ...failure,
    }));
    return this.#finish({ ...this.#unchanged(operation), findings });
  }

  #unchanged(operation: Operation): StepResult {
    const state = this.#store.committed;
    return {
      operation,
      outcome: ok(),
      actions: NONE,
      discarded: NONE,
      refused: NONE,
      lost: NONE,
      before: state,
      attempted: state,
      findings: NONE,
    };
  }

  #dispatch(actions: readonly EmittedAction[]): void {
    if (actions.length === 0) return;
    for (const action of actions) {
      if (action.kind === 'tracked') this.#outstanding.set(action.id, action.action);
    }
    this.#undispatched = NONE;
  }

  /** Checks the invariants and puts the step together. */
  #finish(result: StepResult): Executed {
    const { operation, outcome, before, attempted } = result;
    const { findings, recovered } = this.#checkInvariants(result.findings, operation);
    return {
      stepIndex: this.#stepIndex,
      operation,
      outcome,
      actions: result.actions,
      discarded: result.discarded,
      refused: result.refused,
      lost: result.lost,
      before,
      after: this.#store.committed,
      attempted,
      findings,
      recovered,
    };
  }

  #checkInvariants(
    others: readonly Finding[],
    cause: Operation | 'initial state',
  ): Pick<Executed, 'findings' | 'recovered'> {
    const changes = this.#invariants.check(this.#store.committed);
    if (changes === NO_CHANGES) {
      return others.length === 0 ? NOTHING_FOUND : { findings: others, recovered: NONE };
    }
    const { failed, recovered } = changes;
    if (failed.length === 0) return { findings: others, recovered };
    const stepIndex = this.#stepIndex;
    const shape = cause === 'initial state' ? cause : shapeOf(cause);
    const own = failed.map((failure): Finding => ({
      stepIndex,
      kind: 'invariant',
      ...failure,
      shape,
    }));
    return { findings: [...others, ...own], recovered };
  }
}

/** Carries out a piece of checking; only a machine that awaits makes it answer a promise. */
function drive<T>(checking: Checking<T>, given?: Attempt): T | Promise<T> {
  let step = given === undefined ? checking.next() : checking.next(given);
  while (step.done !== true) {
    const asked = step.value;
    if (isPromise(asked)) return asked.then((attempt) => drive(checking, attempt));
    step = checking.next(asked);
  }
  return step.value;
}

function toAccessFault(fault: NonNullable<MachineOperation['fault']>): AccessFault | undefined {
  return fault.kind === 'crashAtAccess' || fault.kind === 'accessFails' ? fault : undefined;
}

function withoutFault({ fault: _, ...operation }: MachineOperation): MachineOperation {
  return operation;
}

/** How many changed places are named. */
const PATHS_NAMED_MAX = 3;

function listChanges(before: Value, after: Value): string {
  const paths = diff(before, after).map(({ path }) => formatPath(path));
  const named = paths.slice(0, PATHS_NAMED_MAX).join(', ');
  return paths.length > PATHS_NAMED_MAX
    ? `${named} and ${paths.length - PATHS_NAMED_MAX} more`
    : named;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object') {
    const keys = Object.keys(value ?? {});
    return value === null ? 'null' : `an object with the keys ${keys.join(', ') || '(none)'}`;
  }
  return `a ${typeof value}`;
}
