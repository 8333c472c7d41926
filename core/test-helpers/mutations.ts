/** A JSON document with one place changed. */
export interface Mutation {
  /** The names and indices that lead to the place. */
  readonly at: readonly (string | number)[];
  readonly what: string;
  readonly text: string;
}

/** What stands in the place of a value. JSON that is nested too deeply to be written by a program is a text. */
const WRONG: Readonly<Record<string, string>> = {
  null: 'null',
  number: '-7.5',
  string: '"paused"',
  list: '[]',
  object: '{}',
  'list of lists': '[[null]]',
  'long string': JSON.stringify('x'.repeat(5_000)),
  'deep list': '['.repeat(10_000) + ']'.repeat(10_000),
  'deep object': '{"a":'.repeat(4_000) + '1' + '}'.repeat(4_000),
  'own prototype': '{"__proto__":{"kind":"file"},"constructor":1}',
};

const PLACE = '"@place@"';

/** Changes every place of a JSON document in every way: another type, missing, one member more, long, deep. */
export function* mutationsOf(document: unknown): Generator<Mutation> {
  for (const at of placesIn(document)) {
    const around = JSON.stringify(changed(document, at, JSON.parse(PLACE)));
    for (const [what, text] of Object.entries(WRONG)) {
      yield { at, what, text: around.replace(PLACE, () => text) };
    }
    if (at.length > 0) {
      yield { at, what: 'missing', text: JSON.stringify(changed(document, at, undefined)) };
    }
    const value = at.reduce<unknown>((whole, name) => Reflect.get(Object(whole), name), document);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const more = { ...value, fromTheFuture: { version: 99 } };
      yield { at, what: 'one more', text: JSON.stringify(changed(document, at, more)) };
    }
  }
}

function* placesIn(
  document: unknown,
  at: readonly (string | number)[] = [],
): Generator<readonly (string | number)[]> {
  yield at;
  if (typeof document !== 'object' || document === null) return;
  for (const [name, value] of Object.entries(document)) {
    yield* placesIn(value, [...at, Array.isArray(document) ? Number(name) : name]);
  }
}

/** A document with another value in a place; `undefined` takes the place away, an entry of a list with it. */
function changed(document: unknown, at: readonly (string | number)[], value: unknown): unknown {
  const [name, ...rest] = at;
  if (name === undefined) return value;
  const inner = changed(Reflect.get(Object(document), name), rest, value);
  if (!Array.isArray(document)) return { ...Object(document), [name]: inner };
  return inner === undefined
    ? document.toSpliced(Number(name), 1)
    : document.with(Number(name), inner);
}
