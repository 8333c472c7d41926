import type { HostMessage } from '../../../core/contract/host.ts';
import type { MachineTask, TaskEvent, TaskOf } from '../../../core/contract/window.ts';
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
  readonly isCancelled: boolean;
  /** @param position how far the task has come, if it can be resumed from there. */
  report(event: TaskEvent<Kind>, position?: number): void;
  /** Lets messages from outside arrive, above all a cancellation. */
  breathe(): Promise<void>;
  /** Notes progress of the task outside this thread. */
  stir(): void;
  /** The text that the window feeds to the task; it ends early when the task is cancelled. */
  text(): AsyncIterable<string>;
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
  readonly path: string;
  readonly send: (message: HostMessage) => void;
  /** Called whenever the task makes progress. */
  readonly onStir: () => void;
}

/** A task under way in this process, as the host sees it. */
export class OpenTask {
  readonly #surroundings: TaskSurroundings;
  readonly #pieces: string[] = [];
  #isFed = false;
  #isCancelled = false;
  #wake: (() => void) | undefined;

  constructor(surroundings: TaskSurroundings) {
    this.#surroundings = surroundings;
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Whether it waits for text from the window, so that no progress is expected. */
  get isWaiting(): boolean {
    return this.#wake !== undefined;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#wake?.();
  }

  feed(text: string, isLast: boolean): void {
    this.#pieces.push(text);
    this.#isFed ||= isLast;
    this.#wake?.();
  }

  breathe(): Promise<void> {
    this.#surroundings.onStir();
    return new Promise((resolve) => setImmediate(resolve));
  }

  contextOf<Kind extends MachineTaskKind>(loaded: LoadedMachine): TaskContext<Kind> {
    const { taskId, resumeAt, path, send, onStir } = this.#surroundings;
    const isCancelled = () => this.#isCancelled;
    return {
      loaded,
      path,
      resumeAt,
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
      text: () => this.#text(),
    };
  }

  async *#text(): AsyncGenerator<string> {
    while (!this.#isCancelled) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        yield piece;
        continue;
      }
      if (this.#isFed) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
      this.#surroundings.onStir();
    }
  }
}
