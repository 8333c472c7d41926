import { useEffect, useSyncExternalStore } from 'react';
import type { Printed } from '../../core/machine/printed.ts';
import { ProblemError } from '../../core/problem.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from '../session/asking.ts';

/** A line of what was printed. */
export interface OutputLine {
  readonly stepIndex: number;
  readonly level: Printed['level'];
  readonly text: string;
  /** Whether it is the first line of what one call printed. */
  readonly isFirst: boolean;
}

/** What was printed in a run, as far as it is read. */
export interface RunOutput {
  readonly lines: readonly OutputLine[];
  /** Steps read so far. */
  readonly searched: number;
  /** Whether there is more than is read. */
  readonly isCut: boolean;
  /** Why the rest cannot be read. */
  readonly problem?: string;
}

/** Reads what was printed in a run, as it grows. A run prints no more than a window can hold. */
class OutputReader {
  readonly #trace: Trace;
  readonly #listeners = new Set<() => void>();
  #lines: OutputLine[] = [];
  #isReading = false;
  #now: RunOutput = { lines: [], searched: 0, isCut: false };

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  get now(): RunOutput {
    return this.#now;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the steps that have come since. */
  extendTo(steps: number): void {
    if (!this.#isReading && this.#now.searched < steps) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#now.searched < this.#trace.length && !this.#now.isCut) {
        const question = { kind: 'output', from: this.#now.searched } as const;
        const { isWhole } = await sourceOf(this.#trace).ask(question, {
          onFound: ({ searched, steps }) => this.#take(searched, steps),
        });
        if (!isWhole) this.#report({ isCut: true });
      }
    } catch (error) {
      const problem = error instanceof ProblemError ? error.problem.title : String(error);
      this.#report({ isCut: true, problem });
    } finally {
      this.#isReading = false;
    }
  }

  #take(
    searched: number,
    steps: readonly { readonly stepIndex: number; readonly output: readonly Printed[] }[],
  ): void {
    for (const { stepIndex, output } of steps) {
      for (const { level, text } of output) {
        for (const [at, line] of text.split(/\r?\n/).entries()) {
          this.#lines.push({ stepIndex, level, text: line, isFirst: at === 0 });
        }
      }
    }
    this.#report(steps.length === 0 ? { searched } : { searched, lines: [...this.#lines] });
  }

  #report(change: Partial<RunOutput>): void {
    this.#now = { ...this.#now, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const readers = new WeakMap<Trace, OutputReader>();

/**
 * What was printed in a run.
 *
 * @param steps the number of steps so far.
 */
export function useOutput(trace: Trace, steps: number): RunOutput {
  let reader = readers.get(trace);
  if (!reader) readers.set(trace, (reader = new OutputReader(trace)));
  const known = reader;
  useEffect(() => known.extendTo(steps), [known, steps]);
  return useSyncExternalStore(
    (listener) => known.subscribe(listener),
    () => known.now,
  );
}
