import { join } from 'node:path';
import { utilityProcess, type UtilityProcess } from 'electron';
import { hostMessageSchema, type HostMessage, type HostRequest } from '../../core/contract/host.ts';

/** A process that was asked to end is killed after this long. */
const KILL_MS = 500;
/** How much of the process's output is kept for the details of a problem. */
const OUTPUT_CHARS_MAX = 4_000;

/** The listener of a host process. */
export interface HostListener {
  readonly onMessage: (message: HostMessage) => void;
  /** The process ended without being asked to. */
  readonly onExit: (code: number) => void;
}

let spare: UtilityProcess | undefined;

/** Starts a process before it is known for which machine, so that the first one need not wait for it. */
export function startHostAhead(): void {
  const started = fork();
  spare = started;
  started.once('exit', () => {
    if (spare === started) spare = undefined;
  });
}

function takeProcess(): UtilityProcess {
  const taken = spare ?? fork();
  spare = undefined;
  return taken;
}

function fork(): UtilityProcess {
  return utilityProcess.fork(join(import.meta.dirname, 'host.cjs'), [], {
    serviceName: 'Phasmoscope machine',
    stdio: 'pipe',
  });
}

/** A process that a machine runs in, from its start until it ends or is killed. */
export class HostProcess {
  readonly #process = takeProcess();
  #isKilled = false;
  #heardMs = Date.now();
  #output = '';

  constructor({ onMessage, onExit }: HostListener) {
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#output = (this.#output + data.toString()).slice(-OUTPUT_CHARS_MAX);
      });
    }
    this.#process.on('message', (data: unknown) => {
      if (this.#isKilled) return;
      this.#heardMs = Date.now();
      const parsed = hostMessageSchema.safeParse(data);
      // The machine shares the process with the host and may have sent this itself.
      if (parsed.success) onMessage(parsed.data);
    });
    this.#process.on('exit', (code) => {
      if (!this.#isKilled) onExit(code);
    });
  }

  /** The time since its last sign of life. */
  get silentMs(): number {
    return Date.now() - this.#heardMs;
  }

  /** The end of its output. */
  get output(): string {
    return this.#output;
  }

  post(request: HostRequest): void {
    this.#process.postMessage(request);
  }

  /** Ends the process; its listener is not called any more. */
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
