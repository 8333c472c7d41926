import { LINES_ASKED_MAX } from '../../limits.ts';
import { LinesNotLoaded, type StepLines } from '../step-lines.ts';
import type { Trace } from '../trace.ts';
import {
  answer,
  QUESTIONS,
  type AnswerOf,
  type FoundOf,
  type Question,
  type QuestionName,
} from './questions.ts';

/** How a question is asked. */
export interface Asking<Name extends QuestionName> {
  /** Ends the search; the answer is then an error. */
  readonly signal?: AbortSignal;
  /** Takes what is found on the way to the answer. */
  readonly onFound?: (part: FoundOf<Name>) => void;
}

/** Where a run is read: a process that reads its file, or memory. */
export interface TraceSource {
  /**
   * Asks a question about the run; see `QUESTIONS`.
   *
   * @throws {ProblemError} when it cannot be answered, or its signal was aborted.
   */
  ask<Asked extends Question>(
    question: Asked,
    asking?: Asking<Asked['kind']>,
  ): Promise<AnswerOf<Asked['kind']>>;
}

/** The parts of an answer that a source in memory gives before it lets others go on. */
const PARTS_AT_ONCE = 64;

/**
 * A source whose lines are in memory.
 *
 * @param traceOf gives another trace by its id.
 */
export function memorySource(
  trace: Trace,
  traceOf: (id: string) => Trace = unknownTrace,
): TraceSource {
  return {
    async ask<Asked extends Question>(
      question: Asked,
      { signal, onFound }: Asking<Asked['kind']> = {},
    ) {
      const { found, answer: answered } = QUESTIONS[question.kind];
      const work = answer(trace, question, traceOf);
      for (let parts = 1; ; parts += 1) {
        signal?.throwIfAborted();
        const next = work.next();
        if (next.done) return answered.parse(next.value) as AnswerOf<Asked['kind']>;
        if (next.value !== undefined) onFound?.(found.parse(next.value) as FoundOf<Asked['kind']>);
        if (parts % PARTS_AT_ONCE === 0) await pause();
      }
    },
  };
}

function unknownTrace(id: string): never {
  throw new RangeError(`No trace has the id ${id}: a source in memory has only its own.`);
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** The most characters of lines that are kept at hand. */
const CACHED_CHARS_MAX = 32 * 1024 * 1024;
/** The most steps that are fetched around one that is asked for … */
const BLOCK_STEPS_MAX = 64;
/** … and about how many characters they may have together. */
const BLOCK_CHARS = 128 * 1024;
/** How many are fetched while no line has shown yet how long lines are here. */
const FIRST_BLOCK_STEPS = 16;

/**
 * Lines that are fetched from a source when they are asked for, together with their neighbours, which
 * are most likely asked for next. The latest of them stay at hand, so that memory does not grow with
 * the run. Requests of one moment go out as one question.
 */
export class FetchedLines implements StepLines {
  readonly #source: TraceSource;
  readonly #length: () => number;
  readonly #charsMax: number;
  /** The line that was used last is the last. */
  readonly #lines = new Map<number, string>();
  #chars = 0;
  /** Everything fetched so far, to tell how long a line is here. */
  readonly #fetched = { lines: 0, chars: 0 };
  /** The steps that are asked for next, and the question that will be asked with them. */
  #gathered: Set<number> = new Set();
  #question: Promise<void> | undefined;
  /** The question that brings a line, for those that are on their way. */
  readonly #onTheirWay = new Map<number, Promise<void>>();

  /** @param length returns how many steps there are so far. */
  constructor(source: TraceSource, length: () => number, charsMax = CACHED_CHARS_MAX) {
    this.#source = source;
    this.#length = length;
    this.#charsMax = charsMax;
  }

  /** The number of characters that are at hand. */
  get chars(): number {
    return this.#chars;
  }

  line(stepIndex: number): string {
    const line = this.#use(stepIndex);
    if (line === undefined) throw new LinesNotLoaded([stepIndex]);
    return line;
  }

  require(stepIndices: readonly number[]): void {
    const missing = stepIndices.filter((stepIndex) => !this.#lines.has(stepIndex));
    if (missing.length > 0) throw new LinesNotLoaded(missing);
  }

  async load(stepIndices: readonly number[]): Promise<void> {
    const missing = stepIndices.filter((stepIndex) => this.#use(stepIndex) === undefined);
    if (missing.length === 0) return;
    this.#evict();
    const awaited = new Set<Promise<void>>();
    for (const stepIndex of this.#withNeighbours(missing)) {
      awaited.add(this.#onTheirWay.get(stepIndex) ?? this.#gather(stepIndex));
    }
    await Promise.all(awaited);
  }

  #use(stepIndex: number): string | undefined {
    const line = this.#lines.get(stepIndex);
    if (line === undefined) return undefined;
    this.#lines.delete(stepIndex);
    this.#lines.set(stepIndex, line);
    return line;
  }

  /** The blocks that steps are in, without what is at hand already. */
  #withNeighbours(stepIndices: readonly number[]): Iterable<number> {
    const block = this.#blockSteps();
    const length = this.#length();
    const all = new Set(stepIndices);
    for (const stepIndex of stepIndices) {
      const from = Math.floor(stepIndex / block) * block;
      const to = Math.min(from + block, length);
      for (let at = from; at < to; at += 1) if (!this.#lines.has(at)) all.add(at);
    }
    return all;
  }

  /** A power of two, so that blocks of all sizes lie within each other. */
  #blockSteps(): number {
    const { lines, chars } = this.#fetched;
    if (lines === 0) return FIRST_BLOCK_STEPS;
    const fitting = BLOCK_CHARS / (chars / lines + 1);
    return 2 ** Math.max(0, Math.floor(Math.log2(Math.min(fitting, BLOCK_STEPS_MAX))));
  }

  #gather(stepIndex: number): Promise<void> {
    this.#gathered.add(stepIndex);
    // What is asked for until the current task is over becomes one question.
    this.#question ??= Promise.resolve().then(() => this.#fetch());
    this.#onTheirWay.set(stepIndex, this.#question);
    return this.#question;
  }

  async #fetch(): Promise<void> {
    const stepIndices = [...this.#gathered].toSorted((a, b) => a - b);
    this.#gathered = new Set();
    this.#question = undefined;
    try {
      for (let from = 0; from < stepIndices.length; from += LINES_ASKED_MAX) {
        const asked = stepIndices.slice(from, from + LINES_ASKED_MAX);
        const lines = await this.#source.ask({ kind: 'lines', stepIndices: asked });
        for (const [at, stepIndex] of asked.entries()) this.#keep(stepIndex, lines[at]);
      }
    } finally {
      for (const stepIndex of stepIndices) this.#onTheirWay.delete(stepIndex);
    }
  }

  #keep(stepIndex: number, line: string | undefined): void {
    if (line === undefined) throw new RangeError(`the line of step ${stepIndex} did not come`);
    this.#lines.set(stepIndex, line);
    this.#chars += line.length;
    this.#fetched.lines += 1;
    this.#fetched.chars += line.length;
  }

  /**
   * Forgets the lines that were not used for longest. It happens before lines are fetched, not after
   * that: whatever is computed next finds all lines that it has just asked for, however many.
   */
  #evict(): void {
    for (const [stepIndex, line] of this.#lines) {
      if (this.#chars <= this.#charsMax) return;
      this.#lines.delete(stepIndex);
      this.#chars -= line.length;
    }
  }
}
