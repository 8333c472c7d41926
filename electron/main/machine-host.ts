import { assertNever } from '../../core/assert.ts';
import {
  hostMessageSchema,
  hostRequestSchema,
  type HostMessage,
  type HostRequest,
} from '../../core/contract/host.ts';
import { TASKS, type MachineTask, type TaskEnd } from '../../core/contract/tasks.ts';
import { type ApiEvent, type MachineInfo } from '../../core/contract/window.ts';
import { LOAD_MS_MAX, stuckWhileLoading } from '../../core/node/load/stuck.ts';
import { ProblemError, toProblem, type Problem } from '../../core/problem.ts';
import { startChild, type Child, type ChildKind } from './child.ts';
import { MachineSources, type Saved } from './machine-sources.ts';

/** A busy host that is silent for this long is reported to the user. */
const SILENT_MS = 2_500;
const WATCH_MS = 500;
/** A second process is given this long to report what the first one had not sent. */
const RECOVERY_MS_MAX = 3_000;

/** A host as a process. */
export const HOST: ChildKind<HostRequest, HostMessage> = {
  file: 'host.cjs',
  name: 'Phasmoscope machine',
  requests: hostRequestSchema,
  messages: hostMessageSchema,
};

/** Where a machine's tasks report to. */
export interface HostListener {
  /** The time that a step may take, as it is set now. */
  readonly timeLimitMs: () => number;
  /** Takes events for the window, but not how tasks end. */
  readonly emit: (event: ApiEvent) => void;
  /** A task has written more lines to its trace. */
  readonly onWritten: (traceId: string) => void;
  readonly onEnd: (taskId: string, task: MachineTask, end: TaskEnd) => void;
}

/** A promise that is settled when the process has loaded the machine. */
interface PendingLoad {
  readonly resolve: (info: MachineInfo) => void;
  readonly reject: (error: ProblemError) => void;
}

/** The files of a task. */
export interface TaskPaths {
  /** The trace that it writes or reads. */
  readonly tracePath?: string;
  /** The trace that it forks. */
  readonly parentPath?: string;
}

/** A task under way in the process. */
interface OpenTask {
  readonly task: MachineTask;
  readonly paths: TaskPaths;
  /** The version of the source that it began with: another one would report other events. */
  sourceHash?: string;
  /** How far it has come, in a unit of the task; 0 until its first event. */
  position: number;
  /** How the task ends, while a second process still reports the last events. */
  ending?: TaskEnd;
}

/**
 * One open machine and the process that it runs in. The process is started when it is needed,
 * killed when it hangs, and started again for the next task.
 *
 * If a process hangs or dies, the events that it had not sent are lost, and the lines of a trace that it
 * had not written. A repeatable task is carried out again by a second process, which sends and writes
 * everything at once, up to the step that hangs or dies.
 */
export class MachineHost {
  readonly #machineId: string;
  readonly #path: string;
  readonly #listener: HostListener;
  readonly #tasks = new Map<string, OpenTask>();
  #process: Child<HostRequest> | undefined;
  #loading: Promise<MachineInfo> | undefined;
  #pendingLoad: PendingLoad | undefined;
  #pendingReload: PendingLoad | undefined;
  readonly #sources: MachineSources;
  #isSilent = false;
  #watch: NodeJS.Timeout | undefined;

  constructor(machineId: string, path: string, listener: HostListener) {
    this.#machineId = machineId;
    this.#path = path;
    this.#listener = listener;
    this.#sources = new MachineSources({
      machineId,
      path,
      emit: listener.emit,
      reload: () => this.#reload(),
    });
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

  /**
   * Starts a task; it can be cancelled while the machine is still being loaded.
   *
   * @throws {ProblemError} when the machine cannot be loaded.
   */
  async start(taskId: string, task: MachineTask, paths: TaskPaths = {}): Promise<void> {
    const open: OpenTask = { task, paths, position: 0 };
    this.#tasks.set(taskId, open);
    try {
      const { sourceHash } = await this.load();
      open.sourceHash = sourceHash;
    } catch (error) {
      if (this.#tasks.delete(taskId)) throw error;
    }
    if (this.#tasks.has(taskId)) this.#begin(taskId, open);
  }

  #begin(taskId: string, { task, paths, position: resumeAt }: OpenTask): void {
    const timeLimitMs = this.#listener.timeLimitMs();
    this.#post({ kind: 'startTask', taskId, task, resumeAt, timeLimitMs, ...paths });
  }

  /** Whether the task belongs to this machine and is under way. */
  has(taskId: string): boolean {
    return this.#tasks.has(taskId);
  }

  /** Asks the task to stop, and kills the process when it does not. */
  cancel(taskId: string): void {
    const open = this.#tasks.get(taskId);
    if (!open) return;
    if (this.#pendingLoad) {
      this.#endTask(taskId, { kind: 'cancelled' });
      return;
    }
    this.#post({ kind: 'cancelTask', taskId });
    const { cancelMsMax, isWhileAlive } = TASKS[open.task.kind].patience;
    const giveUp = () => {
      if (!this.#tasks.has(taskId)) return;
      if (isWhileAlive && this.#silentMs < SILENT_MS) setTimeout(giveUp, WATCH_MS);
      else this.#replaceProcess({ kind: 'cancelled' });
    };
    setTimeout(giveUp, cancelMsMax);
  }

  /** Ends the process and its tasks at once. The machine is closed for good. */
  kill(): void {
    this.#sources.close();
    this.#pendingLoad?.reject(new ProblemError({ title: 'The machine was closed.' }));
    for (const taskId of this.#tasks.keys()) this.#endTask(taskId, { kind: 'cancelled' });
    this.#killProcess();
  }

  /** Loads the source as it is now, in the same process, so that its tasks go on. */
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

  #start(): Promise<MachineInfo> {
    const started = startChild(HOST, {
      onMessage: (message) => this.#handle(message),
      onExit: (code) => this.#exited(code, started.output),
    });
    this.#process = started;
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
    this.#process?.post(request);
  }

  /** The time since the process's last sign of life. */
  get #silentMs(): number {
    return this.#process?.silentMs ?? 0;
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
        this.#sources.follow(message);
        break;
      case 'reloaded':
        this.#loading = Promise.resolve(message.info);
        this.#settleReload(({ resolve }) => resolve(message.info));
        break;
      case 'reloadFailed':
        this.#settleReload(({ reject }) => reject(new ProblemError(message.problem)));
        break;
      case 'taskEvent':
        this.#reported(message.taskId, message.event, message.position);
        break;
      case 'taskEnded':
        this.#endTask(message.taskId, this.#tasks.get(message.taskId)?.ending ?? message.end);
        break;
      case 'alive':
        break;
      default:
        assertNever(message, 'message');
    }
  }

  /** See {@link MachineSources.sourceOf}. */
  sourceOf(path: string): string {
    return this.#sources.sourceOf(path);
  }

  #reported(taskId: string, event: unknown, position: number | undefined): void {
    const open = this.#tasks.get(taskId);
    const parsed = open && TASKS[open.task.kind].reports.safeParse(event);
    if (!open || !parsed?.success) return;
    open.position = position ?? open.position;
    // Steps reach the window by the way of the file.
    if (parsed.data.kind !== 'written') {
      this.#listener.emit({ kind: 'taskEvent', taskId, event: parsed.data });
    } else if ('traceId' in open.task) this.#listener.onWritten(open.task.traceId);
  }

  #loaded(info: MachineInfo): void {
    if (this.#pendingLoad) {
      this.#pendingLoad.resolve(info);
      this.#pendingLoad = undefined;
    } else {
      this.#loading = Promise.resolve(info);
      // Each task reads the source itself, so one that has not begun has this source.
      for (const open of this.#tasks.values()) {
        if (open.position === 0) open.sourceHash = info.sourceHash;
      }
      this.#listener.emit({ kind: 'machineChanged', machineId: this.#machineId, info });
    }
  }

  #failLoad(problem: Problem): void {
    this.#pendingLoad?.reject(new ProblemError(problem));
    this.#killProcess();
  }

  #endTask(taskId: string, end: TaskEnd): void {
    const open = this.#tasks.get(taskId);
    if (!open) return;
    this.#tasks.delete(taskId);
    this.#listener.onEnd(taskId, open.task, end);
  }

  #exited(code: number, output: string): void {
    const problem: Problem = {
      title: `The process of the machine ended unexpectedly (exit code ${code}).`,
      remedy:
        'The steps before are kept. If the machine ended its own process or ran out of memory, ' +
        'fix that; the next run starts a new process.',
      ...(output === '' ? {} : { details: output }),
    };
    if (this.#pendingLoad) {
      this.#failLoad(problem);
      return;
    }
    const wasIdle = this.#tasks.size === 0 && !this.#pendingReload;
    this.#settleReload(({ reject }) => reject(new ProblemError(problem)));
    this.#replaceProcess({ kind: 'failed', problem });
    if (wasIdle) this.#listener.emit({ kind: 'machineLost', machineId: this.#machineId, problem });
  }

  /**
   * Gives up the process, which hangs or is dead. Its tasks end as given; repeatable ones end after a
   * second process has sent their last events, unless that process is given up as well.
   */
  #replaceProcess(end: TaskEnd): void {
    this.#killProcess();
    for (const [taskId, open] of this.#tasks) {
      if (!TASKS[open.task.kind].isRepeatable || open.ending) {
        this.#endTask(taskId, open.ending ?? end);
      } else void this.#recover(taskId, open, end);
    }
  }

  async #recover(taskId: string, open: OpenTask, end: TaskEnd): Promise<void> {
    open.ending = end;
    setTimeout(() => {
      if (this.#tasks.has(taskId)) this.#replaceProcess(end);
    }, RECOVERY_MS_MAX);
    try {
      const { sourceHash } = await this.load();
      if (sourceHash === open.sourceHash) this.#begin(taskId, open);
      else this.#endTask(taskId, end);
    } catch {
      // The cause of the first process's end may keep the second one from starting.
      this.#endTask(taskId, end);
    }
  }

  #killProcess(): void {
    clearInterval(this.#watch);
    this.#process?.kill();
    this.#process = undefined;
    this.#loading = undefined;
    this.#pendingLoad = undefined;
    this.#settleReload(({ reject }) => reject(new ProblemError(PROCESS_GONE)));
    this.#setSilent(false);
  }

  /** Reports when a busy machine falls silent: it may be in an endless loop. */
  #look(): void {
    const isBusy = [...this.#tasks.values()].some(({ ending }) => !ending);
    this.#setSilent(isBusy && this.#silentMs >= SILENT_MS);
    // A process that hangs cannot load the saved source, which may be the fix.
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
    const silentMs = this.#silentMs;
    this.#listener.emit({ kind: 'machineSilent', machineId: this.#machineId, isSilent, silentMs });
  }
}

const PROCESS_GONE: Problem = {
  title: 'The process of the machine was stopped while it loaded what was saved.',
  remedy: 'Run it again, or save again.',
};
