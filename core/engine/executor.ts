import { assertNever } from '../assert.ts';
import type { Guard } from '../isolation/guard.ts';
import type { Output } from '../isolation/output.ts';
import { executedStep, type Executed, type IdleStep } from '../machine/executed.ts';
import { type Finding } from '../machine/finding.ts';
import type { ActionId, AnyMachine } from '../machine/machine.ts';
import type { MachineOperation, Operation } from '../machine/operation.ts';
import { RULE_NAMES, type RuleName } from '../machine/rules.ts';
import type { StateStore } from '../machine/state-store.ts';
import type { Value } from '../value/value.ts';
import { chain, drive, type Maybe } from '../waiting.ts';
import { CaughtFailures } from './caught-failures.ts';
import { planChecks, type CheckPlan } from './check-plan.ts';
import { Dispatch } from './dispatch.ts';
import { hangFinding, settledFinding, StepFindings, type SettledFailure } from './findings.ts';
import { openInitialStore } from './initial-store.ts';
import { InvariantChecker, NO_CHANGES } from './invariants.ts';
import { RuleChecker, type Probe } from './rules.ts';
import { freezeGiven } from './scenario-guard.ts';
import { SecondExecution } from './second-execution.ts';
import { shapeOf } from './signature.ts';
import { StepEnding } from './step-ending.ts';
import type { Overrun, StepWatch } from './step-watch.ts';
import { Transactor, type LocateError, type OpenAttempt } from './transactor.ts';
import type { Violation } from './violations.ts';

/** How a machine is executed. */
export interface ExecutionOptions {
  readonly locate?: LocateError | undefined;
  /** What is checked, and how often; by default everything that needs no faults. */
  readonly checks?: CheckPlan | undefined;
  /** Keeps the machine's code from everything outside state and input. */
  readonly guard?: Guard | undefined;
  /** The state to begin with, instead of the machine's own; for state of plain values. */
  readonly initialState?: Value | undefined;
  /** Notices when a step does not end. */
  readonly watch?: StepWatch | undefined;
}

/** What was checked so far, and how often. */
export interface CheckCounts {
  /** How often invariants were evaluated, */
  readonly evaluated: number;
  /** how often the state was unchanged, so that no evaluation was needed, */
  readonly carriedOver: number;
  /** and how often they were skipped, because only a sample is evaluated. */
  readonly skipped: number;
  /** How often each rule was checked. */
  readonly rules: Readonly<Partial<Record<RuleName, number>>>;
  /**
   * How often each settled property was checked, by name: 0 when no run came to a settled end. Empty
   * when there are no external systems.
   */
  readonly settled: Readonly<Record<string, number>>;
}

const NONE: readonly never[] = [];
const RESTORE: MachineOperation = { kind: 'restore' };
const LOST: RuleName = 'tracked actions are restorable';

/**
 * Executes operations on a machine, one at a time, as a runtime would: begin a transaction, call
 * `stf`, then commit and dispatch, or roll back and discard.
 */
export class Executor {
  readonly initialState: Value;
  /** Findings on the initial state, with step index -1. */
  readonly initialFindings: readonly Finding[];
  readonly #machine: AnyMachine;
  readonly #options: ExecutionOptions;
  readonly #findings: StepFindings;
  readonly #store: StateStore;
  readonly #transactor: Transactor;
  readonly #second: SecondExecution;
  readonly #dispatch = new Dispatch();
  readonly #ending: StepEnding;
  readonly #invariants: InvariantChecker;
  /** The rules that are checked. */
  readonly rulesAsked: readonly RuleName[];
  readonly #rules: RuleChecker;
  /** How the rules execute the machine's code once more. */
  readonly #probe: Probe = (operation) => this.#transactor.probe(operation);
  readonly #caught: CaughtFailures;
  readonly #output: Output | undefined;
  #stepIndex = -1;
  /** Whether a step that was taken in was found to lose tracked actions. */
  #hasLost = false;

  /**
   * @param from see {@link branch}.
   * @throws {MachineError} when `initialState` throws or does not return plain data.
   */
  constructor(
    machine: AnyMachine,
    options: ExecutionOptions = {},
    from?: { readonly executor: Executor; readonly store: StateStore },
  ) {
    const checks = options.checks ?? planChecks(machine);
    this.#output = options.guard?.output;
    this.#machine = machine;
    this.#options = options;
    const locate = options.locate ?? (() => undefined);
    const conditions = { locate, guard: options.guard };
    const store = from?.store ?? openInitialStore(machine, options.initialState, conditions);
    this.#store = store;
    this.#findings = new StepFindings(machine, locate);
    this.#caught = new CaughtFailures(locate);
    this.#transactor = new Transactor(machine, store, conditions);
    this.#invariants = new InvariantChecker(machine.invariants, {
      every: checks.invariantsEvery,
      guard: options.guard,
    });
    // Without a guard, side effects are not noticed.
    this.rulesAsked = RULE_NAMES.filter(
      (rule) =>
        checks.rules[rule] !== undefined &&
        (rule !== 'no side effects' || options.guard !== undefined),
    );
    this.#rules = new RuleChecker(checks);
    const [findings, dispatch, caught] = [this.#findings, this.#dispatch, this.#caught];
    this.#ending = new StepEnding({ store, findings, dispatch, caught });
    const [transactor, rules] = [this.#transactor, this.#rules];
    this.#second = new SecondExecution(machine, { store, transactor, rules }, conditions);
    if (from) {
      this.initialState = from.executor.initialState;
      this.initialFindings = from.executor.initialFindings;
      this.#becomeLike(from.executor);
      return;
    }
    this.initialState = this.#store.committed;
    const changes = this.#invariants.check(this.initialState);
    this.initialFindings = this.#findings.ofInvariants(-1, changes, 'initial state');
  }

  /** The committed state after the last step. */
  get state(): Value {
    return this.#store.committed;
  }

  /** Tracked actions that were dispatched and have not completed, by id. */
  get outstanding(): ReadonlyMap<ActionId, unknown> {
    return this.#dispatch.outstanding;
  }

  /** Ends the run and releases the storage of the state. */
  close(): void {
    this.#store.close();
  }

  /** Makes the step of an operation whose execution did not end. Nothing can be executed after it. */
  overrun(operation: Operation, overrun: Overrun): Executed {
    const [stepIndex, before] = [this.#stepIndex, this.#store.committed];
    const findings = [hangFinding(stepIndex, operation, overrun)];
    const outcome = { kind: 'hang', ...overrun } as const;
    return executedStep({ stepIndex, operation, outcome, before, findings });
  }

  /** What was checked so far, and how often. */
  get checks(): Omit<CheckCounts, 'settled'> {
    const rules: Partial<Record<RuleName, number>> = {};
    for (const name of this.rulesAsked) rules[name] = 0;
    Object.assign(rules, this.#rules.counts);
    if (this.rulesAsked.includes('atomicity')) rules.atomicity = this.#ending.rollBacks;
    if (this.rulesAsked.includes('no side effects')) {
      rules['no side effects'] = this.#transactor.attempts;
    }
    return { ...this.#invariants.counts, rules };
  }

  /**
   * Executes the next operation. Returns a promise only for a machine that awaits.
   *
   * @param failures for the operation `settled`: the properties that do not hold.
   */
  execute(
    operation: Operation,
    failures: readonly SettledFailure[] = NONE,
  ): Executed | Promise<Executed> {
    this.#stepIndex += 1;
    switch (operation.kind) {
      case 'normal':
      case 'trackedActionCompleted':
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

  /**
   * Whether {@link lead} executes the machine: its state is in a database, and cannot be taken from
   * elsewhere.
   */
  get leadsByExecuting(): boolean {
    return this.#store.resume === undefined;
  }

  /**
   * Takes in the next step as it was executed before, such as one of a trace: everything is then as if it
   * had been executed here. Before anything else is executed, {@link endLead} must be called. None may be
   * idle where {@link leadsByExecuting}.
   */
  lead(step: Executed | IdleStep): Maybe<void> {
    if (step === 'idle') {
      this.#stepIndex += 1;
      this.#dispatch.dispatchHeld();
      return undefined;
    }
    if (this.leadsByExecuting) return chain(this.execute(step.operation), () => undefined);
    this.#stepIndex += 1;
    const { operation, outcome, actions } = step;
    if (operation.kind === 'crash') {
      this.#dispatch.crash(operation.dispatched);
    } else {
      this.#dispatch.dispatchHeld();
      this.#dispatch.complete(step);
      if (outcome.kind === 'ok') {
        this.#dispatch.hold(actions);
        this.#caught.observe(step, undefined);
      }
    }
    this.#invariants.lead(step);
    this.#rules.lead(step);
    this.#hasLost ||= step.findings.some(({ name }) => name === LOST);
    return undefined;
  }

  /**
   * An executor that goes on from here for itself, between two steps.
   *
   * @returns `undefined` when the state cannot be copied, such as on a server.
   */
  branch(): Executor | undefined {
    const store = this.#store.copy?.();
    return store && new Executor(this.#machine, this.#options, { executor: this, store });
  }

  #becomeLike(other: Executor): void {
    this.#stepIndex = other.#stepIndex;
    this.#dispatch.becomeLike(other.#dispatch);
    this.#ending.becomeLike(other.#ending);
    this.#hasLost = other.#hasLost;
    this.#transactor.becomeLike(other.#transactor);
    this.#caught.becomeLike(other.#caught);
    this.#invariants.becomeLike(other.#invariants);
    this.#rules.becomeLike(other.#rules);
  }

  /**
   * Goes on after the steps that {@link lead} was given.
   *
   * @param state the one after the last of them.
   */
  endLead(state: Value): Maybe<void> {
    if (this.leadsByExecuting) return undefined;
    this.#store.resume?.(state);
    this.#invariants.endLead(this.#store.committed);
    if (!this.#hasLost || !this.rulesAsked.includes(LOST)) return undefined;
    // What restore loses was reported once: it is not news after the last of these steps.
    const outstanding = this.#dispatch.outstandingNext;
    return chain(this.#transactor.probe(RESTORE), (restored) =>
      this.#rules.endLead(restored, outstanding),
    );
  }

  /** Runs the machine's code inside a transaction, and commits it or rolls it back. */
  #transact(operation: MachineOperation): Maybe<Executed> {
    this.#dispatch.dispatchHeld();
    const look = this.#rules.look(operation);
    const isClose = look !== 'glance';
    if (isClose) freezeGiven(operation);
    this.#transactor.isFreezing = isClose;
    const printed = this.#output?.length ?? 0;
    const attempt = this.#transactor.attempt(operation);
    if (look === 'twice') return this.#thenRepeat(operation, attempt, printed);
    // No closure on the synchronous fast path, here and below: nearly every step takes it.
    return attempt instanceof Promise
      ? attempt.then((ended) => this.#end(operation, ended, NONE))
      : this.#end(operation, attempt, NONE);
  }

  /** Apart from {@link #transact}, since a function that makes a closure now and then costs more at each call. */
  #thenRepeat(
    operation: MachineOperation,
    attempt: Maybe<OpenAttempt>,
    printed: number,
  ): Maybe<Executed> {
    const repeated = chain(attempt, (first) => this.#second.execute(operation, first, printed));
    return chain(repeated, (second) => this.#end(operation, second.attempt, second.violations));
  }

  /** Asks, between two steps, as {@link SecondExecution.askRestarted} does. */
  askRestarted(): Maybe<Violation | undefined> {
    return this.#second.askRestarted();
  }

  /** Ends the transaction of an attempt, and checks the step. */
  #end(
    operation: MachineOperation,
    attempt: OpenAttempt,
    violations: readonly Violation[],
  ): Maybe<Executed> {
    const settled = this.#hasVerdictsElsewhere(attempt)
      ? chain(drive(this.#transactor.fetchVerdicts(attempt)), (last) =>
          this.#ending.end(this.#stepIndex, operation, last, violations),
        )
      : this.#ending.end(this.#stepIndex, operation, attempt, violations);
    return settled instanceof Promise
      ? settled.then((step) => this.#check(step))
      : this.#check(settled);
  }

  /** Checks the rules of a step, and the invariants after it. */
  #check(step: Executed): Maybe<Executed> {
    return this.#rules.concerns(step.operation, step.outcome)
      ? this.#examine(step)
      : this.#finish(step);
  }

  #hasVerdictsElsewhere({ outcome, pending }: OpenAttempt): boolean {
    if (!this.#machine.fetchVerdicts || outcome.kind !== 'ok') return false;
    return this.#invariants.isDue(pending);
  }

  /** Checks a step against the rules, and adds what they find. */
  #examine(step: Executed): Maybe<Executed> {
    const operation = step.operation as MachineOperation;
    const completes = this.#dispatch.complete(step);
    const { outcome, before, after, actions, refused } = step;
    const { outstanding } = this.#dispatch;
    const violations = this.#rules.examine(
      { operation, outcome, before, after, actions, refused, completes, outstanding },
      this.#probe,
    );
    return violations instanceof Promise
      ? violations.then((found) => this.#finish(this.#withViolations(step, found)))
      : this.#finish(this.#withViolations(step, violations));
  }

  #withViolations(step: Executed, violations: readonly Violation[]): Executed {
    const breaches = this.#rules.takeBreaches();
    if (violations.length + breaches.length === 0) return step;
    const shape = shapeOf(step.operation);
    return {
      ...step,
      findings: [
        ...step.findings,
        ...this.#findings.ofRules(this.#stepIndex, violations, shape),
        ...this.#findings.ofBreaches(this.#stepIndex, breaches, RESTORE),
      ],
    };
  }

  /** The process dies, and forgets all actions that it dispatched or was about to dispatch. */
  #crash(operation: Operation & { readonly kind: 'crash' }): Executed {
    const lost = this.#dispatch.crash(operation.dispatched);
    const before = this.#store.committed;
    this.#store.crash();
    const [stepIndex, after] = [this.#stepIndex, this.#store.committed];
    return this.#finish(executedStep({ stepIndex, operation, before, after, lost }));
  }

  /** Records an operation outside the machine. */
  #note(operation: Operation, failures: readonly SettledFailure[]): Executed {
    freezeGiven(operation);
    this.#dispatch.dispatchHeld();
    const stepIndex = this.#stepIndex;
    const findings = failures.map((failure): Finding => {
      const caught = this.#caught.about(failure.id);
      return { ...settledFinding(stepIndex, failure), ...(caught ? { caught } : {}) };
    });
    const before = this.#store.committed;
    return this.#finish(executedStep({ stepIndex, operation, before, findings }));
  }

  /** Adds the findings of invariants to a step, and the caught failures that its findings follow from. */
  #finish(step: Executed): Executed {
    const changes = this.#invariants.check(this.#store.committed);
    if (changes === NO_CHANGES) return this.#caught.explain(step);
    const failures = this.#findings.ofInvariants(this.#stepIndex, changes, shapeOf(step.operation));
    const findings = [...step.findings, ...failures];
    return this.#caught.explain({ ...step, findings, recovered: changes.recovered });
  }
}
