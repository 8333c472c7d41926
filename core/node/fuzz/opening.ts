import { writeFileSync } from 'node:fs';
import { signatureOf } from '../../engine/signature.ts';
import { toChromeTrace } from '../../interchange/chrome.ts';
import { itfText } from '../../interchange/itf.ts';
import { ProblemError } from '../../problem.ts';
import { causesOf, findingsAt } from '../../trace/causes.ts';
import { formatEnd, formatHeader, formatNote, formatStep } from '../../trace/format/format.ts';
import { sameRecordSteps } from '../../trace/records/same-record.ts';
import { recoveryAt } from '../../trace/recovery.ts';
import type { Trace } from '../../trace/trace.ts';
import { lastWrite, writtenValues } from '../../trace/writes.ts';
import { hashValue } from '../../value/hash.ts';
import { labelOf } from '../../value/label.ts';
import { quoteValue } from '../../value/value.ts';
import { readTraceFile, type ReadTrace } from '../files/trace-file.ts';
import type { Mutant } from './mutations.ts';

/**
 * How a mutant was opened. A forged one, which has the digest of what it has become, or none as in
 * version 3, is another trace. It may be opened as that if its states have the digests that it says.
 */
export const OUTCOMES = [
  'clear error',
  'opened partly',
  'opened whole and equal',
  'forged, consistent',
  'wrong',
] as const;
export type OpeningOutcome = (typeof OUTCOMES)[number];

/** How a mutant was opened, and why that is so: what the reader said, or what is wrong. */
export interface Opening {
  readonly outcome: OpeningOutcome;
  readonly reason: string;
}

/** A mutant that takes longer is wrong. Far more than one needs, since machines may be busy. */
const OPENING_MS_MAX = 10_000;

/**
 * Opens a mutant as the command line and the window do, and looks at all that they show: nothing but a
 * trace that equals the original may be opened without a word, and nothing that is opened may fail
 * later.
 *
 * @param path where the mutant is written to.
 */
export async function openMutant(
  { bytes, isForged }: Mutant,
  original: Trace,
  path: string,
): Promise<Opening> {
  const start = process.cpuUsage();
  writeFileSync(path, bytes);
  const opening = await judge(original, path, isForged);
  const tookMs = process.cpuUsage(start).user / 1_000;
  if (tookMs <= OPENING_MS_MAX) return opening;
  return { outcome: 'wrong', reason: `took ${Math.round(tookMs)} ms` };
}

async function judge(original: Trace, path: string, isForged: boolean): Promise<Opening> {
  let read: ReadTrace;
  try {
    read = await readTraceFile(path);
  } catch (error) {
    if (error instanceof ProblemError) return { outcome: 'clear error', reason: error.message };
    return { outcome: 'wrong', reason: `reading threw ${describe(error)}` };
  }
  try {
    return judgeOpened(original, read, isForged);
  } finally {
    read.close();
  }
}

function judgeOpened(original: Trace, read: ReadTrace, isForged: boolean): Opening {
  const { trace, damage } = read;
  try {
    lookAtAll(read);
  } catch (error) {
    return { outcome: 'wrong', reason: `looking at it threw ${describe(error)}` };
  }
  if (damage) return { outcome: 'opened partly', reason: damage.message };
  if (isSame(trace, original)) return { outcome: 'opened whole and equal', reason: '' };
  if (isForged) return { outcome: 'forged, consistent', reason: '' };
  return { outcome: 'wrong', reason: 'it was opened without a word, but is another trace' };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isSame(one: Trace, other: Trace): boolean {
  return textOf(one) === textOf(other);
}

function textOf(trace: Trace): string {
  const steps = Array.from({ length: trace.length }, (_, at) => formatStep(trace.wholeStep(at)));
  const end = trace.end ? formatEnd(trace.end) : '';
  return [formatHeader(trace.header), ...steps, ...trace.notes.map(formatNote), end].join('\n');
}

/** Asks all that panels, searches and exports ask of a trace. */
function lookAtAll({ trace, damage }: ReadTrace): void {
  for (const cause of causesOf(trace.findings)) signatureOf(cause.first);
  for (let at = -1; at < trace.length; at += 1) {
    quoteValue(trace.stateAt(at));
    if (!damage && hashValue(trace.stateAt(at), trace.header.digests) !== trace.stateHashAt(at)) {
      throw new Error(`the state at step ${at} contradicts its digest`);
    }
    trace.verdictsAt(at);
    trace.rulesAt(at);
    trace.outstandingAt(at);
    findingsAt(trace, at);
    if (at >= 0) lookAtStep(trace, at);
  }
  for (const part of toChromeTrace(trace)) void part.length;
  for (const part of itfText(trace)) void part.length;
}

function lookAtStep(trace: Trace, at: number): void {
  const { patch, actions } = trace.step(at);
  trace.glance(at);
  trace.spansFrom(at);
  trace.spanCompletedBy(at);
  recoveryAt(trace, at);
  sameRecordSteps(trace, at, new Set());
  for (const { action } of actions) labelOf(action);
  for (const { path } of patch) {
    const found = lastWrite(trace, path, at);
    if (found.kind !== 'found') continue;
    const { after } = writtenValues(trace, found.write);
    if (after.found) quoteValue(after.value);
  }
}
