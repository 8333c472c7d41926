import { join } from 'node:path';
import { utilityProcess, type UtilityProcess } from 'electron';
import { z } from 'zod';

/** A process that was asked to end is killed after this long. */
const KILL_MS = 500;
/** How much of the process's output is kept for the details of a problem. */
const OUTPUT_CHARS_MAX = 4_000;

/** What a process of ours is, and what is said to it and by it. */
export interface ChildKind<Request, Message> {
  /** Its bundle, beside that of the main process. */
  readonly file: string;
  /** Its name in the system's list of processes. */
  readonly name: string;
  readonly requests: z.ZodType<Request>;
  readonly messages: z.ZodType<Message>;
}

/** The listener of a process. */
export interface ChildListener<Message> {
  readonly onMessage: (message: Message) => void;
  /** The process ended without being asked to. */
  readonly onExit: (code: number) => void;
}

/** A process that does what must not be done in the main process, until it ends or is killed. */
export interface Child<Request> {
  /** The time since its last message. */
  readonly silentMs: number;
  /** The end of its output. */
  readonly output: string;
  post(request: Request): void;
  /** Ends the process; its listener is not called any more. */
  kill(): void;
}

/** Processes that were started ahead, by their bundle. */
const spares = new Map<string, UtilityProcess>();

/** Starts a process before there is work for it, so that the first work need not wait for it. */
export function startAhead({ file, name }: Pick<ChildKind<never, never>, 'file' | 'name'>): void {
  const started = fork(file, name);
  spares.set(file, started);
  started.once('exit', () => {
    if (spares.get(file) === started) spares.delete(file);
  });
}

function takeProcess(file: string, name: string): UtilityProcess {
  const taken = spares.get(file) ?? fork(file, name);
  spares.delete(file);
  return taken;
}

function fork(file: string, name: string): UtilityProcess {
  return utilityProcess.fork(join(import.meta.dirname, file), [], {
    serviceName: name,
    stdio: 'pipe',
  });
}

/** Starts a process. */
export function startChild<Request, Message>(
  kind: ChildKind<Request, Message>,
  listener: ChildListener<Message>,
): Child<Request> {
  return new UtilityChild(kind, listener);
}

class UtilityChild<Request, Message> implements Child<Request> {
  readonly #requests: z.ZodType<Request>;
  readonly #process: UtilityProcess;
  #isKilled = false;
  #heardMs = Date.now();
  #output = '';

  constructor(
    { file, name, requests, messages }: ChildKind<Request, Message>,
    { onMessage, onExit }: ChildListener<Message>,
  ) {
    this.#requests = requests;
    this.#process = takeProcess(file, name);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#output = (this.#output + data.toString()).slice(-OUTPUT_CHARS_MAX);
      });
    }
    this.#process.on('message', (data: unknown) => {
      if (this.#isKilled) return;
      this.#heardMs = Date.now();
      const parsed = messages.safeParse(data);
      // The process handles what comes from outside and may have been made to send this.
      if (parsed.success) onMessage(parsed.data);
    });
    this.#process.on('exit', (code) => {
      if (!this.#isKilled) onExit(code);
    });
  }

  get silentMs(): number {
    return Date.now() - this.#heardMs;
  }

  get output(): string {
    return this.#output;
  }

  post(request: Request): void {
    this.#process.postMessage(z.encode(this.#requests, request));
  }

  kill(): void {
    this.#isKilled = true;
    // A host may end its machine's process first, or be too busy to notice that it should end.
    const { pid } = this.#process;
    const late = setTimeout(() => {
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    }, KILL_MS);
    this.#process.once('exit', () => clearTimeout(late));
    this.#process.kill();
  }
}
