import { assertNever } from '../assert.ts';
import type { Finding } from '../machine/finding.ts';
import { SelfExplainingError } from '../problem.ts';
import { applyPatches } from '../value/patch.ts';
import { sameValue, type Value } from '../value/value.ts';
import {
  formatStep,
  parseLine,
  TRACE_VERSION,
  TraceLineError,
  type Step,
  type TraceEnd,
  type TraceHeader,
} from './format.ts';
import { packGlance } from './glance.ts';
import { SpanTracker } from './spans.ts';
import { Trace } from './trace.ts';

/** The longest line that is read, in characters: a file without line breaks is not a trace. */
const LINE_CHARS_MAX = 256 * 1024 * 1024;

/**
 * The number of characters of patches after which a state is kept in memory. A state that is larger
 * than that, such as a database, has its checkpoints far apart; kept states share nearly everything
 * with their neighbours, so they cost little.
 */
const LANDMARK_CHARS = 1024 * 1024;

/** Thrown for a trace that is damaged at a line. The steps before it can be used. */
export class TraceReadError extends SelfExplainingError {
  override readonly name = 'TraceReadError';
  /** 1-based. */
  readonly line: number;

  constructor(line: number, problem: string) {
    super(`Line ${line}: ${problem}`);
    this.line = line;
  }
}

/**
 * Builds a trace from the text of its lines, which may arrive in pieces of any size: from a file,
 * or from a run that goes on. Everything that enters a trace is checked here: each line must have
 * the right form and place, and a patch that applies. Only `verify` compares digests.
 */
export class TraceBuilder {
  #rest = '';
  #line = 0;
  #header: TraceHeader | undefined;
  #version = TRACE_VERSION;
  #end: TraceEnd | undefined;
  #state: Value;
  #glances = new Uint16Array(1024);
  readonly #lines: string[] = [];
  readonly #changedSteps: number[] = [];
  readonly #landmarks = new Map<number, { readonly state: Value }>();
  #charsSinceLandmark = 0;
  readonly #crashSteps: number[] = [];
  readonly #findings: Finding[] = [];
  readonly #violations = new Map<string, Finding[]>();
  readonly #recoveries: { name: string; stepIndex: number }[] = [];
  readonly #spans = new SpanTracker();

  /** The trace so far, or `undefined` before its header. */
  get trace(): Trace | undefined {
    if (!this.#header) return undefined;
    return new Trace({
      header: this.#header,
      length: this.#lines.length,
      lines: this.#lines,
      glances: this.#glances,
      changedSteps: this.#changedSteps,
      landmarks: this.#landmarks,
      findings: this.#findings,
      violations: this.#violations,
      recoveries: this.#recoveries,
      spans: this.#spans.spans,
      crashSteps: this.#crashSteps,
      end: this.#end,
    });
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
      this.#addLine(line);
    }
    this.#rest += text.slice(start);
    if (this.#rest.length > LINE_CHARS_MAX) {
      throw new TraceReadError(this.#line + 1, `longer than ${LINE_CHARS_MAX} characters`);
    }
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
      this.#addLine(line);
    }
    if (!this.#header)
      throw new TraceReadError(1, 'the file is empty; a trace begins with a header');
    if (!this.#end) {
      throw new TraceReadError(
        this.#line + 1,
        'the closing line is missing, so the trace was cut short; the steps before it can be used',
      );
    }
  }

  #addLine(text: string): void {
    this.#line += 1;
    if (text.trim() === '') return;
    try {
      this.#add(text);
    } catch (error) {
      // Any error is reported with its line, even a stack overflow from values nested too deeply.
      throw new TraceReadError(this.#line, (error as Error).message);
    }
  }

  #add(text: string): void {
    const parsed = parseLine(text, this.#version);
    if (this.#end) throw new TraceLineError('a line after the closing line');
    switch (parsed.kind) {
      case 'header':
        if (this.#header) throw new TraceLineError('a second header');
        this.#header = parsed.header;
        this.#version = parsed.version;
        this.#state = parsed.header.initialState;
        this.#findings.push(...parsed.header.initialFindings);
        break;
      case 'step':
        this.#addStep(parsed.step, text);
        break;
      case 'end':
        if (parsed.end.steps !== this.#lines.length) {
          const { steps } = parsed.end;
          throw new TraceLineError(
            `the closing line says ${steps} steps, but there are ${this.#lines.length}`,
          );
        }
        this.#end = parsed.end;
        break;
      default:
        assertNever(parsed, 'line');
    }
  }

  #addStep(step: Step, text: string): void {
    const expected = this.#lines.length;
    if (!this.#header) throw new TraceLineError('a step before the header');
    if (step.stepIndex !== expected) {
      throw new TraceLineError(`expected step ${expected}, found step ${step.stepIndex}`);
    }
    if (step.patch.length > 0) {
      this.#state = applyPatches(this.#state, [step.patch]);
      if (step.checkpoint && !sameValue(step.checkpoint.state, this.#state)) {
        throw new TraceLineError('the checkpoint differs from the state that the patches lead to');
      }
      this.#changedSteps.push(expected);
      this.#charsSinceLandmark = step.checkpoint ? 0 : this.#charsSinceLandmark + text.length;
      if (this.#charsSinceLandmark >= LANDMARK_CHARS) {
        this.#landmarks.set(expected, { state: this.#state });
        this.#charsSinceLandmark = 0;
      }
    }
    if (expected === this.#glances.length) {
      const larger = new Uint16Array(this.#glances.length * 2);
      larger.set(this.#glances);
      this.#glances = larger;
    }
    this.#glances[expected] = packGlance(step);
    if (step.operation.kind === 'crash') this.#crashSteps.push(expected);
    for (const finding of step.findings) this.#addFinding(finding);
    for (const name of step.recovered) this.#recoveries.push({ name, stepIndex: expected });
    this.#spans.add(step);
    // A trace holds lines of the current version only, whatever it was read from.
    this.#lines.push(this.#version === TRACE_VERSION ? text : formatStep(step));
  }

  #addFinding(finding: Finding): void {
    this.#findings.push(finding);
    if (finding.kind !== 'rule') return;
    const same = this.#violations.get(finding.name);
    if (same) same.push(finding);
    else this.#violations.set(finding.name, [finding]);
  }
}
