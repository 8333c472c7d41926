import { parse } from '@humanwhocodes/momoa';
import { JSON_CONTAINERS_MAX, JSON_LEVELS_MAX } from '../limits.ts';
import { formatCount } from '../text/quantities.ts';
import { cutText } from '../text/visible.ts';
import { messageOf, numberOf } from '../thrown.ts';

/** Thrown for a text that is not JSON. */
export class JsonError extends Error {
  override readonly name: string = 'JsonError';
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;

  constructor(message: string, { line, column }: { line: number; column: number }) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/** Thrown for valid JSON that is not read. */
export class JsonRefusedError extends JsonError {
  override readonly name: string = 'JsonRefusedError';
}

/** Thrown for JSON with more containers than {@link JSON_CONTAINERS_MAX}. */
export class ManyContainersError extends JsonRefusedError {
  override readonly name = 'ManyContainersError';
}

/** Thrown for JSON with a number that JavaScript's numbers cannot hold. */
export class RoundedNumberError extends JsonRefusedError {
  override readonly name = 'RoundedNumberError';
}

/** The digits of the smallest integer that may be rounded. */
const ROUNDED_DIGITS = 16;
/** What every number with an exponent looks like that may be altered. */
const LARGE_EXPONENT = /\d[eE]\+?\d{3}/;

/** How much is quoted of what is not JSON. */
const QUOTED_CHARS_MAX = 20;
/** Locating a problem takes a tree of the text, which takes a hundred times the text. */
const LOCATED_CHARS_MAX = 4 * 1024 * 1024;
/** How many digits are quoted of a number. */
const QUOTED_DIGITS_MAX = 400;

const BYTE_ORDER_MARK = 0xfeff;

/**
 * Parses JSON as `JSON.parse` does, but refuses what that would alter without a word: integers beyond
 * 2^53 that it rounds, and numbers that it makes infinite. Refuses deeper nesting and more containers than any
 * format here needs, too: what comes after may be recursive, and a small file can unpack to millions. A byte-order mark is skipped.
 *
 * @param integerTag how the format of the text writes large integers, for the remedy.
 * @throws {JsonError} with the place; a {@link RoundedNumberError} names the field and the remedy, and a
 * {@link JsonRefusedError} the limit.
 */
export function parseJson(text: string, integerTag = '$bigint'): unknown {
  const json = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
  refuseLarge(json);
  const value = parseOrExplain(json);
  if (mayBeAltered(json)) refuseRoundedNumbers(json, integerTag);
  return value;
}

/** Whether a text may hold a number that is altered: a first look, much faster than parsing. */
function mayBeAltered(json: string): boolean {
  // Every run of so many digits covers one of these places.
  for (let at = ROUNDED_DIGITS - 1; at < json.length; at += ROUNDED_DIGITS) {
    if (digitsAround(json, at) >= ROUNDED_DIGITS) return true;
  }
  return LARGE_EXPONENT.test(json);
}

/** How many digits stand together at an offset. */
function digitsAround(json: string, at: number): number {
  if (!isDigit(json.charCodeAt(at))) return 0;
  let [start, end] = [at, at + 1];
  while (isDigit(json.charCodeAt(start - 1))) start -= 1;
  while (isDigit(json.charCodeAt(end))) end += 1;
  return end - start;
}

/**
 * Refuses a text in which brackets lie in each other in too many levels, or that has too many containers,
 * before it is parsed, and without recursion.
 *
 * @throws {JsonRefusedError} with the place of the first one that is too much.
 */
function refuseLarge(json: string): void {
  // Each level has two brackets: most texts are too short to be looked at.
  if (json.length <= 2 * JSON_LEVELS_MAX) return;
  let levels = 0;
  let containers = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(json, at) - 1;
    } else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      levels += 1;
      containers += 1;
      if (levels > JSON_LEVELS_MAX) {
        const message = `brackets lie more than ${JSON_LEVELS_MAX} levels deep in each other`;
        throw new JsonRefusedError(message, placeAt(json, at));
      }
      if (containers > JSON_CONTAINERS_MAX) {
        const message = `more than ${formatCount(JSON_CONTAINERS_MAX)} lists and objects, which is the limit here`;
        throw new ManyContainersError(message, placeAt(json, at));
      }
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      levels -= 1;
    }
  }
}

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE, COMMA] = Array.from(
  '"\\[]{},',
  (character) => character.charCodeAt(0),
);

/** The offset behind a string that begins at an offset; the end of the text if it has no end. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return json.length;
}

function parseOrExplain(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw explain(json, messageOf(error));
  }
}

/** The parser of the language says what is wrong, but not always where. */
function explain(json: string, message: string): JsonError {
  const [, problem, position] = /^(.*) in JSON at position (\d+)/s.exec(message) ?? [];
  if (problem !== undefined) return new JsonError(problem, placeAt(json, Number(position)));
  if (message === 'Unexpected end of JSON input') {
    return new JsonError('the text ends too early', placeAt(json, json.length));
  }
  if (json.length > LOCATED_CHARS_MAX) return new JsonError(message, { line: 1, column: 1 });
  try {
    parse(json);
  } catch (located) {
    const [line, column] = [numberOf(located, 'line') ?? 1, numberOf(located, 'column') ?? 1];
    const offset = numberOf(located, 'offset') ?? 0;
    const [found] = json.slice(offset, offset + QUOTED_CHARS_MAX).split('\n', 1);
    return new JsonError(`unexpected ${JSON.stringify(found)}`, { line, column });
  }
  return new JsonError(message, { line: 1, column: 1 });
}

function placeAt(json: string, offset: number): { line: number; column: number } {
  const before = json.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** A list or an object that a place in a text is inside of. */
interface Frame {
  readonly isList: boolean;
  /** The number of commas so far. */
  commas: number;
  /** The last string, which in an object is the key of a number that follows. */
  string: readonly [start: number, end: number];
}

/** Goes through a text without a tree of it: that of a large document would fill the memory. */
function refuseRoundedNumbers(json: string, integerTag: string): void {
  const frames: Frame[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    const frame = frames.at(-1);
    if (code === QUOTE) {
      const end = endOfString(json, at);
      if (frame) frame.string = [at, end];
      at = end - 1;
    } else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      frames.push({ isList: code === OPEN_BRACKET, commas: 0, string: [0, 0] });
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      frames.pop();
    } else if (code === COMMA && frame) {
      frame.commas += 1;
    } else if (isInNumber(code)) {
      NUMBER.lastIndex = at;
      const [written = ''] = NUMBER.exec(json) ?? [];
      if (isAltered(written, Number(written))) throw rounded(json, at, written, frames, integerTag);
      at += Math.max(0, written.length - 1);
    }
  }
}

/**
 * Refuses JSON in which an object has a key twice: `JSON.parse` keeps only the last one.
 *
 * @param text is valid JSON.
 * @throws {JsonRefusedError} with the place of the second one.
 */
export function refuseRepeatedKeys(text: string): void {
  // For each level the keys of the object that is open there; none for a list.
  const open: (Set<string> | undefined)[] = [];
  let isKeyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (isKeyNext && keys) {
        const written = text.slice(at, end);
        const key = written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
        if (keys.has(key)) {
          const message = `the key ${cutText(written, QUOTED_DIGITS_MAX)} is there twice in one object`;
          throw new JsonRefusedError(message, placeAt(text, at));
        }
        keys.add(key);
        isKeyNext = false;
      }
      at = end - 1;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      isKeyNext = code === OPEN_BRACE;
      open.push(isKeyNext ? new Set() : undefined);
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      open.pop();
      isKeyNext = false;
    } else if (code === COMMA) {
      isKeyNext = open.at(-1) !== undefined;
    }
  }
}

/**
 * Refuses JSON with more values than given, before it is parsed: a small file can unpack to millions.
 *
 * @throws {JsonRefusedError} with the place of the first one that is too much.
 */
export function refuseManyValues(text: string, valuesMax: number): void {
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    if (code !== COMMA && code !== OPEN_BRACKET && code !== OPEN_BRACE) continue;
    values += 1;
    if (values <= valuesMax) continue;
    const message = `a document has at most ${formatCount(valuesMax)} values here`;
    throw new JsonRefusedError(message, placeAt(text, at));
  }
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const MINUS = '-'.charCodeAt(0);

function isInNumber(code: number): boolean {
  return code === MINUS || isDigit(code);
}

/** Whether a character is one of 0 to 9. It is asked of millions, so the codes stand in the code. */
function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function rounded(
  json: string,
  at: number,
  written: string,
  frames: readonly Frame[],
  integerTag: string,
): RoundedNumberError {
  const path = frames.map(({ isList, commas, string }) =>
    isList ? commas : (JSON.parse(json.slice(...string)) as string),
  );
  const field = path.length === 0 ? '' : ` at ${path.join('.')}`;
  const number = cutText(written, QUOTED_DIGITS_MAX);
  const isInteger = /^-?\d+$/.test(written);
  const remedy = isInteger
    ? `write it as {"${integerTag}":"${number}"}`
    : 'write a number that fits, or a string';
  return new RoundedNumberError(
    `the number ${number}${field} does not fit a 64-bit float (it would become ${Number(written)}): ${remedy}`,
    placeAt(json, at),
  );
}

/** Large floats are written with fewer digits than they have: those come back as they were. */
function isAltered(written: string, value: number): boolean {
  if (!Number.isFinite(value)) return true;
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(written)) return false;
  return written !== String(value) && BigInt(written) !== BigInt(value);
}
