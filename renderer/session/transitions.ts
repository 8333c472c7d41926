import { createStore, type StoreApi } from 'zustand/vanilla';
import { toProblem } from '../../core/problem.ts';
import {
  PhaseFields,
  transitionKey,
  type FoundTransitions,
  type Transition,
} from '../../core/trace/records/phases.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from './asking.ts';
import { StepSet } from './step-set.ts';

/** A transition, with the steps that made it: once for each record. */
export interface SeenTransition extends Transition {
  readonly steps: StepSet;
}

/** The transitions of a run, as far as it was searched. */
export interface Transitions {
  readonly seen: readonly SeenTransition[];
  /** The number of steps that were searched. */
  readonly searched: number;
  readonly status: 'searching' | 'done' | 'cancelled';
  /** Why the rest cannot be searched. */
  readonly problem?: string;
}

/** What is found on the way is reported together after this time. */
const REPORT_MS = 50;

/** Finds the changes of the phases of records over a run, as that grows. */
export class TransitionSearch {
  readonly found: StoreApi<Transitions>;
  readonly #trace: Trace;
  #abort = new AbortController();
  #seen = new Map<string, SeenTransition>();
  readonly #fields = new PhaseFields();
  #searched = 0;
  #isAsking = false;
  #reportedMs = 0;
  #problem: string | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.found = createStore<Transitions>(() => ({ seen: [], searched: 0, status: 'searching' }));
  }

  /** Searches the first steps of the run, unless the search was cancelled. */
  extendTo(steps: number): void {
    if (this.#isAsking || this.#isStopped || this.#searched >= steps) return;
    this.#isAsking = true;
    void this.#askAll();
  }

  /** Stops where the search is; what was found stays. */
  cancel(): void {
    this.#abort.abort();
    this.#report();
  }

  /** Goes on after a cancel. */
  resume(): void {
    this.#abort = new AbortController();
    this.#problem = undefined;
    this.#isAsking = false;
    this.extendTo(this.#trace.length);
  }

  get #isStopped(): boolean {
    return this.#abort.signal.aborted || this.#problem !== undefined;
  }

  async #askAll(): Promise<void> {
    const { signal } = this.#abort;
    try {
      // The run may have grown in the meantime.
      while (!signal.aborted && this.#searched < this.#trace.length) {
        const before = this.#searched;
        await sourceOf(this.#trace).ask(
          { kind: 'transitions', from: before },
          { signal, onFound: (part) => this.#take(part, signal) },
        );
        if (this.#searched === before) throw new Error('the search came to no end');
      }
    } catch (error) {
      if (!signal.aborted) this.#problem = toProblem(error, 'The steps cannot be searched').title;
    }
    // Another search may have begun after a cancel.
    if (signal !== this.#abort.signal) return;
    this.#isAsking = false;
    this.#report();
  }

  #take({ searched, transitions, dropped }: FoundTransitions, signal: AbortSignal): void {
    if (signal.aborted) return;
    const droppedBefore = this.#fields.dropped.length;
    for (const field of dropped) this.#fields.drop(field);
    for (const { steps, ...transition } of transitions) {
      if (!this.#fields.note(transition)) continue;
      const key = transitionKey(transition);
      const known = this.#seen.get(key)?.steps ?? StepSet.EMPTY;
      this.#seen.set(key, { ...transition, steps: known.with(steps) });
    }
    if (this.#fields.dropped.length > droppedBefore) this.#forgetDropped();
    this.#searched = Math.max(this.#searched, searched);
    if (performance.now() - this.#reportedMs >= REPORT_MS) this.#report();
  }

  /** Fields that hold no phases after all. */
  #forgetDropped(): void {
    this.#seen = new Map([...this.#seen].filter(([, one]) => !this.#fields.isDropped(one)));
  }

  #report(): void {
    this.#reportedMs = performance.now();
    const isDone = this.#searched >= this.#trace.length;
    this.found.setState(
      {
        seen: [...this.#seen.values()],
        searched: this.#searched,
        status: isDone ? 'done' : this.#isStopped ? 'cancelled' : 'searching',
        ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      },
      true,
    );
  }
}

const searches = new WeakMap<Trace, TransitionSearch>();

/** The search of a run, which is kept as long as its trace is. */
export function transitionSearchOf(trace: Trace): TransitionSearch {
  const search = searches.get(trace) ?? new TransitionSearch(trace);
  searches.set(trace, search);
  return search;
}

/**
 * The step of a transition that is next to a step, in either direction; from the last one it goes on to
 * the first one, and back.
 */
export function stepBeside(
  steps: Pick<StepSet, 'length' | 'at' | 'countBefore'>,
  cursor: number,
  direction: 'next' | 'previous',
): number | undefined {
  if (steps.length === 0) return undefined;
  const at =
    direction === 'next'
      ? steps.countBefore(cursor + 1)
      : steps.countBefore(Math.max(0, cursor)) - 1;
  return steps.at((at + steps.length) % steps.length);
}
