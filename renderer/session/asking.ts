import type { TracePlace } from '../../core/contract/tasks.ts';
import type { Reply } from '../../core/contract/window.ts';
import { ProblemError } from '../../core/problem.ts';
import {
  QUESTIONS,
  type AnswerOf,
  type FoundOf,
  type Question,
} from '../../core/trace/questions/questions.ts';
import type { Asking, TraceSource } from '../../core/trace/questions/trace-source.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { newId, request } from '../api.ts';

/** A question whose answer is under way. */
interface Asked {
  readonly take: (part: unknown) => void;
  /** Called when all parts have come. */
  readonly foundAll: () => void;
}
/** By the ids of the questions. */
const underWay = new Map<string, Asked>();

/** A run as the process that reads its file describes it. */
export function bridgeSource(traceId: string): TraceSource {
  return sourceBy((askId, question) => request('ask', { askId, traceId, question }));
}

/** A trace that is not open: its file is read anew for each question. */
export function fileSource(trace: TracePlace): TraceSource {
  return sourceBy((askId, question) => request('askFile', { askId, trace, question }));
}

function sourceBy(
  send: (askId: string, question: Question) => Promise<Reply<unknown>>,
): TraceSource {
  return {
    async ask<One extends Question>(question: One, { signal, onFound }: Asking<One['kind']> = {}) {
      signal?.throwIfAborted();
      const { found, answer } = QUESTIONS[question.kind];
      const askId = newId('ask');
      const cancel = () => void request('cancelAsk', { askId });
      signal?.addEventListener('abort', cancel);
      const allFound = new Promise<void>((resolve) => {
        const take = (part: unknown) => onFound?.(found.parse(part) as FoundOf<One['kind']>);
        underWay.set(askId, { take, foundAll: resolve });
      });
      try {
        const reply = await send(askId, question);
        if (reply.kind === 'problem') throw new ProblemError(reply.problem);
        // The reply may overtake the last parts.
        await allFound;
        return answer.parse(reply.value) as AnswerOf<One['kind']>;
      } finally {
        underWay.delete(askId);
        signal?.removeEventListener('abort', cancel);
      }
    },
  };
}

/** Passes a part of an answer to whoever has asked; after the answer, or an abort, nobody has. */
export function takeFound(askId: string, part: unknown): void {
  underWay.get(askId)?.take(part);
}

/** Notes that all parts of an answer have come. */
export function takeFoundAll(askId: string): void {
  underWay.get(askId)?.foundAll();
}

const sources = new WeakMap<Trace, TraceSource>();

/** Remembers what a trace is read through. */
export function setSource(trace: Trace, source: TraceSource): void {
  sources.set(trace, source);
}

/** What a trace is read through. */
export function sourceOf(trace: Trace): TraceSource {
  const source = sources.get(trace);
  if (!source) throw new Error('the trace has no source');
  return source;
}
