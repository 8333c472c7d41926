import { REPORT_MS, type TaskContext } from './task-context.ts';

/** Gathers what a task finds, and reports it now and then. */
export class Batch<Item> {
  readonly #context: Pick<TaskContext<'verify'>, 'breathe' | 'isCancelled'>;
  readonly #report: (items: Item[]) => void;
  #items: Item[] = [];
  #reportedMs = performance.now();

  constructor(
    context: Pick<TaskContext<'verify'>, 'breathe' | 'isCancelled'>,
    report: (items: Item[]) => void,
  ) {
    this.#context = context;
    this.#report = report;
  }

  add(item: Item): void {
    this.#items.push(item);
    if (this.#isDue) this.flush();
  }

  flush(): void {
    this.#reportedMs = performance.now();
    if (this.#items.length > 0) this.#report(this.#items);
    this.#items = [];
  }

  /** Lets messages come in, if it is time to; returns whether the task is cancelled. */
  async breathe(): Promise<boolean> {
    if (this.#isDue) {
      this.flush();
      await this.#context.breathe();
    }
    return this.#context.isCancelled;
  }

  get #isDue(): boolean {
    return performance.now() - this.#reportedMs >= REPORT_MS;
  }
}
