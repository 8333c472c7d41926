import type { TaskEnd } from '../../core/contract/tasks.ts';
import type { Problem } from '../../core/problem.ts';
import { parseLine } from '../../core/trace/format/format.ts';
import { FetchedLines } from '../../core/trace/questions/trace-source.ts';
import { TraceIndex, unpackDelta, type PackedDelta } from '../../core/trace/trace-index.ts';
import { Trace } from '../../core/trace/trace.ts';
import { formatPlural } from '../words/format.ts';
import { bridgeSource, setSource } from './asking.ts';
import { carryNotes } from './carried-notes.ts';
import { findingOf, placeCursor, wantedSignatureOf, whenPlaced } from './cursor.ts';
import { fileNameOf, type RunEntry, type RunOrigin } from './model.ts';
import { showNotice, showProblem } from './notices.ts';
import { findRun, selectCursor, session, updateRun } from './store.ts';

interface Growth {
  readonly traceId: string;
  /** With the first steps of a trace. */
  readonly header?: string | undefined;
  readonly delta: PackedDelta;
}

/** Takes more steps of a trace. */
export function takeGrowth({ traceId, header, delta }: Growth): void {
  const run = findRun(traceId);
  if (!run) return;
  const trace = header === undefined ? (run.arriving ?? run.trace) : openTrace(traceId, header);
  if (!trace) return;
  trace.index.append(unpackDelta(delta));
  updateRun(traceId, (one) =>
    one.trace === trace ? { ...one, steps: trace.length } : { ...one, arriving: trace },
  );
  placeCursor(traceId);
}

function openTrace(traceId: string, headerLine: string): Trace {
  const parsed = parseLine(headerLine);
  if (parsed.kind !== 'header')
    throw new Error(`a trace begins with a header, not a ${parsed.kind}`);
  const index = new TraceIndex(parsed.header);
  const source = bridgeSource(traceId);
  const trace = new Trace(index, new FetchedLines(source, () => index.length));
  setSource(trace, source);
  return trace;
}

/** How the end of a run is described, from its length in words: `12 steps`. */
export interface EndWords {
  readonly completed: (steps: string, run: RunEntry) => string;
  /** The words for a cancelled run, if they are not the usual ones. */
  readonly cancelled?: (steps: string, run: RunEntry) => string;
}

function describeEnd(run: RunEntry, words: EndWords): string {
  const steps = formatPlural(run.steps, 'step');
  if (run.status !== 'cancelled') return words.completed(steps, run);
  return words.cancelled?.(steps, run) ?? `Cancelled after ${steps}`;
}

/**
 * Makes the owner of a task that brings the trace of a run.
 *
 * @param words what to say when the run is over.
 */
export function ownTrace(runId: string, words: EndWords) {
  return {
    subjectId: runId,
    // What was written is for the process that reads it; its steps come by themselves.
    take: () => undefined,
    end: (end: TaskEnd) => whenPlaced(runId, () => takeEnd(runId, end, words)),
  };
}

function takeEnd(runId: string, end: TaskEnd, words: EndWords): void {
  const before = findRun(runId);
  // What is read has its notes already.
  const isMade = before?.origin.kind !== 'file' && before?.left === undefined;
  updateRun(runId, ({ problem: _, reading: __, left, ...run }) => ({
    ...run,
    ...outcomeOf(run, end, left),
  }));
  // The place may depend on that nothing more comes.
  placeCursor(runId);
  whenPlaced(runId, () => {
    const run = findRun(runId);
    if (!run) return;
    if (run.problem) showProblem(run.problem, runId);
    const isEndKnown = run.problem !== undefined || run.change !== undefined || !run.trace;
    const ending = isEndKnown ? undefined : describeEnd(run, words);
    if (isMade) void carryNotes(run).then((carried) => say(ending, carried));
    else say(ending);
    if (lacksWanted(run)) showProblem(OTHER_THAN_BEFORE, runId);
  });
}

function say(...words: readonly (string | undefined)[]): void {
  const said = words.filter((part) => part !== undefined);
  if (said.length > 0) showNotice(said.join('; '));
}

/** How a run is after its task has ended. */
function outcomeOf(
  run: Omit<RunEntry, 'left'>,
  end: TaskEnd,
  left: RunEntry['left'],
): Pick<RunEntry, 'status' | 'problem'> {
  const trace = run.arriving ?? run.trace;
  const problem = end.kind === 'failed' ? end.problem : undefined;
  if (left && trace && end.kind !== 'cancelled') return outcomeOfLeft(trace, left, problem);
  // A file that is damaged was read as far as it goes.
  const isRead = run.origin.kind === 'file' && trace !== undefined && problem !== undefined;
  return {
    status: isRead ? 'completed' : end.kind,
    ...(problem ? { problem: naming(run.origin, problem) } : {}),
  };
}

/** How a run of the last session is, now that its file was read: as it was, if it had ended. */
function outcomeOfLeft(
  trace: Trace,
  { status, problem }: NonNullable<RunEntry['left']>,
  damage: Problem | undefined,
): Pick<RunEntry, 'status' | 'problem'> {
  if (trace.end) return { status: 'completed', ...(damage ? { problem: damage } : {}) };
  if (status === 'running') return { status: 'cancelled', problem: interruptedAfter(trace.length) };
  const known = status === 'completed' ? damage : problem;
  return { status, ...(known ? { problem: known } : {}) };
}

/** What is said of a run that went on when the last session ended. */
export function interruptedAfter(steps: number): Problem {
  return {
    title: `The run was interrupted after ${formatPlural(steps, 'step')}, when the last session ended.`,
    remedy: 'These steps can be looked at. Press Run to execute it from its start.',
  };
}

/** Whether a run is complete, and has no finding of the cause for which it was opened. */
function lacksWanted({ id, status, trace }: RunEntry): boolean {
  const wanted = wantedSignatureOf(selectCursor(session.getState(), id));
  if (status !== 'completed' || !trace || wanted === undefined) return false;
  return findingOf(trace, wanted) === undefined;
}

const OTHER_THAN_BEFORE: Problem = {
  title: 'The seed no longer fails for this cause.',
  remedy: 'The machine has changed since: sweep again to see what it fails for now.',
};

/** A problem of a file with the file's name, since several may be open. */
function naming(origin: RunOrigin, problem: Problem): Problem {
  if (origin.kind !== 'file' || problem.title.includes(fileNameOf(origin.path))) return problem;
  return { ...problem, title: `${fileNameOf(origin.path)}: ${problem.title}` };
}
