import { PRINTED_CHARS_MAX, PRINTED_MAX, RUN_PRINTED_CHARS_MAX } from '../limits.ts';
import type { Printed, PrintLevel } from '../machine/printed.ts';
import { cutText } from '../text/visible.ts';

const NONE: readonly Printed[] = [];

/** Gathers what the code of an author prints in a step, up to the limits of a step and of a run. */
export class Output {
  #printed: Printed[] = [];
  #chars = 0;
  /** What does not fit into the step, or into the run. */
  #dropped = 0;
  #runChars = 0;
  #isRunFull = false;

  /** Begins a run, with nothing printed so far. */
  begin(): void {
    this.forget(0);
    this.#runChars = 0;
    this.#isRunFull = false;
  }

  add(level: PrintLevel, text: string): void {
    if (this.#isRunFull) return;
    if (this.#printed.length >= PRINTED_MAX || this.#chars >= PRINTED_CHARS_MAX) {
      this.#dropped += 1;
      return;
    }
    const cut = cutText(text, PRINTED_CHARS_MAX - this.#chars);
    this.#chars += cut.length;
    this.#printed.push({ level, text: cut });
  }

  /** The number of prints in the step so far. */
  get length(): number {
    return this.#printed.length;
  }

  /** Forgets all prints of the step but the first ones: the code that made them runs again, or on trial. */
  forget(length: number): void {
    if (this.#printed.length <= length && this.#dropped === 0) return;
    this.#printed.length = length;
    this.#chars = this.#printed.reduce((sum, { text }) => sum + text.length, 0);
    this.#dropped = 0;
  }

  /** Ends the step, and returns what was printed in it. */
  take(): readonly Printed[] {
    return this.#printed.length === 0 ? NONE : this.#takeAll();
  }

  #takeAll(): readonly Printed[] {
    const taken = this.#printed;
    if (this.#dropped > 0) taken.push(note(`${this.#dropped} more in this step are not kept.`));
    this.#runChars += this.#chars;
    if (this.#runChars >= RUN_PRINTED_CHARS_MAX) {
      this.#isRunFull = true;
      taken.push(
        note('What is printed after this step is not kept: the run has printed too much.'),
      );
    }
    this.#printed = [];
    this.#chars = 0;
    this.#dropped = 0;
    return taken;
  }
}

function note(text: string): Printed {
  return { level: 'note', text };
}
