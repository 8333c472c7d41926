import { assertNever } from '../assert.ts';
import { isTakenIn, type EmittedAction } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import type { Step } from './format.ts';

/**
 * How a tracked action's span ended:
 * - `completed`: its result came back;
 * - `crashed`: it was dispatched, and the process died before its result came;
 * - `lost`: it was emitted, and the process died before it was dispatched;
 * - `replaced`: another action was emitted under the same id.
 */
export type SpanEnd = 'completed' | 'crashed' | 'lost' | 'replaced';

/** A tracked action from its emission to its end. */
export interface TrackedSpan {
  readonly id: ActionId;
  readonly action: unknown;
  readonly emittedAt: number;
  /** Absent while the action is outstanding. */
  readonly ended?: { readonly at: number; readonly how: SpanEnd };
}

/** Collects the spans of the tracked actions of a trace, step by step. */
export class SpanTracker {
  /** In the order of emission. */
  readonly spans: TrackedSpan[] = [];
  /** Indices into `spans` by id; 1 and "1" are different ids, as they are to a Map. */
  readonly #open = new Map<ActionId, number>();

  add(step: Step): void {
    const { operation, stepIndex } = step;
    switch (operation.kind) {
      case 'normal':
      case 'restore':
      case 'loss':
      case 'settled':
        break;
      case 'trackedActionCompleted':
        if (isTakenIn(step) && !operation.isDuplicate)
          this.#end(operation.id, stepIndex, 'completed');
        break;
      case 'crash':
        this.#crash(step);
        break;
      default:
        assertNever(operation, 'operation');
    }
    for (const emitted of step.actions) this.#emit(emitted, stepIndex);
  }

  #emit(emitted: EmittedAction, stepIndex: number): void {
    if (emitted.kind !== 'tracked') return;
    const { id, action } = emitted;
    this.#end(id, stepIndex, 'replaced');
    this.#open.set(id, this.spans.length);
    this.spans.push({ id, action, emittedAt: stepIndex });
  }

  #crash(step: Step): void {
    for (const action of step.lost) {
      if (action.kind === 'tracked') this.#end(action.id, step.stepIndex, 'lost');
    }
    for (const id of this.#open.keys()) this.#end(id, step.stepIndex, 'crashed');
  }

  #end(id: ActionId, at: number, how: SpanEnd): void {
    const index = this.#open.get(id);
    if (index === undefined) return;
    this.#open.delete(id);
    this.spans[index] = { ...(this.spans[index] as TrackedSpan), ended: { at, how } };
  }
}

/** Whether a tracked action was outstanding after a step. */
export function isOutstandingAt(span: TrackedSpan, stepIndex: number): boolean {
  return span.emittedAt <= stepIndex && (span.ended === undefined || span.ended.at > stepIndex);
}
