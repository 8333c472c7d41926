import { shapeOf } from '../../engine/signature.ts';
import type { Finding } from '../../machine/finding.ts';
import { RULES, type Rule, type RuleName } from '../../machine/rules.ts';
import { shownId, shownLabel, shownLine } from '../../value/shown.ts';
import { quoteValue } from '../../value/value.ts';
import { formatRecord, nameOfRecord, sameRecord, type RecordRef } from '../records/record-kinds.ts';
import { recordsOf, type PhaseChange } from '../records/record-touches.ts';
import { restoreStepAfter } from '../recovery.ts';
import type { TrackedSpan } from '../spans.ts';
import type { Trace } from '../trace.ts';
import { capital, joined, namesIn, type Sentence } from '../words/sentences.ts';
import { findCulprits } from './culprit.ts';
import type { Doer } from './doer.ts';
import { fateOfSpan } from './fate.ts';
import type { Fate } from './graph-model.ts';
import { recordWriterOf, writtenEntries, type WrittenEntry } from './named-entries.ts';

/** @file What is known of the cause of a finding: facts that its trace shows, and no guess among them. */

/** The most records of a finding that are mentioned. */
const CONCERNS_MAX = 4;
/** The most actions that are mentioned, and the most emissions of restore. */
const ACTIONS_MAX = 4;

/**
 * What a fact is about:
 * - `step`: the step that the cause is traced to;
 * - `change`: the last change of a record that the finding is about;
 * - `action`: a tracked action of that record whose result never came;
 * - `restore`: what restore did not emit again, or would not.
 */
export const FACT_KINDS = ['step', 'change', 'action', 'restore'] as const;

/** Something known of the cause of a finding. */
export interface KnownFact {
  readonly kind: (typeof FACT_KINDS)[number];
  /** A sentence without its end. */
  readonly sentence: Sentence;
  /** The code that did it, if the line of that code helps. */
  readonly doneBy?: Doer;
}

/** A record, or another entry of the state, that a finding is about. */
interface Concern {
  readonly name: string;
  readonly record: RecordRef | undefined;
  /** The step that changed it last; absent where none is known. */
  readonly changedAt: number | undefined;
}

/**
 * What the trace of a finding shows of its cause. Yields from time to time, since the cause may be far back.
 * Nothing is known of a finding of the initial state.
 */
export function* findKnownCause(
  trace: Trace,
  finding: Finding,
): Generator<undefined, readonly KnownFact[], undefined> {
  const { stepIndex, kind } = finding;
  if (stepIndex < 0 || stepIndex >= trace.length) return [];
  const concerns = concernsOf(trace, finding);
  yield undefined;
  const changes = concerns.flatMap(({ changedAt }) => (changedAt === undefined ? [] : [changedAt]));
  const culprits = yield* findCulprits(trace, finding);
  // What holds at the end was broken by what came last before it.
  const own = kind === 'settled' ? Math.max(-1, ...changes) : stepIndex;
  const [culprit = own] = culprits.toReversed();
  const isChanged = (at: number) => concerns.some(({ changedAt }) => changedAt === at);
  const traced = [
    ...(culprit >= 0 ? tracedTo(trace, culprit, finding) : []),
    ...concerns.flatMap((concern) => lastChange(trace, concern, culprit)),
  ];
  const emitters = isChanged(culprit) ? changes : [...changes, culprit];
  const left = [...forgotten(trace, finding), ...unfinished(trace, finding, emitters)];
  // Where restore lost what an earlier step had emitted, one looks there first.
  const isRestores = left.some(
    ({ kind: fact, doneBy }) =>
      fact === 'restore' && (doneBy?.isRestore || doneBy?.stepIndex !== culprit),
  );
  return isRestores ? [...left, ...traced] : [...traced, ...left];
}

/** The facts of {@link findKnownCause} at once. */
export function knownCauseOf(trace: Trace, finding: Finding): readonly KnownFact[] {
  const search = findKnownCause(trace, finding);
  for (;;) {
    const next = search.next();
    if (next.done === true) return next.value;
  }
}

/**
 * A fact as a whole sentence.
 *
 * @param places where the code is that did it, as `file:line:column`: each leads to the one after it.
 */
export function sentenceOfFact({ sentence }: KnownFact, places: readonly string[] = []): Sentence {
  const [first, ...rest] = sentence;
  const begun = typeof first === 'string' ? capital(first) : first;
  const ending = places.length === 0 ? '.' : `; see ${places.join(', which leads to ')}.`;
  return [...(begun === undefined ? [] : [begun]), ...rest, ending];
}

/**
 * The records of the action that a finding is about, and what its message names; or else, where the step
 * itself broke something, the records that this concerns.
 */
function concernsOf(trace: Trace, finding: Finding): readonly Concern[] {
  const { stepIndex, message, kind } = finding;
  const span = spanOf(trace, finding);
  const records = recordsOf(trace);
  const found = new Map<string, Concern>();
  const add = (record: RecordRef | undefined, name: string, changedAt: Concern['changedAt']) => {
    const key = record ? formatRecord(record) : name;
    if (!found.has(key)) found.set(key, { name, record, changedAt });
  };
  const addRecord = (record: RecordRef) =>
    add(record, nameOfRecord(record), stepOf(recordWriterOf(trace, record, stepIndex)));
  for (const record of span ? records.ofAction(span) : []) addRecord(record);
  const named = writtenEntries(trace, stepIndex, message);
  for (const { record, name, wroteAt } of named.filter(({ isOnlyNumber }) => !isOnlyNumber)) {
    add(record, name, stepOf(wroteAt));
  }
  if (found.size === 0 && kind !== 'settled') {
    for (const { record } of records.touchedBy(stepIndex)) addRecord(record);
  }
  if (found.size === 0) {
    for (const { record, name, wroteAt } of named) add(record, name, stepOf(wroteAt));
  }
  return [...found.values()].slice(0, CONCERNS_MAX);
}

/** The tracked action that a finding names, or whose next emission the container refused in its step. */
function spanOf(trace: Trace, { about, stepIndex }: Finding): TrackedSpan | undefined {
  if (about !== undefined) return trace.lastSpanBefore(stepIndex + 1, about);
  const refused = trace.step(stepIndex).refused.find(({ kind }) => kind === 'tracked');
  return refused?.kind === 'tracked' ? trace.lastSpanBefore(stepIndex, refused.id) : undefined;
}

function stepOf(wroteAt: WrittenEntry['wroteAt'] | undefined): number | undefined {
  return typeof wroteAt === 'number' && wroteAt >= 0 ? wroteAt : undefined;
}

/** "traced to step 8 (completion Failed): its action Preauth #3 had ended in step 7". */
function tracedTo(trace: Trace, culprit: number, { stepIndex }: Finding): readonly KnownFact[] {
  const { operation, outcome, refused } = trace.step(culprit);
  const span = trace.spanOfResult(culprit);
  const isLate = span?.ended !== undefined && span.ended.at < culprit;
  const late: Sentence[] = isLate
    ? [[`its action ${nameOf(span)} had ended in `, { stepIndex: span.ended.at }]]
    : [];
  const isOver = culprit < stepIndex && outcome.kind === 'ok' && operation.kind !== 'crash';
  const isEmpty = isOver && trace.spansFrom(culprit).length === 0;
  const refusals = refused.flatMap((one) => (one.kind === 'tracked' ? [nameOf(one)] : []));
  const kept: Sentence = [`the container refused ${namesIn(refusals.slice(0, ACTIONS_MAX))}`];
  const emitted: Sentence[] = isEmpty ? [['it emitted no tracked action']] : [];
  const more = [...late, ...(refusals.length > 0 ? [kept] : emitted)];
  const what = ` (${shownLine(shapeOf(operation))})${more.length > 0 ? ': ' : ''}`;
  const sentence: Sentence = ['traced to ', { stepIndex: culprit }, what, ...joined(more)];
  // Where a panic came from is known, and a step that did not end would not end again.
  if (outcome.kind !== 'panic' && outcome.kind !== 'hang') {
    return [{ kind: 'step', sentence, doneBy: { stepIndex: culprit } }];
  }
  return culprit === stepIndex && more.length === 0 ? [] : [{ kind: 'step', sentence }];
}

/** "last change of request 3: step 8, from SlotConfirmed to NoSlot". */
function lastChange(
  trace: Trace,
  { name, record, changedAt }: Concern,
  culprit: number,
): readonly KnownFact[] {
  if (changedAt === undefined) return [];
  const moved = record && movedBy(trace, changedAt, record);
  const isCulprit = changedAt === culprit;
  const { operation } = trace.step(changedAt);
  const what = isCulprit ? '' : ` (${shownLine(shapeOf(operation))})`;
  const phases = moved ? phasesOf(moved) : '';
  const sentence = [
    `last change of ${shownLine(name)}: `,
    { stepIndex: changedAt },
    `${what}${phases}`,
  ];
  // The line of the step that the cause is traced to is given with that step.
  return [{ kind: 'change', sentence, ...(isCulprit ? {} : { doneBy: { stepIndex: changedAt } }) }];
}

function movedBy(trace: Trace, stepIndex: number, record: RecordRef): PhaseChange | undefined {
  const moved = recordsOf(trace).phaseChangesBy(stepIndex);
  return moved.find((one) => sameRecord(one.record, record));
}

function phasesOf({ from, to }: PhaseChange): string {
  if (from === undefined) return `, which added it as ${shownLine(to ?? '')}`;
  if (to === undefined) return `, which removed it; it was ${shownLine(from)}`;
  return `, from ${shownLine(from)} to ${shownLine(to)}`;
}

/** What restore would lose if the process died after the step of a finding, which a rule tried there. */
function forgotten(trace: Trace, finding: Finding): readonly KnownFact[] {
  const { kind, name, stepIndex, about } = finding;
  const rule: Rule | undefined = kind === 'rule' ? RULES[name as RuleName] : undefined;
  if (rule?.tries !== 'crash') return [];
  const span = about === undefined ? ownSpanNamed(trace, finding) : spanOf(trace, finding);
  const lost = span ? `not emit ${nameOf(span)} again` : 'lose an action that it emitted';
  const sentence = ['restore after ', { stepIndex }, ` would ${lost}`];
  return [{ kind: 'restore', sentence, doneBy: { stepIndex, isRestore: true } }];
}

/** The action that the step of a finding emitted itself and that its message names. */
function ownSpanNamed(trace: Trace, { stepIndex, message }: Finding): TrackedSpan | undefined {
  const own = trace.spansFrom(stepIndex);
  return own.length === 1 ? own[0] : own.find(({ id }) => message.includes(` ${quoteValue(id)} `));
}

/** The tracked actions that a finding is about, or that the last changes emitted, whose result never came. */
function unfinished(
  trace: Trace,
  finding: Finding,
  changes: readonly number[],
): readonly KnownFact[] {
  const { stepIndex, kind } = finding;
  const spanAbout = spanOf(trace, finding);
  const spans = new Set([
    ...(spanAbout ? [spanAbout] : []),
    ...changes.filter((at) => at >= 0).flatMap((at) => trace.spansFrom(at)),
  ]);
  const facts = [...spans].flatMap((span) => {
    const fate = fateOfSpan(trace, span);
    if ('at' in fate && fate.at > stepIndex) return [];
    if (fate.kind === 'lost') return lostFacts(trace, span, fate);
    // Before the end, that an action is outstanding is nothing unusual.
    return fate.kind === 'outstanding' && kind === 'settled' ? [outstandingFact(span)] : [];
  });
  return facts.slice(0, 2 * ACTIONS_MAX);
}

function outstandingFact(span: TrackedSpan): KnownFact {
  const from = { stepIndex: span.emittedAt };
  return { kind: 'action', sentence: [`no result came of ${nameOf(span)} from `, from] };
}

/** What a crash lost, and what restore emitted instead. */
function lostFacts(
  trace: Trace,
  span: TrackedSpan,
  { at, wasSent }: Fate & { readonly kind: 'lost' },
): readonly KnownFact[] {
  const name = nameOf(span);
  const when = wasSent ? ', before its result came' : ', before it was sent';
  const from: Sentence = [`lost: ${name} from `, { stepIndex: span.emittedAt }];
  const lost: Sentence = [...from, ', in the crash in ', { stepIndex: at }, when];
  const restoreStep = restoreStepAfter(trace, at);
  if (restoreStep === undefined) return [{ kind: 'action', sentence: lost }];
  const restored: Sentence = [
    'restore in ',
    { stepIndex: restoreStep },
    ` did not emit ${name} again`,
    ...insteadOf(trace, restoreStep, span),
  ];
  return [
    { kind: 'action', sentence: lost },
    { kind: 'restore', sentence: restored, doneBy: { stepIndex: restoreStep } },
  ];
}

/** What a restore did about an action that it did not emit again. */
function insteadOf(trace: Trace, restoreStep: number, { id }: TrackedSpan): Sentence {
  const { refused } = trace.step(restoreStep);
  const tried = refused.find((one) => one.kind === 'tracked' && one.id === id);
  if (tried?.kind === 'tracked') return [`: the container refused ${nameOf(tried)}`];
  const emitted = trace.spansFrom(restoreStep);
  const names = emitted.slice(0, ACTIONS_MAX).map((one): Sentence => [nameOf(one)]);
  const more = emitted.length - names.length;
  const rest: Sentence[] = more > 0 ? [[`${more} more`]] : [];
  return ['; it emitted ', ...(names.length === 0 ? ['nothing'] : joined([...names, ...rest]))];
}

function nameOf({ id, action }: Pick<TrackedSpan, 'id' | 'action'>): string {
  return `${shownLabel(action)} ${shownId(id)}`;
}
