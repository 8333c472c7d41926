import { Session, type Profiler } from 'node:inspector';
import type { EvaluatedBundle } from '../load/machine-loader.ts';
import { countsOf, type Counts } from './executed-lines.ts';

/**
 * V8's precise coverage of a machine's code, in this thread. Functions that were compiled before are not
 * counted: the machine must be evaluated anew after this has begun.
 */
export class PreciseCoverage {
  static #underWay = 0;
  static #last: Promise<unknown> = Promise.resolve();
  readonly #session = new Session();
  readonly #bundle: EvaluatedBundle;

  constructor(bundle: EvaluatedBundle) {
    this.#bundle = bundle;
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    PreciseCoverage.#underWay += 1;
  }

  /** Executes a task that begins and ends one, after all earlier ones: the end of one would end another, too. */
  static alone<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = PreciseCoverage.#last.then(task);
    PreciseCoverage.#last = result.catch(() => undefined);
    return result;
  }

  /** Whether one is under way in this thread, such as for a whole sweep. */
  static get isUnderWay(): boolean {
    return PreciseCoverage.#underWay > 0;
  }

  /** How often each character of the code was executed since the last time. */
  take(): Counts {
    return this.takeBoth().counts;
  }

  /** The same, and how often each function was, with the parts of it that were executed less often. */
  takeBoth(): {
    readonly counts: Counts;
    readonly functions: readonly Profiler.FunctionCoverage[];
  } {
    const { fileName, code, offset } = this.#bundle;
    const taken = this.#post('Profiler.takePreciseCoverage');
    const { result } = taken as Profiler.TakePreciseCoverageReturnType;
    // Each evaluation of the source is a script of its own; the others were evaluated before.
    const scripts = result.filter(({ url }) => url === fileName);
    const functions = scripts
      .flatMap((script) => script.functions)
      .map((one) => ({ ...one, ranges: one.ranges.map((range) => movedBy(range, -offset)) }));
    return { counts: countsOf(functions, code.length), functions };
  }

  close(): void {
    PreciseCoverage.#underWay -= 1;
    this.#post('Profiler.stopPreciseCoverage');
    this.#post('Profiler.disable');
    this.#session.disconnect();
  }

  /** Within a thread, the reply comes before `post` returns. */
  #post(method: string, params?: object): unknown {
    let replied: unknown;
    this.#session.post(method, params, (error, reply) => {
      if (error) throw error;
      replied = reply;
    });
    return replied;
  }
}

/** A range of a script as one of the code that begins in it. */
function movedBy(range: Profiler.CoverageRange, by: number): Profiler.CoverageRange {
  const moved = (at: number) => Math.max(0, at + by);
  return { ...range, startOffset: moved(range.startOffset), endOffset: moved(range.endOffset) };
}
