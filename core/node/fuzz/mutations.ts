import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { assertNever } from '../../assert.ts';
import type { TraceEnd } from '../../trace/format/format.ts';
import { closingLine } from '../../trace/format/seal.ts';
import { TRACE_VERSION } from '../../trace/format/upgrades.ts';

/**
 * One change of a trace file. Positions are any numbers: they count around the lines, bytes or fields
 * that there are. Changes of text come before those of bytes, which may be compressed.
 */
export type Mutation =
  /** Lines that are out of place, doubled or gone. */
  | { readonly kind: 'swapLines'; readonly at: number; readonly other: number }
  | { readonly kind: 'doubleLine' | 'dropLine' | 'blankLine'; readonly at: number }
  | { readonly kind: 'moveLine'; readonly at: number; readonly to: number }
  | { readonly kind: 'returns' }
  /** A value somewhere in the JSON of a line becomes another one, or goes. */
  | {
      readonly kind: 'setField';
      readonly at: number;
      readonly field: number;
      readonly json: string;
    }
  | {
      readonly kind: 'nudgeNumber';
      readonly at: number;
      readonly field: number;
      readonly by: number;
    }
  | { readonly kind: 'dropField' | 'doubleField'; readonly at: number; readonly field: number }
  | {
      readonly kind: 'copyField';
      readonly at: number;
      readonly field: number;
      readonly from: number;
    }
  /** A value is wrapped in this many pairs of brackets. */
  | { readonly kind: 'nest'; readonly at: number; readonly field: number; readonly levels: number }
  /** The closing line is given the digest of what the lines have become. */
  | { readonly kind: 'forge' }
  /** The lines are written in version 3, which had no digest of all lines. */
  | { readonly kind: 'age' }
  | { readonly kind: 'compress' }
  | { readonly kind: 'setByte'; readonly at: number; readonly byte: number }
  | { readonly kind: 'insertBytes'; readonly at: number; readonly bytes: readonly number[] }
  | { readonly kind: 'dropBytes'; readonly at: number; readonly count: number }
  | { readonly kind: 'cut'; readonly at: number };

const position = fc.nat(0xff_ffff);
const byte = fc.nat(255);

/** What stands in the place of a value: the forms that readers are known to stumble over. */
const json = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '""',
    '[]',
    '{}',
    '-1',
    '0',
    '-0',
    '0.5',
    '1e999',
    '9007199254740993',
    '1e15',
    '"\\ud800"',
    '"\\u001b[2J"',
    '"__proto__"',
    '{"__proto__":{"polluted":1}}',
    '{"$bigint":"1"}',
    '{"$bigint":"x"}',
    '{"$number":"NaN"}',
    '{"$undefined":true}',
    '{"$map":[[1,2],[1,3]]}',
    '{"$set":[1,1]}',
    '{"$table":[[1,1],[1,1]]}',
    '{"$object":[["$a",1]]}',
    '{"$what":1}',
    '[["changed",[],null]]',
    '[["removed",["x"]]]',
    '[["spliced",[],0,1,[]]]',
  ),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
);

const mutationOfText: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('swapLines' as const), at: position, other: position }),
  fc.record({
    kind: fc.constantFrom('doubleLine' as const, 'dropLine' as const, 'blankLine' as const),
    at: position,
  }),
  fc.record({ kind: fc.constant('moveLine' as const), at: position, to: position }),
  fc.record({ kind: fc.constant('returns' as const) }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('setField' as const),
      at: position,
      field: position,
      json,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('nudgeNumber' as const),
      at: position,
      field: position,
      by: fc.constantFrom(-1, 1, 2 ** 31, 2 ** 53, 0.5, -(2 ** 40)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('dropField' as const, 'doubleField' as const),
      at: position,
      field: position,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('copyField' as const),
      at: position,
      field: position,
      from: position,
    }),
  },
  fc.record({
    kind: fc.constant('nest' as const),
    at: position,
    field: position,
    levels: fc.constantFrom(1, 10, 399, 1_000, 5_000, 100_000),
  }),
);

const mutationOfBytes: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('setByte' as const), at: position, byte }),
  },
  fc.record({
    kind: fc.constant('insertBytes' as const),
    at: position,
    bytes: fc.array(byte, { minLength: 1, maxLength: 8 }),
  }),
  fc.record({
    kind: fc.constant('dropBytes' as const),
    at: position,
    count: fc.integer({ min: 1, max: 200 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: position }),
);

/** The changes that make a mutant, in the order in which they are carried out. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.oneof(
  { weight: 5, arbitrary: fc.array(mutationOfText, { minLength: 1, maxLength: 3 }) },
  {
    weight: 3,
    arbitrary: fc
      .array(mutationOfText, { minLength: 1, maxLength: 2 })
      .chain((ofText) =>
        fc
          .constantFrom('forge' as const, 'age' as const)
          .map((kind): Mutation[] => [...ofText, { kind }]),
      ),
  },
  { weight: 2, arbitrary: fc.array(mutationOfBytes, { minLength: 1, maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(mutationOfBytes, { minLength: 1, maxLength: 2 })
      .map((ofBytes): Mutation[] => [{ kind: 'compress' }, ...ofBytes]),
  },
);

/** A trace file that was changed. */
export interface Mutant {
  readonly bytes: Buffer;
  /** Whether it has a new digest on its closing line, or none. */
  readonly isForged: boolean;
}

/** Carries out changes of a trace file. */
export function mutate(lines: readonly string[], changes: readonly Mutation[]): Mutant {
  let changed = [...lines];
  let bytes: Buffer | undefined;
  for (const change of changes) {
    if (isOfBytes(change)) {
      bytes ??= toBytes(changed);
      bytes = changeBytes(bytes, change);
    } else changed = changeLines(changed, change);
  }
  const isForged = changes.some(({ kind }) => kind === 'forge' || kind === 'age');
  return { bytes: bytes ?? toBytes(changed), isForged };
}

function toBytes(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`);
}

type OfBytes = Extract<
  Mutation,
  { kind: 'compress' | 'setByte' | 'insertBytes' | 'dropBytes' | 'cut' }
>;

function isOfBytes(change: Mutation): change is OfBytes {
  return ['compress', 'setByte', 'insertBytes', 'dropBytes', 'cut'].includes(change.kind);
}

function changeBytes(bytes: Buffer, change: OfBytes): Buffer {
  if (change.kind === 'compress') return gzipSync(bytes);
  if (bytes.length === 0) return bytes;
  const at = change.at % bytes.length;
  switch (change.kind) {
    case 'setByte':
      return Buffer.from(bytes.with(at, change.byte));
    case 'insertBytes':
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(change.bytes), bytes.subarray(at)]);
    case 'dropBytes':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + change.count)]);
    case 'cut':
      return bytes.subarray(0, at);
    default:
      return assertNever(change, 'change');
  }
}

function changeLines(lines: readonly string[], change: Exclude<Mutation, OfBytes>): string[] {
  if (change.kind === 'returns') return lines.map((line) => `${line}\r`);
  if (change.kind === 'forge') return forge(lines);
  if (change.kind === 'age') return age(lines);
  const at = change.at % Math.max(1, lines.length);
  const line = lines[at];
  if (line === undefined) return [...lines];
  switch (change.kind) {
    case 'swapLines': {
      const other = change.other % lines.length;
      return lines.with(at, lines[other] ?? '').with(other, line);
    }
    case 'doubleLine':
      return lines.toSpliced(at, 0, line);
    case 'dropLine':
      return lines.toSpliced(at, 1);
    case 'blankLine':
      return lines.toSpliced(at, 0, '');
    case 'moveLine': {
      const others = lines.toSpliced(at, 1);
      return others.toSpliced(change.to % lines.length, 0, line);
    }
    case 'setField':
    case 'nudgeNumber':
    case 'dropField':
    case 'doubleField':
    case 'copyField':
    case 'nest':
      return lines.with(at, changeField(line, change));
    default:
      return assertNever(change, 'change');
  }
}

/** How version 3 wrote what later versions write otherwise. */
const AGED = [
  [`"phasmoscope-trace":${TRACE_VERSION}`, '"phasmoscope-trace":3'],
  ['"operation":{"kind":"normal"', '"operation":{"kind":"input"'],
  ['"operation":{"kind":"trackedActionCompleted"', '"operation":{"kind":"completion"'],
] as const;

function age(lines: readonly string[]): string[] {
  return lines.map((line) =>
    AGED.reduce((aged, [now, then]) => aged.replace(now, then), line).replace(
      /,"digest":"[0-9a-f]{32}"\}$/,
      '}',
    ),
  );
}

function forge(lines: readonly string[]): string[] {
  const others = lines.slice(0, -1);
  try {
    const { end } = JSON.parse(lines.at(-1) ?? '') as { readonly end: TraceEnd };
    return [...others, closingLine(others, end)];
  } catch {
    // The closing line itself was changed into something else.
    return [...lines];
  }
}

type OfField = Extract<Mutation, { readonly field: number }>;

/** Where a value stands in the text of a line. */
interface Place {
  readonly start: number;
  readonly end: number;
}

function changeField(line: string, change: OfField): string {
  const places = placesIn(line);
  const fits = (place: Place) => /^-?\d/.test(line.slice(place.start, place.end));
  const chosen = change.kind === 'nudgeNumber' ? places.filter(fits) : places;
  const place = chosen[change.field % Math.max(1, chosen.length)];
  if (!place) return line;
  const text = line.slice(place.start, place.end);
  const replaced = replacement(line, text, places, change);
  const from = change.kind === 'dropField' ? line.lastIndexOf(',', place.start) : place.start;
  return line.slice(0, Math.max(from, 0)) + replaced + line.slice(place.end);
}

function replacement(
  line: string,
  text: string,
  places: readonly Place[],
  change: OfField,
): string {
  switch (change.kind) {
    case 'setField':
      return change.json;
    case 'nudgeNumber':
      return String(Number(text) + change.by);
    case 'dropField':
      return '';
    case 'doubleField':
      return `${text},${text}`;
    case 'copyField': {
      const from = places[change.from % places.length];
      return from ? line.slice(from.start, from.end) : text;
    }
    case 'nest':
      return '['.repeat(change.levels) + text + ']'.repeat(change.levels);
    default:
      return assertNever(change, 'change');
  }
}

/** The places of all values in a line of JSON, keys of objects included. */
function placesIn(line: string): readonly Place[] {
  const places: Place[] = [];
  const open: number[] = [];
  for (const { 0: token, index } of line.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]|[^\s,:[\]{}"]+/g)) {
    if (token === '[' || token === '{') open.push(index);
    else if (token === ']' || token === '}')
      places.push({ start: open.pop() ?? 0, end: index + 1 });
    else places.push({ start: index, end: index + token.length });
  }
  return places;
}
