import {
  isTakenIn,
  type Executed,
  type IdleStep,
  type TrackedAction,
} from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { sameValue } from '../value/value.ts';
import { answersOf, Asked, hasSecondDelivery } from './asked.ts';
import { LostQuestions } from './lost-questions.ts';
import type { ExternalModel } from './onlooker.ts';
import { References } from './references.ts';
import { PANICS_MAX } from './simulation.ts';

/** An operation to execute, and the tracked actions that its step emitted so far, to translate ids. */
export interface GuidedStep {
  readonly operation: Operation;
  readonly emitted: readonly TrackedAction[];
  /** Of a completion, what was answered in the run that it is of: see {@link Asked.answerOf}. */
  readonly answer?: string | undefined;
  /** In a fork: the parent has no such step. */
  readonly isAdded?: true;
  /** In a fork: a person has chosen what comes here, whatever it answers. */
  readonly isChosen?: true;
  /** Of a crash, the tracked actions that it lost in the run that it is of. */
  readonly lost?: readonly TrackedAction[];
  /** The tracked actions of the step that were lost right after it in the run that it is of, and not asked again. */
  readonly lostAfter?: readonly TrackedAction[];
}

/** How far a list is from the operations of a run. */
export type Origin =
  /** They are those of a run: nothing is rewritten. */
  | 'run'
  /** Steps of a run were left out, moved or simplified, so that what is a second delivery is not known. */
  | 'part'
  /** Those of a run with few changes: what was a second delivery there still is one, as far as it can be. */
  | 'fork';

const NONE: ReadonlySet<never> = new Set();

/** The tracked actions that a step emitted. */
export function trackedOf({ actions }: Pick<Executed, 'actions'>): readonly TrackedAction[] {
  return actions.filter((action) => action.kind === 'tracked');
}

/**
 * Guides the execution of a list of operations that is not quite one of a run: some were left out,
 * moved, added or changed. Ids are translated: a completion completes the same action, even if its id has
 * become another, and a request names the same thing. Operations that no longer make sense are left out, such as
 * the completion of an action that is not sent, a result that nothing asks for any more, or a restore without a crash.
 */
export class Guide {
  readonly #list: readonly GuidedStep[];
  readonly #origin: Origin;
  /** Ids of the previous run, with the ids that they have become. */
  readonly #ids: Map<ActionId, ActionId>;
  readonly #references: References;
  readonly #asked: Asked;
  /** The answers that external systems are known to give, since they gave them in the run that is guided. */
  readonly #answers: Set<string>;
  /** How often each action was sent, and the actions under way. */
  readonly #sent: Map<ActionId, number>;
  readonly #underWay: Set<ActionId>;
  /** The results that were taken in under each id. */
  readonly #delivered: Map<ActionId, readonly unknown[]>;
  readonly #panics: Map<ActionId, number>;
  /** First deliveries that a fork has added, as far as the parent's own have not come. */
  readonly #added: { readonly id: ActionId; readonly result: unknown }[] = [];
  /** What a fork has lost and its parent has not, or the other way round. */
  readonly #lost = new LostQuestions();
  /** Which actions of the last step the parent has lost right after it. */
  #lostByParent: ReadonlySet<ActionId | undefined> = NONE;
  /** The ids of all actions of the last step, in order; `undefined` for an untracked one. */
  #unsent: readonly (ActionId | undefined)[] = [];
  #isDown = false;
  /** The position in the candidate of the current step. */
  position = 0;
  /** Whether the candidate has a step that is impossible in any run. */
  isImpossible = false;

  /**
   * @param past a guide that was led through the steps before the list.
   * @param answers that are known besides those of the list and of the past.
   * @param lostAfterPast of the last step before the list: see {@link GuidedStep.lostAfter}.
   */
  constructor(
    list: readonly GuidedStep[],
    origin: Origin,
    past?: Guide,
    answers: Iterable<string> = [],
    lostAfterPast: readonly TrackedAction[] = [],
  ) {
    this.#list = list;
    this.#asked = new Asked(past && past.#asked);
    this.#answers = new Set([...answers, ...answersOf(list), ...(past ? past.#answers : [])]);
    this.#origin = origin;
    this.#ids = new Map(past && past.#ids);
    this.#references = new References(past && past.#references);
    this.#sent = new Map(past && past.#sent);
    this.#underWay = new Set(past && past.#underWay);
    this.#delivered = new Map(past && past.#delivered);
    this.#panics = new Map(past && past.#panics);
    if (!past) return;
    this.#unsent = past.#unsent;
    this.#lostByParent = new Set(lostAfterPast.map(({ id }) => id));
    this.#isDown = past.#isDown;
  }

  /** @param model decides what comes under the id of a question that a fork has lost. */
  rewrite(
    operation: Operation,
    position: number,
    isAdded: boolean,
    model?: ExternalModel,
  ): Operation | undefined {
    if (this.#origin === 'run') {
      this.position = position;
      return operation;
    }
    const rewritten = isAdded ? operation : this.#rewrite(operation, this.#list[position], model);
    if (rewritten) {
      this.position = position;
      this.#send(rewritten.kind === 'crash' ? rewritten.dispatched : undefined);
      const isSettled = rewritten.kind === 'settled' && !rewritten.isDown;
      if (isSettled && this.#underWay.size > 0) this.isImpossible = true;
    }
    return rewritten;
  }

  #rewrite(
    operation: Operation,
    given: GuidedStep | undefined,
    model: ExternalModel | undefined,
  ): Operation | undefined {
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
        if (this.#isOfModel(id, given) && model?.hasExternal) {
          return this.#asOwed(operation, id, model);
        }
        if (operation.kind === 'loss') return { ...operation, id };
        const { isDuplicate, ...message } = operation;
        const first = { ...message, id };
        const isSecond = this.#isSecond(operation, id, given);
        const mayBeSecond = this.#origin === 'fork' || hasSecondDelivery(this.#answers);
        if (!(isSecond && mayBeSecond) && !this.#isAnswer(first, given)) return undefined;
        return isSecond ? { ...first, isDuplicate: true } : first;
      }
      case 'normal':
        return given?.isAdded ? operation : this.#withNames(operation);
      case 'crash':
      case 'restore':
      case 'settled':
        return operation;
    }
  }

  #withNames(operation: Operation & { kind: 'normal' }): Operation {
    const input = this.#references.rewrite(operation.input);
    return input === operation.input ? operation : { ...operation, input };
  }

  /** Whether the external systems of a fork decide what comes in the place of a message of its parent. */
  #isOfModel(id: ActionId, given: GuidedStep | undefined): boolean {
    if (given?.isAdded || given?.isChosen) return false;
    return this.#lost.has(id) || this.#lostByParent.has(id);
  }

  /**
   * What the external systems owe under the id of a message, in its place; `undefined` leaves it out. What was
   * delivered twice still is, with what came in the place of the first delivery.
   */
  #asOwed(
    operation: Operation & { kind: 'trackedActionCompleted' | 'loss' },
    id: ActionId,
    model: ExternalModel,
  ): Operation | undefined {
    const { result: was } = operation;
    if (operation.kind === 'trackedActionCompleted' && operation.isDuplicate) {
      const first = this.#lost.standInFor(id, was);
      if (first && this.#isDelivered(id, first.result)) {
        return { ...operation, id, result: first.result };
      }
    }
    const owed = model.owedUnder(id);
    if (!owed) return undefined;
    const { result } = owed;
    if (operation.kind === 'loss') return { ...operation, id, result };
    this.#lost.standIn(id, { was, result });
    const { isDuplicate: _, ...message } = operation;
    return { ...message, id, result };
  }

  #isDelivered(id: ActionId, result: unknown): boolean {
    return this.#delivered.get(id)?.some((one) => sameValue(one, result)) ?? false;
  }

  /** Whether a message answers something, as it did in the run that it is of. */
  #isAnswer(operation: Operation, given: GuidedStep | undefined): boolean {
    if (given?.answer === undefined) return true;
    return this.#asked.possibleAnswers(operation).some((answer) => this.#answers.has(answer));
  }

  /** What waits for a result after the steps so far; a copy. */
  get asked(): Asked {
    return new Asked(this.#asked);
  }

  /** See {@link Asked.answerOf}. */
  answerOf(operation: Operation): string | undefined {
    return this.#asked.answerOf(operation);
  }

  /**
   * Whether a message is a duplicate. If the first delivery was left out, the second takes its place.
   * A result whose action was left out can only be a duplicate, unless the action has just been sent
   * again.
   */
  #isSecond(
    { isDuplicate, result }: Operation & { kind: 'trackedActionCompleted' },
    id: ActionId,
    given: GuidedStep | undefined,
  ): boolean {
    const before = this.#delivered.get(id)?.filter((one) => sameValue(one, result)).length ?? 0;
    if (this.#origin === 'fork' && !given?.isAdded) {
      return (isDuplicate === true && before > 0) || this.#takeAdded(id, result);
    }
    const isUnasked = before >= (this.#sent.get(id) ?? 0);
    return before > 0 && (isDuplicate === true || (isUnasked && !this.#unsent.includes(id)));
  }

  /** Whether a fork has delivered the message before its parent did; each such delivery counts once. */
  #takeAdded(id: ActionId, result: unknown): boolean {
    const at = this.#added.findIndex((one) => one.id === id && sameValue(one.result, result));
    if (at >= 0) this.#added.splice(at, 1);
    return at >= 0;
  }

  #isSent(id: ActionId): boolean {
    return this.#sent.has(id) || this.#unsent.includes(id);
  }

  #send(count: number | undefined): void {
    for (const id of this.#unsent.slice(0, count)) {
      if (id === undefined) continue;
      this.#sent.set(id, (this.#sent.get(id) ?? 0) + 1);
      this.#underWay.add(id);
      if (this.#lostByParent.has(id)) this.#lost.keep(id);
    }
    this.#unsent = [];
    this.#lostByParent = NONE;
  }

  /** Takes in a step before those of the list, unchanged. */
  lead(step: Executed | IdleStep): void {
    if (step === 'idle') {
      this.#asked.pass();
      this.#send(undefined);
      return;
    }
    const { operation } = step;
    const answer = this.#asked.answerOf(operation);
    for (const known of answersOf([{ operation, answer }])) this.#answers.add(known);
    this.#send(operation.kind === 'crash' ? operation.dispatched : undefined);
    this.#takeIn(step, { operation, emitted: trackedOf(step) });
    this.isImpossible = false;
  }

  /** Takes in an executed step. */
  observe(step: Executed, given: GuidedStep): void {
    if (this.#origin === 'fork') this.#noteLost(step, given);
    this.#takeIn(step, given);
  }

  #takeIn(step: Executed, given: GuidedStep): void {
    this.#asked.add(step);
    if (this.#origin === 'run') return;
    const { operation, outcome, actions } = step;
    if (operation.kind === 'crash' || outcome.kind === 'crashed') this.#underWay.clear();
    if (operation.kind === 'crash') this.#isDown = true;
    if (operation.kind === 'restore' && outcome.kind === 'ok') this.#isDown = false;
    if (outcome.kind === 'crashed') this.#requireCrash();
    if (operation.kind === 'trackedActionCompleted') {
      this.#deliver(operation, step);
      if (given.isAdded && !operation.isDuplicate) this.#added.push(operation);
    }
    this.#unsent = actions.map((action) => (action.kind === 'tracked' ? action.id : undefined));
    this.#noteIds(step, given.emitted);
    const { lostAfter } = given;
    if (lostAfter) this.#lostByParent = new Set(lostAfter.map(({ id }) => this.#ids.get(id)));
  }

  /** Notes what a step of a fork loses or asks that its parent did not. */
  #noteLost({ operation, lost, actions }: Executed, given: GuidedStep): void {
    if (lost.length > 0) {
      const lostBefore = new Set(given.lost?.map(({ id }) => this.#ids.get(id)));
      for (const one of trackedOf({ actions: lost })) {
        if (!lostBefore.has(one.id)) this.#lost.lose(one);
      }
    }
    if (actions.length === 0) return;
    const isFollowUp =
      operation.kind === 'trackedActionCompleted' && this.#isOfModel(operation.id, given);
    for (const one of trackedOf({ actions })) this.#lost.ask(one, isFollowUp);
  }

  /** Notes what has become of the ids of a step. */
  #noteIds(step: Executed, emitted: readonly TrackedAction[]): void {
    const isRestore = step.operation.kind === 'restore';
    const now = trackedOf(step);
    if (isRestore && this.#origin === 'fork') {
      this.#noteRestored(emitted, now);
      return;
    }
    for (const [index, before] of emitted.entries()) {
      // The actions that restore emits have their ids from before the crash.
      if (!isRestore || !this.#ids.has(before.id)) this.#noteId(before, now[index]);
    }
  }

  /**
   * The same for what a fork restores. The places of actions say nothing: a fork that has lost a request, or has
   * not made it, restores others than its parent. An id that is not known yet is that of the same action.
   */
  #noteRestored(emitted: readonly TrackedAction[], now: readonly TrackedAction[]): void {
    const unknown = emitted.filter(({ id }) => !this.#ids.has(id));
    if (unknown.length === 0) return;
    const known = new Set(this.#ids.values());
    const open = now.filter(({ id }) => !known.has(id) && !this.#sent.has(id));
    for (const before of unknown) {
      const action = this.#references.rewrite(before.action);
      const at = open.findIndex((one) => sameValue(one.action, action));
      if (at >= 0) this.#noteId(before, open.splice(at, 1)[0]);
    }
  }

  #noteId(before: TrackedAction, become: TrackedAction | undefined): void {
    if (become === undefined) return;
    this.#ids.set(before.id, become.id);
    this.#references.note(before, become);
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
    if (this.#list[this.position + 1]?.operation.kind !== 'crash') this.isImpossible = true;
  }
}
