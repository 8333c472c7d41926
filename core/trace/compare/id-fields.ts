import type { Trace } from '../trace.ts';

/** What the fields of a run have to do with its ids. */
export interface IdFields {
  /** Those that hold ids, such as the guest of a room. */
  readonly ids: ReadonlySet<string>;
  /** Those that count the ids that were given out. */
  readonly counters: ReadonlySet<string>;
}

/** The steps of a run whose changes are looked at. */
const STEPS_MAX = 10_000;
/** The steps that are gone through at a time, before somebody else takes a turn. */
const SLICE_STEPS = 512;
/** So many different values make sure that a field is no amount that happens to be an id. */
const VALUES_MIN = 2;

/** Something as the JSON of its line. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * Finds the fields of the state in which there are ids: in each step of a run that has to do with an action, what is
 * written to them is the id of such an action, or one more than it. Yields now and then.
 */
export function* idFieldsOf(trace: Trace): Generator<undefined, IdFields, undefined> {
  const fields = new Map<string, Evidence>();
  for (let at = 0; at < Math.min(trace.length, STEPS_MAX); at += 1) {
    if (at % SLICE_STEPS === 0) yield;
    const step = jsonOf(trace, at);
    const ids = ownIdsOf(step);
    if (ids.size === 0) continue;
    for (const [field, value] of writtenIn(step['patch'])) {
      const evidence = fields.get(field) ?? new Evidence();
      fields.set(field, evidence);
      evidence.add(value, ids);
    }
  }
  const having = (kind: 'ids' | 'counters') =>
    new Set([...fields].filter(([, evidence]) => evidence.speaksFor(kind)).map(([field]) => field));
  return { ids: having('ids'), counters: having('counters') };
}

/** The line of a step, read no further than as JSON: it is known to be a step. */
export function jsonOf(trace: Trace, stepIndex: number): Json {
  return JSON.parse(trace.line(stepIndex)) as Json;
}

/** What was written to a field. */
class Evidence {
  readonly #values = new Set<unknown>();
  readonly #isAlways = { ids: true, counters: true };

  add(value: unknown, ids: ReadonlySet<unknown>): void {
    this.#values.add(value);
    if (!ids.has(value)) this.#isAlways.ids = false;
    if (typeof value !== 'number' || !ids.has(value - 1)) this.#isAlways.counters = false;
  }

  speaksFor(kind: 'ids' | 'counters'): boolean {
    return this.#isAlways[kind] && this.#values.size >= VALUES_MIN;
  }
}

/** The ids of the actions that a step emits or completes. */
function ownIdsOf({ operation, actions }: Json): ReadonlySet<unknown> {
  return new Set(
    [operation, ...listOf(actions)].flatMap((one) =>
      isObject(one) && 'id' in one ? [one['id']] : [],
    ),
  );
}

/** The scalars that a patch writes, each with the name of its field. */
function* writtenIn(patch: unknown): Generator<readonly [field: string, value: unknown]> {
  for (const change of listOf(patch)) {
    const [, path, ...values] = listOf(change);
    const field = listOf(path).findLast((segment) => typeof segment === 'string');
    for (const value of values) yield* scalarsIn(value, field ?? '');
  }
}

function* scalarsIn(json: unknown, field: string): Generator<readonly [string, unknown]> {
  if (Array.isArray(json)) {
    for (const item of json) yield* scalarsIn(item, field);
  } else if (isObject(json)) {
    for (const [name, value] of Object.entries(json)) {
      yield* scalarsIn(value, name.startsWith('$') ? field : name);
    }
  } else if (typeof json === 'string' || typeof json === 'number') yield [field, json];
}

/** A list of a line; none where something else stands. */
export function listOf(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}

/** Whether there is an object in a line. */
export function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
