import { startRun } from '../../../core/engine/run.ts';
import type { Executed } from '../../../core/machine/executed.ts';
import { withInputs } from '../../../core/node/load/inputs-file.ts';
import { findFaultProfile, findScenario } from '../../../core/node/load/machine-loader.ts';
import { TraceRecorder } from '../../../core/trace/recorder.ts';
import { REPORT_MS, type CarryOut } from './task-context.ts';

/** A piece of text is sent when it is this long, however young it is. */
const PIECE_CHARS_MAX = 256 * 1024;

/** Executes a seed. The position of an event is the number of lines of the trace up to it. */
export const run: CarryOut<'run'> = async (context, { settings }) => {
  const { inputs, ...label } = settings;
  const loaded = await withInputs(context.loaded, inputs);
  const { machine, sourceHash, locate, guard } = loaded;
  const scenario = findScenario(loaded, settings.scenario);
  const faults = findFaultProfile(loaded, settings.faults);
  const { operationsMax } = settings;
  const seed = BigInt(settings.seed);
  const execution = startRun(machine, { scenario, seed, operationsMax, faults, locate }, { guard });
  const recorder = new TraceRecorder(machine, execution, { ...label, sourceHash });
  const pieces = new TextPieces(
    (text, lines) => context.report({ kind: 'text', text }, lines),
    context.resumeAt,
  );
  pieces.add(recorder.header());
  pieces.flush();
  const record = (step: Executed) => pieces.add(recorder.step(step));
  // One step at a time: the clock is looked at after each, however long a step takes.
  while (await execution.advance(1, record)) {
    if (!pieces.isDue) continue;
    pieces.flush();
    await context.breathe();
    if (!context.isCancelled) continue;
    execution.close();
    pieces.add(recorder.end({ isStopped: true }));
    pieces.flush();
    return 'cancelled';
  }
  pieces.add(recorder.end());
  pieces.flush();
  return 'completed';
};

/** Gathers lines to pieces of text that are worth a message. */
class TextPieces {
  readonly #send: (text: string, lines: number) => void;
  /** Lines that an earlier process has sent; they are left out. */
  readonly #linesSent: number;
  /** Lines that were added, or left out. */
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
    // After a process that hung or died, each line is sent at once: the next may be the last.
    if (this.#linesSent > 0) this.flush();
  }

  flush(): void {
    if (this.#text !== '') this.#send(this.#text, this.#lines);
    this.#text = '';
    this.#sentMs = performance.now();
  }
}
