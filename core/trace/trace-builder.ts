import { assertNever } from '../assert.ts';
import {
  BLANK_LINES_MAX,
  LINE_CHARS_MAX,
  QUICK_DIGESTS,
  QUICK_NAMES_CHARS,
  STEPS_MAX,
  THOROUGH_DIGESTS,
  TRACE_CHARS_MAX,
} from '../limits.ts';
import { formatCount } from '../text/quantities.ts';
import { messageOf, SelfExplainingError } from '../thrown.ts';
import { refuseRepeatedKeys } from '../value/json.ts';
import { formatStep, parseLine, TraceLineError } from './format/format.ts';
import { noteProblem } from './format/notes.ts';
import { TraceSeal } from './format/seal.ts';
import { hasCurrentSteps, TRACE_VERSION } from './format/upgrades.ts';
import { KnownLines, ListedLines, type StepStore } from './step-lines.ts';
import { TraceGrowth, type DigestEffort } from './trace-growth.ts';
import type { Trace } from './trace.ts';

/** Since this version the closing line carries a digest of all lines. */
const SEALED_VERSION = 4;

/** Thrown for a trace that is damaged at a line. The steps before it can be used. */
export class TraceReadError extends SelfExplainingError {
  override readonly name = 'TraceReadError';
  /** 1-based. */
  readonly line: number;

  constructor(line: number, problem: string, options?: ErrorOptions) {
    super(`Line ${line}: ${problem}`, options);
    this.line = line;
  }
}

/** How a {@link TraceBuilder} keeps what it takes. */
export interface TraceBuilderOptions {
  readonly lines?: StepStore;
  readonly charsMax?: number;
  readonly digests?: DigestEffort;
}

/**
 * Builds a trace from the text of its lines, which may arrive in pieces of any size: from a file,
 * or from a run that goes on. Everything that enters a trace is checked here: each line must have the
 * right form and place, fit what came before it, and stay within the limits.
 *
 * Digests are compared at little cost. The one on the closing line covers all text. Those of states are
 * compared on the way as far as that costs little beside reading, and by {@link Trace.stateAt} beyond;
 * where the closing line contradicts the text, or is missing, more of them are, to name the step.
 */
export class TraceBuilder {
  #rest = '';
  #line = 0;
  #chars = 0;
  /** The numbers of the lines without content. */
  readonly #blankLines: number[] = [];
  readonly #seal = new TraceSeal();
  #version = TRACE_VERSION;
  #growth: TraceGrowth | undefined;
  readonly #lines: StepStore;
  readonly #charsMax: number;
  readonly #digests: DigestEffort;

  /**
   * @param options.lines where the lines of the steps are kept; in memory, unless something else is given.
   * @param options.charsMax the limit on the characters of all lines.
   * @param options.digests how much effort is spent on comparing the digests of states.
   */
  constructor({
    lines = new ListedLines(),
    charsMax = TRACE_CHARS_MAX,
    digests = QUICK_DIGESTS,
  }: TraceBuilderOptions = {}) {
    this.#lines = lines;
    this.#charsMax = charsMax;
    this.#digests = digests;
  }

  /** The version of the format that the lines are written in; the current one before the header. */
  get version(): number {
    return this.#version;
  }

  /** The trace so far, or `undefined` before its header. */
  get trace(): Trace | undefined {
    return this.#growth?.toTrace();
  }

  /** The number of lines so far. */
  get line(): number {
    return this.#line;
  }

  /**
   * Takes the next piece of text.
   *
   * @throws {TraceReadError} at the first line that is wrong; {@link trace} then holds the steps
   * before it, and nothing more can be added.
   */
  push(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = this.#rest + text.slice(start, end);
      this.#rest = '';
      start = end + 1;
      this.addLine(line);
    }
    this.#rest += text.slice(start);
    if (this.#rest.length > LINE_CHARS_MAX) this.addLine(this.#rest);
  }

  /**
   * Ends the text.
   *
   * @throws {TraceReadError} when the text stops in the middle of a line, or before the last one.
   */
  finish(): void {
    if (this.#rest !== '') {
      const line = this.#rest;
      this.#rest = '';
      this.addLine(line);
    }
    if (!this.#growth)
      throw new TraceReadError(1, 'the file is empty; a trace begins with a header');
    if (this.#growth.index.end) return;
    if (this.#version >= SEALED_VERSION) this.#compareStates(this.#growth);
    throw new TraceReadError(
      this.#line + 1,
      'the closing line is missing, so the trace was cut short; the steps before it can be used',
    );
  }

  /**
   * Takes the next line, without its line break.
   *
   * @throws {TraceReadError} as {@link push} does.
   */
  addLine(text: string): void {
    this.#line += 1;
    this.#chars += text.length + 1;
    try {
      // Files that went through an editor on Windows end their lines in two characters.
      this.#add(text.endsWith('\r') ? text.slice(0, -1) : text);
    } catch (error) {
      if (error instanceof TraceReadError) throw error;
      // Whatever a line makes go wrong is that line's fault.
      throw new TraceReadError(this.#line, messageOf(error), { cause: error });
    }
  }

  #add(text: string): void {
    requireAtMost(text.length, LINE_CHARS_MAX, 'a line has', 'characters');
    requireAtMost(this.#chars, this.#charsMax, 'a trace has', 'characters');
    if (text.trim() === '') {
      this.#blankLines.push(this.#line);
      requireAtMost(
        this.#blankLines.length,
        BLANK_LINES_MAX,
        'a trace has',
        'lines without content',
      );
      return;
    }
    const parsed = parseLine(text, this.#version);
    // Looking at every name takes as long as parsing: in a long trace, only where all of it counts.
    const isQuick = this.#digests !== THOROUGH_DIGESTS && this.#chars > QUICK_NAMES_CHARS;
    if (parsed.kind !== 'step' || !isQuick) refuseRepeatedKeys(text);
    if (this.#growth?.index.end) throw new TraceLineError('a line after the closing line');
    switch (parsed.kind) {
      case 'header':
        if (this.#growth) throw new TraceLineError('a second header');
        this.#growth = new TraceGrowth(parsed.header, this.#lines, this.#digests);
        this.#version = parsed.version;
        this.#growth.checkInitialState();
        break;
      case 'step':
        if (!this.#growth) throw new TraceLineError('a step before the header');
        if (this.#growth.index.notes.length > 0) throw new TraceLineError('a step after the notes');
        requireAtMost(this.#growth.length + 1, STEPS_MAX, 'a trace has', 'steps');
        this.#growth.add(
          parsed.step,
          // A trace holds lines of the current version only, whatever it was read from.
          hasCurrentSteps(this.#version) ? text : formatStep(parsed.step),
        );
        break;
      case 'note': {
        if (!this.#growth) throw new TraceLineError('a note before the header');
        const { index, length } = this.#growth;
        const problem = noteProblem(parsed.note, index.notes, length);
        if (problem !== undefined) throw new TraceLineError(problem);
        index.addNote(parsed.note);
        break;
      }
      case 'end':
        if (!this.#growth) throw new TraceLineError('a closing line before the header');
        this.#growth.checkEnd(parsed.end);
        this.#checkSeal(this.#growth, text);
        this.#growth.index.close(parsed.end);
        return;
      default:
        assertNever(parsed, 'line');
    }
    this.#seal.add(text);
  }

  #checkSeal(growth: TraceGrowth, text: string): void {
    const seal = this.#seal.check(text);
    if (seal === 'fits') return;
    if (seal === 'open' && this.#version < SEALED_VERSION) return;
    if (this.#version >= SEALED_VERSION) this.#compareStates(growth);
    if (seal === 'open') {
      throw new TraceLineError(
        'digest: the closing line must end in the digest of all lines, as it was written',
      );
    }
    throw new TraceLineError(
      'digest: the lines were changed or damaged after they were written, in a part that the digests ' +
        'of the states do not cover; the steps may not be those of the run',
    );
  }

  /**
   * Compares the digests of the states that were left out on the way with those that the steps say, from
   * the first one on, as far as {@link THOROUGH_DIGESTS} goes.
   *
   * @throws {TraceReadError} at the first one that differs; {@link trace} then ends before it.
   */
  #compareStates(growth: TraceGrowth): void {
    if (growth.isWhollyCompared || this.#digests === THOROUGH_DIGESTS) return;
    const lines = new KnownLines(growth.lines);
    const compared = new TraceGrowth(growth.header, lines, THOROUGH_DIGESTS);
    for (let at = 0; at < growth.length && compared.isWhollyCompared; at += 1) {
      const line = growth.lines.line(at);
      const parsed = parseLine(line);
      if (parsed.kind !== 'step') throw new Error(`The line of step ${at} is a ${parsed.kind}`);
      try {
        compared.add(parsed.step, line);
      } catch (error) {
        this.#growth = compared;
        throw new TraceReadError(this.#lineOf(at), messageOf(error));
      }
    }
  }

  /** The number of the line that a step stands on. */
  #lineOf(stepIndex: number): number {
    let line = stepIndex + 2;
    for (const blank of this.#blankLines) if (blank <= line) line += 1;
    return line;
  }
}

function requireAtMost(count: number, max: number, subject: string, things: string): void {
  if (count <= max) return;
  throw new TraceLineError(`${subject} at most ${formatCount(max)} ${things} here`);
}
