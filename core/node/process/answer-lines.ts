import {
  JSON_CONTAINERS_MAX,
  JSON_LEVELS_MAX,
  PROCESS_LINE_CHARS_MAX,
  VALUE_LEVELS_MAX,
} from '../../limits.ts';
import { formatCount } from '../../text/quantities.ts';
import { describeMisfit, fit } from '../../text/schema.ts';
import {
  JsonRefusedError,
  ManyContainersError,
  parseJson,
  RoundedNumberError,
} from '../../value/json.ts';
import { answerSchema, type Answer } from './protocol.ts';

/** How much of a line is quoted. */
const QUOTED_CHARS_MAX = 120;

/** A line with the answer that it is. */
export interface AnswerLine {
  readonly text: string;
  readonly answer: Answer;
}

/** Thrown for a line on the standard output of a process that is not the answer that is due. */
export class LineRefusedError extends Error {
  override readonly name = 'LineRefusedError';
  /** What is wrong with the line, as the predicate of a sentence about it … */
  readonly what: string;
  /** … and how the sentence ends: with what shows it. */
  readonly evidence: string;
  readonly remedy: string;

  constructor(what: string, evidence: string, remedy: string) {
    super(`${what}${evidence}`);
    this.what = what;
    this.evidence = evidence;
    this.remedy = remedy;
  }
}

/** Refuses a line, which is quoted. */
export function refuseLine(
  line: string,
  what: string,
  remedy = 'Write only messages to standard output, and everything else to standard error.',
): LineRefusedError {
  const quoted = line.length > QUOTED_CHARS_MAX ? `${line.slice(0, QUOTED_CHARS_MAX)}…` : line;
  return new LineRefusedError(what, `: ${JSON.stringify(quoted)}`, remedy);
}

/** Reads the answers of a process from the bytes of its standard output, one on each line. */
export class AnswerLines {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** The beginning of a line whose end has not come yet. */
  #rest = '';
  #count = 0;

  /** The number of lines so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * The answers that some more bytes complete. After an error, nothing more can be read.
   *
   * @throws {LineRefusedError} for the first line that is not an answer.
   */
  *read(bytes: Uint8Array): Generator<AnswerLine, void> {
    const chunk = this.#decode(bytes);
    let from = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', from)) {
      const text = this.#rest + chunk.slice(from, end);
      this.#rest = '';
      from = end + 1;
      this.#count += 1;
      yield { text, answer: parseAnswer(text) };
    }
    if (from < chunk.length) this.#rest += from === 0 ? chunk : chunk.slice(from);
    if (this.#rest.length <= PROCESS_LINE_CHARS_MAX) return;
    this.#count += 1;
    throw tooLong(this.#rest);
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch {
      this.#count += 1;
      throw new LineRefusedError(
        'is not valid UTF-8',
        '',
        'Write messages in UTF-8, whatever the locale of the process is.',
      );
    }
  }
}

function parseAnswer(line: string): Answer {
  if (line.length > PROCESS_LINE_CHARS_MAX) throw tooLong(line);
  const fitted = fit(answerSchema, parseMessage(line));
  if (fitted.kind === 'misfit') {
    throw refuseLine(line, `is not an answer (${describeMisfit(fitted.misfit)})`);
  }
  return fitted.value;
}

function parseMessage(line: string): unknown {
  try {
    return parseJson(line);
  } catch (error) {
    throw refusalOf(line, error);
  }
}

function refusalOf(line: string, error: unknown): LineRefusedError {
  if (error instanceof RoundedNumberError) {
    return new LineRefusedError(
      'would lose digits',
      `: ${error.message}`,
      'Integers beyond 2^53 travel as {"$bigint":"…"}, in both directions.',
    );
  }
  if (error instanceof ManyContainersError) {
    return refuseLine(
      line,
      `has more than ${formatCount(JSON_CONTAINERS_MAX)} lists and objects`,
      'Keep the state within this limit: no trace could hold a larger one.',
    );
  }
  if (error instanceof JsonRefusedError) {
    return refuseLine(
      line,
      `has brackets in more than ${formatCount(JSON_LEVELS_MAX)} levels`,
      `Nest values at most ${formatCount(VALUE_LEVELS_MAX)} levels deep. Keep a chain of objects as a list, or as a map in which they refer to each other by key.`,
    );
  }
  return refuseLine(line, 'is not a message');
}

function tooLong(line: string): LineRefusedError {
  const limit = formatCount(PROCESS_LINE_CHARS_MAX);
  return refuseLine(
    line,
    `is longer than ${limit} characters, the most that an answer may have`,
    'End each answer with a line feed, and keep the state within this limit: no trace could hold a larger one.',
  );
}
