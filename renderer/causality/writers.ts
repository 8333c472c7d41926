import { lastAtMost, type Trace } from '../../core/trace/trace.ts';
import { formatKey, type Path } from '../../core/value/path.ts';
import type { Value } from '../../core/value/value.ts';
import { needleOf, touches } from './record.ts';

/** How many keys of the state are compared with a message. */
export const KEYS_COMPARED_MAX = 20_000;
/** How deep Maps are looked for: a machine's tables stand near the root. */
export const MAP_DEPTH_MAX = 3;
/** The most entries that a message is taken to name. */
export const NAMED_ENTRIES_MAX = 4;
/** How many changed steps are searched for the one that wrote an entry. */
export const WRITER_STEPS_MAX = 800;
/** A text key of one character occurs in any message. */
const KEY_CHARS_MIN = 2;

/** An entry of a Map that a text names by its key. */
export interface NamedEntry {
  readonly path: Path;
  readonly key: string;
}

/** The steps that last wrote the entries that a finding names. */
export interface Writers {
  readonly writers: readonly { readonly wroteAt: number; readonly keys: readonly string[] }[];
  /** Keys whose writer lies too far back. */
  readonly unknown: readonly string[];
}

/**
 * Who wrote the entries that the findings of a step name, as far as that step. A message such as
 * "Monday 15:00 overlaps Monday 15:15" thereby leads to the two bookings that collide.
 */
export function findWriters(trace: Trace, stepIndex: number): Writers {
  const messages = trace.step(stepIndex).findings.map(({ message }) => message);
  const entries = namedEntries(trace.stateAt(stepIndex), messages.join('\n'));
  const keysByStep = new Map<number, string[]>();
  const unknown: string[] = [];
  for (const { path, key } of entries) {
    const wroteAt = lastWriter(trace, stepIndex, path);
    if (wroteAt === 'too far') unknown.push(key);
    else if (wroteAt !== undefined)
      keysByStep.set(wroteAt, [...(keysByStep.get(wroteAt) ?? []), key]);
  }
  return {
    writers: [...keysByStep].map(([wroteAt, keys]) => ({ wroteAt, keys })),
    unknown,
  };
}

/** The entries of Maps in a state whose keys occur as words in a text, longer keys first. */
export function namedEntries(state: Value, text: string): readonly NamedEntry[] {
  const candidates: NamedEntry[] = [];
  let compared = 0;
  const visit = (value: Value, path: Path): void => {
    if (typeof value !== 'object' || value === null || path.length >= MAP_DEPTH_MAX) return;
    if (value instanceof Map) {
      for (const mapKey of (value as ReadonlyMap<Value, Value>).keys()) {
        compared += 1;
        if (compared > KEYS_COMPARED_MAX) return;
        const key = keyText(mapKey);
        if (key !== undefined && text.includes(key))
          candidates.push({ path: [...path, { mapKey }], key });
      }
    } else if (!Array.isArray(value) && !(value instanceof Set)) {
      for (const [name, item] of Object.entries(value)) visit(item as Value, [...path, name]);
    }
  };
  visit(state, []);
  return claimWords(candidates, text).slice(0, NAMED_ENTRIES_MAX);
}

/**
 * Keeps the candidates that stand in the text as words of their own. A longer key claims its
 * place, so that the 15 of "Monday 15:00" is not taken for request 15.
 */
function claimWords(candidates: readonly NamedEntry[], text: string): readonly NamedEntry[] {
  const longestFirst = candidates.toSorted((a, b) => b.key.length - a.key.length);
  let rest = text;
  const named: { readonly entry: NamedEntry; readonly at: number }[] = [];
  for (const entry of longestFirst) {
    const word = new RegExp(
      `(?<![\\p{L}\\d_]|\\d[.:-])${escape(entry.key)}(?![\\p{L}\\d_]|[.:-]\\d)`,
      'gu',
    );
    // Entries of two Maps may go by the same key: the first claim must not hide the place.
    const at = text.search(word);
    const isFree =
      rest.search(word) !== -1 || named.some(({ entry: { key } }) => key === entry.key);
    if (at === -1 || !isFree) continue;
    rest = rest.replaceAll(word, (found) => '\u0000'.repeat(found.length));
    named.push({ entry, at });
  }
  return named.toSorted((a, b) => a.at - b.at).map(({ entry }) => entry);
}

/** The last step, up to a given one, that wrote at a path; nothing when it stood there initially. */
function lastWriter(trace: Trace, stepIndex: number, path: Path): number | 'too far' | undefined {
  const { changedSteps } = trace;
  const needle = needleOf(path);
  const newest = lastAtMost(changedSteps, stepIndex);
  const oldest = Math.max(0, newest - WRITER_STEPS_MAX + 1);
  for (let at = newest; at >= oldest; at -= 1) {
    const changed = changedSteps[at] as number;
    const [line = ''] = trace.lines(changed, changed + 1);
    if (needle !== undefined && !line.includes(needle)) continue;
    if (trace.step(changed).patch.some((change) => touches(change.path, path))) return changed;
  }
  return oldest > 0 ? 'too far' : undefined;
}

function keyText(key: Value): string | undefined {
  if (typeof key === 'string') return key.length < KEY_CHARS_MIN ? undefined : key;
  if (typeof key === 'number' || typeof key === 'bigint') return formatKey(key).replace(/n$/, '');
  return undefined;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
