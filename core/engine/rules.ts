import { isTakenIn, type EmittedAction, type Executed, type Outcome } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import type { MachineOperation, Operation } from '../machine/operation.ts';
import type { RuleName } from '../machine/rules.ts';
import type { Breach } from '../machine/state-store.ts';
import { quoteValue, sameValue } from '../value/value.ts';
import { chain, type Maybe } from '../waiting.ts';
import type { CheckPlan } from './check-plan.ts';
import { differenceOf } from './twins.ts';
import {
  checkRepeated,
  describeRestore,
  halfDone,
  repeatViolation,
  stillAsked,
  trackedIn,
  type Attempt,
  type ExaminedStep,
  type Violation,
} from './violations.ts';

/**
 * How a step is examined. Its input and its error are frozen when it is examined closely, or executed
 * twice.
 */
export type Look = 'glance' | 'closely' | 'twice';

/** Executes the machine again on the committed state, and rolls back. */
export type Probe = (operation: MachineOperation) => Maybe<Attempt>;

const NONE: readonly never[] = [];
const RESTORE: MachineOperation = { kind: 'restore' };

/** Checks a machine's steps against the rules of a plan. */
export class RuleChecker {
  readonly #plan: CheckPlan['rules'];
  readonly #closeEvery: number;
  /** Steps until the next one that is examined closely. */
  #untilClose = 0;
  /** Restores until the next one that is compared with that of a process that has just started. */
  #untilRestart = 0;
  readonly #asked = new Map<RuleName, number>();
  /** The last result taken in under each id. */
  readonly #delivered = new Map<ActionId, unknown>();
  /** Outstanding actions that restore would lose and that are already reported. */
  #missing: ReadonlySet<ActionId> = new Set();
  /** The state and the ids at the last check of restore. */
  #restoredFrom: { readonly state: unknown; readonly ids: readonly ActionId[] } | undefined;

  /** Forbidden things that restore did as a probe; each is reported once. */
  #breaches: Breach[] = [];
  readonly #breachesReported = new Set<string>();

  constructor(plan: CheckPlan) {
    this.#plan = plan.rules;
    this.#closeEvery = plan.closeEvery;
  }

  /** How often each rule was checked. */
  get counts(): Readonly<Partial<Record<RuleName, number>>> {
    return Object.fromEntries(this.#asked);
  }

  /** Counts a check of a rule, if the plan has it. */
  count(rule: RuleName): void {
    if (this.#plan[rule]) this.#asked.set(rule, (this.#asked.get(rule) ?? 0) + 1);
  }

  /** Whether the plan has a rule; if so, a check of it is counted. */
  #isAsked(rule: RuleName): boolean {
    if (!this.#plan[rule]) return false;
    this.count(rule);
    return true;
  }

  /** Decides how a step is examined. */
  look(operation: MachineOperation): Look {
    if (operation.fault) return this.#closeEvery === 1 ? 'closely' : 'glance';
    if (operation.kind === 'restore') return this.#isAsked('restore is pure') ? 'twice' : 'closely';
    // Nearly every step comes here, and a number is faster to count than an entry of a map.
    if (this.#untilClose > 0) {
      this.#untilClose -= 1;
      return 'glance';
    }
    this.#untilClose = this.#closeEvery - 1;
    if (!this.#plan.determinism) return 'closely';
    this.count('determinism');
    return 'twice';
  }

  /** Decides whether a restore is compared with that of a process that has just started. */
  isRestartDue(): boolean {
    if (this.#untilRestart > 0) {
      this.#untilRestart -= 1;
      return false;
    }
    this.#untilRestart = this.#closeEvery - 1;
    return true;
  }

  /** Takes in a step that was examined before, with what it was found to break. */
  lead(step: Executed): void {
    const { operation, findings } = step;
    if (operation.kind === 'trackedActionCompleted' && isTakenIn(step)) {
      this.#delivered.set(operation.id, operation.result);
    }
    for (const { kind, name, message } of findings) {
      if (kind === 'rule') this.#breachesReported.add(`${name}: ${message}`);
    }
  }

  /** Goes on as another checker does; this one must be new. */
  becomeLike(other: RuleChecker): void {
    this.#untilClose = other.#untilClose;
    this.#untilRestart = other.#untilRestart;
    for (const [rule, count] of other.#asked) this.#asked.set(rule, count);
    for (const [id, result] of other.#delivered) this.#delivered.set(id, result);
    this.#missing = other.#missing;
    this.#restoredFrom = other.#restoredFrom;
    for (const breach of other.#breachesReported) this.#breachesReported.add(breach);
  }

  /**
   * Ends the steps that were taken in.
   *
   * @param restored what restore emits after the last of them, where one was found to lose actions.
   */
  endLead(restored: Attempt, outstanding: ReadonlyMap<ActionId, unknown>): void {
    const kept = emittedBy(restored);
    this.#missing = new Set([...outstanding.keys()].filter((id) => !kept.has(id)));
  }

  /** Compares two executions of the same operation on the same state. */
  compareTwins(kind: MachineOperation['kind'], first: Attempt, second: Attempt): Violation[] {
    const difference = differenceOf(first, second);
    if (!difference) return [];
    const twice = { expected: difference.first, actual: difference.second };
    if (difference.what === 'ids' && this.#plan['ids are deterministic and unique']) {
      const message =
        'Executed twice on the same state and input, it gave its actions different ids.';
      return [{ name: 'ids are deterministic and unique', message, ...twice }];
    }
    if (kind === 'restore') {
      const message = `Executed twice on the same state, restore gave a different ${difference.what}.`;
      return [{ name: 'restore is pure', message, ...twice }];
    }
    if (!this.#plan.determinism) return [];
    const message = `Executed twice on the same state and input, it gave a different ${difference.what}.`;
    return [{ name: 'determinism', message, ...twice }];
  }

  /** Whether {@link examine} has anything to check. It has not for rejections, which are most steps. */
  concerns({ kind }: Operation, { kind: outcome }: Outcome): boolean {
    return kind !== 'normal' || outcome === 'ok';
  }

  /** Checks a step against the rules; returns what it breaks. */
  examine(step: ExaminedStep, probe: Probe): Maybe<readonly Violation[]> {
    const { operation, outcome } = step;
    if (operation.kind !== 'trackedActionCompleted') {
      const ofRestore = operation.kind === 'restore' ? this.#checkRestore(step) : NONE;
      const ofIds = outcome.kind === 'ok' ? this.#checkIds(step) : NONE;
      return this.#checkRecovery(step, probe, join(ofRestore, ofIds));
    }
    const ofIds = outcome.kind === 'ok' ? this.#checkIds(step) : NONE;
    const found = join(ofIds, this.#checkRepeat(step, operation));
    const { kind, id, result } = operation;
    if (isTakenIn(step)) this.#delivered.set(id, result);
    if (!this.#wantsRepeated(step)) return this.#checkRecovery(step, probe, found);
    return chain(probe({ kind, id, result }), (again) =>
      this.#checkRecovery(step, probe, join(found, checkRepeated(step, again))),
    );
  }

  #checkRestore({ actions, outcome }: ExaminedStep): readonly Violation[] {
    const untracked = actions.find(({ kind }) => kind === 'untracked');
    if (!untracked || outcome.kind !== 'ok' || !this.#plan['restore is pure']) return NONE;
    return [
      {
        name: 'restore is pure',
        message: 'restore emitted an untracked action: it would be sent again after each crash.',
        expected: 'tracked actions only',
        actual: quoteValue(untracked.action),
      },
    ];
  }

  #checkIds({ actions, outstanding }: ExaminedStep): readonly Violation[] {
    const name = 'ids are deterministic and unique';
    if (actions.length === 0 || !this.#plan[name]) return NONE;
    const seen = new Set<ActionId>();
    for (const emitted of actions) {
      if (emitted.kind !== 'tracked') continue;
      this.count(name);
      const { id } = emitted;
      if (!seen.has(id) && !outstanding.has(id)) {
        seen.add(id);
        continue;
      }
      const earlier = seen.has(id)
        ? 'another action of this step'
        : quoteValue(outstanding.get(id));
      const message = `The id ${quoteValue(id)} is used again while it is outstanding.`;
      const about = seen.has(id) ? {} : { about: id };
      return [
        { name, message, expected: 'an unused id', actual: `the id of ${earlier}`, ...about },
      ];
    }
    return NONE;
  }

  /** Checks a result that came before, so that its action is no longer awaited. */
  #checkRepeat(
    step: ExaminedStep,
    operation: Operation & { kind: 'trackedActionCompleted' },
  ): readonly Violation[] {
    const name = 'idempotent completion';
    const { outcome, before, after, actions, completes } = step;
    const isRepeat =
      operation.isDuplicate === true ||
      (!completes &&
        this.#delivered.has(operation.id) &&
        sameValue(this.#delivered.get(operation.id), operation.result));
    if (!isRepeat || operation.fault || !this.#plan[name]) return NONE;
    this.count(name);
    const isChanged = !sameValue(before, after);
    if (outcome.kind !== 'ok' || (!isChanged && actions.length === 0)) return NONE;
    return [repeatViolation('came a second time, and', isChanged, actions)];
  }

  /** Whether to check what would happen if a completion came again. */
  #wantsRepeated({ outcome, completes }: ExaminedStep): boolean {
    return outcome.kind === 'ok' && completes && this.#isAsked('idempotent completion');
  }

  /**
   * Checks what a crash right after this step would lose, or ask for without end.
   *
   * @param found what was found before, to which its own findings are added.
   */
  #checkRecovery(
    step: ExaminedStep,
    probe: Probe,
    found: readonly Violation[],
  ): Maybe<readonly Violation[]> {
    const { operation, outcome, before, after, completes } = step;
    if (outcome.kind !== 'ok' && outcome.kind !== 'err') return found;
    const isAnswer = operation.kind === 'trackedActionCompleted' && completes && !operation.fault;
    const asksForEver =
      isAnswer && this.#isAsked('results update state') && sameValue(before, after);
    const isRefused =
      this.#plan.atomicity !== undefined &&
      outcome.kind === 'ok' &&
      trackedIn(step.refused).length > 0;
    const wantsRestore = this.#wantsRestore(step);
    if (!asksForEver && !isRefused && !wantsRestore) return found;
    return chain(probe(RESTORE), (restored) => {
      this.#noteBreaches(restored);
      const emitted = emittedBy(restored);
      const ofAnswer = asksForEver ? stillAsked(operation, emitted) : NONE;
      const ofRefusal = isRefused ? halfDone(step, emitted) : NONE;
      const ofLoss = wantsRestore ? this.#findMissing(step, restored, emitted) : NONE;
      return join(join(found, ofAnswer), join(ofRefusal, ofLoss));
    });
  }

  /** Returns the breaches of restore that {@link examine} saw since the last call. */
  takeBreaches(): readonly Breach[] {
    if (this.#breaches.length === 0) return NONE;
    return this.#breaches.splice(0);
  }

  #noteBreaches({ breaches }: Attempt): void {
    for (const breach of breaches) {
      const text = `${breach.rule}: ${breach.message}`;
      if (this.#plan[breach.rule] === undefined || this.#breachesReported.has(text)) continue;
      this.#breachesReported.add(text);
      this.#breaches.push(breach);
    }
  }

  /** Whether to check that restore keeps all tracked actions: not twice for the same state and ids. */
  #wantsRestore({ after, outstanding, actions }: ExaminedStep): boolean {
    // Listing all outstanding actions costs time at each step: only where a rule needs it.
    if (!this.#plan['tracked actions are restorable']) return false;
    const ids = trackedIds(outstanding, actions);
    const known = this.#restoredFrom;
    if (known && known.state === after && sameValue(known.ids, ids)) return false;
    this.count('tracked actions are restorable');
    this.#restoredFrom = { state: after, ids };
    return true;
  }

  #findMissing(
    { outstanding, actions }: ExaminedStep,
    { outcome, breaches }: Attempt,
    kept: ReadonlyMap<ActionId, unknown>,
  ): readonly Violation[] {
    // A panic that follows from a breach is already reported.
    const isReported = breaches.some(({ rule }) => this.#plan[rule] !== undefined);
    if (outcome.kind === 'panic' && isReported) return NONE;
    const missing = (this.#restoredFrom?.ids ?? NONE).filter((id) => !kept.has(id));
    const fresh = missing.find((id) => !this.#missing.has(id));
    this.#missing = new Set(missing);
    if (fresh === undefined) return NONE;
    const emitted = actions.find((action) => action.kind === 'tracked' && action.id === fresh);
    const lost = emitted?.action ?? outstanding.get(fresh);
    const about = emitted ? {} : { about: fresh };
    return [
      {
        name: 'tracked actions are restorable',
        message: `The tracked action ${quoteValue(fresh)} would be lost in a crash now.`,
        expected: `restore emits ${quoteValue(fresh)}: ${quoteValue(lost)}`,
        actual: describeRestore(outcome, [...kept.keys()]),
        ...about,
      },
    ];
  }
}

function join(found: readonly Violation[], more: readonly Violation[]): readonly Violation[] {
  if (more.length === 0) return found;
  return found.length === 0 ? more : [...found, ...more];
}

/** The tracked actions that restore emits; none when it fails. */
function emittedBy({ outcome, actions }: Attempt): ReadonlyMap<ActionId, unknown> {
  const emitted = new Map<ActionId, unknown>();
  if (outcome.kind !== 'ok') return emitted;
  for (const action of actions) {
    if (action.kind === 'tracked') emitted.set(action.id, action.action);
  }
  return emitted;
}

/** The ids of the outstanding actions and of those that a step adds, each once. */
function trackedIds(
  outstanding: ReadonlyMap<ActionId, unknown>,
  actions: readonly EmittedAction[],
): readonly ActionId[] {
  const ids = [...outstanding.keys()];
  for (const action of actions) {
    if (action.kind !== 'tracked' || outstanding.has(action.id)) continue;
    if (!ids.includes(action.id, outstanding.size)) ids.push(action.id);
  }
  return ids;
}
