import { planRun, startRecorded } from '../../../core/node/runs/planning.ts';
import { recordRun } from '../../../core/trace/recorder.ts';
import { REPORT_MS, type CarryOut } from './task-context.ts';

/** A piece of text is sent as soon as it has this length. */
const PIECE_CHARS_MAX = 256 * 1024;

/** Executes a seed. The position of an event is the number of lines of the trace up to it. */
export const run: CarryOut<'run'> = async (context, { settings }) => {
  const plan = await planRun(context.loaded, settings);
  const recorded = startRecorded(plan, BigInt(settings.seed));
  const pieces = new TextPieces(
    (text, lines) => context.report({ kind: 'text', text }, lines),
    context.resumeAt,
  );
  const goOn = async () => {
    pieces.flush();
    await context.breathe();
    return !context.isCancelled;
  };
  try {
    const isOver = await recordRun(recorded, (line) => pieces.add(line), {
      // The clock is read after each step, since a step may take long.
      stepsPerPulseMax: 1,
      pulse: () => !pieces.isDue || goOn(),
    });
    return isOver ? 'completed' : 'cancelled';
  } finally {
    // Also when the scenario throws: its steps so far are kept.
    pieces.flush();
  }
};

/** Gathers lines into pieces of text that are long enough for a message. */
class TextPieces {
  readonly #send: (text: string, lines: number) => void;
  /** The number of lines that an earlier process has sent; they are left out. */
  readonly #linesSent: number;
  /** The number of lines that were added or left out. */
  #lines = 0;
  #text = '';
  #sentMs = performance.now();

  constructor(send: (text: string, lines: number) => void, linesSent: number) {
    this.#send = send;
    this.#linesSent = linesSent;
  }

  get isDue(): boolean {
    return this.#text.length >= PIECE_CHARS_MAX || performance.now() - this.#sentMs >= REPORT_MS;
  }

  add(line: string): void {
    this.#lines += 1;
    if (this.#lines <= this.#linesSent) return;
    this.#text += `${line}\n`;
    // The first step may hang, and after a process that hung or died each line may be the last.
    if (this.#lines === 1 || this.#linesSent > 0) this.flush();
  }

  flush(): void {
    if (this.#text !== '') this.#send(this.#text, this.#lines);
    this.#text = '';
    this.#sentMs = performance.now();
  }
}
