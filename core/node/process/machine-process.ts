import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Socket } from 'node:net';
import { PRINTED_CHARS_MAX, PROCESS_STDERR_CHARS_MAX } from '../../limits.ts';
import type { Problem } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { codeOf } from '../../thrown.ts';
import { AnswerLines, LineRefusedError, refuseLine, type AnswerLine } from './answer-lines.ts';
import { ProcessGroup } from './process-group.ts';
import type { Answer, Method } from './protocol.ts';

/** How much of the standard error is kept. */
const STDERR_CHARS_KEPT = 2_000;
/** After the end of its output, a process has this long to end with its exit code. */
const FAREWELL_MS = 250;

/** How a process is started. */
export interface ProcessStart {
  readonly command: readonly string[];
  /** The folder in which the command runs. */
  readonly folder: string;
  /** How long an answer may take. */
  readonly timeLimitMs: number;
  /** How long the first answer may take, since a program has to load. */
  readonly startLimitMs?: number;
  /** Receives the lines that it writes to its standard error. */
  readonly onPrinted?: (line: string) => void;
}

/** A program has at least this long to load, however short the time limit for an answer is. */
const START_LIMIT_MS_MIN = 10_000;

/** A request without its id. */
export interface Call {
  readonly method: Method;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What went wrong between us and a process. */
export type ProcessErrorName =
  | 'ProcessNotStarted'
  | 'ProcessEnded'
  | 'ProcessTimeout'
  /** Its output was not a message, or not the one that was due. */
  | 'ProtocolError';

/** Communication with the process failed; the process is ended when this is thrown. */
export class ProcessError extends Error {
  override readonly name: ProcessErrorName;
  readonly problem: Problem;

  constructor(name: ProcessErrorName, problem: Problem) {
    const { title, remedy, details } = problem;
    super([title, remedy, details].filter((part) => part !== undefined).join(' '));
    this.name = name;
    this.problem = problem;
  }
}

/** Requests that were written together, and their answers. */
interface Batch {
  readonly calls: readonly Call[];
  readonly answers: Answer[];
  readonly resolve: (answers: readonly Answer[]) => void;
  readonly reject: (error: ProcessError) => void;
}

/**
 * A process that answers requests, one JSON message a line. It keeps this process alive only while a
 * request is open, so that this one can end without {@link close}.
 */
export class MachineProcess {
  readonly #group: ProcessGroup;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #start: ProcessStart;
  readonly #handles: readonly Socket[];
  readonly #batches: Batch[] = [];
  /** One timer for all requests, restarted with each answer. */
  #clock: NodeJS.Timeout;
  #limitMs: number;
  readonly #exited: Promise<void>;
  #nextId = 1;
  #dueId = 1;
  readonly #output = new AnswerLines();
  /** The end of its standard error. */
  #stderr = '';
  /** The beginning of a line of it whose end has not come yet. */
  #stderrRest = '';
  /** The characters on standard error since the last answer. */
  #stderrChars = 0;
  #failure: ProcessError | undefined;
  #isClosed = false;

  constructor(start: ProcessStart) {
    this.#start = start;
    this.#group = new ProcessGroup(start.command, start.folder);
    this.#child = this.#group.leader;
    const { stdin, stdout, stderr } = this.#child;
    const { timeLimitMs } = start;
    this.#limitMs = start.startLimitMs ?? Math.max(START_LIMIT_MS_MIN, timeLimitMs);
    this.#clock = this.#createClock();
    // A program that was not found has no handles.
    this.#handles = ([this.#child, stdin, stdout, stderr] as unknown as Socket[]).filter(
      (handle) => typeof handle.unref === 'function',
    );
    this.#keepAlive(false);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', () => resolve());
    });
    this.#child.once('error', (error) => this.#onSpawnError(error));
    this.#child.once('exit', () => this.#sayFarewell());
    this.#child.once('close', () => this.#onEnd());
    stdout.once('end', () => this.#sayFarewell());
    stdout.on('data', (bytes: Buffer) => this.#read(bytes));
    stderr.setEncoding('utf8').on('data', (chunk: string) => this.#keepStderr(chunk));
    // The end of the process, which follows, says more than a closed pipe.
    stdin.on('error', () => this.#sayFarewell());
  }

  /** Whether no more requests can be sent. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** The number of lines that the process has written so far. */
  get lines(): number {
    return this.#output.count;
  }

  /**
   * Sends several requests with one write, and resolves with all their answers.
   *
   * @throws {ProcessError} when the process ends, is late, or writes anything but the answers.
   */
  ask(calls: readonly Call[]): Promise<readonly Answer[]> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      if (this.#batches.length === 0) this.#keepAlive(true);
      this.#batches.push({ calls, answers: [], resolve, reject });
      let text = '';
      for (const { method, params } of calls) {
        text += `${JSON.stringify({ id: this.#nextId, method, params })}\n`;
        this.#nextId += 1;
      }
      this.#child.stdin.write(text);
    });
  }

  /**
   * Ends the process because of an answer of the wrong form.
   *
   * @returns the error to throw.
   */
  refuse(
    method: Method,
    what: string,
    remedy = `Correct the answer to ${method}: PROTOCOL.md describes it.`,
  ): ProcessError {
    return this.#fail('ProtocolError', {
      title: `The machine's process gave a malformed answer to ${method}: ${what} (line ${this.lines} of its standard output).`,
      remedy,
    });
  }

  /** Closes its standard input, and resolves with whether the process ended in time. */
  async endInput(waitMs: number): Promise<boolean> {
    this.#isClosed = true;
    this.#child.ref();
    this.#child.stdin.end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), waitMs);
    });
    const hasEnded = await Promise.race([this.#exited.then(() => true as const), late]);
    clearTimeout(timer);
    return hasEnded;
  }

  /**
   * Ends the process, and resolves when it is gone. An open request is left without an answer: a step that
   * is stopped from outside has no outcome, so it must not end as an error of the machine.
   */
  async close(): Promise<void> {
    this.#batches.length = 0;
    this.#fail('ProcessEnded', { title: "The machine's process was ended." });
    this.#child.ref();
    await this.#exited;
  }

  /** Keeps this process alive while a request is open. */
  #keepAlive(isAsked: boolean): void {
    if (isAsked) this.#clock.refresh().ref();
    else this.#clock.unref();
    for (const handle of this.#handles) {
      if (isAsked) handle.ref();
      else handle.unref();
    }
  }

  #createClock(): NodeJS.Timeout {
    return setTimeout(() => this.#onTimeout(), this.#limitMs).unref();
  }

  #read(bytes: Buffer): void {
    if (this.#failure) return;
    try {
      for (const line of this.#output.read(bytes)) this.#take(line);
    } catch (error) {
      if (!(error instanceof LineRefusedError)) throw error;
      const { what, evidence, remedy } = error;
      const title = `Line ${this.lines} of the standard output of the machine's process ${what}${this.#meanwhile()}${evidence}.`;
      this.#fail('ProtocolError', { title, remedy });
    }
  }

  #keepStderr(chunk: string): void {
    this.#stderr = (this.#stderr + chunk).slice(-STDERR_CHARS_KEPT);
    this.#stderrChars += chunk.length;
    this.#passOn(chunk);
    if (this.#stderrChars <= PROCESS_STDERR_CHARS_MAX) return;
    this.#fail('ProtocolError', {
      title: `The machine's process wrote more than ${formatCount(PROCESS_STDERR_CHARS_MAX)} characters to standard error without an answer${this.#meanwhile()}.`,
      remedy: 'Write less to standard error, for example only what is wrong.',
    });
  }

  #passOn(chunk: string): void {
    const { onPrinted } = this.#start;
    if (!onPrinted) return;
    const lines = (this.#stderrRest + chunk).split(/\r?\n/);
    // Only a part of what has no line breaks is kept anyway.
    this.#stderrRest = (lines.pop() ?? '').slice(-PRINTED_CHARS_MAX);
    for (const line of lines) onPrinted(line);
  }

  /** @throws {LineRefusedError} for an answer that is not due. */
  #take({ text, answer }: AnswerLine): void {
    const batch = this.#batches[0];
    if (!batch) throw refuseLine(text, 'is unexpected: no request is open');
    if (answer.id !== this.#dueId) {
      throw refuseLine(text, `answers the request ${answer.id}, and ${this.#dueId} was due`);
    }
    this.#stderrChars = 0;
    if (this.#dueId === 1) this.#endStart();
    this.#dueId += 1;
    batch.answers.push(answer);
    if (batch.answers.length < batch.calls.length) {
      this.#clock.refresh().ref();
      return;
    }
    this.#batches.shift();
    if (this.#batches.length === 0) this.#keepAlive(false);
    else this.#clock.refresh().ref();
    batch.resolve(batch.answers);
  }

  /** The program has loaded: from now on, the time limit of an answer applies. */
  #endStart(): void {
    clearTimeout(this.#clock);
    this.#limitMs = this.#start.timeLimitMs;
    this.#clock = this.#createClock();
  }

  #onTimeout(): void {
    if (this.#batches.length === 0) return;
    this.#fail('ProcessTimeout', {
      title: `The machine's process gave no answer to ${this.#method()} in ${this.#limitMs} ms, after ${this.lines} lines of standard output.`,
      remedy:
        'Look for an endless loop or a wait, and flush standard output after each line; or raise `timeLimitMs`.',
    });
  }

  #onSpawnError(error: Error): void {
    const [program = ''] = this.#start.command;
    const code = codeOf(error);
    const reason =
      code === 'ENOENT'
        ? 'there is no such program'
        : code === 'EACCES'
          ? 'it is not executable'
          : error.message;
    this.#fail('ProcessNotStarted', {
      title: `The command \`${this.#start.command.join(' ')}\` did not start: ${reason} (${program}, in ${this.#start.folder}).`,
      remedy: 'Install the program, or correct the `command` of the machine.',
    });
  }

  /** The process is ending. Its exit code comes soon, or never when others hold its pipes. */
  #sayFarewell(): void {
    if (!this.#failure) setTimeout(() => this.#onEnd(), FAREWELL_MS).unref();
  }

  #onEnd(): void {
    const { exitCode, signalCode } = this.#child;
    const how =
      signalCode !== null
        ? `was ended by the signal ${signalCode}`
        : exitCode !== null
          ? `ended with exit code ${exitCode}`
          : 'closed a pipe and goes on without it';
    this.#fail('ProcessEnded', {
      title: `The machine's process ${how}${this.#meanwhile()}, after ${this.lines} lines of standard output.`,
      remedy: 'A process must answer until its standard input ends: find out why it did not.',
    });
  }

  /** What the process was asked at that time. */
  #meanwhile(): string {
    return this.#batches.length > 0 ? ` while it was asked for ${this.#method()}` : '';
  }

  #method(): Method | undefined {
    const batch = this.#batches[0];
    return batch?.calls[batch.answers.length]?.method;
  }

  #fail(name: ProcessErrorName, { title, remedy }: Problem): ProcessError {
    if (this.#failure) return this.#failure;
    const stderr = this.#stderr.trim();
    const failure = new ProcessError(name, {
      title,
      ...(remedy === undefined ? {} : { remedy }),
      ...(stderr === '' ? {} : { details: `The end of its standard error:\n${stderr}` }),
    });
    this.#failure = failure;
    // Another process that holds its pipes must not keep this one alive.
    this.#keepAlive(false);
    clearTimeout(this.#clock);
    if (!this.#isClosed) this.#child.stdin.destroy();
    this.#group.kill();
    for (const { reject } of this.#batches.splice(0)) reject(failure);
    return failure;
  }
}
