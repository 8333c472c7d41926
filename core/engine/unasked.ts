import type { Executed } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import { formatCount } from '../text/counts.ts';
import { quoteValue } from '../value/value.ts';

/** A completion of an action that the machine has never emitted, which no external system could have sent. */
export interface Unasked {
  readonly stepIndex: number;
  /** The id of the action, as text. */
  readonly action: string;
}

/** Looks for such a completion among the steps of a run: the scenario, or a file of inputs, is wrong then. */
export class UnaskedWatch {
  readonly #emitted = new Set<ActionId>();
  #first: Unasked | undefined;

  get first(): Unasked | undefined {
    return this.#first;
  }

  add({ stepIndex, operation, actions }: Executed): void {
    if (this.#first) return;
    if (operation.kind === 'trackedActionCompleted' && !this.#emitted.has(operation.id)) {
      this.#first = { stepIndex, action: quoteValue(operation.id) };
      return;
    }
    for (const action of actions) if (action.kind === 'tracked') this.#emitted.add(action.id);
  }
}

/** What is wrong, for the end of a sentence. */
export function describeUnasked({ stepIndex, action }: Unasked): string {
  return `step ${formatCount(stepIndex)} completes the action ${action}, which was never emitted`;
}
