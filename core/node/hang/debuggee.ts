import type { Debugger, NodeWorker, Session } from 'node:inspector';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import type { Frame } from './hang-contract.ts';

/** A thread that can be paused and stopped from another one, even in an endless loop. */
export interface Debuggee {
  /** Returns where its code stands, the innermost frame first; `undefined` for a thread that is idle. */
  pause(): Promise<readonly Frame[] | undefined>;
  /** Lets a paused thread go on, or ends what it executes: the thread then goes on with its next event. */
  resume(options: { readonly isStopped: boolean }): Promise<void>;
  /** Lets the thread go, which then goes on. */
  release(): void;
}

/** How long a thread that is busy may take to be paused, on a computer that is busy as well. */
const PAUSE_MS_MAX = 5_000;

/** Sends a command of the inspector protocol to a thread, and returns its reply. */
type Send = (method: string, params?: object) => Promise<unknown>;

/** The state of a thread's debugger, from the events that it sends. */
class Pauses {
  readonly #send: Send;
  readonly #scripts = new Map<string, string>();
  #onPaused: ((frames: readonly Frame[]) => void) | undefined;

  constructor(send: Send) {
    this.#send = send;
  }

  receive(method: string, params: unknown): void {
    if (method === 'Debugger.scriptParsed') {
      const { scriptId, url } = params as Debugger.ScriptParsedEventDataType;
      this.#scripts.set(scriptId, url);
    } else if (method === 'Debugger.paused') {
      const { callFrames } = params as Debugger.PausedEventDataType;
      const onPaused = this.#onPaused;
      this.#onPaused = undefined;
      // A `debugger` statement in somebody's code must not stop the thread for ever.
      if (onPaused) onPaused(callFrames.map((frame) => this.#frameOf(frame)));
      else void this.#send('Debugger.resume');
    }
  }

  #frameOf({ functionName, location }: Debugger.CallFrame): Frame {
    return {
      functionName: functionName === '' ? '<anonymous>' : functionName,
      script: this.#scripts.get(location.scriptId) ?? '',
      line: location.lineNumber + 1,
      column: (location.columnNumber ?? 0) + 1,
    };
  }

  pause(): Promise<readonly Frame[] | undefined> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#onPaused = undefined;
        resolve(undefined);
      }, PAUSE_MS_MAX);
      this.#onPaused = (frames) => {
        clearTimeout(late);
        resolve(frames);
      };
      void this.#send('Debugger.pause');
    });
  }

  /** Waits for the reply, but not for ever: what a thread does when it is ended may keep it from replying. */
  async resume({ isStopped }: { readonly isStopped: boolean }): Promise<void> {
    const late = new AbortController();
    await Promise.race([
      this.#send('Debugger.resume', { terminateOnResume: isStopped }),
      setTimeoutPromise(PAUSE_MS_MAX, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
  }
}

/**
 * The main thread of this process, by a session that is connected to it. Commands reach a busy thread only if
 * its debugger is on already, so it stays on.
 */
export async function debugMainThread(session: Session): Promise<Debuggee> {
  const send: Send = (method, params) =>
    new Promise((resolve) => {
      session.post(method, params, (_, reply) => resolve(reply));
    });
  const pauses = new Pauses(send);
  session.on('inspectorNotification', ({ method, params }: { method: string; params?: unknown }) =>
    pauses.receive(method, params),
  );
  await send('Debugger.enable');
  return { pause: () => pauses.pause(), resume: (how) => pauses.resume(how), release: () => {} };
}

/** The threads of this process besides the main one, by a session that is connected to the main thread. */
export class OtherThreads {
  readonly #session: Session;
  /** The sessions of all of them while any is debugged: the protocol attaches to all at once. */
  readonly #attached = new Map<number, string>();
  #attaching: Promise<void> | undefined;
  #debugged = 0;

  constructor(session: Session) {
    this.#session = session;
    session.on('NodeWorker.attachedToWorker', ({ params: { workerInfo, sessionId } }) => {
      const [, threadId] = /^\[worker (\d+)\]/.exec(workerInfo.title) ?? [];
      if (threadId !== undefined) this.#attached.set(Number(threadId), sessionId);
    });
    session.on('NodeWorker.detachedFromWorker', ({ params: { sessionId } }) => {
      for (const [threadId, attached] of this.#attached) {
        if (attached === sessionId) this.#attached.delete(threadId);
      }
    });
  }

  /**
   * Several threads can be debugged at the same time.
   *
   * @returns `undefined` when there is no such thread any more.
   */
  async debug(threadId: number): Promise<Debuggee | undefined> {
    this.#debugged += 1;
    await (this.#attaching ??= this.#attach());
    const sessionId = this.#attached.get(threadId);
    if (sessionId === undefined) {
      this.#release();
      return undefined;
    }
    return debugAttached(this.#session, sessionId, () => this.#release());
  }

  #attach(): Promise<void> {
    return new Promise((resolve) => {
      // The threads that there are have been attached by the time of the reply.
      this.#session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, () => resolve());
    });
  }

  #release(): void {
    this.#debugged -= 1;
    if (this.#debugged > 0) return;
    this.#session.post('NodeWorker.disable');
    this.#attached.clear();
    this.#attaching = undefined;
  }
}

/** @param onRelease is called when the thread is let go. */
function debugAttached(session: Session, sessionId: string, onRelease: () => void): Debuggee {
  const replies = new Map<number, (reply: unknown) => void>();
  let sent = 0;
  const send: Send = (method, params = {}) =>
    new Promise((resolve) => {
      sent += 1;
      replies.set(sent, resolve);
      const message = JSON.stringify({ id: sent, method, params });
      session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
    });
  const pauses = new Pauses(send);
  const receive = ({ params }: { params: NodeWorker.ReceivedMessageFromWorkerEventDataType }) => {
    if (params.sessionId !== sessionId) return;
    const message = JSON.parse(params.message) as {
      readonly id?: number;
      readonly method?: string;
      readonly params?: unknown;
    };
    if (message.id !== undefined) replies.get(message.id)?.(message);
    else if (message.method !== undefined) pauses.receive(message.method, message.params);
  };
  session.on('NodeWorker.receivedMessageFromWorker', receive);
  void send('Debugger.enable');
  return {
    pause: () => pauses.pause(),
    resume: (how) => pauses.resume(how),
    release() {
      void send('Debugger.disable');
      session.off('NodeWorker.receivedMessageFromWorker', receive);
      onRelease();
    },
  };
}
