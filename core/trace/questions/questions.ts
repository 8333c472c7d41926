import { z } from 'zod';
import { assertNever } from '../../assert.ts';
import { LINES_ASKED_MAX } from '../../limits.ts';
import { CAUSALITY } from '../causality/causality-question.ts';
import { searchCausality } from '../causality/causality.ts';
import { findKnown, KNOWN } from '../causality/known-question.ts';
import { packedAlignmentSchema, searchAlignment } from '../compare/alignment.ts';
import { firstDifference } from '../compare/compare.ts';
import { pathCodec, printed } from '../format/codecs.ts';
import { STEP_PARTS } from '../format/format.ts';
import { findTransitions, TRANSITIONS } from '../records/phases.ts';
import { listRecords, stepsOfRecord } from '../records/record-search.ts';
import type { Trace } from '../trace.ts';
import { searchWrites, type WriteScan } from '../writes.ts';
import { digestRun } from './digest.ts';
import { countErrors, ERRORS, FAILING, findFailing } from './error-questions.ts';
import { findValues, findWhere, QUIET_SCANS, VALUES, WHERE } from './expression-questions.ts';
import { findOrigin, ORIGIN } from './origin-question.ts';
import { listOutput } from './output-question.ts';
import { changesAt } from './path-changes.ts';
import { RECORD, RECORDS } from './record-questions.ts';
import { hitInStart, hitInStep, patternOf, searchedLine } from './text-hits.ts';

const step = z.number().int().min(-1);
const count = z.number().int().nonnegative();
const writeSchema = z.object({
  stepIndex: count,
  before: pathCodec.optional(),
  after: pathCodec.optional(),
});

/**
 * What can be asked of a trace where its lines are: what needs more of them than a window should fetch.
 * `found` is what comes on the way, `answer` what comes at the end.
 */
export const QUESTIONS = {
  /** The lines of some steps, as recorded, in the order asked for. */
  lines: {
    asked: z.object({
      kind: z.literal('lines'),
      stepIndices: z.array(count).max(LINES_ASKED_MAX).readonly(),
    }),
    found: z.never(),
    answer: z.array(z.string()).readonly(),
  },
  /** The writes of a member, nearest first; see {@link searchWrites}. */
  writes: {
    asked: z.object({
      kind: z.literal('writes'),
      path: pathCodec,
      at: step,
      direction: z.enum(['backwards', 'forwards']),
      /** Whether the search ends at the first one. */
      isFirstOnly: z.boolean(),
    }),
    found: z.object({
      write: writeSchema.optional(),
      /** The number of changed steps looked at so far. */
      scanned: count,
      /** Where the member is there; absent once its life in a list has ended. */
      path: pathCodec.optional(),
    }),
    answer: z.null(),
  },
  /** Where a trace first differs from another one, which was run before it. */
  firstDifference: {
    asked: z.object({ kind: z.literal('firstDifference'), beforeId: z.string() }),
    found: z.never(),
    answer: z.discriminatedUnion('kind', [
      z.object({ kind: z.enum(['none', 'initialState', 'length']) }),
      z.object({
        kind: z.literal('step'),
        stepIndex: count,
        parts: z.array(z.enum(STEP_PARTS)).readonly(),
      }),
    ]),
  },
  /** How another trace, A, and this one, B, stand beside each other; see `Alignment`. */
  alignment: {
    asked: z.object({ kind: z.literal('alignment'), otherId: z.string() }),
    found: z.never(),
    answer: packedAlignmentSchema,
  },
  /** A digest of the header and all steps. */
  digest: {
    asked: z.object({ kind: z.literal('digest') }),
    found: z.never(),
    answer: z.string(),
  },
  /** Steps and states that hold a text, in any case of its letters: each is found where it comes in. */
  find: {
    asked: z.object({ kind: z.literal('find'), text: z.string().min(1) }),
    found: z.object({
      /** Steps searched so far. */
      searched: count,
      hits: z
        .array(
          z.object({
            /** -1 for the initial state. */
            stepIndex: step,
            /** What it is in, what stands around it there, and where in that it is: see `TextHit`. */
            place: z.string(),
            excerpt: z.string(),
            at: count,
          }),
        )
        .readonly(),
    }),
    answer: z.null(),
  },
  /** The steps whose lines hold all of some texts, in any case of their letters, ascending. */
  holding: {
    asked: z.object({
      kind: z.literal('holding'),
      texts: z.array(z.string().min(1)).readonly(),
      /** Steps before it are left out, so that a run that grows is not searched again. */
      from: count,
    }),
    found: z.object({
      /** Steps searched so far. */
      searched: count,
      steps: z.array(count).readonly(),
    }),
    answer: z.null(),
  },
  /** The steps that changed what is at a path, ascending. */
  changing: {
    asked: z.object({
      kind: z.literal('changing'),
      path: pathCodec,
      /** Steps before it are left out, so that a run that grows is not searched again. */
      from: count,
    }),
    found: z.object({
      /** Steps searched so far. */
      searched: count,
      steps: z.array(count).readonly(),
    }),
    answer: z.null(),
  },
  /** The kinds of errors that steps ended in. */
  errors: ERRORS,
  /** The steps that ended in an error of some kinds, ascending. */
  failing: FAILING,
  /** The steps at which an expression is true, or false, ascending. */
  where: WHERE,
  /** What was printed in the steps, ascending. */
  output: {
    asked: z.object({
      kind: z.literal('output'),
      /** Steps before it are left out, so that a run that grows is not read again. */
      from: count,
    }),
    found: z.object({
      /** Steps read so far. */
      searched: count,
      steps: z
        .array(z.object({ stepIndex: count, output: z.array(printed).readonly() }))
        .readonly(),
    }),
    answer: z.object({ isWhole: z.boolean() }),
  },
  /** Where the value of an expression changes, ascending, with the value from there on. */
  values: VALUES,
  /** The steps that concern a record, ascending; see {@link TraceRecords}. */
  record: RECORD,
  /** The changes of the phases of records; see {@link TRANSITIONS}. */
  transitions: TRANSITIONS,
  /** The records of a run, in the order in which they came. */
  records: RECORDS,
  /** The causes and consequences of a step. */
  causality: CAUSALITY,
  /** What is known of the cause of a finding. */
  known: KNOWN,
  /** Where the value of a member came from, hop by hop. */
  origin: ORIGIN,
} as const satisfies Record<string, { asked: z.ZodType; found: z.ZodType; answer: z.ZodType }>;

export type QuestionName = keyof typeof QUESTIONS;
/** A question of a name. */
export type QuestionOf<Name extends QuestionName> = z.output<(typeof QUESTIONS)[Name]['asked']>;
/** What comes on the way to the answer. */
export type FoundOf<Name extends QuestionName> = z.output<(typeof QUESTIONS)[Name]['found']>;
/** What comes at the end. */
export type AnswerOf<Name extends QuestionName> = z.output<(typeof QUESTIONS)[Name]['answer']>;
export type Question = QuestionOf<QuestionName>;

export const questionSchema = z.discriminatedUnion('kind', [
  QUESTIONS.lines.asked,
  QUESTIONS.writes.asked,
  QUESTIONS.firstDifference.asked,
  QUESTIONS.alignment.asked,
  QUESTIONS.digest.asked,
  QUESTIONS.find.asked,
  QUESTIONS.holding.asked,
  QUESTIONS.changing.asked,
  QUESTIONS.errors.asked,
  QUESTIONS.failing.asked,
  QUESTIONS.where.asked,
  QUESTIONS.values.asked,
  QUESTIONS.output.asked,
  QUESTIONS.record.asked,
  QUESTIONS.records.asked,
  QUESTIONS.transitions.asked,
  QUESTIONS.causality.asked,
  QUESTIONS.known.asked,
  QUESTIONS.origin.asked,
]);

/**
 * Answers a question. Yields partial results as it finds them, and `undefined` from time to time, so that the
 * caller can stop or do something else in between; returns the answer. Both are in the form that travels
 * between processes: `QUESTIONS` decodes it.
 *
 * @param traceOf gives another trace by its id.
 */
export function* answer(
  trace: Trace,
  question: Question,
  traceOf: (id: string) => Trace,
): Generator<unknown, unknown, undefined> {
  switch (question.kind) {
    case 'lines':
      return question.stepIndices.map((stepIndex) => trace.line(stepIndex));
    case 'writes':
      return yield* findWrites(trace, question);
    case 'firstDifference':
      return yield* firstDifference(traceOf(question.beforeId), trace);
    case 'alignment':
      return yield* searchAlignment(traceOf(question.otherId), trace);
    case 'digest':
      return yield* digestRun(trace);
    case 'find':
      return yield* findText(trace, question.text);
    case 'holding':
      return yield* findHolding(trace, question);
    case 'changing':
      return yield* findChanging(trace, question);
    case 'errors':
      return yield* countErrors(trace, question);
    case 'failing':
      return yield* findFailing(trace, question);
    case 'where':
      return yield* findWhere(trace, question);
    case 'values':
      return yield* findValues(trace, question);
    case 'output':
      return yield* listOutput(trace, question);
    case 'record':
      return yield* stepsOfRecord(trace, question);
    case 'records':
      return yield* listRecords(trace, question);
    case 'transitions':
      return yield* findTransitions(trace, question);
    case 'origin':
      return yield* findOrigin(trace, question);
    case 'known':
      return yield* findKnown(trace, question);
    case 'causality':
      return yield* searchCausality(trace, Math.min(question.focus, trace.length - 1));
    default:
      return assertNever(question, 'question');
  }
}

function* findWrites(
  trace: Trace,
  { path: member, at, direction, isFirstOnly }: QuestionOf<'writes'>,
): Generator<unknown, null, undefined> {
  let quiet: WriteScan | undefined;
  for (const scan of searchWrites(trace, member, at, direction)) {
    const isLast = scan.path === undefined || (isFirstOnly && scan.write !== undefined);
    quiet = scan;
    if (scan.write || isLast || scan.scanned % QUIET_SCANS === 0) {
      yield toFound(scan);
      quiet = undefined;
    }
    if (isLast) return null;
  }
  // An item of a list may have moved since its last write.
  if (quiet) yield toFound(quiet);
  return null;
}

function toFound({ write, scanned, path: member }: WriteScan): unknown {
  return z.encode(QUESTIONS.writes.found, {
    scanned,
    ...(write ? { write } : {}),
    ...(member ? { path: member } : {}),
  });
}

function* findText(trace: Trace, text: string): Generator<unknown, null, undefined> {
  const pattern = patternOf(text);
  let hits = hitInStart(trace, pattern);
  for (let stepIndex = 0; stepIndex < trace.length; stepIndex += 1) {
    if (stepIndex % QUIET_SCANS === 0) {
      yield { searched: stepIndex, hits };
      hits = [];
    }
    hits.push(...hitInStep(trace, stepIndex, pattern));
  }
  yield { searched: trace.length, hits };
  return null;
}

function* findHolding(
  trace: Trace,
  { texts, from }: QuestionOf<'holding'>,
): Generator<unknown, null, undefined> {
  const patterns = texts.map(patternOf);
  const isHeldIn = (line: string) => patterns.every((pattern) => pattern.test(line));
  let steps: number[] = [];
  for (let stepIndex = from; stepIndex < trace.length; stepIndex += 1) {
    if (stepIndex % QUIET_SCANS === 0) {
      yield { searched: stepIndex, steps };
      steps = [];
    }
    const line = trace.line(stepIndex);
    if (isHeldIn(line) && isHeldIn(searchedLine(trace, stepIndex))) {
      steps.push(stepIndex);
    }
  }
  yield { searched: trace.length, steps };
  return null;
}

function* findChanging(
  trace: Trace,
  { path, from }: QuestionOf<'changing'>,
): Generator<unknown, null, undefined> {
  let steps: number[] = [];
  let scanned = 0;
  for (const { stepIndex, isChange } of changesAt(trace, path, from)) {
    if (isChange) steps.push(stepIndex);
    scanned += 1;
    if (scanned % QUIET_SCANS > 0) continue;
    yield { searched: stepIndex + 1, steps };
    steps = [];
  }
  yield { searched: trace.length, steps };
  return null;
}
