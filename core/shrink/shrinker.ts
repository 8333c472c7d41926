import type { Pulse } from '../engine/driving.ts';
import type { Operation } from '../machine/operation.ts';
import { encodeOperation } from '../trace/format/format.ts';
import { sameValue } from '../value/value.ts';
import type { Candidate, FailingRun, FailingStep, ShrinkMachine } from './candidate.ts';
import { earlierRuns, latenessOf } from './earlier.ts';
import { isFair, NOTHING_REPLACED } from './fairness.ts';
import { Simplifier, type Simpler } from './simplify.ts';

/** The progress of a shrinking. */
export interface ShrinkProgress {
  readonly phase: 'removing' | 'simplifying';
  /** Steps of the original run, and of the shortest run so far. */
  readonly from: number;
  readonly steps: number;
  /** Runs that were tried, and the number of those that failed for the same cause. */
  readonly tries: number;
  readonly successes: number;
  /** Whether the machine is loaded again for each run, since it keeps something between runs. */
  readonly isAfresh: boolean;
}

/** The shortest run that was found. */
export interface Shrunk {
  readonly operations: readonly Operation[];
  /**
   * For each operation its step in the original run. Not always in order, since a step may have moved to
   * an earlier place.
   */
  readonly stepIndices: readonly number[];
  readonly progress: ShrinkProgress;
  /** Whether the shrinking was stopped: a shorter run may exist. */
  readonly isCancelled: boolean;
  /**
   * What the external systems sent when the original run was replayed, although it was settled: their answers
   * do not follow from what they receive and observe, and steps may be left that do not matter.
   */
  readonly unfounded?: Operation;
  /** Whether it ended at its number of runs with simpler values: there may be simpler ones. */
  readonly isAtLimit: boolean;
}

/** How a shrinking is observed and stopped. */
export interface ShrinkOptions {
  readonly onProgress?: (progress: ShrinkProgress) => void;
  /** Called before each try; may return to the event loop, so that messages come in. */
  readonly isCancelled?: () => boolean | Promise<boolean>;
  /** Called now and then during each try, with the steps since the last call; gives it up if it says so. */
  readonly pulse?: Pulse | undefined;
  /** Leaves all inputs and results as they were: steps and faults are only removed or moved. */
  readonly keepsInputs?: boolean | undefined;
  /** Whether a shorter run may have an operation; by default any. */
  readonly isAllowed?: ((operation: Operation) => boolean) | undefined;
}

/** At most this many runs with simpler values are tried. */
const SIMPLIFYING_TRIES_MAX = 5_000;
/** The most runs with two parts left out that are tried: roughly the pairs of 60 parts. */
const PAIR_TRIES_MAX = 1_800;
/** The steps of such runs, in all, that are always allowed, however few other runs were tried. */
const PAIR_STEPS_MIN = 40_000;
/** Longer candidates are not remembered: there are many of them, and they hardly ever come again. */
const REMEMBERED_STEPS_MAX = 100;

/** Executes a candidate; returns its run if it fails for the cause. */
export type Attempt = (candidate: Candidate) => Promise<FailingRun | undefined>;

/**
 * Shrinks one failing run by delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input"): removes ever smaller stretches, then single operations, then moves completions up and
 * simplifies values, until nothing can be taken away.
 */
export class Shrinker {
  readonly #attempt: Attempt;
  readonly #options: ShrinkOptions;
  readonly #simplifier: Simplifier;
  readonly #from: number;
  readonly #isAfresh: boolean;
  /** What is found in the original run: a shorter one must not bring anything else. */
  readonly #known: ReadonlySet<string>;
  /** Candidates that do not fail for the cause. */
  readonly #failed = new Set<string>();
  #best: FailingRun;
  #phase: ShrinkProgress['phase'] = 'removing';
  #tries = 0;
  #simplifyingTries = 0;
  #pairTries = 0;
  #successes = 0;
  #isCancelled = false;

  constructor(
    attempt: Attempt,
    whole: FailingRun,
    options: ShrinkOptions,
    { scenario }: ShrinkMachine,
    isAfresh = false,
  ) {
    this.#attempt = attempt;
    this.#options = options;
    this.#best = whole;
    this.#from = whole.length;
    this.#isAfresh = isAfresh;
    this.#simplifier = new Simplifier(whole, scenario);
    this.#known = new Set(whole.flatMap(({ found }) => found));
  }

  get #progress(): ShrinkProgress {
    return {
      phase: this.#phase,
      from: this.#from,
      steps: this.#best.length,
      tries: this.#tries,
      successes: this.#successes,
      isAfresh: this.#isAfresh,
    };
  }

  get #result(): Shrunk {
    return {
      operations: this.#best.map(({ operation }) => operation),
      stepIndices: this.#best.map(({ stepIndex }) => stepIndex),
      progress: this.#progress,
      isCancelled: this.#isCancelled,
      isAtLimit: this.#simplifyingTries >= SIMPLIFYING_TRIES_MAX,
    };
  }

  /** Whether simpler values are still tried. */
  get #isSimplifying(): boolean {
    return !this.#isCancelled && this.#simplifyingTries < SIMPLIFYING_TRIES_MAX;
  }

  /** Repeats all reductions until none helps. Results come last: see {@link #simplifyResults}. */
  async shrink(): Promise<Shrunk> {
    for (let hasShrunk = true; hasShrunk && !this.#isCancelled;) {
      this.#phase = 'removing';
      hasShrunk = await this.#removeStretches();
      this.#phase = 'simplifying';
      if (await this.#moveEarlier()) hasShrunk = true;
      if (await this.#simplifyInputs()) hasShrunk = true;
      if (!hasShrunk && !this.#options.keepsInputs) hasShrunk = await this.#simplifyResults();
    }
    return this.#result;
  }

  async #removeStretches(): Promise<boolean> {
    let hasRemoved = false;
    let size = Math.ceil(unitsOf(this.#best).length / 2);
    while (size >= 1 && !this.#isCancelled) {
      let isRemoved = await this.#removeAll(size);
      if (size === 1 && (await this.#removeParts())) isRemoved = true;
      hasRemoved ||= isRemoved;
      if (size > 1) size = Math.floor(size / 2);
      else if (!isRemoved) {
        if (!(await this.#removePairs())) break;
        hasRemoved = true;
      }
    }
    return hasRemoved;
  }

  /**
   * Tries to remove two units at a time, the nearest ones first: a lock and its release may only go
   * together, with what matters between them.
   */
  async #removePairs(): Promise<boolean> {
    let hasRemoved = false;
    for (let apart = 1; apart < unitsOf(this.#best).length && this.#isPairing; apart += 1) {
      for (let last = unitsOf(this.#best).length - 1; last >= apart && this.#isPairing; last -= 1) {
        const units = unitsOf(this.#best);
        if (last >= units.length) continue;
        this.#pairTries += 1;
        const candidate = units.filter((_, at) => at !== last && at !== last - apart).flat();
        if (await this.#improves(candidate, (found) => found.length < this.#best.length)) {
          hasRemoved = true;
        }
      }
    }
    return hasRemoved;
  }

  get #isPairing(): boolean {
    // Of long runs no more than all others: each may take a second.
    const triesMin = PAIR_STEPS_MIN / this.#best.length;
    const triesMax = Math.min(PAIR_TRIES_MAX, Math.max(triesMin, this.#tries - this.#pairTries));
    return !this.#isCancelled && this.#pairTries < triesMax;
  }

  /** Tries to remove each stretch of `size` units, from the end, where fewer steps depend on them. */
  async #removeAll(size: number): Promise<boolean> {
    let hasRemoved = false;
    for (let end = unitsOf(this.#best).length; end > 0 && !this.#isCancelled; end -= size) {
      const units = unitsOf(this.#best);
      end = Math.min(end, units.length);
      const start = Math.max(0, end - size);
      const candidate = [...units.slice(0, start), ...units.slice(end)].flat();
      if (await this.#improves(candidate, (found) => found.length < this.#best.length)) {
        hasRemoved = true;
      }
    }
    return hasRemoved;
  }

  /** Tries to remove single steps of units: a crash may not need the step in which it struck. */
  async #removeParts(): Promise<boolean> {
    let hasRemoved = false;
    for (let at = this.#best.length - 1; at >= 0 && !this.#isCancelled; at -= 1) {
      const [step, next] = [this.#best[at], this.#best[at + 1]];
      const isAlone = !next || unitsOf(this.#best).some(([first]) => first === next);
      if (!step || isAlone) continue;
      const candidate = this.#best.toSpliced(at, 1);
      if (await this.#improves(candidate, (found) => found.length < this.#best.length)) {
        hasRemoved = true;
      }
    }
    return hasRemoved;
  }

  /** Moves completions nearer to their actions, which makes the run easier to read. */
  async #moveEarlier(): Promise<boolean> {
    let hasMoved = false;
    for (let isMoved = true; isMoved && this.#isSimplifying;) {
      isMoved = false;
      for (const candidate of earlierRuns(unitsOf(this.#best))) {
        if (!this.#isSimplifying) break;
        const best = this.#best;
        const isEarlier = (found: FailingRun) =>
          isFair(best, found, NOTHING_REPLACED) &&
          (found.length < best.length || latenessOf(found) < latenessOf(best));
        isMoved = await this.#improves(candidate, isEarlier);
        if (isMoved) break;
      }
      hasMoved ||= isMoved;
    }
    return hasMoved;
  }

  async #simplifyInputs(): Promise<boolean> {
    let hasSimplified = false;
    for (let at = 0; at < this.#best.length && this.#isSimplifying; at += 1) {
      while (await this.#simplifyAt(at, this.#simplerInputs(at))) {
        hasSimplified = true;
      }
    }
    return hasSimplified;
  }

  #simplerInputs(at: number): Iterable<Simpler> {
    return this.#options.keepsInputs
      ? this.#simplifier.faults(this.#best, at)
      : this.#simplifier.inputs(this.#best, at);
  }

  /**
   * Simplifies the answers of the external systems. If a simpler answer would allow more to be removed,
   * it is a different cause, such as an answer that contradicts its action: it is not used.
   */
  async #simplifyResults(): Promise<boolean> {
    let hasSimplified = false;
    for (let at = 0; at < this.#best.length && this.#isSimplifying; at += 1) {
      const isAccepted = async (found: FailingRun) =>
        found.length === this.#best.length && (await this.#isMinimal(found));
      while (await this.#simplifyAt(at, this.#simplifier.results(this.#best, at), isAccepted)) {
        hasSimplified = true;
      }
    }
    return hasSimplified;
  }

  async #simplifyAt(
    at: number,
    simpler: Iterable<Simpler>,
    isAccepted?: (found: FailingRun) => Promise<boolean>,
  ): Promise<boolean> {
    const best = this.#best;
    for (const { candidate, operation, ...change } of simpler) {
      if (!this.#isSimplifying) return false;
      const isSimpler = (found: FailingRun) =>
        (found.length < best.length || sameValue(found[at]?.operation, operation)) &&
        isFair(best, found, change);
      if (await this.#improves(candidate, isSimpler, isAccepted)) return true;
    }
    return false;
  }

  /** Whether each unit of a run is needed. */
  async #isMinimal(run: FailingRun): Promise<boolean> {
    const units = unitsOf(run);
    for (const at of units.keys()) {
      const found = await this.#try(units.toSpliced(at, 1).flat());
      if (found || this.#isCancelled) return false;
    }
    return true;
  }

  /** Keeps a candidate as the best so far if it fails for the same cause and is an improvement. */
  async #improves(
    candidate: Candidate,
    isGain: (found: FailingRun) => boolean,
    isAccepted: (found: FailingRun) => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<boolean> {
    const found = await this.#try(candidate);
    const isBetter =
      found !== undefined &&
      found.length <= this.#best.length &&
      found.every((step) => this.#isFitting(step)) &&
      isGain(found) &&
      (await isAccepted(found));
    if (isBetter) {
      this.#best = found;
      this.#successes += 1;
    }
    this.#options.onProgress?.(this.#progress);
    return isBetter;
  }

  #isFitting({ operation, found }: FailingStep): boolean {
    const { isAllowed = () => true } = this.#options;
    return found.every((one) => this.#known.has(one)) && isAllowed(operation);
  }

  /** Executes a candidate, unless it is known not to fail for the cause. */
  async #try(candidate: Candidate): Promise<FailingRun | undefined> {
    const key = candidate.length <= REMEMBERED_STEPS_MAX ? keyOf(candidate) : undefined;
    if (key !== undefined && this.#failed.has(key)) return undefined;
    this.#isCancelled = (await this.#options.isCancelled?.()) ?? false;
    if (this.#isCancelled) return undefined;
    this.#tries += 1;
    if (this.#phase === 'simplifying') this.#simplifyingTries += 1;
    const found = await this.#attempt(candidate);
    if (!found && key !== undefined) this.#failed.add(key);
    return found;
  }
}

/** Identifies a candidate. */
function keyOf(candidate: Candidate): string {
  const steps = candidate.map(({ operation, emitted }) => [
    encodeOperation(operation),
    emitted.map(({ id }) => String(id)),
  ]);
  return JSON.stringify(steps);
}

/** Groups of steps that are removed together: a crash, the restore after it, and the step that died. */
function unitsOf(run: FailingRun): FailingRun[] {
  const units: FailingStep[][] = [];
  for (const [at, step] of run.entries()) {
    const { operation } = step;
    const before = run[at - 1]?.operation;
    const isInStep =
      operation.kind === 'crash' &&
      before !== undefined &&
      'fault' in before &&
      (before.fault?.kind === 'crashAtAccess' || before.fault?.kind === 'crashBeforeCommit');
    const unit = units.at(-1);
    if (unit && (operation.kind === 'restore' || isInStep)) unit.push(step);
    else units.push([step]);
  }
  return units;
}
