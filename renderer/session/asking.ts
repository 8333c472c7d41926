import { ProblemError } from '../../core/problem.ts';
import {
  QUESTIONS,
  type AnswerOf,
  type FoundOf,
  type Question,
} from '../../core/trace/questions.ts';
import type { Asking, TraceSource } from '../../core/trace/trace-source.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { newId, request } from '../api.ts';

/** Take the parts of the answers under way, by the ids of the questions. */
const listeners = new Map<string, (part: unknown) => void>();

/** A run as the process that reads its file tells of it. */
export function bridgeSource(traceId: string): TraceSource {
  return {
    async ask<Asked extends Question>(
      question: Asked,
      { signal, onFound }: Asking<Asked['kind']> = {},
    ) {
      signal?.throwIfAborted();
      const { found, answer } = QUESTIONS[question.kind];
      const askId = newId('ask');
      const cancel = () => void request('cancelAsk', { askId });
      signal?.addEventListener('abort', cancel);
      if (onFound) {
        listeners.set(askId, (part) => onFound(found.parse(part) as FoundOf<Asked['kind']>));
      }
      try {
        const reply = await request('ask', { askId, traceId, question });
        if (reply.kind === 'problem') throw new ProblemError(reply.problem);
        return answer.parse(reply.value) as AnswerOf<Asked['kind']>;
      } finally {
        listeners.delete(askId);
        signal?.removeEventListener('abort', cancel);
      }
    },
  };
}

/** Passes a part of an answer to whoever has asked; after the answer, or an abort, nobody has. */
export function takeFound(askId: string, part: unknown): void {
  listeners.get(askId)?.(part);
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
