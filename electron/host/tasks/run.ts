import { rmSync } from 'node:fs';
import { TraceAppender } from '../../../core/node/files/trace-writer.ts';
import { planRun, startRecorded } from '../../../core/node/runs/planning.ts';
import { recordRun } from '../../../core/trace/recorder.ts';
import { REPORT_MS, type CarryOut, type TaskContext } from './task-context.ts';

/** Lines are written as soon as they have this length together. */
const PENDING_CHARS_MAX = 256 * 1024;

/** Executes a seed. The position of an event is the number of lines of the trace up to it. */
export const run: CarryOut<'run'> = async (context, { settings }) => {
  const plan = await planRun(context.loaded, settings);
  const recorded = startRecorded(plan, BigInt(settings.seed));
  const writing = new LiveTrace(context, context.resumeAt);
  const goOn = async () => {
    writing.flush();
    await context.breathe();
    return !context.isCancelled;
  };
  try {
    const isOver = await recordRun(recorded, (line) => writing.add(line), {
      // The clock is read after each step, since a step may take long.
      stepsPerPulseMax: 1,
      pulse: () => !writing.isDue || goOn(),
    });
    return isOver ? 'completed' : 'cancelled';
  } finally {
    // Also when the scenario throws: its steps so far are kept.
    writing.close();
  }
};

/** The file of a run that is going on. What was written is reported, so that it can be read. */
export class LiveTrace {
  readonly #context: Pick<TaskContext<'run' | 'shrink'>, 'report'>;
  readonly #file: TraceAppender;
  /** The number of lines that an earlier process has written; they are left out. */
  readonly #linesKept: number;
  /** The number of lines that were added or left out. */
  #lines = 0;
  #flushedMs = performance.now();

  /** @throws {ProblemError} when the file cannot be written. */
  constructor(context: Pick<TaskContext<'run' | 'shrink'>, 'report' | 'tracePath'>, linesKept = 0) {
    this.#context = context;
    this.#linesKept = linesKept;
    // Whoever still writes to, or reads, a file of that name has another one.
    if (linesKept === 0) rmSync(context.tracePath, { force: true });
    this.#file = new TraceAppender(context.tracePath, linesKept);
  }

  get isDue(): boolean {
    return (
      this.#file.charsPending >= PENDING_CHARS_MAX ||
      performance.now() - this.#flushedMs >= REPORT_MS
    );
  }

  /** @throws {ProblemError} when the disk is full. */
  add(line: string): void {
    this.#lines += 1;
    if (this.#lines <= this.#linesKept) return;
    this.#file.add(line);
    // The first step may hang, and after a process that hung or died each line may be the last.
    if (this.#lines === 1 || this.#linesKept > 0) this.flush();
  }

  /** @throws {ProblemError} when the disk is full; what was written before is kept. */
  flush(): void {
    this.#flushedMs = performance.now();
    if (this.#file.charsPending === 0) return;
    this.#file.flush();
    const { bytes, lines } = this.#file;
    this.#context.report({ kind: 'written', bytes, lines }, lines);
  }

  /** Writes what was added, and ends. */
  close(): void {
    try {
      this.flush();
    } finally {
      this.#file.close();
    }
  }
}
