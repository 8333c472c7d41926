import { effort } from '../value/effort.ts';
import { hashValue } from '../value/hash.ts';
import { applyPatches } from '../value/patch.ts';
import { freeze, type Value } from '../value/value.ts';
import { TraceLineError, type Step, type TraceEnd, type TraceHeader } from './format.ts';
import { checkSizes, TraceChecks } from './step-checks.ts';
import type { StepStore } from './step-lines.ts';
import { TraceIndex } from './trace-index.ts';
import { Trace } from './trace.ts';

/**
 * The number of characters of patches after which a state is kept in memory. A state that is larger
 * than that, such as a database, has its checkpoints far apart; kept states share nearly everything
 * with their neighbours, so they cost little.
 */
const LANDMARK_CHARS = 1024 * 1024;

/**
 * The effort of comparing digests (see {@link effort}) that is spent on a trace in any case, some
 * thirty milliseconds, and what each character of it adds, which is a tenth of the effort of
 * reading it. Digests beyond that are skipped, unless all are wanted.
 */
const DIGEST_EFFORT_FREE = 30_000_000;
const DIGEST_EFFORT_PER_CHAR = 2;

/**
 * A trace that grows step by step: only a step that fits the header and the state before it is added.
 */
export class TraceGrowth {
  readonly index: TraceIndex;
  readonly lines: StepStore;
  readonly #checks: TraceChecks;
  /** The state after the last step. */
  #state: Value;
  #digestEffort = DIGEST_EFFORT_FREE;
  readonly #landmarks = new Map<number, { readonly state: Value }>();
  #charsSinceLandmark = 0;

  /** @throws {TraceLineError} when parts of the header contradict each other. */
  constructor(header: TraceHeader, lines: StepStore) {
    this.index = new TraceIndex(header);
    this.lines = lines;
    this.#checks = new TraceChecks(header);
    this.#state = freeze(header.initialState);
  }

  get header(): TraceHeader {
    return this.index.header;
  }

  /** @throws {TraceLineError} when the initial state is not the one of the header's digest. */
  checkInitialState(): void {
    this.#requireDigest(this.#state, this.header.initialHash, 'initialHash', 'the initial state');
    this.#digestEffort = DIGEST_EFFORT_FREE;
  }

  /** The number of steps. */
  get length(): number {
    return this.index.length;
  }

  /** The steps so far as a trace, which grows with this. */
  toTrace(): Trace {
    return new Trace(this.index, this.lines, this.#landmarks);
  }

  /**
   * Adds the next step.
   *
   * @param isDigestWanted whether the digest of its state is compared whatever that takes.
   * @throws {TraceLineError} when it does not fit; it is not added then.
   * @throws {OversizeError} when it is beyond a limit.
   * @throws {PatchError} when its patch does not fit the state.
   */
  add(step: Step, line: string, isDigestWanted = false): void {
    const at = this.length;
    if (step.stepIndex !== at) {
      throw new TraceLineError(`expected step ${at}, found step ${step.stepIndex}`);
    }
    checkSizes(step, line);
    const hasChanged = step.patch.length > 0;
    const after = hasChanged ? freeze(applyPatches(this.#state, [step.patch])) : this.#state;
    if (hasChanged !== (step.stateHash !== undefined)) {
      throw new TraceLineError('stateHash: a step has one when, and only when, it has a patch');
    }
    this.#checks.checkStep(step, this.#state, after);
    if (step.stateHash !== undefined) {
      this.#digestEffort += line.length * DIGEST_EFFORT_PER_CHAR;
      if (isDigestWanted || this.#digestEffort > 0) {
        this.#requireDigest(after, step.stateHash, 'stateHash', 'the state after the step');
      }
    }
    this.#state = after;
    if (hasChanged) this.#addChange(step, line);
    this.index.add(step);
    this.lines.add(line);
  }

  /** @throws {TraceLineError} when the closing line contradicts what came before. */
  checkEnd(end: TraceEnd): void {
    this.#checks.checkEnd(end, this.length);
  }

  #requireDigest(state: Value, expected: string, field: string, what: string): void {
    const before = effort();
    const actual = hashValue(state, this.header.digests);
    this.#digestEffort -= effort() - before;
    if (actual === expected) return;
    throw new TraceLineError(
      `${field}: ${what} has the digest ${actual}, not ${expected}, so the trace was changed or ` +
        'damaged after it was written',
    );
  }

  #addChange({ stepIndex, checkpoint }: Step, line: string): void {
    this.#charsSinceLandmark = checkpoint ? 0 : this.#charsSinceLandmark + line.length;
    if (this.#charsSinceLandmark < LANDMARK_CHARS) return;
    this.#landmarks.set(stepIndex, { state: this.#state });
    this.#charsSinceLandmark = 0;
  }
}
