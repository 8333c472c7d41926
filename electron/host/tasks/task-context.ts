import type { HostMessage } from '../../../core/contract/host.ts';
import type { MachineTask, TaskEvent, TaskOf } from '../../../core/contract/tasks.ts';
import type { LoadedMachine } from '../../../core/node/load/machine-loader.ts';

/** The kinds of tasks that a host carries out. */
export type MachineTaskKind = MachineTask['kind'];

/** Events are gathered for this long before they are sent. */
export const REPORT_MS = 40;

/** The host's services for a task. */
export interface TaskContext<Kind extends MachineTaskKind> {
  /** The machine, loaded for this task alone. */
  readonly loaded: LoadedMachine;
  /** The file of the machine. */
  readonly path: string;
  /** The position at which an earlier process hung or died; 0 if there was none. */
  readonly resumeAt: number;
  /** The file of the trace that the task writes or reads. */
  readonly tracePath: string;
  /** The file of the trace that the task forks. */
  readonly parentPath: string;
  readonly isCancelled: boolean;
  /** @param position how far the task has come, if it can be resumed from there. */
  report(event: TaskEvent<Kind>, position?: number): void;
  /** Lets messages from outside arrive, above all a cancellation. */
  breathe(): Promise<void>;
  /** Notes progress of the task outside this thread. */
  stir(): void;
}

/** Carries out the tasks of one kind. Throws problems. */
export type CarryOut<Kind extends MachineTaskKind> = (
  context: TaskContext<Kind>,
  task: TaskOf<Kind>,
) => Promise<'completed' | 'cancelled'>;

/** The connection of a task to the host. */
export interface TaskSurroundings {
  readonly taskId: string;
  readonly resumeAt: number;
  readonly tracePath: string | undefined;
  readonly parentPath: string | undefined;
  readonly path: string;
  readonly send: (message: HostMessage) => void;
  /** Called whenever the task makes progress. */
  readonly onStir: () => void;
}

/** A task under way in this process, as the host sees it. */
export class OpenTask {
  readonly #surroundings: TaskSurroundings;
  #isCancelled = false;

  constructor(surroundings: TaskSurroundings) {
    this.#surroundings = surroundings;
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  cancel(): void {
    this.#isCancelled = true;
  }

  breathe(): Promise<void> {
    this.#surroundings.onStir();
    return new Promise((resolve) => setImmediate(resolve));
  }

  contextOf<Kind extends MachineTaskKind>(loaded: LoadedMachine): TaskContext<Kind> {
    const { taskId, resumeAt, tracePath, parentPath, path, send, onStir } = this.#surroundings;
    const isCancelled = () => this.#isCancelled;
    return {
      loaded,
      path,
      resumeAt,
      get tracePath() {
        if (tracePath === undefined) throw new Error('the task has no file of a trace');
        return tracePath;
      },
      get parentPath() {
        if (parentPath === undefined) throw new Error('the task forks no trace');
        return parentPath;
      },
      get isCancelled() {
        return isCancelled();
      },
      report: (event, position) =>
        send({
          kind: 'taskEvent',
          taskId,
          event,
          ...(position === undefined ? {} : { position }),
        }),
      breathe: () => this.breathe(),
      stir: onStir,
    };
  }
}
