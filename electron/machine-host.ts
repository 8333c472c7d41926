import { join } from 'node:path';
import { utilityProcess, type UtilityProcess } from 'electron';
import type { ApiEvent, MachineInfo, Problem, RunSettings } from '../core/api/contract.ts';
import {
  hostMessageSchema,
  type HostMessage,
  type HostRequest,
} from '../core/api/host-contract.ts';
import { assertNever } from '../core/assert.ts';
import { ProblemError } from '../core/node/problem-error.ts';

/** A machine that does not load in this time is stuck. */
const LOAD_MS_MAX = 15_000;
/** A busy host that says nothing for this long is told to the person. */
const SILENT_MS = 2_500;
const WATCH_MS = 500;
/** A cancelled run may take this long to stop by itself. */
const CANCEL_MS_MAX = 700;
/** How much of what the process printed is kept for the details of a problem. */
const OUTPUT_CHARS_MAX = 4_000;

interface Pending {
  readonly resolve: (info: MachineInfo) => void;
  readonly reject: (error: ProblemError) => void;
}

/**
 * One opened machine and the process that it runs in. The process is started when it is needed,
 * killed when it hangs, and started anew for the next run.
 */
export class MachineHost {
  readonly #machineId: string;
  readonly #path: string;
  readonly #emit: (event: ApiEvent) => void;
  readonly #runs = new Set<string>();
  #process: UtilityProcess | undefined;
  #loading: Promise<MachineInfo> | undefined;
  #pendingLoad: Pending | undefined;
  #heardMs = 0;
  #isSilent = false;
  #watch: NodeJS.Timeout | undefined;
  #output = '';

  constructor(machineId: string, path: string, emit: (event: ApiEvent) => void) {
    this.#machineId = machineId;
    this.#path = path;
    this.#emit = emit;
  }

  /**
   * Starts the process, if there is none, and loads the machine in it.
   *
   * @throws {ProblemError} when the machine cannot be loaded.
   */
  load(): Promise<MachineInfo> {
    this.#loading ??= this.#start();
    return this.#loading;
  }

  /** @throws {ProblemError} when the machine cannot be loaded. */
  async run(runId: string, settings: RunSettings): Promise<void> {
    await this.load();
    this.#runs.add(runId);
    this.#post({ kind: 'run', runId, settings });
  }

  /** @throws {ProblemError} when the machine cannot be loaded. */
  async verify(runId: string, text: string): Promise<void> {
    await this.load();
    this.#runs.add(runId);
    this.#post({ kind: 'verify', runId, text });
  }

  /** Whether the run is this machine's, and goes on. */
  isRunning(runId: string): boolean {
    return this.#runs.has(runId);
  }

  /** Asks the run to stop, and kills the process when it does not. */
  cancel(runId: string): void {
    this.#post({ kind: 'cancel', runId });
    setTimeout(() => {
      if (!this.#runs.has(runId)) return;
      for (const id of this.#runs) this.#endRun(id, { kind: 'cancelled' });
      this.kill();
    }, CANCEL_MS_MAX);
  }

  /** Ends the process at once. The next run starts another. */
  kill(): void {
    const dying = this.#process;
    this.#forgetProcess();
    dying?.kill();
  }

  #start(): Promise<MachineInfo> {
    const started = utilityProcess.fork(join(import.meta.dirname, 'host.mjs'), [], {
      serviceName: 'Phasmoscope machine',
      stdio: 'pipe',
    });
    this.#process = started;
    this.#output = '';
    this.#heardMs = Date.now();
    for (const stream of [started.stdout, started.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#output = (this.#output + data.toString()).slice(-OUTPUT_CHARS_MAX);
      });
    }
    started.on('message', (message: unknown) => {
      if (this.#process === started) this.#receive(message);
    });
    started.on('exit', (code) => {
      if (this.#process === started) this.#exited(code);
    });
    this.#watch = setInterval(() => this.#look(), WATCH_MS);
    return new Promise<MachineInfo>((resolve, reject) => {
      this.#pendingLoad = { resolve, reject };
      this.#post({ kind: 'load', path: this.#path });
      setTimeout(() => {
        if (this.#process === started && this.#pendingLoad) this.#failLoad(stuckWhileLoading());
      }, LOAD_MS_MAX);
    });
  }

  #post(request: HostRequest): void {
    this.#process?.postMessage(request);
  }

  #receive(data: unknown): void {
    this.#heardMs = Date.now();
    const parsed = hostMessageSchema.safeParse(data);
    // The machine shares the process with the host and may have sent this itself.
    if (!parsed.success) return;
    this.#handle(parsed.data);
  }

  #handle(message: HostMessage): void {
    switch (message.kind) {
      case 'loaded':
        this.#pendingLoad?.resolve(message.info);
        this.#pendingLoad = undefined;
        break;
      case 'loadFailed':
        this.#failLoad(message.problem);
        break;
      case 'runEnded':
        if (this.#runs.has(message.runId)) this.#endRun(message.runId, message.how);
        break;
      case 'runText':
      case 'verified':
      case 'verifyProgress':
        if (this.#runs.has(message.runId)) this.#emit(message);
        break;
      case 'alive':
        break;
      default:
        assertNever(message, 'message');
    }
  }

  #failLoad(problem: Problem): void {
    this.#pendingLoad?.reject(new ProblemError(problem));
    this.kill();
  }

  #endRun(runId: string, how: Extract<ApiEvent, { kind: 'runEnded' }>['how']): void {
    this.#runs.delete(runId);
    this.#emit({ kind: 'runEnded', runId, how });
  }

  #exited(code: number): void {
    const problem: Problem = {
      title: `The process of the machine ended by itself (exit code ${code}).`,
      remedy:
        'The steps before are kept. If the machine ended its own process or ran out of memory, ' +
        'mend that; the next run starts a new process.',
      ...(this.#output === '' ? {} : { details: this.#output }),
    };
    const isLoading = this.#pendingLoad !== undefined;
    this.#pendingLoad?.reject(new ProblemError(problem));
    for (const runId of this.#runs) this.#endRun(runId, { kind: 'failed', problem });
    this.#forgetProcess();
    if (!isLoading) this.#emit({ kind: 'machineLost', machineId: this.#machineId, problem });
  }

  #forgetProcess(): void {
    clearInterval(this.#watch);
    this.#process = undefined;
    this.#loading = undefined;
    this.#pendingLoad = undefined;
    this.#setSilent(false);
  }

  /** Tells when a busy machine falls silent: it may be in an endless loop. */
  #look(): void {
    const isBusy = this.#runs.size > 0;
    this.#setSilent(isBusy && Date.now() - this.#heardMs >= SILENT_MS);
  }

  #setSilent(isSilent: boolean): void {
    if (isSilent === this.#isSilent) return;
    this.#isSilent = isSilent;
    const silentMs = Date.now() - this.#heardMs;
    this.#emit({ kind: 'machineSilent', machineId: this.#machineId, isSilent, silentMs });
  }
}

function stuckWhileLoading(): Problem {
  return {
    title: `The machine file did not finish loading in ${LOAD_MS_MAX / 1000} seconds.`,
    remedy: 'Look for an endless loop at the top level of the file or of what it imports.',
  };
}
