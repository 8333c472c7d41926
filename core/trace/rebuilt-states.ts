import { Recent } from '../recent.ts';
import { formatCount } from '../text/quantities.ts';
import { SelfExplainingError } from '../thrown.ts';
import { hashValue } from '../value/hash.ts';
import { applyPatches } from '../value/patch.ts';
import { freeze, type Value } from '../value/value.ts';
import type { TraceHeader } from './format/header.ts';
import { lastAtMost } from './last-at-most.ts';
import type { RecordedSteps } from './recorded-steps.ts';
import type { TraceIndex } from './trace-index.ts';

/** The most rebuilt states that are kept, and contradictions that were found. */
const KEPT_STATES_MAX = 64;
const KEPT_CONTRADICTIONS_MAX = 1024;
/**
 * About how many characters of checkpoints the kept states may rest upon. States that rest upon the
 * same one share nearly everything.
 */
const KEPT_BASES_CHARS_MAX = 8 * 1024 * 1024;

/** States after some steps, by the step, where checkpoints are far apart. */
export type Landmarks = ReadonlyMap<number, { readonly state: Value }>;

/** Thrown for a state that is not the one of the digest that its step says. */
export class DigestError extends SelfExplainingError {
  override readonly name = 'DigestError';
}

/** What contradicts that a state has a digest; `undefined` when nothing does. */
export function contradictionOf(
  state: Value,
  expected: string,
  { digests }: TraceHeader,
): string | undefined {
  const actual = hashValue(state, digests);
  return actual === expected
    ? undefined
    : `has the digest ${actual}, not ${expected}, so the trace was changed or damaged after it was written`;
}

interface KeptState {
  readonly state: Value;
  /** The step of the checkpoint that it rests upon; -1 for the initial state. */
  readonly base: number;
}

/**
 * The states of a trace. Each is rebuilt from the last checkpoint or landmark and the changes since, so that
 * memory follows what changed, not steps times state, and compared with its digest once.
 */
export class RebuiltStates {
  readonly #index: TraceIndex;
  readonly #steps: RecordedSteps;
  readonly #landmarks: Landmarks;
  /** What contradicts the digests of states, by the step, where that was found after reading. */
  readonly #contradictions = new Recent<number, string>(KEPT_CONTRADICTIONS_MAX);
  /** Rebuilt states, by the step that made them. */
  readonly #kept = new Recent<number, KeptState>(KEPT_STATES_MAX);
  /** The characters of the checkpoints that they rest upon, by their steps; used last is last. */
  readonly #bases = new Map<number, number>();

  constructor(index: TraceIndex, steps: RecordedSteps, landmarks: Landmarks) {
    this.#index = index;
    this.#steps = steps;
    this.#landmarks = landmarks;
  }

  /**
   * The state after a step, deeply frozen; -1 for the initial state.
   *
   * @throws {DigestError} when it is not the state of the digest that the step says.
   */
  after(stepIndex: number): Value {
    const { changedSteps, checkpointSteps } = this.#index;
    const position = lastAtMost(changedSteps, stepIndex);
    const checkpoint = checkpointSteps[lastAtMost(checkpointSteps, stepIndex)] ?? -1;
    // The steps to be made after the nearest state that is known, the last one first.
    const steps: number[] = [];
    let from: KeptState | undefined;
    for (let at = position; at >= 0 && !from; at -= 1) {
      const changed = changedSteps[at] as number;
      from = this.#known(changed, checkpoint);
      if (from) break;
      steps.push(changed);
      if (changed === checkpoint) break;
    }
    this.#steps.require(steps.filter((step) => !this.#steps.isParsed(step) || step === checkpoint));
    if (!from && checkpoint >= 0) steps.pop();
    const state = this.#rebuild(from ?? this.#stateOfCheckpoint(checkpoint), steps);
    const changedBy = changedSteps[position];
    if (changedBy !== undefined && !this.#index.isCompared(changedBy)) {
      this.#requireDigest(changedBy, state, () => this.digestAfter(changedBy));
    }
    return state;
  }

  /**
   * The state after a step that changed it, from the state before; for callers that go through all
   * steps. It is not kept.
   *
   * @throws {DigestError} when it is not the state of the digest that the step says.
   */
  from(before: Value, stepIndex: number): Value {
    const { patch, stateHash = this.#index.header.initialHash } = this.#steps.change(stepIndex);
    const state = freeze(applyPatches(before, [patch]));
    if (!this.#index.isCompared(stepIndex)) this.#requireDigest(stepIndex, state, () => stateHash);
    return state;
  }

  /** The digest of the state after a step; -1 for the initial state. */
  digestAfter(stepIndex: number): string {
    const { changedSteps, header } = this.#index;
    const changedBy = changedSteps[lastAtMost(changedSteps, stepIndex)];
    if (changedBy === undefined) return header.initialHash;
    return this.#steps.step(changedBy).stateHash ?? header.initialHash;
  }

  /** Compares a state whose digest was left out while reading, once. */
  #requireDigest(stepIndex: number, state: Value, stateHash: () => string): void {
    const { header } = this.#index;
    const contradiction =
      this.#contradictions.get(stepIndex) ?? contradictionOf(state, stateHash(), header);
    if (contradiction === undefined) return this.#index.noteCompared(stepIndex);
    this.#contradictions.keep(stepIndex, contradiction);
    throw new DigestError(
      `Step ${formatCount(stepIndex)}: stateHash: the state after the step ${contradiction}`,
    );
  }

  #known(changedStep: number, checkpoint: number): KeptState | undefined {
    const landmark = this.#landmarks.get(changedStep);
    if (landmark) return { ...landmark, base: checkpoint };
    const known = this.#kept.get(changedStep);
    if (known) this.#keep(changedStep, known);
    return known;
  }

  #stateOfCheckpoint(checkpoint: number): KeptState {
    if (checkpoint < 0) return { state: freeze(this.#index.header.initialState), base: -1 };
    const found = this.#steps.whole(checkpoint).checkpoint;
    if (!found) throw new Error(`Step ${checkpoint} has no checkpoint`);
    this.#bases.set(checkpoint, this.#steps.line(checkpoint).length);
    const known = { state: freeze(found.state), base: checkpoint };
    this.#keep(checkpoint, known);
    return known;
  }

  /**
   * Makes steps upon a state, the last one first. On the way it keeps some of the states, ever nearer to
   * the end, so that a step backwards does not begin at the checkpoint again.
   */
  #rebuild({ state: from, base }: KeptState, steps: readonly number[]): Value {
    let state = from;
    let made = 0;
    for (let away = 2 ** Math.floor(Math.log2(Math.max(1, steps.length))); ; away /= 2) {
      const left = away >= 1 ? away : 0;
      const stretch = steps.slice(left, steps.length - made).toReversed();
      made += stretch.length;
      if (stretch.length > 0) {
        const patches = stretch.map((step) => this.#steps.step(step).patch);
        state = freeze(applyPatches(state, patches));
        this.#keep(steps[left] as number, { state, base });
      }
      if (left === 0) return state;
    }
  }

  #keep(changedStep: number, known: KeptState): void {
    this.#kept.keep(changedStep, known);
    const chars = this.#bases.get(known.base);
    if (chars === undefined) return;
    this.#bases.delete(known.base);
    this.#bases.set(known.base, chars);
    let total = 0;
    for (const each of this.#bases.values()) total += each;
    for (const [base, each] of this.#bases) {
      if (total <= KEPT_BASES_CHARS_MAX || base === known.base) return;
      total -= each;
      this.#bases.delete(base);
      this.#kept.forget((state) => state.base === base);
    }
  }
}
