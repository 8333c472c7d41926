import { PATCH_EFFORT_FREE, PATCH_EFFORT_PER_CHAR, QUICK_DIGESTS } from '../limits.ts';
import { formatCount } from '../text/quantities.ts';
import { effort } from '../value/effort.ts';
import { applyPatches, EffortError, type Patch } from '../value/patch.ts';
import { countUnshared } from '../value/unshared.ts';
import { freeze, type Value } from '../value/value.ts';
import { TraceLineError, type Step, type TraceEnd } from './format/format.ts';
import type { TraceHeader } from './format/header.ts';
import { contradictionOf } from './rebuilt-states.ts';
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
 * What a kept state may take besides the one kept before it, for each character of the lines between them,
 * and all of them together: items of lists with many items in one container are not shared.
 */
const LANDMARK_ITEMS_PER_CHAR = 1 / 8;
const LANDMARK_ITEMS_MAX = 32_000_000;

/** How much effort is spent on comparing digests, see {@link QUICK_DIGESTS}. */
export interface DigestEffort {
  readonly free: number;
  readonly perStep: number;
  readonly perChar: number;
}

/**
 * A trace that grows step by step: only a step that fits the header and the state before it is added.
 */
export class TraceGrowth {
  readonly index: TraceIndex;
  readonly lines: StepStore;
  readonly #checks: TraceChecks;
  /** The state after the last step. */
  #state: Value;
  readonly #digests: DigestEffort;
  #digestEffort: number;
  #isWhollyCompared = true;
  #patchEffort = PATCH_EFFORT_FREE;
  readonly #landmarks = new Map<number, { readonly state: Value }>();
  /** The last landmark, the last checkpoint, or the initial state. */
  #landmark: Value;
  #landmarkItems = 0;
  #charsSinceLandmark = 0;
  #charsSinceTry = 0;

  /** @throws {TraceLineError} when parts of the header contradict each other. */
  constructor(header: TraceHeader, lines: StepStore, digests: DigestEffort = QUICK_DIGESTS) {
    this.index = new TraceIndex(header);
    this.lines = lines;
    this.#checks = new TraceChecks(header);
    this.#state = freeze(header.initialState);
    this.#landmark = this.#state;
    this.#digests = digests;
    this.#digestEffort = digests.free;
  }

  get header(): TraceHeader {
    return this.index.header;
  }

  /** @throws {TraceLineError} when the initial state is not the one of the header's digest. */
  checkInitialState(): void {
    this.#requireDigest(this.#state, this.header.initialHash, 'initialHash', 'the initial state');
    this.#digestEffort = this.#digests.free;
  }

  /** The number of steps. */
  get length(): number {
    return this.index.length;
  }

  /** Whether the digests of all states were compared. */
  get isWhollyCompared(): boolean {
    return this.#isWhollyCompared;
  }

  /** The steps so far as a trace, which grows with this. */
  toTrace(): Trace {
    return new Trace(this.index, this.lines, this.#landmarks);
  }

  /**
   * Adds the next step.
   *
   * @throws {TraceLineError} when it does not fit, or applying it takes too much; it is not added then.
   * @throws {OversizeError} when it is beyond a limit.
   * @throws {PatchError} when its patch does not fit the state.
   */
  add(step: Step, line: string): void {
    const at = this.length;
    if (step.stepIndex !== at) {
      throw new TraceLineError(`expected step ${at}, found step ${step.stepIndex}`);
    }
    checkSizes(step, line);
    const hasChanged = step.patch.length > 0;
    this.#patchEffort += line.length * PATCH_EFFORT_PER_CHAR;
    const after = hasChanged ? freeze(this.#apply(step.patch, 'patch')) : this.#state;
    if (hasChanged !== (step.stateHash !== undefined)) {
      throw new TraceLineError('stateHash: a step has one when, and only when, it has a patch');
    }
    if (step.attempted.length > 0) this.#apply(step.attempted, 'attempted');
    this.#checks.checkStep(step, after);
    const isCompared = this.#compareDigest(step, line, after);
    this.#state = after;
    if (hasChanged) this.#addChange(step, line);
    this.index.add(step, isCompared);
    this.lines.add(line);
  }

  /** The state with the changes of a step. */
  #apply(patch: Patch, field: 'patch' | 'attempted'): Value {
    const before = effort();
    try {
      return applyPatches(this.#state, [patch], this.#patchEffort);
    } catch (error) {
      if (!(error instanceof EffortError)) throw error;
      throw new TraceLineError(
        `${field}: applying the changes of the steps up to here takes more effort than the limit of ` +
          `${formatCount(PATCH_EFFORT_FREE)} units, and ${formatCount(PATCH_EFFORT_PER_CHAR)} for each ` +
          'character, which no recorded run comes near; the steps before it can be used',
      );
    } finally {
      this.#patchEffort -= effort() - before;
    }
  }

  /** Whether the digest of the state after a step is known to be right. */
  #compareDigest({ stateHash }: Step, line: string, after: Value): boolean {
    if (stateHash === undefined) return true;
    this.#digestEffort += this.#digests.perStep + line.length * this.#digests.perChar;
    if (this.#digestEffort <= 0) {
      this.#isWhollyCompared = false;
      return false;
    }
    this.#requireDigest(after, stateHash, 'stateHash', 'the state after the step');
    return true;
  }

  /** @throws {TraceLineError} when the closing line contradicts what came before. */
  checkEnd(end: TraceEnd): void {
    this.#checks.checkEnd(end, this.length);
  }

  #requireDigest(state: Value, expected: string, field: string, what: string): void {
    const before = effort();
    const contradiction = contradictionOf(state, expected, this.header);
    this.#digestEffort -= effort() - before;
    if (contradiction !== undefined) throw new TraceLineError(`${field}: ${what} ${contradiction}`);
  }

  #addChange({ stepIndex, checkpoint }: Step, line: string): void {
    if (checkpoint) return this.#restAtLandmark();
    this.#charsSinceLandmark += line.length;
    this.#charsSinceTry += line.length;
    if (this.#charsSinceTry < LANDMARK_CHARS) return;
    this.#charsSinceTry = 0;
    const itemsMax = Math.min(
      this.#charsSinceLandmark * LANDMARK_ITEMS_PER_CHAR,
      LANDMARK_ITEMS_MAX - this.#landmarkItems,
    );
    const items = countUnshared(this.#landmark, this.#state, itemsMax);
    if (items > itemsMax) return;
    this.#landmarks.set(stepIndex, { state: this.#state });
    this.#landmarkItems += items;
    this.#restAtLandmark();
  }

  #restAtLandmark(): void {
    this.#landmark = this.#state;
    this.#charsSinceLandmark = 0;
    this.#charsSinceTry = 0;
  }
}
