import { assertNever } from '../assert.ts';
import { isTakenIn, type EmittedAction } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import type { Step } from './format/format.ts';

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

/** How a span ended, apart from the span. */
export interface SpanEnding {
  /** The index of the span in the order of emission. */
  readonly span: number;
  readonly at: number;
  readonly how: SpanEnd;
}

/** Collects the spans of the tracked actions of a trace, step by step. */
export class SpanTracker {
  /** In the order of emission. */
  readonly spans: TrackedSpan[] = [];
  /** In the order of the steps that ended them. */
  readonly endings: SpanEnding[] = [];
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

  /** Adds spans that were collected elsewhere, and the endings of these and of earlier ones. */
  append(spans: readonly TrackedSpan[], endings: readonly SpanEnding[]): void {
    for (const { id, action, emittedAt } of spans) {
      this.#open.set(id, this.spans.length);
      this.spans.push({ id, action, emittedAt });
    }
    for (const ending of endings) this.#take(ending);
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
    const span = this.#open.get(id);
    if (span !== undefined) this.#take({ span, at, how });
  }

  #take(ending: SpanEnding): void {
    const { span, at, how } = ending;
    const ended = this.spans[span];
    if (!ended) throw new RangeError(`there is no span ${span} to end`);
    if (this.#open.get(ended.id) === span) this.#open.delete(ended.id);
    this.spans[span] = { ...ended, ended: { at, how } };
    this.endings.push(ending);
  }
}

/** Whether a tracked action was outstanding after a step. */
export function isOutstandingAt(span: TrackedSpan, stepIndex: number): boolean {
  return span.emittedAt <= stepIndex && (span.ended === undefined || span.ended.at > stepIndex);
}
