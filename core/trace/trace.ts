import type { Finding } from '../machine/finding.ts';
import type { ActionId } from '../machine/machine.ts';
import { RULE_NAMES, type RuleName } from '../machine/rules.ts';
import { formatCount, formatPlural } from '../text/quantities.ts';
import { SelfExplainingError } from '../thrown.ts';
import { hashValue } from '../value/hash.ts';
import { applyPatches, type Patch } from '../value/patch.ts';
import { freeze, sameValue, type Value } from '../value/value.ts';
import {
  changeOfLine,
  parseLine,
  type Step,
  type TraceEnd,
  type TraceHeader,
} from './format/format.ts';
import type { Note } from './format/notes.ts';
import type { StepGlance } from './glance.ts';
import { isOutstandingAt, type TrackedSpan } from './spans.ts';
import type { StepLines } from './step-lines.ts';
import type { TraceIndex } from './trace-index.ts';

/** The most parsed steps and rebuilt states that are cached. */
const CACHED_STEPS_MAX = 1024;
const CACHED_STATES_MAX = 64;
/**
 * About how many characters of checkpoints the cached states may rest upon. States that rest upon the
 * same one share nearly everything.
 */
const CACHED_BASES_CHARS_MAX = 8 * 1024 * 1024;

/** The most actions under an id that a late result may be of. */
const SPANS_OF_ID_MAX = 32;

/** The verdict of an invariant at a step. */
export interface Verdict {
  readonly name: string;
  /** Absent when the invariant holds. */
  readonly failure?: { readonly since: number; readonly message: string };
}

/** The verdict of a rule up to a step. */
export type RuleVerdict = { readonly name: RuleName } & (
  | { readonly kind: 'kept' }
  | { readonly kind: 'violated'; readonly times: number; readonly last: Finding }
  | { readonly kind: 'waived'; readonly reason: string }
);

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

interface CachedState {
  readonly state: Value;
  /** The step of the checkpoint that it rests upon; -1 for the initial state. */
  readonly base: number;
}

/**
 * A recorded run, read-only: its steps, the state at any of them, tracked actions as spans, and
 * findings. It grows while the run goes on.
 *
 * Steps are kept as their lines and parsed when asked for; a state is rebuilt from the last
 * checkpoint or landmark and the patches since. So memory follows what changed, not steps times
 * state. Where lines are read on demand, whatever needs one that is not at hand throws
 * {@link LinesNotLoaded}: see {@link whenLoaded}.
 */
export class Trace {
  readonly index: TraceIndex;
  readonly #lines: StepLines;
  readonly #landmarks: Landmarks;
  readonly #steps = new Map<number, Step>();
  /** What contradicts the digests of states, by the step, where that was found after reading. */
  readonly #contradictions = new Map<number, string>();
  /** Rebuilt states, by the step that made them. */
  readonly #states = new Map<number, CachedState>();
  /** The characters of the checkpoints that they rest upon, by their steps; used last is last. */
  readonly #bases = new Map<number, number>();

  constructor(index: TraceIndex, lines: StepLines, landmarks: Landmarks = new Map()) {
    this.index = index;
    this.#lines = lines;
    this.#landmarks = landmarks;
  }

  get header(): TraceHeader {
    return this.index.header;
  }

  /** The number of steps. Step indices run from 0 to `length - 1`; -1 is the initial state. */
  get length(): number {
    return this.index.length;
  }

  /** The closing line; absent while a run goes on and when a file was cut short. */
  get end(): TraceEnd | undefined {
    return this.index.end;
  }

  /** The notes that its file holds, in the order in which they are told. */
  get notes(): readonly Note[] {
    return this.index.notes;
  }

  get findings(): readonly Finding[] {
    return this.index.findings;
  }

  /** Tracked actions in the order of their emission. */
  get spans(): readonly TrackedSpan[] {
    return this.index.spans;
  }

  /** Ascending. */
  get crashSteps(): readonly number[] {
    return this.index.crashSteps;
  }

  /** Steps that changed the state, ascending. */
  get changedSteps(): readonly number[] {
    return this.index.changedSteps;
  }

  /** The step lines as recorded, from one step to before another, to write them to a file. */
  lines(from: number, to: number): readonly string[] {
    const count = Math.max(0, Math.min(to, this.length) - from);
    return Array.from({ length: count }, (_, offset) => this.line(from + offset));
  }

  /**
   * The line of a step, as recorded.
   *
   * @throws {RangeError} when there is no such step.
   */
  line(stepIndex: number): string {
    if (stepIndex >= 0 && stepIndex < this.length) return this.#lines.line(stepIndex);
    throw new RangeError(
      `There is no step ${stepIndex}: the trace has ${formatPlural(this.length, 'step')}.`,
    );
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

  /** The kind of a step and its flags, without parsing its line. */
  glance(stepIndex: number): StepGlance {
    return this.index.glance(stepIndex);
  }

  /**
   * A step, without its checkpoint: see {@link stateAt} and {@link wholeStep}.
   *
   * @throws {RangeError} when there is no such step.
   */
  step(stepIndex: number): Step {
    const known = this.#steps.get(stepIndex);
    if (known) return known;
    // A checkpoint would take memory by the size of the state, for each step that has one.
    const { checkpoint: _, ...step } = this.wholeStep(stepIndex);
    remember(this.#steps, CACHED_STEPS_MAX, stepIndex, step);
    return step;
  }

  /**
   * A step with its checkpoint, if it has one, as it stands on its line. It is parsed each time.
   *
   * @throws {RangeError} when there is no such step.
   */
  wholeStep(stepIndex: number): Step {
    const parsed = parseLine(this.line(stepIndex));
    if (parsed.kind === 'step') return parsed.step;
    throw new Error(`The line of step ${stepIndex} is a ${parsed.kind}`);
  }

  /** The changes of a step, for callers that go through all of them and need no more of it. */
  patchAt(stepIndex: number): Patch {
    return this.#changeAt(stepIndex).patch;
  }

  #changeAt(stepIndex: number): Pick<Step, 'patch' | 'stateHash'> {
    return this.#steps.get(stepIndex) ?? changeOfLine(this.line(stepIndex));
  }

  /**
   * The state after a step that changed it, from the state before; for callers that go through all
   * steps. It is not kept.
   *
   * @throws {DigestError} when it is not the state of the digest that the step says.
   */
  stateFrom(before: Value, stepIndex: number): Value {
    const { patch, stateHash = this.header.initialHash } = this.#changeAt(stepIndex);
    const state = freeze(applyPatches(before, [patch]));
    if (!this.index.isCompared(stepIndex)) this.#requireDigest(stepIndex, state, () => stateHash);
    return state;
  }

  /**
   * The state after a step, deeply frozen; -1 for the initial state.
   *
   * @throws {DigestError} when it is not the state of the digest that the step says.
   */
  stateAt(stepIndex: number): Value {
    const { changedSteps, checkpointSteps } = this.index;
    const position = lastAtMost(changedSteps, stepIndex);
    const checkpoint = checkpointSteps[lastAtMost(checkpointSteps, stepIndex)] ?? -1;
    // The steps to be made after the nearest state that is known, the last one first.
    const steps: number[] = [];
    let from: CachedState | undefined;
    for (let at = position; at >= 0 && !from; at -= 1) {
      const changed = changedSteps[at] as number;
      from = this.#known(changed, checkpoint);
      if (from) break;
      steps.push(changed);
      if (changed === checkpoint) break;
    }
    this.#lines.require(steps.filter((step) => !this.#steps.has(step) || step === checkpoint));
    if (!from && checkpoint >= 0) steps.pop();
    const state = this.#rebuild(from ?? this.#stateOfCheckpoint(checkpoint), steps);
    const changedBy = changedSteps[position];
    if (changedBy !== undefined && !this.index.isCompared(changedBy)) {
      this.#requireDigest(changedBy, state, () => this.stateHashAt(changedBy));
    }
    return state;
  }

  /** Compares a state whose digest was left out while reading, once. */
  #requireDigest(stepIndex: number, state: Value, stateHash: () => string): void {
    const contradiction =
      this.#contradictions.get(stepIndex) ?? contradictionOf(state, stateHash(), this.header);
    if (contradiction === undefined) return this.index.noteCompared(stepIndex);
    remember(this.#contradictions, CACHED_STEPS_MAX, stepIndex, contradiction);
    throw new DigestError(
      `Step ${formatCount(stepIndex)}: stateHash: the state after the step ${contradiction}`,
    );
  }

  #known(changedStep: number, checkpoint: number): CachedState | undefined {
    const landmark = this.#landmarks.get(changedStep);
    if (landmark) return { ...landmark, base: checkpoint };
    const known = this.#states.get(changedStep);
    if (known) this.#keepState(changedStep, known);
    return known;
  }

  #stateOfCheckpoint(checkpoint: number): CachedState {
    if (checkpoint < 0) return { state: freeze(this.header.initialState), base: -1 };
    const found = this.wholeStep(checkpoint).checkpoint;
    if (!found) throw new Error(`Step ${checkpoint} has no checkpoint`);
    this.#bases.set(checkpoint, this.line(checkpoint).length);
    const known = { state: freeze(found.state), base: checkpoint };
    this.#keepState(checkpoint, known);
    return known;
  }

  /**
   * Makes steps upon a state, the last one first. On the way it keeps some of the states, ever nearer to
   * the end, so that a step backwards does not begin at the checkpoint again.
   */
  #rebuild({ state: from, base }: CachedState, steps: readonly number[]): Value {
    let state = from;
    let made = 0;
    for (let away = 2 ** Math.floor(Math.log2(Math.max(1, steps.length))); ; away /= 2) {
      const left = away >= 1 ? away : 0;
      const stretch = steps.slice(left, steps.length - made).toReversed();
      made += stretch.length;
      if (stretch.length > 0) {
        const patches = stretch.map((step) => this.step(step).patch);
        state = freeze(applyPatches(state, patches));
        this.#keepState(steps[left] as number, { state, base });
      }
      if (left === 0) return state;
    }
  }

  #keepState(changedStep: number, known: CachedState): void {
    remember(this.#states, CACHED_STATES_MAX, changedStep, known);
    const chars = this.#bases.get(known.base);
    if (chars === undefined) return;
    this.#bases.delete(known.base);
    this.#bases.set(known.base, chars);
    let total = 0;
    for (const each of this.#bases.values()) total += each;
    for (const [base, each] of this.#bases) {
      if (total <= CACHED_BASES_CHARS_MAX || base === known.base) return;
      total -= each;
      this.#bases.delete(base);
      for (const [step, state] of this.#states) {
        if (state.base === base) this.#states.delete(step);
      }
    }
  }

  /** The digest of the state after a step; -1 for the initial state. */
  stateHashAt(stepIndex: number): string {
    const { changedSteps } = this;
    const changedBy = changedSteps[lastAtMost(changedSteps, stepIndex)];
    if (changedBy === undefined) return this.header.initialHash;
    return this.step(changedBy).stateHash ?? this.header.initialHash;
  }

  /** Tracked actions that were outstanding after a step, in the order of their emission. */
  outstandingAt(stepIndex: number): readonly TrackedSpan[] {
    return this.spans.filter((span) => isOutstandingAt(span, stepIndex));
  }

  /** The spans of the tracked actions that a step emitted. */
  spansFrom(stepIndex: number): readonly TrackedSpan[] {
    const from = lastAtMost(this.spans, stepIndex - 1, emissionOf) + 1;
    const to = lastAtMost(this.spans, stepIndex, emissionOf) + 1;
    return this.spans.slice(from, to);
  }

  /**
   * The last tracked action under an id that was emitted before a step. The search goes backwards from
   * the step, since few results come late.
   */
  lastSpanBefore(stepIndex: number, id: ActionId): TrackedSpan | undefined {
    return this.#spansBefore(stepIndex, id, 1)[0];
  }

  /** The last tracked actions under an id that were emitted before a step, nearest first. */
  #spansBefore(stepIndex: number, id: ActionId, max = SPANS_OF_ID_MAX): readonly TrackedSpan[] {
    const found: TrackedSpan[] = [];
    const last = lastAtMost(this.spans, stepIndex - 1, emissionOf);
    for (let at = last; at >= 0 && found.length < max; at -= 1) {
      const span = this.spans[at];
      if (span?.id === id) found.push(span);
    }
    return found;
  }

  /**
   * The tracked action whose result a step was given, or would have been given if it had not been lost: the one
   * answer to which of the actions under an id that is. The last one, if it is awaited; see `SpanTracker`. A late
   * result, and a second delivery, belong to an earlier one, since others may have been emitted under the id:
   * to the last that was completed by an equal result, or else to the last that was sent and never completed.
   *
   * @throws {LinesNotLoaded} when lines must be fetched first.
   */
  spanOfResult(stepIndex: number): TrackedSpan | undefined {
    const { operation } = this.step(stepIndex);
    if (operation.kind !== 'trackedActionCompleted' && operation.kind !== 'loss') return undefined;
    const { id, result } = operation;
    const last = this.lastSpanBefore(stepIndex, id);
    const isSecond = operation.kind === 'trackedActionCompleted' && operation.isDuplicate === true;
    const isAwaited = last && !hasEndedBefore(last, stepIndex);
    if (!last || operation.kind === 'loss' || (isAwaited && !isSecond)) return last;
    const ended = this.#spansBefore(stepIndex, id).filter((span) =>
      hasEndedBefore(span, stepIndex),
    );
    const hadResult = ({ ended: end }: TrackedSpan) => {
      const by = end?.how === 'completed' ? this.step(end.at).operation : undefined;
      return by?.kind === 'trackedActionCompleted' && sameValue(by.result, result);
    };
    const isUnanswered = ({ ended: end }: TrackedSpan) =>
      end?.how === 'crashed' || end?.how === 'replaced';
    return ended.find(hadResult) ?? ended.find(isUnanswered) ?? ended[0] ?? last;
  }

  /** The tracked action that a step completed, if it was outstanding. */
  spanCompletedBy(stepIndex: number): TrackedSpan | undefined {
    const { operation } = this.step(stepIndex);
    if (operation.kind !== 'trackedActionCompleted') return undefined;
    const span = this.lastSpanBefore(stepIndex, operation.id);
    const isOwn = span?.ended?.at === stepIndex && span.ended.how === 'completed';
    return isOwn ? span : undefined;
  }

  /** The verdict of every invariant after a step, in the order of the machine. */
  verdictsAt(stepIndex: number): readonly Verdict[] {
    const { findings, recoveries } = this.index;
    // Each list is gone through once: there may be many invariants, and many findings.
    const failures = new Map<string, Finding>();
    for (const found of findings) {
      if (found.stepIndex > stepIndex) break;
      if (found.kind === 'invariant') failures.set(found.name, found);
    }
    for (const recovered of recoveries) {
      if (recovered.stepIndex > stepIndex) break;
      const failed = failures.get(recovered.name);
      if (failed && failed.stepIndex < recovered.stepIndex) failures.delete(recovered.name);
    }
    return this.header.invariants.map((name) => {
      const failed = failures.get(name);
      if (!failed) return { name };
      return { name, failure: { since: failed.stepIndex, message: failed.message } };
    });
  }

  /** The verdict of every rule that was checked, after a step; waived ones come last. */
  rulesAt(stepIndex: number): readonly RuleVerdict[] {
    const { rules, waivers } = this.header;
    const asked = rules.map((name): RuleVerdict => {
      const violations = this.index.violations.get(name) ?? [];
      const times = lastAtMost(violations, stepIndex, stepOf) + 1;
      const last = violations[times - 1];
      return last ? { name, kind: 'violated', times, last } : { name, kind: 'kept' };
    });
    const waived = RULE_NAMES.flatMap((name): RuleVerdict[] => {
      const reason = waivers[name];
      return reason === undefined ? [] : [{ name, kind: 'waived', reason }];
    });
    return [...asked, ...waived];
  }

  /** The nearest step after (or before) a step that satisfies a condition on its glance. */
  findStep(
    from: number,
    direction: 'next' | 'previous',
    isWanted: (glance: StepGlance) => boolean,
  ): number | undefined {
    const stride = direction === 'next' ? 1 : -1;
    for (let at = from + stride; at >= 0 && at < this.length; at += stride) {
      if (isWanted(this.glance(at))) return at;
    }
    return undefined;
  }
}

function remember<Item>(cache: Map<number, Item>, max: number, key: number, item: Item): void {
  cache.delete(key);
  cache.set(key, item);
  if (cache.size <= max) return;
  const [oldest] = cache.keys();
  if (oldest !== undefined) cache.delete(oldest);
}

/** The index of the last item that is at most `limit` in an ascending list; -1 if there is none. */
export function lastAtMost(ascending: ArrayLike<number>, limit: number): number;
export function lastAtMost<Item>(
  ascending: ArrayLike<Item>,
  limit: number,
  numberOf: (item: Item) => number,
): number;
export function lastAtMost<Item>(
  ascending: ArrayLike<Item>,
  limit: number,
  numberOf: (item: Item) => number = Number,
): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberOf(ascending[middle] as Item) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function stepOf({ stepIndex }: Finding): number {
  return stepIndex;
}

function emissionOf({ emittedAt }: TrackedSpan): number {
  return emittedAt;
}

function hasEndedBefore({ ended }: TrackedSpan, stepIndex: number): boolean {
  return ended !== undefined && ended.at < stepIndex;
}
