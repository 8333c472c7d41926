import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { assertNever } from '../../core/assert.ts';
import {
  otherTraceOf,
  readerMessageSchema,
  readerRequestSchema,
  type ReaderMessage,
  type ReaderRequest,
} from '../../core/contract/reader.ts';
import type { TaskEnd, TaskEvent } from '../../core/contract/tasks.ts';
import type { ApiEvent, Reply, RequestTakes } from '../../core/contract/window.ts';
import type { Problem } from '../../core/problem.ts';
import type { Child, ChildKind, ChildListener } from './child.ts';

/** The reader as a process. */
export const READER: ChildKind<ReaderRequest, ReaderMessage> = {
  file: 'reader.cjs',
  name: 'Phasmoscope reader',
  requests: readerRequestSchema,
  messages: readerMessageSchema,
};

/** A reader that has not done for this long what ends within a slice of its work is killed. */
const STOP_MS_MAX = 700;
/** A file of the session, which this program has written, is to blame only for this many deaths. */
const OWN_DEATHS_MAX = 3;

/** What the traces are read with. */
export interface ReaderSurroundings {
  readonly start: (listener: ChildListener<ReaderMessage>) => Child<ReaderRequest>;
  readonly emit: (event: ApiEvent) => void;
  /** The session's file of a trace. */
  readonly fileOf: (traceId: string) => string;
  /** The folder for copies of what cannot be read where it lies. */
  readonly copyFolder: string;
}

/** How a file is read. */
export interface Reading {
  readonly path: string;
  readonly onProgress?: (progress: TaskEvent<'read'>) => void;
  /** The file has a header, so it is a trace. */
  readonly onBegun?: () => void;
}

/** A trace that the window knows of. */
interface KnownTrace extends Reading {
  /** Whether the file is one of the session's, which this program has written. */
  readonly isOwn: boolean;
  /** Whether the present reader has it open. */
  isOpen: boolean;
  /** Whether the file still grows. */
  isLive: boolean;
  /** The number of steps that the window has. */
  steps: number;
  /** How often a reader has died while it read this. */
  deaths: number;
  /** Takes how reading ended; absent when it is over. */
  end: ((end: TaskEnd) => void) | undefined;
  /** Settled when reading is over. */
  readonly ended: Promise<TaskEnd>;
}

type Outcome = Reply<unknown>;

/** What is saved: a trace with its notes, as a page where it says what the page is about. */
export type Saved = Pick<RequestTakes<'saveTrace'>, 'traceId' | 'notes'> &
  Partial<Pick<RequestTakes<'savePage'>, 'about' | 'saveId'>>;

/**
 * The process that reads all traces, as the main process sees it. It is started when it is needed. When
 * it dies or hangs, what it was opening has a problem, runs that go on are followed by another one, and
 * all other traces are opened again when something is asked of them.
 */
export class TraceReader {
  readonly #surroundings: ReaderSurroundings;
  #process: Child<ReaderRequest> | undefined;
  readonly #traces = new Map<string, KnownTrace>();
  /** Take what came of questions and saves, by id. */
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();
  /** Files that the process is writing, and that must not stay behind when it dies. */
  readonly #halves = new Set<string>();

  constructor(surroundings: ReaderSurroundings) {
    this.#surroundings = surroundings;
  }

  /** The file of a trace. */
  pathOf(traceId: string): string {
    return this.#traces.get(traceId)?.path ?? this.#surroundings.fileOf(traceId);
  }

  /** Whether a run still writes a trace. */
  isLive(traceId: string): boolean {
    return this.#traces.get(traceId)?.isLive === true;
  }

  /** Reads a file to its end, and lets the window have its steps. */
  read(traceId: string, reading: Reading): Promise<TaskEnd> {
    const trace = this.#add(traceId, reading, false);
    this.#openIn(traceId, trace);
    return trace.ended;
  }

  /** Follows a run that is about to write to the session's file, until {@link finish}. */
  follow(traceId: string): void {
    this.#add(traceId, { path: this.#surroundings.fileOf(traceId) }, true);
  }

  /** A run has written more lines to its file, or the first ones. */
  grow(traceId: string): void {
    const trace = this.#traces.get(traceId);
    if (!trace?.isLive) return;
    if (trace.isOpen) this.#post({ kind: 'grow', traceId });
    else this.#openIn(traceId, trace);
  }

  /** A run writes no more. Returns how reading ended, after all of its steps have come. */
  async finish(traceId: string): Promise<TaskEnd> {
    const trace = this.#traces.get(traceId);
    if (!trace?.isLive) return COMPLETED;
    trace.isLive = false;
    if (trace.isOpen) this.#post({ kind: 'finish', traceId });
    else this.#endTrace(trace, COMPLETED);
    return await trace.ended;
  }

  #add(traceId: string, reading: Reading, isLive: boolean): KnownTrace {
    this.close(traceId);
    const { promise, resolve } = deferred<TaskEnd>();
    const isOwn = reading.path === this.#surroundings.fileOf(traceId);
    const state = { isOpen: false, steps: 0, deaths: 0, end: resolve, ended: promise };
    const trace = { ...reading, isOwn, isLive, ...state };
    this.#traces.set(traceId, trace);
    return trace;
  }

  /** Stops reading a trace; the steps so far stay. A reader that does not stop is killed. */
  stop(traceId: string): void {
    const trace = this.#traces.get(traceId);
    if (!trace?.end) return;
    this.#post({ kind: 'stop', traceId });
    setTimeout(() => {
      if (!trace.end) return;
      this.#endTrace(trace, { kind: 'cancelled' });
      this.#replace(STOPPED);
    }, STOP_MS_MAX);
    const { end } = trace;
    trace.end = () => end({ kind: 'cancelled' });
  }

  /** Forgets a trace. */
  close(traceId: string): void {
    const trace = this.#traces.get(traceId);
    if (!trace) return;
    this.#traces.delete(traceId);
    this.#endTrace(trace, { kind: 'cancelled' });
    if (trace.isOpen) this.#post({ kind: 'close', traceId });
  }

  /** Forgets all traces. */
  closeAll(): void {
    for (const traceId of this.#traces.keys()) this.close(traceId);
    for (const askId of this.#waiting.keys()) this.cancelAsk(askId);
  }

  /** Ends the process. */
  kill(): void {
    this.closeAll();
    this.#process?.kill();
    this.#process = undefined;
  }

  /** Asks something of a trace; what is found on the way comes as events. */
  ask({ askId, traceId, question }: RequestTakes<'ask'>): Promise<Outcome> {
    this.#requireOpen(traceId);
    const otherId = otherTraceOf(question);
    if (otherId !== undefined) this.#requireOpen(otherId);
    return this.#await(askId, { kind: 'ask', askId, traceId, question });
  }

  /** Asks something of a file that is not open; what is found on the way comes as events. */
  askFile(
    path: string,
    { askId, question }: Omit<RequestTakes<'askFile'>, 'trace'>,
  ): Promise<Outcome> {
    const { copyFolder } = this.#surroundings;
    return this.#await(askId, { kind: 'askFile', askId, path, copyFolder, question });
  }

  /** Stops looking for an answer. A reader that does not stop is killed. */
  cancelAsk(askId: string): void {
    if (!this.#waiting.has(askId)) return;
    this.#post({ kind: 'cancelAsk', askId });
    setTimeout(() => {
      if (this.#waiting.has(askId)) this.#replace(STOPPED);
    }, STOP_MS_MAX);
  }

  /**
   * Writes a trace, as far as it is, to a file with these notes; as a page if there is something about one.
   * With an id, it can be cancelled.
   */
  save(path: string, { traceId, notes, about, saveId: given }: Saved): Promise<Outcome> {
    this.#requireOpen(traceId);
    const saveId = given ?? randomUUID();
    return this.#await(saveId, {
      kind: 'save',
      saveId,
      traceId,
      path,
      notes,
      ...(about ? { page: about } : {}),
    });
  }

  /** Writes a page no further; its outcome is a problem then. */
  cancelSave(saveId: string): void {
    if (this.#waiting.has(saveId)) this.#post({ kind: 'cancelSave', saveId });
  }

  #await(id: string, request: ReaderRequest): Promise<Outcome> {
    const { promise, resolve } = deferred<Outcome>();
    this.#waiting.set(id, resolve);
    this.#post(request);
    return promise;
  }

  #settle(id: string, outcome: Outcome): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
  }

  /** Opens a trace that the present reader does not know, for questions. */
  #requireOpen(traceId: string): void {
    const known = this.#traces.get(traceId);
    if (!known) void this.read(traceId, { path: this.#surroundings.fileOf(traceId) });
    else if (!known.isOpen) this.#openIn(traceId, known);
  }

  #openIn(traceId: string, trace: KnownTrace): void {
    trace.isOpen = true;
    this.#post({
      kind: 'open',
      traceId,
      path: trace.path,
      isLive: trace.isLive,
      copyFolder: this.#surroundings.copyFolder,
      stepsKnown: trace.end ? trace.steps : null,
    });
  }

  #post(request: ReaderRequest): void {
    this.#process ??= this.#start();
    this.#process.post(request);
  }

  #start(): Child<ReaderRequest> {
    const started = this.#surroundings.start({
      onMessage: (message) => this.#handle(message),
      onExit: (code) => {
        if (this.#process === started) this.#replace(deathOf(code, started.output), true);
      },
    });
    return started;
  }

  #handle(message: ReaderMessage): void {
    switch (message.kind) {
      case 'grew':
        this.#grew(message);
        break;
      case 'progress': {
        const { kind, traceId, ...progress } = message;
        this.#traces.get(traceId)?.onProgress?.({ kind, ...progress });
        break;
      }
      case 'ended': {
        const { traceId, problem } = message;
        const trace = this.#traces.get(traceId);
        if (trace) this.#endTrace(trace, problem ? { kind: 'failed', problem } : COMPLETED);
        break;
      }
      case 'found':
        for (const part of message.parts) {
          this.#surroundings.emit({ kind: 'askFound', askId: message.askId, part });
        }
        break;
      case 'answered':
        this.#surroundings.emit({ kind: 'askFoundAll', askId: message.askId });
        this.#settle(message.askId, message.outcome);
        break;
      case 'saved':
        this.#settle(message.saveId, message.outcome);
        break;
      case 'half':
        if (message.exists) this.#halves.add(message.path);
        else this.#halves.delete(message.path);
        break;
      default:
        assertNever(message, 'message');
    }
  }

  #grew({ traceId, header, delta }: Extract<ReaderMessage, { kind: 'grew' }>): void {
    const trace = this.#traces.get(traceId);
    if (!trace) return;
    if (header !== undefined) {
      trace.steps = 0;
      trace.onBegun?.();
    }
    trace.steps += delta.glances.length;
    const begins = header === undefined ? {} : { header };
    this.#surroundings.emit({ kind: 'traceGrew', traceId, ...begins, delta });
  }

  #endTrace(trace: KnownTrace, end: TaskEnd): void {
    trace.end?.(end);
    trace.end = undefined;
  }

  /** Gives up the process, which hangs or is dead. What it was reading may be why it died. */
  #replace(cause: Problem, isDead = false): void {
    this.#process?.kill();
    this.#process = undefined;
    for (const path of this.#halves) rmSync(path, { force: true });
    this.#halves.clear();
    const problem = { ...cause, remedy: 'Try it again.' };
    for (const id of this.#waiting.keys()) this.#settle(id, { kind: 'problem', problem });
    for (const [traceId, trace] of this.#traces) {
      const wasRead = trace.isOpen && trace.end !== undefined;
      trace.isOpen = false;
      if (!wasRead) continue;
      if (isDead) trace.deaths += 1;
      if (trace.deaths < (trace.isOwn ? OWN_DEATHS_MAX : 1)) this.#openIn(traceId, trace);
      else this.#endTrace(trace, { kind: 'failed', problem: blaming(cause, trace) });
    }
  }
}

const COMPLETED: TaskEnd = { kind: 'completed' };

const STOPPED: Problem = { title: 'The process that reads traces was stopped: it hung.' };

function deathOf(code: number, output: string): Problem {
  return {
    title: `The process that reads traces ended unexpectedly (exit code ${code}).`,
    ...(output === '' ? {} : { details: output }),
  };
}

function blaming({ title, details }: Problem, { path }: KnownTrace): Problem {
  return {
    title: `${path} could not be read. ${title}`,
    remedy:
      'The steps before are kept. The file may be damaged, or need more memory than there is: open ' +
      'it again, or record the run anew.',
    ...(details === undefined ? {} : { details }),
  };
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
