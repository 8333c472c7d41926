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
  /** Knows what must hold at the end; without it, such findings cannot be shrunk. */
  readonly scenario?: AnyScenario | undefined;
}

/** A machine that fails, and the cause that a shorter run must keep. */
export interface ShrinkSubject extends ShrinkMachine {
  /** The signature of the findings to keep. */
  readonly signature: string;
  /** What is checked; by default only what can find the cause. */
  readonly checks?: CheckPlan | undefined;
}

/** One step of a run to try. */
export interface CandidateStep {
  readonly operation: Operation;
  /** The step of the original run that it was. */
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
 * A run that fails for the wanted cause, up to the step that does. It has no steps when already the
 * initial state fails.
 */
export type FailingRun = readonly FailingStep[];

/**
 * Executes a candidate: some steps of a run that fails, perhaps with other values. Ids are taken
 * over: a completion answers what its action is now, whatever its id has become. What makes no sense
 * any more is left out: the completion of an action that is not sent, a restore without a crash.
 *
 * @param isOriginal leaves everything as it is: nothing is known yet of what the steps emit.
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

/** Only what can find the cause is checked: most of a candidate's time would go to the rest. */
function checksFor({ signature }: ShrinkSubject): CheckPlan {
  const [kind, name] = JSON.parse(signature) as [Finding['kind'], RuleName];
  return {
    invariantsEvery: kind === 'invariant' ? 1 : Number.MAX_SAFE_INTEGER,
    closeEvery: 1,
    rules: kind === 'rule' ? { [name]: true, ...FOUND_BY[name] } : {},
  };
}

/**
 * Rules that another one needs: ids are compared where steps are executed twice, and what restore does
 * is also seen where it is asked what it would bring back.
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

/** Leads a candidate through: translates ids, and leaves out what makes no sense. */
class Guide {
  readonly #candidate: Candidate;
  readonly #isOriginal: boolean;
  /** What the ids of the run before have become. */
  readonly #ids = new Map<ActionId, ActionId>();
  /** How often each action was sent, and what is under way. */
  readonly #sent = new Map<ActionId, number>();
  readonly #underWay = new Set<ActionId>();
  /** The results that were taken in under each id. */
  readonly #delivered = new Map<ActionId, readonly unknown[]>();
  readonly #panics = new Map<ActionId, number>();
  #unsent: readonly ActionId[] = [];
  #isDown = false;
  /** The place in the candidate of the step under way. */
  position = 0;
  /** Whether something came that no run can be like. */
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
    // A process that has died does nothing but come back, and only then.
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
   * Whether a message is the double of an earlier one. Where its first delivery is gone, a second one
   * is the first; and what answered a question that is gone can only be the network's doing, unless
   * that is asked again just now.
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

  /** Takes in what came of a step. */
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
      // What restore emits has its id from before the crash.
      if (operation.kind === 'restore' && this.#ids.has(before)) continue;
      if (become !== undefined) this.#ids.set(before, become);
    }
  }

  /** A result that is taken in ends its action; what a fault kept out comes again. */
  #deliver(operation: Operation & { kind: 'trackedActionCompleted' }, step: Executed): void {
    const { id } = operation;
    if (step.outcome.kind === 'panic') this.#panic(id);
    if (!isTakenIn(step)) return;
    if (!operation.isDuplicate) this.#underWay.delete(id);
    this.#delivered.set(id, [...(this.#delivered.get(id) ?? []), operation.result]);
  }

  /** What the machine panics at again and again is given up. */
  #panic(id: ActionId): void {
    const panics = (this.#panics.get(id) ?? 0) + 1;
    this.#panics.set(id, panics);
    if (panics >= PANICS_MAX) this.#underWay.delete(id);
  }

  /** A step in which the process dies is followed by the crash. */
  #requireCrash(): void {
    if (this.#candidate[this.position + 1]?.operation.kind !== 'crash') this.isImpossible = true;
  }
}
