import { causesOf } from '../../core/trace/causes.ts';
import type { Note } from '../../core/trace/format/notes.ts';
import type { QuestionOf } from '../../core/trace/questions/questions.ts';
import { parseRecord, type RecordRef } from '../../core/trace/records/record-kinds.ts';
import { recordsOf } from '../../core/trace/records/record-touches.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from './asking.ts';
import { GrowingSearch, type SearchState } from './growing-search.ts';
import { glanceTest, pathIn, textsOf, type StepFilter } from './step-filter.ts';
import { StepSet } from './step-set.ts';

/** What a filter has found so far. */
export interface Filtered extends SearchState {
  readonly steps: StepSet;
  /** The number of steps that were searched. */
  readonly searched: number;
  /** The number of steps at which the expression has no value, with the first reason. */
  readonly without?: { readonly count: number; readonly because: string };
}

/**
 * Finds the steps that a filter shows, as the run grows. What glances and findings show is found at
 * once; what lines show is asked where the lines are, and comes in parts.
 */
export class StepSearch {
  readonly #trace: Trace;
  readonly #search: GrowingSearch;
  readonly #asked: readonly AskedSteps[];
  readonly #isWanted: ReturnType<typeof glanceTest>;
  readonly #cause: string | undefined;
  readonly #notes: readonly Note[] | undefined;
  #steps = StepSet.EMPTY;
  #searched = 0;

  /**
   * @param report takes what was found so far, again and again.
   * @param notes those of the run, for a filter by them.
   */
  constructor(
    trace: Trace,
    filter: StepFilter,
    report: (filtered: Filtered) => void,
    notes: readonly Note[] = [],
  ) {
    this.#trace = trace;
    this.#search = new GrowingSearch({
      isWhole: () => this.#searched >= trace.length,
      search: (signal, onFound) => this.#askAll(signal, onFound),
      report: (state) => report({ ...this.#found(), ...state }),
      failed: 'The steps could not be searched',
    });
    this.#isWanted = glanceTest(filter);
    this.#cause = filter.cause;
    this.#notes = filter.noted && notes;
    const texts = textsOf(filter);
    const { errors, where } = filter;
    const record = recordIn(trace, filter);
    this.#asked = [
      ...(filter.changed === undefined ? [] : [askedChanges(filter.changed)]),
      ...(record ? [new AskedSteps((from) => ({ kind: 'record', record, from }))] : []),
      ...(texts.length > 0 ? [new AskedSteps((from) => ({ kind: 'holding', texts, from }))] : []),
      ...(errors ? [new AskedSteps((from) => ({ kind: 'failing', errors, from }))] : []),
      ...(where === undefined
        ? []
        : [
            new AskedSteps((from) => ({
              kind: 'where',
              expression: where,
              from,
              isFirstOnly: false,
            })),
          ]),
    ];
  }

  /** Searches the steps that have come since. */
  extend(): void {
    // What glances show is found at once.
    this.#advance();
    this.#search.extend();
  }

  /** Stops where the search is; what was found stays. */
  cancel(): void {
    this.#search.cancel();
  }

  #found(): Omit<Filtered, keyof SearchState> {
    this.#advance();
    const without = this.#asked.find((one) => one.without > 0);
    return {
      steps: this.#steps,
      searched: this.#searched,
      ...(without ? { without: { count: without.without, because: without.because } } : {}),
    };
  }

  async #askAll(signal: AbortSignal, onFound: () => void): Promise<boolean> {
    const before = this.#searched;
    const { length } = this.#trace;
    await Promise.all(this.#asked.map((one) => one.ask(this.#trace, length, signal, onFound)));
    this.#advance();
    return this.#searched > before;
  }

  /** Takes the steps that all parts of the filter know about. */
  #advance(): void {
    const to = Math.min(this.#trace.length, ...this.#asked.map(({ searched }) => searched));
    const found = new Uint32Array(Math.max(0, to - this.#searched));
    const causeSteps = this.#stepsOfCause();
    const noted = this.#notes && notedIn(this.#notes, this.#searched, to);
    let count = 0;
    for (let at = this.#searched; at < to; at += 1) {
      if (!this.#isWanted(this.#trace.glance(at))) continue;
      if (causeSteps && !causeSteps.has(at)) continue;
      if (noted && noted[at - this.#searched] === 0) continue;
      if (!this.#asked.every((one) => one.has(at))) continue;
      found[count] = at;
      count += 1;
    }
    this.#steps = this.#steps.with(found, count);
    this.#searched = Math.max(this.#searched, to);
  }

  #stepsOfCause(): ReadonlySet<number> | undefined {
    if (this.#cause === undefined) return undefined;
    const cause = causesOf(this.#trace.findings).find(({ signature }) => signature === this.#cause);
    return new Set(cause?.steps);
  }
}

/** Which steps of a range have a note: 1 for each that has one. */
function notedIn(notes: readonly Note[], from: number, to: number): Uint8Array {
  const noted = new Uint8Array(Math.max(0, to - from));
  for (const { step, to: last = step } of notes) {
    if (last >= from) noted.fill(1, Math.max(0, step - from), last + 1 - from);
  }
  return noted;
}

/** The record that a filter names; one that this run cannot have is of no kind, and has no steps. */
function recordIn(trace: Trace, { record }: StepFilter): RecordRef | undefined {
  if (record === undefined) return undefined;
  return parseRecord(recordsOf(trace).kinds, record) ?? { kind: '', key: record };
}

function askedChanges(changed: string): AskedSteps {
  const path = pathIn(changed);
  return new AskedSteps((from) => ({ kind: 'changing', path, from }));
}

type StepsQuestion = QuestionOf<'holding' | 'failing' | 'where' | 'record' | 'changing'>;

/** The steps that the answers to a question name. */
class AskedSteps {
  readonly #questionFrom: (from: number) => StepsQuestion;
  #steps = StepSet.EMPTY;
  /** The place of the step that was looked up last. */
  #place = 0;
  searched = 0;
  without = 0;
  because = '';

  constructor(questionFrom: (from: number) => StepsQuestion) {
    this.#questionFrom = questionFrom;
  }

  async ask(trace: Trace, length: number, signal: AbortSignal, onFound: () => void): Promise<void> {
    if (this.searched >= length) return;
    const question = this.#questionFrom(this.searched);
    const answered = await sourceOf(trace).ask(question, {
      signal,
      onFound: ({ searched, steps }) => {
        if (signal.aborted) return;
        this.#steps = this.#steps.with(steps);
        this.searched = Math.max(this.searched, searched);
        onFound();
      },
    });
    if (answered && answered.without > 0) {
      this.without += answered.without;
      this.because ||= answered.because ?? '';
    }
  }

  /** Whether a step is named. Cheap when steps are looked up in their order. */
  has(stepIndex: number): boolean {
    while (this.#place < this.#steps.length && this.#steps.at(this.#place) < stepIndex) {
      this.#place += 1;
    }
    return this.#place < this.#steps.length && this.#steps.at(this.#place) === stepIndex;
  }
}
