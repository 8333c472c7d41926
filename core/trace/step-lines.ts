/**
 * Where the lines of a trace's steps come from: memory, a file that is read on demand, or a process that
 * reads one. Reading is synchronous, so that whatever is computed from a trace stays an ordinary
 * function; lines that are not at hand are a {@link LinesNotLoaded}, after which they are fetched.
 */
export interface StepLines {
  /**
   * The line of a step, without its line break.
   *
   * @throws {LinesNotLoaded} when it must be fetched first.
   */
  line(stepIndex: number): string;
  /**
   * Makes sure that the lines of several steps are at hand, so that they are fetched together.
   *
   * @throws {LinesNotLoaded} with all of those that must be fetched first.
   */
  require(stepIndices: readonly number[]): void;
  /**
   * Fetches lines. They are at hand afterwards, and stay so for a while.
   *
   * @throws {ProblemError} when they cannot be read.
   */
  load(stepIndices: readonly number[]): Promise<void>;
}

/** Thrown for lines that are not at hand. {@link whenLoaded} fetches them and tries again. */
export class LinesNotLoaded extends Error {
  override readonly name = 'LinesNotLoaded';
  readonly stepIndices: readonly number[];

  constructor(stepIndices: readonly number[]) {
    super(`${stepIndices.length} lines of the trace are not loaded, from step ${stepIndices[0]}`);
    this.stepIndices = stepIndices;
  }
}

/** Lines that can be fetched. */
export type Loading = Pick<StepLines, 'load'>;

/**
 * The lines of several traces. A step whose line is not at hand is fetched in each of them that has it, since
 * {@link LinesNotLoaded} does not tell which one lacks it.
 */
export function bothOf(...traces: readonly (Loading & { readonly length: number })[]): Loading {
  return {
    load: async (steps) => {
      await Promise.all(
        traces.map((trace) => trace.load(steps.filter((stepIndex) => stepIndex < trace.length))),
      );
    },
  };
}

/** Computes something from a trace, and fetches the lines that it needs on the way. */
export async function whenLoaded<Result>(lines: Loading, compute: () => Result): Promise<Result> {
  for (;;) {
    try {
      return compute();
    } catch (error) {
      if (!(error instanceof LinesNotLoaded)) throw error;
      await lines.load(error.stepIndices);
    }
  }
}

/**
 * Computes several things, of which each may need lines.
 *
 * @throws {LinesNotLoaded} with the lines that any of them lacks, so that they are fetched together.
 */
export function together(...computations: readonly (() => unknown)[]): void {
  const missing = new Set<number>();
  for (const compute of computations) {
    try {
      compute();
    } catch (error) {
      if (!(error instanceof LinesNotLoaded)) throw error;
      for (const stepIndex of error.stepIndices) missing.add(stepIndex);
    }
  }
  if (missing.size > 0) throw new LinesNotLoaded([...missing]);
}

/** Lines that are added one by one. */
export interface StepStore extends StepLines {
  add(line: string): void;
}

/** Lines in memory. */
export class ListedLines implements StepStore {
  readonly #lines: string[] = [];

  get length(): number {
    return this.#lines.length;
  }

  add(line: string): void {
    this.#lines.push(line);
  }

  line(stepIndex: number): string {
    const line = this.#lines[stepIndex];
    if (line === undefined) throw new RangeError(`there is no line of step ${stepIndex}`);
    return line;
  }

  require(): void {
    // All of them are at hand.
  }

  async load(): Promise<void> {
    // All of them are at hand.
  }
}

/** Lines that are added once more, in the order in which others keep them already. */
export class KnownLines implements StepStore {
  readonly #lines: StepLines;

  constructor(lines: StepLines) {
    this.#lines = lines;
  }

  add(): void {
    // It is kept already.
  }

  line(stepIndex: number): string {
    return this.#lines.line(stepIndex);
  }

  require(stepIndices: readonly number[]): void {
    this.#lines.require(stepIndices);
  }

  load(stepIndices: readonly number[]): Promise<void> {
    return this.#lines.load(stepIndices);
  }
}
