import type { Finding } from '../machine/finding.ts';
import type { ActionId } from '../machine/machine.ts';
import { RULE_NAMES, type RuleName } from '../machine/rules.ts';
import type { Patch } from '../value/patch.ts';
import { sameValue, type Value } from '../value/value.ts';
import type { Step, TraceEnd } from './format/format.ts';
import type { TraceHeader } from './format/header.ts';
import type { Note } from './format/notes.ts';
import type { StepGlance } from './glance.ts';
import { lastAtMost } from './last-at-most.ts';
import { RebuiltStates, type Landmarks } from './rebuilt-states.ts';
import { RecordedSteps } from './recorded-steps.ts';
import { isOutstandingAt, type TrackedSpan } from './spans.ts';
import type { StepLines } from './step-lines.ts';
import type { TraceIndex } from './trace-index.ts';

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

/**
 * A recorded run, read-only: its steps, the state at any of them, tracked actions as spans, and
 * findings. It grows while the run goes on.
 *
 * Steps are kept as their lines ({@link RecordedSteps}), and states are rebuilt ({@link RebuiltStates}). Where
 * lines are read on demand, whatever needs one that is not at hand throws {@link LinesNotLoaded}: see
 * {@link whenLoaded}.
 */
export class Trace {
  readonly index: TraceIndex;
  readonly #steps: RecordedSteps;
  readonly #states: RebuiltStates;

  constructor(index: TraceIndex, lines: StepLines, landmarks: Landmarks = new Map()) {
    this.index = index;
    this.#steps = new RecordedSteps(index, lines);
    this.#states = new RebuiltStates(index, this.#steps, landmarks);
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

  /** The notes that its file holds, in the order in which a talk presents them. */
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
    return this.#steps.line(stepIndex);
  }

  /**
   * Makes sure that the lines of steps are at hand, so that they are fetched together.
   *
   * @throws {LinesNotLoaded} with all of those that must be fetched first.
   */
  require(stepIndices: readonly number[]): void {
    this.#steps.require(stepIndices);
  }

  /** Fetches the lines of steps, which are at hand afterwards. */
  load(stepIndices: readonly number[]): Promise<void> {
    return this.#steps.load(stepIndices);
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
    return this.#steps.step(stepIndex);
  }

  /**
   * A step with its checkpoint, if it has one, as it stands on its line. It is parsed each time.
   *
   * @throws {RangeError} when there is no such step.
   */
  wholeStep(stepIndex: number): Step {
    return this.#steps.whole(stepIndex);
  }

  /** The changes of a step, for callers that go through all of them and need no more of it. */
  patchAt(stepIndex: number): Patch {
    return this.#steps.change(stepIndex).patch;
  }

  /**
   * The state after a step that changed it, from the state before; for callers that go through all
   * steps. It is not kept.
   *
   * @throws {DigestError} when it is not the state of the digest that the step says.
   */
  stateFrom(before: Value, stepIndex: number): Value {
    return this.#states.from(before, stepIndex);
  }

  /**
   * The state after a step, deeply frozen; -1 for the initial state.
   *
   * @throws {DigestError} when it is not the state of the digest that the step says.
   */
  stateAt(stepIndex: number): Value {
    return this.#states.after(stepIndex);
  }

  /** The digest of the state after a step; -1 for the initial state. */
  stateHashAt(stepIndex: number): string {
    return this.#states.digestAfter(stepIndex);
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

function stepOf({ stepIndex }: Finding): number {
  return stepIndex;
}

function emissionOf({ emittedAt }: TrackedSpan): number {
  return emittedAt;
}

function hasEndedBefore({ ended }: TrackedSpan, stepIndex: number): boolean {
  return ended !== undefined && ended.at < stepIndex;
}
