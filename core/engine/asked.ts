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

/** What was asked under an id. */
interface Question {
  /** How many answers may come. */
  readonly times: number;
  /** The kinds of the actions that asked, each once, the latest last. */
  readonly kinds: readonly string[];
}

const NOT_ASKED: Question = { times: 0, kinds: [] };

/**
 * What the external systems were asked under each id, and have not answered yet. A process that has asked
 * again after a crash, under the same id, waits for the answer to what it has asked then; or for a late one to what
 * it had asked before. What a crash has kept from being sent is asked again, perhaps in other words.
 */
export class Asked {
  /** Also what was asked in vain, no times. */
  readonly #open: Map<ActionId, Question>;
  /** What the last step asked: a crash may keep it from being sent. */
  #unsent: readonly EmittedAction[] = [];

  /** @param from is copied. */
  constructor(from?: Asked) {
    this.#open = new Map(from && from.#open);
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
    const open = this.#open.get(id) ?? NOT_ASKED;
    const { times, kinds } = this.#unsent
      .filter((one) => one.kind === 'tracked' && one.id === id)
      .reduce((asked, { action }) => withKind(asked, action, 1), open);
    return times === 0 ? [] : kinds.map((kind) => JSON.stringify([kind, kindOf(result)]));
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
      const open = this.#open.get(action.id) ?? NOT_ASKED;
      this.#open.set(action.id, withKind(open, action.action, at < count ? 1 : 0));
    }
  }

  #answer(id: ActionId): void {
    const { times, kinds } = this.#open.get(id) ?? NOT_ASKED;
    if (times > 1) this.#open.set(id, { times: times - 1, kinds });
    else this.#open.delete(id);
  }
}

function withKind({ times, kinds }: Question, action: unknown, more: number): Question {
  const kind = kindOf(action);
  return { times: times + more, kinds: [...kinds.filter((one) => one !== kind), kind] };
}
