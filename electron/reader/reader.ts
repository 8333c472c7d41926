import { setImmediate } from 'node:timers/promises';
import { assertNever } from '../../core/assert.ts';
import {
  otherTraceOf,
  readerRequestSchema,
  type ReaderMessage,
  type ReaderRequest,
} from '../../core/contract/reader.ts';
import { writePage } from '../../core/node/files/page-file.ts';
import { watchThread } from '../../core/node/files/signs-of-life.ts';
import { TraceFile } from '../../core/node/files/trace-file.ts';
import { TraceSaver } from '../../core/node/files/trace-saver.ts';
import { ProblemError, toProblem, type Problem } from '../../core/problem.ts';
import { asError } from '../../core/thrown.ts';
import { answer } from '../../core/trace/questions/questions.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { OpenTrace } from './open-trace.ts';

/**
 * The process that reads traces, live or finished, and answers questions about them. It runs no machine:
 * opening a trace never runs code. Everything is done in short slices, so that whatever is read or asked
 * at the same time takes its turn.
 */

const SLICE_MS = 8;

const traces = new Map<string, OpenTrace>();
const saver = new TraceSaver();
/** The saves under way, by id. */
const saving = new Map<string, AbortController>();
/** The questions under way, by id. */
const asked = new Map<string, AbortController>();

function send(message: ReaderMessage): void {
  process.parentPort.postMessage(message);
}

function traceOf(traceId: string): OpenTrace {
  const trace = traces.get(traceId);
  if (trace) return trace;
  throw new ProblemError({ title: 'The trace is no longer open.', remedy: 'Open it again.' });
}

function open(request: Extract<ReaderRequest, { kind: 'open' }>): void {
  traces.get(request.traceId)?.close();
  const trace = new OpenTrace(request, send);
  traces.set(request.traceId, trace);
  void trace.read();
}

async function ask({
  askId,
  traceId,
  question,
}: Extract<ReaderRequest, { kind: 'ask' }>): Promise<void> {
  const others = new Map<string, Trace>();
  await answerOnce(askId, async (signal) => {
    const trace = await traceOf(traceId).known();
    const otherId = otherTraceOf(question);
    if (otherId !== undefined) others.set(otherId, await traceOf(otherId).known());
    return answerInSlices(
      askId,
      answer(trace, question, (id) => others.get(id) as Trace),
      signal,
    );
  });
}

/** Reads a file for a question alone. Steps before damage are asked; the rest is a problem. */
async function askFile({
  askId,
  path,
  copyFolder,
  question,
}: Extract<ReaderRequest, { kind: 'askFile' }>): Promise<void> {
  const file = new TraceFile(path, { copyFolder });
  await answerOnce(askId, async (signal) => {
    try {
      for await (const _ of file.read()) signal.throwIfAborted();
      const { trace, damage } = file;
      if (!trace || damage) throw new ProblemError(damagedProblem(damage?.message));
      return await answerInSlices(
        askId,
        answer(trace, question, () => trace),
        signal,
      );
    } finally {
      file.close();
    }
  });
}

function damagedProblem(message = 'It has no header.'): Problem {
  return {
    title: `The trace is damaged. ${message}`,
    remedy: 'Open it to see what is left of it.',
  };
}

/** Sends the answer to a question, or why there is none. */
async function answerOnce(
  askId: string,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const cancelling = new AbortController();
  const cancelled = new Promise<never>((_, reject) => {
    cancelling.signal.addEventListener('abort', () => reject(asError(cancelling.signal.reason)));
  });
  asked.set(askId, cancelling);
  try {
    const value = await Promise.race([work(cancelling.signal), cancelled]);
    send({ kind: 'answered', askId, outcome: { kind: 'ok', value } });
  } catch (error) {
    const problem = toProblem(error, 'The question could not be answered');
    send({ kind: 'answered', askId, outcome: { kind: 'problem', problem } });
  } finally {
    asked.delete(askId);
  }
}

async function answerInSlices(
  askId: string,
  work: ReturnType<typeof answer>,
  signal: AbortSignal,
): Promise<unknown> {
  for (;;) {
    signal.throwIfAborted();
    const parts: unknown[] = [];
    const untilMs = performance.now() + SLICE_MS;
    let next = work.next();
    while (!next.done) {
      if (next.value !== undefined) parts.push(next.value);
      if (performance.now() >= untilMs) break;
      next = work.next();
    }
    if (parts.length > 0) send({ kind: 'found', askId, parts });
    if (next.done) return next.value;
    await setImmediate();
  }
}

async function save({
  saveId,
  traceId,
  path,
  notes,
  page,
}: Extract<ReaderRequest, { kind: 'save' }>): Promise<void> {
  const cancelling = new AbortController();
  saving.set(saveId, cancelling);
  try {
    const trace = await traceOf(traceId).savable();
    if (page) await writePage(path, trace, { ...page, notes }, cancelling.signal);
    else await saver.save(trace, path, notes);
    send({ kind: 'saved', saveId, outcome: { kind: 'ok', value: null } });
  } catch (error) {
    const problem = toProblem(error, 'The trace could not be saved');
    send({ kind: 'saved', saveId, outcome: { kind: 'problem', problem } });
  } finally {
    saving.delete(saveId);
  }
}

function handle(request: ReaderRequest): void {
  switch (request.kind) {
    case 'open':
      open(request);
      break;
    case 'grow':
      traces.get(request.traceId)?.grow();
      break;
    case 'finish':
      traces.get(request.traceId)?.finish();
      break;
    case 'stop':
      traces.get(request.traceId)?.stop();
      break;
    case 'close':
      traces.get(request.traceId)?.close();
      traces.delete(request.traceId);
      break;
    case 'ask':
      void ask(request);
      break;
    case 'askFile':
      void askFile(request);
      break;
    case 'cancelAsk':
      asked.get(request.askId)?.abort(new ProblemError({ title: 'The search was cancelled.' }));
      break;
    case 'save':
      void save(request);
      break;
    case 'cancelSave':
      saving.get(request.saveId)?.abort(new ProblemError({ title: 'The saving was cancelled.' }));
      break;
    default:
      assertNever(request, 'request');
  }
}

watchThread({ half: (path, exists) => send({ kind: 'half', path, exists }) });
process.parentPort.on('message', ({ data }) => handle(readerRequestSchema.parse(data)));
