import { iterator, parse, type AnyNode, type NumberNode } from '@humanwhocodes/momoa';

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

/** Thrown for JSON with a number that JavaScript's numbers cannot hold. */
export class RoundedNumberError extends JsonError {
  override readonly name = 'RoundedNumberError';
}

/** Where a number may stand that has too many digits: a first look that is as fast as a search. */
const LONG_NUMBER = /(?<=[\s,:[]-?|^-?)\d{16,}|\d[eE]\+?\d{3}/;

/** How much is quoted of what is not JSON. */
const QUOTED_CHARS_MAX = 20;

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Parses JSON as `JSON.parse` does, but refuses what that would alter without a word: integers beyond
 * 2^53 that it rounds, and numbers that it makes infinite. A byte-order mark is skipped.
 *
 * @param integerTag how the format of the text writes large integers, for the remedy.
 * @throws {JsonError} with the place; a {@link RoundedNumberError} names the field and the remedy.
 */
export function parseJson(text: string, integerTag = '$bigint'): unknown {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const value = parseOrExplain(json);
  if (LONG_NUMBER.test(json)) refuseRoundedNumbers(json, integerTag);
  return value;
}

/**
 * Whether the brackets of a JSON text lie in each other in more levels than given. Says so before the
 * text is parsed, and without recursion.
 */
export function isNestedDeeper(json: string, levelsMax: number): boolean {
  // Each level has two brackets: most texts are too short to be looked at.
  if (json.length <= 2 * levelsMax) return false;
  let levels = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (isInString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isInString = false;
    } else if (code === QUOTE) {
      isInString = true;
    } else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      levels += 1;
      if (levels > levelsMax) return true;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      levels -= 1;
    }
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = Array.from(
  '"\\[]{}',
  (character) => character.charCodeAt(0),
);

function parseOrExplain(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw explain(json, (error as Error).message);
  }
}

/** The parser of the language says what is wrong, but not always where. */
function explain(json: string, message: string): JsonError {
  const [, problem, position] = /^(.*) in JSON at position (\d+)/s.exec(message) ?? [];
  if (problem !== undefined) return new JsonError(problem, placeAt(json, Number(position)));
  if (message === 'Unexpected end of JSON input') {
    return new JsonError('the text ends too early', placeAt(json, json.length));
  }
  try {
    parse(json);
  } catch (located) {
    const { line = 1, column = 1, offset = 0 } = located as Partial<Record<string, number>>;
    const [found] = json.slice(offset, offset + QUOTED_CHARS_MAX).split('\n', 1);
    return new JsonError(`unexpected ${JSON.stringify(found)}`, { line, column });
  }
  return new JsonError(message, { line: 1, column: 1 });
}

function placeAt(json: string, offset: number): { line: number; column: number } {
  const before = json.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function refuseRoundedNumbers(json: string, integerTag: string): void {
  const path: (string | number)[] = [];
  for (const { node, parent, phase } of iterator(parse(json))) {
    const key = keyOf(node as AnyNode, parent as AnyNode | undefined);
    if (key !== undefined && phase === 'enter') path.push(key);
    else if (key !== undefined) path.pop();
    if (node.type === 'Number' && phase === 'enter')
      refuseIfRounded(json, node as NumberNode, path, integerTag);
  }
}

/** What a node adds to the path of the values below it. */
function keyOf(node: AnyNode, parent: AnyNode | undefined): string | number | undefined {
  if (node.type === 'Member') return node.name.type === 'String' ? node.name.value : node.name.name;
  if (node.type !== 'Element') return undefined;
  return parent?.type === 'Array' ? parent.elements.indexOf(node) : 0;
}

function refuseIfRounded(
  json: string,
  node: NumberNode,
  path: readonly (string | number)[],
  integerTag: string,
): void {
  const { start, end } = node.loc;
  const written = json.slice(start.offset, end.offset);
  if (!isAltered(written, node.value)) return;
  const field = path.length === 0 ? '' : ` at ${path.join('.')}`;
  const remedy = /^-?\d+$/.test(written)
    ? `write it as {"${integerTag}":"${written}"}`
    : 'write a number that fits, or a string';
  throw new RoundedNumberError(
    `the number ${written}${field} does not fit a 64-bit float (it would become ${node.value}): ${remedy}`,
    start,
  );
}

/** Large floats are written with fewer digits than they have: those come back as they were. */
function isAltered(written: string, value: number): boolean {
  if (!Number.isFinite(value)) return true;
  if (!/^-?\d+$/.test(written) || written === String(value)) return false;
  return BigInt(written) !== BigInt(value);
}
