import { isTakenIn, type EmittedAction, type Executed } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { kindOf } from '../value/label.ts';

/** What a step says of actions and their results. */
export type AskingStep = Pick<Executed, 'operation' | 'outcome' | 'actions'>;

/** What stands for second deliveries among the answers that are known: see {@link answersOf}. */
const SECOND_DELIVERY = 'second delivery';

/** What came from outside in steps: the answers, and whether anything came twice. */
export function answersOf(
  steps: readonly { readonly operation: Operation; readonly answer?: string | undefined }[],
): Set<string> {
  return new Set(
    steps.flatMap(({ operation, answer }) => {
      const isSecond = operation.kind === 'trackedActionCompleted' && operation.isDuplicate;
      return isSecond ? SECOND_DELIVERY : (answer ?? []);
    }),
  );
}

/** Whether anything came twice, among {@link answersOf} steps. */
export function hasSecondDelivery(answers: ReadonlySet<string>): boolean {
  return answers.has(SECOND_DELIVERY);
}

/** The kinds of the actions that asked the same thing. */
type Question = readonly string[];

/**
 * What the external systems were asked under each id, and have not answered yet. A process that has asked
 * again after a crash, under the same id, waits for the answer to what it has asked then.
 */
export class Asked {
  /**
   * The questions that are open under each id, the latest last, each with the kinds of the actions that asked it:
   * a process asks again what a crash has kept from being sent, perhaps in other words.
   */
  readonly #open: Map<ActionId, readonly Question[]>;
  /** What the last step asked: a crash may keep it from being sent. */
  #unsent: readonly EmittedAction[] = [];
  /** What a crash has kept from being sent. */
  readonly #lost: Map<ActionId, Question>;

  /** @param from is copied. */
  constructor(from?: Asked) {
    this.#open = new Map(from && from.#open);
    this.#lost = new Map(from && from.#lost);
    if (from) this.#unsent = from.#unsent;
  }

  /**
   * An answer by its kind, and that of the action: the latest one under the id. Absent for a second delivery, and for
   * a result that nothing asked for.
   */
  answerOf(operation: Operation): string | undefined {
    return this.possibleAnswers(operation).at(-1);
  }

  /** The same for all actions under the id that are open: an earlier one may be answered late. */
  possibleAnswers(operation: Operation): readonly string[] {
    if (operation.kind !== 'trackedActionCompleted' || operation.isDuplicate) return [];
    const { id, result } = operation;
    const unsent = this.#unsent.filter((one) => one.kind === 'tracked' && one.id === id);
    const questions = [
      ...(this.#open.get(id) ?? []),
      ...unsent.map(({ action }) => this.#questionOf(id, action)),
    ];
    const kinds = questions.flat();
    return kinds.map((kind) => JSON.stringify([kind, kindOf(result)]));
  }

  /** Takes in a step. */
  add(step: AskingStep): void {
    const { operation, actions } = step;
    this.#send(operation.kind === 'crash' ? operation.dispatched : undefined);
    if (operation.kind === 'trackedActionCompleted' && !operation.isDuplicate && isTakenIn(step)) {
      this.#answer(operation.id);
    }
    this.#unsent = actions;
  }

  /** Passes a step that emits nothing and completes nothing. */
  pass(): void {
    this.#send(undefined);
    this.#unsent = [];
  }

  /** @param count how many of the last step's actions are sent; all without one. */
  #send(count = this.#unsent.length): void {
    for (const [at, action] of this.#unsent.entries()) {
      if (action.kind !== 'tracked') continue;
      const { id } = action;
      const question = this.#questionOf(id, action.action);
      if (at < count) {
        this.#lost.delete(id);
        this.#open.set(id, [...(this.#open.get(id) ?? []), question]);
      } else this.#lost.set(id, question);
    }
  }

  #questionOf(id: ActionId, action: unknown): Question {
    return [...(this.#lost.get(id) ?? []), kindOf(action)];
  }

  #answer(id: ActionId): void {
    const others = this.#open.get(id)?.slice(0, -1) ?? [];
    if (others.length > 0) this.#open.set(id, others);
    else this.#open.delete(id);
  }
}
