import { join } from 'node:path';
import { utilityProcess, type UtilityProcess } from 'electron';
import type {
  ApiEvent,
  MachineInfo,
  RunEnd,
  RunSettings,
  SweepRunSettings,
} from '../../core/api/contract.ts';
import {
  hostMessageSchema,
  type HostMessage,
  type HostRequest,
} from '../../core/api/host-contract.ts';
import { assertNever } from '../../core/assert.ts';
import { ProblemError, toProblem, type Problem } from '../../core/problem.ts';
import { SourceWatch } from './source-watch.ts';

/** A machine that does not load in this time is stuck. */
const LOAD_MS_MAX = 15_000;
/** A busy host that says nothing for this long is told to the person. */
const SILENT_MS = 2_500;
const WATCH_MS = 500;
/** A cancelled run may take this long to stop by itself. */
const CANCEL_MS_MAX = 700;
/** A sweep has threads to stop, and a report to write. */
const CANCEL_SWEEP_MS_MAX = 3_000;
/** So long the last steps of a run whose process hung or died may take to be had again. */
const RECOVERY_MS_MAX = 3_000;
/** A process that is told to end is given this long. */
const KILL_MS = 500;
/** How much of what the process printed is kept for the details of a problem. */
const OUTPUT_CHARS_MAX = 4_000;

/** Somebody waits for the process to have loaded the machine. */
interface PendingLoad {
  readonly resolve: (info: MachineInfo) => void;
  readonly reject: (error: ProblemError) => void;
}

/** Something that goes on in the process under a run id. */
interface Task {
  /** Absent for a verification, a sweep or a shrinking, which have no steps to keep. */
  readonly settings?: RunSettings;
  /** How long it may take to stop by itself, where that is longer than usual. */
  readonly cancelMsMax?: number;
  /** Whether it is given more time as long as it gives signs of life: it has something to bring home. */
  readonly isPatient?: boolean;
  /** The source that it began with: no other one can give its last steps again. */
  sourceHash?: string;
  /** Lines of the trace that have come. */
  lines: number;
  /** While the last steps are had again: how the run ends afterwards. */
  ending?: RunEnd;
}

/**
 * One opened machine and the process that it runs in. The process is started when it is needed,
 * killed when it hangs, and started anew for the next run.
 *
 * A process that hangs or dies takes the steps with it that it had not sent yet. Since the same
 * seed gives the same run, a second process executes it again and sends each step at once, up to
 * the one that is to blame.
 */
export class MachineHost {
  readonly #machineId: string;
  readonly #path: string;
  readonly #emit: (event: ApiEvent) => void;
  readonly #tasks = new Map<string, Task>();
  #process: UtilityProcess | undefined;
  #loading: Promise<MachineInfo> | undefined;
  #pendingLoad: PendingLoad | undefined;
  #pendingReload: PendingLoad | undefined;
  readonly #sources: SourceWatch;
  /** How often the source was saved, while that is being taken in. */
  #savesUnderWay = 0;
  #isClosed = false;
  #heardMs = 0;
  #isSilent = false;
  #watch: NodeJS.Timeout | undefined;
  #output = '';

  constructor(machineId: string, path: string, emit: (event: ApiEvent) => void) {
    this.#machineId = machineId;
    this.#path = path;
    this.#emit = emit;
    this.#sources = new SourceWatch(
      path,
      () => void this.#saved(),
      (error) => emit({ kind: 'notWatched', machineId, problem: notWatched(path, error) }),
    );
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
    await this.#begin(runId, { settings, lines: 0 });
    this.#post({ kind: 'run', runId, settings, linesSent: 0 });
  }

  /** @throws {ProblemError} when the machine cannot be loaded. */
  async sweep(runId: string, settings: SweepRunSettings): Promise<void> {
    await this.#begin(runId, { lines: 0, cancelMsMax: CANCEL_SWEEP_MS_MAX });
    this.#post({ kind: 'sweep', runId, settings });
  }

  /** @throws {ProblemError} when the machine cannot be loaded. */
  async shrink(runId: string, settings: RunSettings, signature: string): Promise<void> {
    await this.#begin(runId, { lines: 0, cancelMsMax: CANCEL_SWEEP_MS_MAX, isPatient: true });
    this.#post({ kind: 'shrink', runId, settings, signature });
  }

  /** @throws {ProblemError} when the machine cannot be loaded. */
  async verify(runId: string): Promise<void> {
    await this.#begin(runId, { lines: 0 });
    this.#post({ kind: 'verify', runId });
  }

  /** Hands on the next piece of a trace that is verified. */
  verifyText(runId: string, text: string, isLast: boolean): void {
    this.#post({ kind: 'verifyText', runId, text, isLast });
  }

  /** Whether the run is this machine's, and goes on. */
  isRunning(runId: string): boolean {
    return this.#tasks.has(runId);
  }

  /** Asks the run to stop, and kills the process when it does not. */
  cancel(runId: string): void {
    if (this.#pendingLoad) {
      this.#endTask(runId, { kind: 'cancelled' });
      return;
    }
    this.#post({ kind: 'cancel', runId });
    const { cancelMsMax = CANCEL_MS_MAX, isPatient = false } = this.#tasks.get(runId) ?? {};
    const giveUp = () => {
      if (!this.#tasks.has(runId)) return;
      const isAlive = Date.now() - this.#heardMs < SILENT_MS;
      if (isPatient && isAlive) setTimeout(giveUp, WATCH_MS);
      else this.#replaceProcess({ kind: 'cancelled' });
    };
    setTimeout(giveUp, cancelMsMax);
  }

  /** Ends the process at once, and all that goes on in it. The machine is closed for good. */
  kill(): void {
    this.#isClosed = true;
    this.#sources.close();
    this.#pendingLoad?.reject(new ProblemError({ title: 'The machine was closed.' }));
    for (const runId of this.#tasks.keys()) this.#endTask(runId, { kind: 'cancelled' });
    this.#killProcess();
  }

  /** A source file was saved; saves that come meanwhile are taken in together afterwards. */
  async #saved(): Promise<void> {
    this.#savesUnderWay += 1;
    if (this.#savesUnderWay > 1) return;
    for (let taken = 0; taken < this.#savesUnderWay;) {
      taken = this.#savesUnderWay;
      const saved = await this.#reload();
      this.#sources.isBroken = saved.kind === 'broken';
      if (this.#isClosed) return;
      if (taken < this.#savesUnderWay) continue;
      this.#emit({ kind: 'machineSaved', machineId: this.#machineId, saved });
    }
    this.#savesUnderWay = 0;
  }

  /** Loads the source as it is now: in the process that there is, so that what goes on does so. */
  async #reload(): Promise<Saved> {
    try {
      const isRunning = this.#loading !== undefined;
      const info = await this.load();
      return { kind: 'loaded', info: isRunning ? await this.#loadAgain() : info };
    } catch (error) {
      return { kind: 'broken', problem: toProblem(error, 'The machine could not be loaded') };
    }
  }

  #loadAgain(): Promise<MachineInfo> {
    const process = this.#process;
    return new Promise<MachineInfo>((resolve, reject) => {
      const pending = { resolve, reject };
      this.#pendingReload = pending;
      this.#post({ kind: 'reload' });
      setTimeout(() => {
        if (this.#process !== process || this.#pendingReload !== pending) return;
        const problem = stuckWhileLoading();
        reject(new ProblemError(problem));
        this.#replaceProcess({ kind: 'failed', problem });
      }, LOAD_MS_MAX);
    });
  }

  #settleReload(settle: (pending: PendingLoad) => void): void {
    const pending = this.#pendingReload;
    this.#pendingReload = undefined;
    if (pending) settle(pending);
  }

  /** The task counts from now on, so that it can be cancelled while the machine is loaded. */
  async #begin(runId: string, task: Task): Promise<void> {
    this.#tasks.set(runId, task);
    try {
      const { sourceHash } = await this.load();
      task.sourceHash = sourceHash;
    } catch (error) {
      this.#tasks.delete(runId);
      throw error;
    }
    if (!this.#tasks.has(runId)) throw new ProblemError({ title: 'The run was cancelled.' });
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
    if (parsed.success) this.#handle(parsed.data);
  }

  #handle(message: HostMessage): void {
    switch (message.kind) {
      case 'loaded':
        this.#loaded(message.info);
        break;
      case 'loadFailed':
        this.#failLoad(message.problem);
        break;
      case 'sources':
        this.#sources.follow(message.paths);
        break;
      case 'reloaded':
        this.#loading = Promise.resolve(message.info);
        this.#settleReload(({ resolve }) => resolve(message.info));
        break;
      case 'reloadFailed':
        this.#settleReload(({ reject }) => reject(new ProblemError(message.problem)));
        break;
      case 'runEnded':
        this.#endTask(message.runId, this.#tasks.get(message.runId)?.ending ?? message.how);
        break;
      case 'runText': {
        const task = this.#tasks.get(message.runId);
        if (!task) break;
        task.lines += message.text.split('\n').length - 1;
        this.#emit(message);
        break;
      }
      case 'verified':
      case 'verifyProgress':
      case 'sweepProgress':
      case 'swept':
      case 'shrinkProgress':
        if (this.#tasks.has(message.runId)) this.#emit(message);
        break;
      case 'alive':
        break;
      default:
        assertNever(message, 'message');
    }
  }

  #loaded(info: MachineInfo): void {
    if (this.#pendingLoad) {
      this.#pendingLoad.resolve(info);
      this.#pendingLoad = undefined;
    } else {
      this.#loading = Promise.resolve(info);
      // The source is read anew for each run, so a task that has not begun is of this one.
      for (const task of this.#tasks.values()) {
        if (task.lines === 0) task.sourceHash = info.sourceHash;
      }
      this.#emit({ kind: 'machineChanged', machineId: this.#machineId, info });
    }
  }

  #failLoad(problem: Problem): void {
    this.#sources.isBroken = true;
    this.#pendingLoad?.reject(new ProblemError(problem));
    this.#killProcess();
  }

  #endTask(runId: string, how: RunEnd): void {
    if (this.#tasks.delete(runId)) this.#emit({ kind: 'runEnded', runId, how });
  }

  #exited(code: number): void {
    const problem: Problem = {
      title: `The process of the machine ended by itself (exit code ${code}).`,
      remedy:
        'The steps before are kept. If the machine ended its own process or ran out of memory, ' +
        'mend that; the next run starts a new process.',
      ...(this.#output === '' ? {} : { details: this.#output }),
    };
    if (this.#pendingLoad) {
      this.#failLoad(problem);
      return;
    }
    const wasIdle = this.#tasks.size === 0 && !this.#pendingReload;
    this.#settleReload(({ reject }) => reject(new ProblemError(problem)));
    this.#replaceProcess({ kind: 'failed', problem });
    if (wasIdle) this.#emit({ kind: 'machineLost', machineId: this.#machineId, problem });
  }

  /**
   * Gives up the process, which hangs or is dead. Its runs end as said, after a second process has
   * sent their last steps; one that is given up itself is not replaced again.
   */
  #replaceProcess(how: RunEnd): void {
    this.#killProcess();
    for (const [runId, task] of this.#tasks) {
      if (!task.settings || task.ending) this.#endTask(runId, task.ending ?? how);
      else void this.#recover(runId, task, task.settings, how);
    }
  }

  async #recover(runId: string, task: Task, settings: RunSettings, how: RunEnd): Promise<void> {
    task.ending = how;
    setTimeout(() => {
      if (this.#tasks.has(runId)) this.#replaceProcess(how);
    }, RECOVERY_MS_MAX);
    try {
      const { sourceHash } = await this.load();
      if (sourceHash !== task.sourceHash) this.#endTask(runId, how);
      else this.#post({ kind: 'run', runId, settings, linesSent: task.lines });
    } catch {
      // What made the first process end may keep the second from starting.
      this.#endTask(runId, how);
    }
  }

  #killProcess(): void {
    const dying = this.#process;
    clearInterval(this.#watch);
    this.#process = undefined;
    this.#loading = undefined;
    this.#pendingLoad = undefined;
    this.#settleReload(({ reject }) => reject(new ProblemError(PROCESS_GONE)));
    this.#setSilent(false);
    if (!dying) return;
    // A host may end its machine's process first, or be too busy to hear that it is to end.
    const { pid } = dying;
    const late = setTimeout(() => {
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    }, KILL_MS);
    dying.once('exit', () => clearTimeout(late));
    dying.kill();
  }

  /** Tells when a busy machine falls silent: it may be in an endless loop. */
  #look(): void {
    const isBusy = [...this.#tasks.values()].some(({ ending }) => !ending);
    this.#setSilent(isBusy && Date.now() - this.#heardMs >= SILENT_MS);
    // What hangs cannot load what was saved, which may well be the cure.
    if (this.#isSilent && this.#pendingReload) void this.#loadAnew(this.#pendingReload);
  }

  /** Gives up a process that hangs, and loads the saved source in another one. */
  async #loadAnew(waiting: PendingLoad): Promise<void> {
    this.#pendingReload = undefined;
    this.#replaceProcess({ kind: 'cancelled' });
    await this.load().then(waiting.resolve, waiting.reject);
  }

  #setSilent(isSilent: boolean): void {
    if (isSilent === this.#isSilent) return;
    this.#isSilent = isSilent;
    const silentMs = Date.now() - this.#heardMs;
    this.#emit({ kind: 'machineSilent', machineId: this.#machineId, isSilent, silentMs });
  }
}

/** What a save came to. */
type Saved = Extract<ApiEvent, { kind: 'machineSaved' }>['saved'];

const PROCESS_GONE: Problem = {
  title: 'The process of the machine was stopped while it loaded what was saved.',
  remedy: 'Run it again, or save once more.',
};

function notWatched(path: string, error: unknown): Problem {
  const cause = error instanceof Error ? error.message : String(error);
  return {
    title: `The source of ${path} cannot be watched: ${cause}`,
    remedy: 'Press Run after each save; it always takes the source as it is on disk.',
  };
}

function stuckWhileLoading(): Problem {
  return {
    title: `The machine file did not finish loading in ${LOAD_MS_MAX / 1000} seconds.`,
    remedy: 'Look for an endless loop at the top level of the file or of what it imports.',
  };
}
