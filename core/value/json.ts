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
 * @throws {JsonError} with the place; a {@link RoundedNumberError} names the field and the remedy.
 */
export function parseJson(text: string): unknown {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const value = parseOrExplain(json);
  if (LONG_NUMBER.test(json)) refuseRoundedNumbers(json);
  return value;
}

function parseOrExplain(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    // The parser of the language does not always say where; this one does.
    try {
      parse(json);
    } catch (located) {
      const { line, column, offset } = located as Partial<Record<string, number>>;
      if (line === undefined || column === undefined) throw error;
      const found = json.slice(offset).trimStart().slice(0, QUOTED_CHARS_MAX).split('\n', 1)[0];
      const what = found ? `unexpected ${JSON.stringify(found)}` : 'the text ends too early';
      throw new JsonError(what, { line, column });
    }
    throw error;
  }
}

function refuseRoundedNumbers(json: string): void {
  const path: (string | number)[] = [];
  for (const { node, parent, phase } of iterator(parse(json))) {
    const key = keyOf(node as AnyNode, parent as AnyNode | undefined);
    if (key !== undefined && phase === 'enter') path.push(key);
    else if (key !== undefined) path.pop();
    if (node.type === 'Number' && phase === 'enter')
      refuseIfRounded(json, node as NumberNode, path);
  }
}

/** What a node adds to the path of the values below it. */
function keyOf(node: AnyNode, parent: AnyNode | undefined): string | number | undefined {
  if (node.type === 'Member') return node.name.type === 'String' ? node.name.value : node.name.name;
  if (node.type !== 'Element') return undefined;
  return parent?.type === 'Array' ? parent.elements.indexOf(node) : 0;
}

function refuseIfRounded(json: string, node: NumberNode, path: readonly (string | number)[]): void {
  const { start, end } = node.loc;
  const written = json.slice(start.offset, end.offset);
  if (!isAltered(written, node.value)) return;
  const field = path.length === 0 ? '' : ` at ${path.join('.')}`;
  const remedy = /^-?\d+$/.test(written)
    ? `write it as {"$bigint":"${written}"}`
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
