import type { EvaluatedBundle, LoadedMachine } from '../load/machine-loader.ts';
import { PreciseCoverage } from './precise-coverage.ts';
import { spansOf, uniteSpans, type Spans } from './spans.ts';

/** The code of a machine that seeds executed, by its characters. */
export interface SweptCode {
  /** While the machine was loaded, and afterwards. */
  readonly loaded: Spans;
  readonly executed: Spans;
}

/** The code that either executed. */
export function addSwept(
  one: SweptCode | undefined,
  other: SweptCode | undefined,
): SweptCode | undefined {
  if (!one || !other) return one ?? other;
  return {
    loaded: uniteSpans(one.loaded, other.loaded),
    executed: uniteSpans(one.executed, other.executed),
  };
}

/** Watches what code of a machine is executed in this thread. */
export class SweptCodeWatch {
  readonly #coverage: PreciseCoverage;
  #code: SweptCode = { loaded: [], executed: [] };

  constructor(bundle: EvaluatedBundle) {
    this.#coverage = new PreciseCoverage(bundle);
  }

  /** Called once the machine is loaded. */
  noteLoaded(): void {
    this.#code = { loaded: spansOf(this.#coverage.take()), executed: [] };
  }

  /** Ends it: a thread must not end with it. */
  close(): void {
    this.#coverage.close();
  }

  /** What was executed so far; `undefined` if that is no more than the last time. */
  take(): SweptCode | undefined {
    const executed = uniteSpans(this.#code.executed, spansOf(this.#coverage.take()));
    if (isSame(executed, this.#code.executed)) return undefined;
    this.#code = { ...this.#code, executed };
    return this.#code;
  }
}

function isSame(one: Spans, other: Spans): boolean {
  return one.length === other.length && one.every((at, index) => at === other[index]);
}

/** Whether it can be known which code of a machine is executed: not of a program in a process of its own. */
export function canWatch(
  loaded: LoadedMachine,
): loaded is LoadedMachine & { readonly bundle: EvaluatedBundle } {
  return loaded.bundle !== undefined && loaded.answerMsMax === undefined;
}
