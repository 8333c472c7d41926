import type { Operation } from '../machine/operation.ts';
import { sameValue } from '../value/value.ts';
import {
  tryCandidate,
  type FailingRun,
  type FailingStep,
  type ShrinkSubject,
} from './candidate.ts';
import { asksTheSame, mentions, replacedValues, Simplifier } from './simplify.ts';

export type { ShrinkSubject } from './candidate.ts';

/** How far a shrinking has come. */
export interface ShrinkProgress {
  readonly phase: 'removing' | 'simplifying';
  /** Steps of the original run, and of the shortest one so far. */
  readonly from: number;
  readonly steps: number;
  /** Runs tried, and how many of them failed for the same cause. */
  readonly tries: number;
  readonly successes: number;
}

/** A shortest run that was found. */
export interface Shrunk {
  readonly operations: readonly Operation[];
  /** For each operation the step of the original run that it was. */
  readonly stepIndices: readonly number[];
  readonly progress: ShrinkProgress;
  /** It was stopped: a shorter run may exist. */
  readonly isCancelled: boolean;
}

/** How a shrinking is watched and stopped. */
export interface ShrinkOptions {
  readonly onProgress?: (progress: ShrinkProgress) => void;
  /** Asked before each try; may take a breath, so that messages come in. */
  readonly isCancelled?: () => boolean | Promise<boolean>;
}

/** Thrown when the operations do not fail for the cause. */
export class ShrinkError extends Error {
  override readonly name = 'ShrinkError';
}

/**
 * Reduces a run to the operations and faults that matter, by delta debugging (Zeller and Hildebrandt,
 * "Simplifying and Isolating Failure-Inducing Input"): removes ever smaller stretches, then single
 * operations, then simplifies values, until nothing can be taken away. Each time the machine is
 * executed again, and must fail for the same cause.
 *
 * @param operations of a run, up to the finding or longer.
 * @throws {ShrinkError} when they do not fail for the cause of the subject.
 */
export async function shrink(
  subject: ShrinkSubject,
  operations: readonly Operation[],
  options: ShrinkOptions = {},
): Promise<Shrunk> {
  const whole = await executeWhole(subject, operations);
  const shrinker = new Shrinker(subject, whole, options);
  await shrinker.shrink();
  return shrinker.result;
}

/** Executes the original run, as it is, up to its finding. */
async function executeWhole(
  subject: ShrinkSubject,
  operations: readonly Operation[],
): Promise<FailingRun> {
  const given = operations.map((operation, stepIndex) => ({ operation, stepIndex, emitted: [] }));
  const whole = await tryCandidate(subject, given, { isOriginal: true });
  if (whole) return whole;
  throw new ShrinkError('The run does not fail for this cause when it is executed again.');
}

class Shrinker {
  readonly #subject: ShrinkSubject;
  readonly #options: ShrinkOptions;
  readonly #simplifier: Simplifier;
  readonly #from: number;
  #best: FailingRun;
  #phase: ShrinkProgress['phase'] = 'removing';
  #tries = 0;
  #successes = 0;
  #isCancelled = false;

  constructor(subject: ShrinkSubject, whole: FailingRun, options: ShrinkOptions) {
    this.#subject = subject;
    this.#options = options;
    this.#best = whole;
    this.#from = whole.length;
    this.#simplifier = new Simplifier(whole);
  }

  get #progress(): ShrinkProgress {
    return {
      phase: this.#phase,
      from: this.#from,
      steps: this.#best.length,
      tries: this.#tries,
      successes: this.#successes,
    };
  }

  get result(): Shrunk {
    return {
      operations: this.#best.map(({ operation }) => operation),
      stepIndices: this.#best.map(({ stepIndex }) => stepIndex),
      progress: this.#progress,
      isCancelled: this.#isCancelled,
    };
  }

  async shrink(): Promise<void> {
    for (let hasShrunk = true; hasShrunk && !this.#isCancelled;) {
      this.#phase = 'removing';
      hasShrunk = await this.#removeStretches();
      this.#phase = 'simplifying';
      if (await this.#simplifyValues()) hasShrunk = true;
    }
  }

  async #removeStretches(): Promise<boolean> {
    let hasRemoved = false;
    let size = Math.ceil(unitsOf(this.#best).length / 2);
    while (size >= 1 && !this.#isCancelled) {
      const isRemoved = await this.#removeAll(size);
      hasRemoved ||= isRemoved;
      if (size > 1) size = Math.floor(size / 2);
      else if (!isRemoved) break;
    }
    return hasRemoved;
  }

  /** Tries without each stretch of so many units, from the end: what is late has no followers. */
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

  async #simplifyValues(): Promise<boolean> {
    let hasSimplified = false;
    for (let at = 0; at < this.#best.length && !this.#isCancelled; at += 1) {
      while (await this.#simplifyAt(at)) hasSimplified = true;
    }
    return hasSimplified;
  }

  async #simplifyAt(at: number): Promise<boolean> {
    const step = this.#best[at];
    if (!step) return false;
    for (const operation of this.#simplifier.simpler(step.operation)) {
      if (this.#isCancelled) return false;
      const candidate = this.#best.with(at, { ...step, operation });
      const isSimpler = (found: FailingRun) =>
        sameValue(found[at]?.operation, operation) && isFair(this.#best, found, at);
      if (await this.#improves(candidate, isSimpler)) return true;
    }
    return false;
  }

  /** Whether a candidate fails for the same cause: it is then the best so far. */
  async #improves(candidate: FailingRun, isGain: (found: FailingRun) => boolean): Promise<boolean> {
    this.#isCancelled = (await this.#options.isCancelled?.()) ?? false;
    if (this.#isCancelled || candidate.length === 0) return false;
    this.#tries += 1;
    const found = await tryCandidate(this.#subject, candidate);
    const isBetter = found !== undefined && found.length <= this.#best.length && isGain(found);
    if (isBetter) {
      this.#best = found;
      this.#successes += 1;
    }
    this.#options.onProgress?.(this.#progress);
    return isBetter;
  }
}

/** What is removed together: a crash with the restore after it, and with the step that it is in. */
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

/**
 * Whether a simpler value leaves the external systems their say: each step asks them the same as
 * before, and no answer to the changed step speaks of what was replaced.
 */
function isFair(before: FailingRun, after: FailingRun, at: number): boolean {
  if (after.length < before.length) return true;
  const [changed, simpler] = [before[at], after[at]];
  if (!changed || !simpler || answersMention(before, changed, simpler)) return false;
  return before.every((step, index) => asksTheSame(step, after[index] as FailingStep));
}

function answersMention(run: FailingRun, changed: FailingStep, simpler: FailingStep): boolean {
  const replaced = replacedValues(changed, simpler);
  const ids = new Set<unknown>(changed.emitted.map(({ id }) => id));
  return run.some(
    ({ operation }) =>
      (operation.kind === 'completion' || operation.kind === 'loss') &&
      ids.has(operation.id) &&
      mentions(operation.result, replaced),
  );
}
