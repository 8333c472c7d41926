import type { MachineTask, Task, TaskEnd, TaskOf, TracePlace } from '../../core/contract/tasks.ts';
import type { ApiEvent, MachineInfo, MachineRef } from '../../core/contract/window.ts';
import { refuseOtherThanFile } from '../../core/node/files/regular-file.ts';
import { pathOfMachine } from '../../core/node/load/samples.ts';
import { toProblem } from '../../core/problem.ts';
import type { Files } from './files.ts';
import { MachineHost } from './machine-host.ts';
import type { Room } from './room.ts';
import type { SessionFolder } from './session-folder.ts';
import type { Settings } from './settings.ts';
import type { TraceReader } from './trace-reader.ts';
import type { Trust } from './trust.ts';

/** What the tasks of the window are carried out with. */
export interface WorkSurroundings {
  readonly files: Files;
  readonly trust: Trust;
  readonly session: SessionFolder;
  readonly reader: TraceReader;
  readonly room: Room;
  readonly settings: Pick<Settings, 'timeLimitMs'>;
  readonly emit: (event: ApiEvent) => void;
}

/** The open machines, and the tasks under way. Checks every path that comes from the window. */
export class Work {
  readonly #surroundings: WorkSurroundings;
  readonly #hosts = new Map<string, MachineHost>();
  /** The traces that tasks write or read, by the id of the task. */
  readonly #traceIds = new Map<string, string>();

  constructor(surroundings: WorkSurroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * Starts a process for a machine and loads it.
   *
   * @throws {ProblemError} when it cannot be loaded, or the user does not want it to run.
   */
  async openMachine(machineId: string, machine: MachineRef): Promise<MachineInfo> {
    const { files, trust, reader, room, settings, emit } = this.#surroundings;
    const path = pathOfMachine(machine);
    if (machine.kind === 'file') await trust.requireAgreement(path);
    this.#hosts.get(machineId)?.kill();
    const host = new MachineHost(machineId, path, {
      emit,
      timeLimitMs: () => settings.timeLimitMs,
      onWritten: (traceId) => {
        reader.grow(traceId);
        room.lookSometimes();
      },
      onEnd: (taskId, task, end) => void this.#endMachineTask(taskId, task, end),
    });
    this.#hosts.set(machineId, host);
    const info = await host.load();
    if (machine.kind === 'file') files.remember({ kind: 'machine', path, name: info.name });
    return info;
  }

  /** Starts a task where it belongs. If it cannot start, the cause is reported as its end. */
  async start(taskId: string, task: Task): Promise<void> {
    if ('traceId' in task) this.#traceIds.set(taskId, task.traceId);
    try {
      if ('machineId' in task) await this.#startOnMachine(taskId, task);
      else this.#end(taskId, await this.#read(taskId, task));
    } catch (error) {
      const problem = toProblem(error, 'The task could not be started');
      const end: TaskEnd = { kind: 'failed', problem };
      if ('machineId' in task) await this.#endMachineTask(taskId, task, end);
      else this.#end(taskId, end);
    }
  }

  /** Stops a task; what it has reported so far stays. */
  cancel(taskId: string): void {
    const host = [...this.#hosts.values()].find((one) => one.has(taskId));
    const traceId = this.#traceIds.get(taskId);
    if (host) host.cancel(taskId);
    else if (traceId !== undefined) this.#surroundings.reader.stop(traceId);
  }

  /**
   * A source file of an open machine, by its path relative to the machine file.
   *
   * @throws {ProblemError} for any other file.
   */
  sourceOf(machineId: string, path: string): string {
    const host = this.#hosts.get(machineId);
    if (!host) throw new Error(`no machine is open under ${machineId}`);
    return host.sourceOf(path);
  }

  /** Ends the machines and the tasks, and forgets the traces. */
  endAll(): void {
    for (const host of this.#hosts.values()) host.kill();
    this.#hosts.clear();
    this.#surroundings.reader.closeAll();
  }

  /**
   * The file of a trace.
   *
   * @throws {ProblemError} when the user never chose it, or it is not a file.
   */
  fileOf(place: TracePlace): string {
    const { files, reader } = this.#surroundings;
    if (place.kind === 'session') return reader.pathOf(place.traceId);
    files.requireGrant(place.path);
    refuseOtherThanFile(place.path);
    return place.path;
  }

  #asFile(place: TracePlace): TracePlace {
    return { kind: 'file', path: this.fileOf(place) };
  }

  async #startOnMachine(taskId: string, task: MachineTask): Promise<void> {
    const { files, session, reader } = this.#surroundings;
    // The user must have chosen a file of inputs.
    const inputs = 'settings' in task ? task.settings.inputs : inputsOf(task);
    if (inputs !== undefined) files.requireGrant(inputs);
    if (task.kind === 'ask' && task.seeds?.inputs !== undefined) {
      files.requireGrant(task.seeds.inputs);
    }
    if (task.kind === 'rerun') {
      for (const run of task.runs) if (run.inputs !== undefined) files.requireGrant(run.inputs);
    }
    const host = this.#hosts.get(task.machineId);
    if (!host) throw new Error(`no machine is open under ${task.machineId}`);
    if (task.kind === 'ask') {
      await host.start(taskId, {
        ...task,
        traces: task.traces.map((one) => this.#asFile(one)),
      });
    } else if (task.kind === 'rerun') {
      const runs = task.runs.map((run) => ({ ...run, trace: this.#asFile(run.trace) }));
      await host.start(taskId, { ...task, runs });
    } else if (readsTrace(task)) {
      await host.start(taskId, task, { tracePath: reader.pathOf(task.traceId) });
    } else if ('traceId' in task) {
      reader.follow(task.traceId);
      const tracePath = session.traceFile(task.traceId);
      const parent = task.kind === 'fork' ? { parentPath: reader.pathOf(task.parentId) } : {};
      await host.start(taskId, task, { tracePath, ...parent });
    } else await host.start(taskId, task);
  }

  #read(taskId: string, { traceId, path }: TaskOf<'read'>): Promise<TaskEnd> {
    const { files, session, reader, emit } = this.#surroundings;
    if (path !== undefined) files.requireGrant(path);
    const file = path ?? session.traceFile(traceId);
    refuseOtherThanFile(file);
    return reader.read(traceId, {
      path: file,
      onProgress: (event) => emit({ kind: 'taskEvent', taskId, event }),
      onBegun: () => path !== undefined && files.remember({ kind: 'trace', path }),
    });
  }

  /** A task that wrote a trace has ended only when all of its steps are in the window. */
  async #endMachineTask(taskId: string, task: MachineTask, end: TaskEnd): Promise<void> {
    if (task.kind !== 'run' && task.kind !== 'shrink' && task.kind !== 'fork') {
      this.#end(taskId, end);
      return;
    }
    const { reader, room } = this.#surroundings;
    const read = await reader.finish(task.traceId);
    room.look();
    // Whatever ended the task also cut its trace short.
    this.#end(taskId, end.kind === 'completed' ? read : end);
  }

  #end(taskId: string, end: TaskEnd): void {
    this.#traceIds.delete(taskId);
    this.#surroundings.emit({ kind: 'taskEnded', taskId, end });
  }
}

function inputsOf(task: MachineTask): string | undefined {
  return 'inputs' in task ? task.inputs : undefined;
}

/** The tasks that ask something of a trace that is there, rather than writing one. */
const READING = ['verify', 'explain', 'doom', 'crashEverywhere', 'cover', 'draw'] as const;

function readsTrace(task: MachineTask): task is TaskOf<(typeof READING)[number]> {
  return (READING as readonly string[]).includes(task.kind);
}
