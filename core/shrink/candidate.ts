import type { CheckPlan } from '../engine/check-plan.ts';
import { driveToStep } from '../engine/driving.ts';
import type { ExecutionOptions } from '../engine/executor.ts';
import type { ReplayOptions } from '../engine/replay.ts';
import { startReplay } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import { PANICS_MAX } from '../engine/simulation.ts';
import { isTakenIn, type EmittedAction, type Executed, type Outcome } from '../machine/executed.ts';
import { type Finding } from '../machine/finding.ts';
import type { ActionId, AnyMachine } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { RuleName } from '../machine/rules.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { sameValue } from '../value/value.ts';

/** A machine that can be executed. */
export interface ShrinkMachine extends Pick<ExecutionOptions, 'guard' | 'locate'> {
  readonly machine: AnyMachine;
  /** Says what must hold at the end. Without it, settled findings cannot be shrunk. */
  readonly scenario?: AnyScenario | undefined;
}

/** A machine that fails, and the cause that a shorter run must reproduce. */
export interface ShrinkSubject extends ShrinkMachine {
  /** The signature of the findings to reproduce. */
  readonly signature: string;
  /** What is checked; by default only the checks that can find the cause. */
  readonly checks?: CheckPlan | undefined;
}

/** One step of a run to try. */
export interface CandidateStep {
  readonly operation: Operation;
  /** The index of the step in the original run. */
  readonly stepIndex: number;
  /** The tracked actions that it emitted so far. */
  readonly emitted: readonly TrackedAction[];
}

/** One step of a run that fails. */
export interface FailingStep extends CandidateStep {
  /** All actions that it emitted, whether or not they were sent. */
  readonly tried: readonly EmittedAction[];
  readonly outcome: Outcome['kind'];
}

type TrackedAction = EmittedAction & { readonly kind: 'tracked' };

/** A run to try: some steps of a run that fails, perhaps with other values. */
export type Candidate = readonly CandidateStep[];

/**
 * A run that fails for the wanted cause, up to the failing step. It has no steps when the initial state
 * fails.
 */
export type FailingRun = readonly FailingStep[];

/**
 * Executes a candidate: some steps of a run that fails, perhaps with other values. Ids are translated:
 * a completion completes the same action, even if its id has changed. Operations that no longer make
 * sense are left out, such as the completion of an action that is not sent, or a restore without a crash.
 *
 * @param isOriginal leaves all operations unchanged: it is not yet known what the steps emit.
 * @returns the run as it was executed, up to the finding; `undefined` when it does not fail for the
 * same cause, or could not have happened.
 */
export async function tryCandidate(
  subject: ShrinkSubject,
  candidate: Candidate,
  { isOriginal = false } = {},
): Promise<FailingRun | undefined> {
  const { machine, guard, locate, scenario, signature } = subject;
  const guide = new Guide(candidate, isOriginal);
  const rewrite: ReplayOptions['rewrite'] = (...rewritten) => guide.rewrite(...rewritten);
  const checks = subject.checks ?? checksFor(subject);
  const run = startReplay(
    { machine, scenario, locate, guard, checks, rewrite },
    candidate.map(({ operation }) => operation),
  );
  const isWanted = (found: Finding) => signatureOf(found) === signature;
  if (run.executor.initialFindings.some(isWanted)) {
    run.close();
    return [];
  }
  const kept: FailingStep[] = [];
  const { step: last } = await driveToStep(run, (step) => {
    const given = candidate[guide.position] as CandidateStep;
    guide.observe(step, given);
    kept.push(failingStep(step, given));
    return guide.isImpossible || step.findings.some(isWanted);
  });
  const isFound = last?.findings.some(isWanted) ?? false;
  return isFound && !guide.isImpossible ? kept : undefined;
}

function failingStep(step: Executed, { stepIndex }: CandidateStep): FailingStep {
  const { operation, outcome, actions, discarded, refused } = step;
  const tried = [...actions, ...discarded, ...refused];
  return { operation, stepIndex, emitted: trackedOf(step), tried, outcome: outcome.kind };
}

/** Only the checks that can find the cause: the rest would take most of a candidate's time. */
function checksFor({ signature }: ShrinkSubject): CheckPlan {
  const [kind, name] = JSON.parse(signature) as [Finding['kind'], RuleName];
  return {
    invariantsEvery: kind === 'invariant' ? 1 : Number.MAX_SAFE_INTEGER,
    closeEvery: 1,
    rules: kind === 'rule' ? { [name]: true, ...FOUND_BY[name] } : {},
  };
}

/**
 * Rules that the check of another rule depends on: ids are compared where steps are executed twice, and
 * breaches of restore are also seen where the check of another rule calls it.
 */
const FOUND_BY: Readonly<Partial<Record<RuleName, CheckPlan['rules']>>> = {
  'ids are deterministic and unique': { determinism: true, 'restore is pure': true },
  'no side effects': { 'tracked actions are restorable': true },
  'restore is pure': { 'tracked actions are restorable': true },
};

/** The tracked actions that a step emitted. */
function trackedOf({ actions }: Pick<Executed, 'actions'>): readonly TrackedAction[] {
  return actions.filter((action) => action.kind === 'tracked');
}

/** Guides the execution of a candidate: translates ids, and leaves out operations without sense. */
class Guide {
  readonly #candidate: Candidate;
  readonly #isOriginal: boolean;
  /** Ids of the previous run, with the ids that they have become. */
  readonly #ids = new Map<ActionId, ActionId>();
  /** How often each action was sent, and the actions under way. */
  readonly #sent = new Map<ActionId, number>();
  readonly #underWay = new Set<ActionId>();
  /** The results that were taken in under each id. */
  readonly #delivered = new Map<ActionId, readonly unknown[]>();
  readonly #panics = new Map<ActionId, number>();
  #unsent: readonly ActionId[] = [];
  #isDown = false;
  /** The position in the candidate of the current step. */
  position = 0;
  /** Whether the candidate has a step that is impossible in any run. */
  isImpossible = false;

  constructor(candidate: Candidate, isOriginal: boolean) {
    this.#candidate = candidate;
    this.#isOriginal = isOriginal;
  }

  rewrite(operation: Operation, position: number, isAdded: boolean): Operation | undefined {
    if (this.#isOriginal) {
      this.position = position;
      return operation;
    }
    const rewritten = isAdded ? operation : this.#rewrite(operation);
    if (rewritten) {
      this.position = position;
      this.#send(rewritten.kind === 'crash' ? rewritten.dispatched : undefined);
      const isSettled = rewritten.kind === 'settled' && !rewritten.isDown;
      if (isSettled && this.#underWay.size > 0) this.isImpossible = true;
    }
    return rewritten;
  }

  #rewrite(operation: Operation): Operation | undefined {
    // A process that has died can only restore, and only such a process restores.
    const isRestore = operation.kind === 'restore';
    const needsLife =
      operation.kind !== 'crash' && !(operation.kind === 'settled' && operation.isDown);
    if (this.#isDown && !isRestore && needsLife) this.isImpossible = true;
    if (isRestore && !this.#isDown) return undefined;
    switch (operation.kind) {
      case 'trackedActionCompleted':
      case 'loss': {
        const id = this.#ids.get(operation.id);
        if (id === undefined || !this.#isSent(id)) return undefined;
        if (operation.kind === 'loss') return { ...operation, id };
        const { isDuplicate, ...first } = operation;
        return this.#isSecond(operation, id)
          ? { ...first, id, isDuplicate: true }
          : { ...first, id };
      }
      case 'normal':
      case 'crash':
      case 'restore':
      case 'settled':
        return operation;
    }
  }

  /**
   * Whether a message is a duplicate. If the first delivery was left out, the second takes its place.
   * A result whose action was left out can only be a duplicate, unless the action has just been sent
   * again.
   */
  #isSecond(
    { isDuplicate, result }: Operation & { kind: 'trackedActionCompleted' },
    id: ActionId,
  ): boolean {
    const before = this.#delivered.get(id)?.filter((one) => sameValue(one, result)).length ?? 0;
    const isUnasked = before >= (this.#sent.get(id) ?? 0);
    return before > 0 && (isDuplicate === true || (isUnasked && !this.#unsent.includes(id)));
  }

  #isSent(id: ActionId): boolean {
    return this.#sent.has(id) || this.#unsent.includes(id);
  }

  #send(count: number | undefined): void {
    for (const id of this.#unsent.slice(0, count)) {
      this.#sent.set(id, (this.#sent.get(id) ?? 0) + 1);
      this.#underWay.add(id);
    }
    this.#unsent = [];
  }

  /** Takes in an executed step. */
  observe(step: Executed, given: CandidateStep): void {
    if (this.#isOriginal) return;
    const { operation, outcome } = step;
    if (operation.kind === 'crash' || outcome.kind === 'crashed') this.#underWay.clear();
    if (operation.kind === 'crash') this.#isDown = true;
    if (operation.kind === 'restore' && outcome.kind === 'ok') this.#isDown = false;
    if (outcome.kind === 'crashed') this.#requireCrash();
    if (operation.kind === 'trackedActionCompleted') this.#deliver(operation, step);
    const now = trackedOf(step);
    this.#unsent = now.map(({ id }) => id);
    for (const [index, { id }] of given.emitted.entries()) {
      const become = now[index]?.id;
      const before = id;
      // The actions that restore emits have their ids from before the crash.
      if (operation.kind === 'restore' && this.#ids.has(before)) continue;
      if (become !== undefined) this.#ids.set(before, become);
    }
  }

  /** A result that is taken in ends its action. A result that a fault kept out comes again. */
  #deliver(operation: Operation & { kind: 'trackedActionCompleted' }, step: Executed): void {
    const { id } = operation;
    if (step.outcome.kind === 'panic') this.#panic(id);
    if (!isTakenIn(step)) return;
    if (!operation.isDuplicate) this.#underWay.delete(id);
    this.#delivered.set(id, [...(this.#delivered.get(id) ?? []), operation.result]);
  }

  /** Gives up a message at which the machine panics again and again. */
  #panic(id: ActionId): void {
    const panics = (this.#panics.get(id) ?? 0) + 1;
    this.#panics.set(id, panics);
    if (panics >= PANICS_MAX) this.#underWay.delete(id);
  }

  /** A step in which the process dies must be followed by the crash. */
  #requireCrash(): void {
    if (this.#candidate[this.position + 1]?.operation.kind !== 'crash') this.isImpossible = true;
  }
}
