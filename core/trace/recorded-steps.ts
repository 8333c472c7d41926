import { Recent } from '../recent.ts';
import { formatPlural } from '../text/quantities.ts';
import { changeOfLine, parseLine, type Step } from './format/format.ts';
import type { StepLines } from './step-lines.ts';
import type { TraceIndex } from './trace-index.ts';

/** The most parsed steps that are kept. */
const KEPT_STEPS_MAX = 1024;

/** The steps of a trace: kept as their lines, and parsed when they are asked for. */
export class RecordedSteps {
  readonly #index: TraceIndex;
  readonly #lines: StepLines;
  readonly #parsed = new Recent<number, Step>(KEPT_STEPS_MAX);

  constructor(index: TraceIndex, lines: StepLines) {
    this.#index = index;
    this.#lines = lines;
  }

  /**
   * The line of a step, as recorded.
   *
   * @throws {RangeError} when there is no such step.
   */
  line(stepIndex: number): string {
    const { length } = this.#index;
    if (stepIndex >= 0 && stepIndex < length) return this.#lines.line(stepIndex);
    throw new RangeError(
      `There is no step ${stepIndex}: the trace has ${formatPlural(length, 'step')}.`,
    );
  }

  /**
   * A step, without its checkpoint.
   *
   * @throws {RangeError} when there is no such step.
   */
  step(stepIndex: number): Step {
    const known = this.#parsed.get(stepIndex);
    if (known) return known;
    // A checkpoint would take memory by the size of the state, for each step that has one.
    const { checkpoint: _, ...step } = this.whole(stepIndex);
    return this.#parsed.keep(stepIndex, step);
  }

  /**
   * A step with its checkpoint, if it has one, as it stands on its line. It is parsed each time.
   *
   * @throws {RangeError} when there is no such step.
   */
  whole(stepIndex: number): Step {
    const parsed = parseLine(this.line(stepIndex));
    if (parsed.kind === 'step') return parsed.step;
    throw new Error(`The line of step ${stepIndex} is a ${parsed.kind}`);
  }

  /** What a step changed, for callers that go through all steps and need no more of them. */
  change(stepIndex: number): Pick<Step, 'patch' | 'stateHash'> {
    return this.#parsed.get(stepIndex) ?? changeOfLine(this.line(stepIndex));
  }

  /** Whether a step is at hand without its line. */
  isParsed(stepIndex: number): boolean {
    return this.#parsed.has(stepIndex);
  }

  /**
   * Makes sure that the lines of steps are at hand, so that they are fetched together.
   *
   * @throws {LinesNotLoaded} with all of those that must be fetched first.
   */
  require(stepIndices: readonly number[]): void {
    this.#lines.require(stepIndices);
  }

  /** Fetches the lines of steps, which are at hand afterwards. */
  load(stepIndices: readonly number[]): Promise<void> {
    return this.#lines.load(stepIndices);
  }
}
