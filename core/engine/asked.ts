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

/**
 * What the external systems were asked under each id, and have not answered yet. A process that has asked
 * again after a crash, under the same id, waits for the answer to what it has asked then.
 */
export class Asked {
  readonly #open: Map<ActionId, { readonly kind: string; readonly times: number }>;
  /** What the last step emitted: a crash may keep it from being sent. */
  #unsent: readonly EmittedAction[] = [];

  /** @param from is copied. */
  constructor(from?: Asked) {
    this.#open = new Map(from && from.#open);
    if (from) this.#unsent = from.#unsent;
  }

  /** The kind of the action that a completion answers; absent for a second delivery, and for an unasked one. */
  answeredBy(operation: Operation): string | undefined {
    if (operation.kind !== 'trackedActionCompleted' || operation.isDuplicate) return undefined;
    const { id } = operation;
    const last = this.#unsent.findLast((one) => one.kind === 'tracked' && one.id === id);
    return last ? kindOf(last.action) : this.#open.get(id)?.kind;
  }

  /** An answer by its kind, and that of the action; absent where {@link answeredBy} is. */
  answerOf(operation: Operation): string | undefined {
    const asked = this.answeredBy(operation);
    if (asked === undefined || operation.kind !== 'trackedActionCompleted') return undefined;
    return JSON.stringify([asked, kindOf(operation.result)]);
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
  #send(count: number | undefined): void {
    for (const action of this.#unsent.slice(0, count)) {
      if (action.kind !== 'tracked') continue;
      const times = (this.#open.get(action.id)?.times ?? 0) + 1;
      this.#open.set(action.id, { kind: kindOf(action.action), times });
    }
  }

  #answer(id: ActionId): void {
    const open = this.#open.get(id);
    if (open && open.times > 1) this.#open.set(id, { ...open, times: open.times - 1 });
    else this.#open.delete(id);
  }
}
