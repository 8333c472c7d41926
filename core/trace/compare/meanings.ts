import { hasName, isName, isRecord, type Name } from '../../engine/references.ts';
import type { ActionId } from '../../machine/machine.ts';
import type { Operation } from '../../machine/operation.ts';
import { encodeOperation } from '../format/format.ts';
import type { TrackedSpan } from '../spans.ts';
import type { Trace } from '../trace.ts';

/** Numbers for texts: the same for the same text. */
export class Numbering {
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}

/**
 * The fields of actions that name what their ids stand for, as `reservation: 31` does under the id `hold 31`: those
 * whose every value comes first in an action with an id of that name.
 */
export function namingFields(traces: readonly Trace[]): ReadonlySet<string> {
  const [naming, others] = [new Set<string>(), new Set<string>()];
  for (const { index } of traces) {
    const seen = new Map<string, Set<unknown>>();
    for (const { id, action } of index.spans) {
      if (!isRecord(action)) continue;
      for (const [field, value] of Object.entries(action)) {
        if (others.has(field)) continue;
        const known = seen.get(field) ?? new Set();
        seen.set(field, known);
        if (known.has(value)) continue;
        known.add(value);
        if (isName(value) && hasName(id, value)) naming.add(field);
        else others.add(field);
      }
    }
  }
  return new Set([...naming].filter((field) => !others.has(field)));
}

/** The names that an action has in some fields. */
export function namesOf(
  { action }: Pick<TrackedSpan, 'action'>,
  fields: ReadonlySet<string>,
): readonly (readonly [field: string, name: Name])[] {
  if (!isRecord(action)) return [];
  return Object.entries(action).flatMap(([field, name]) =>
    fields.has(field) && isName(name) ? [[field, name] as const] : [],
  );
}

/**
 * What the operations of a run are, apart from the ids that its machine happens to give: the completion of "the
 * first action of that request" is the same one in another run in which that action has another id. An id stands for
 * the operation that emitted it, and its place among the actions there. What `restore` emits again stays what it was, and
 * so does an id under which its own completion emits the next action.
 */
export class Meanings {
  readonly #spans: readonly TrackedSpan[];
  readonly #fields: ReadonlySet<string>;
  readonly #numbers: Numbering;
  /** What the ids stand for … */
  readonly #ids = new Map<ActionId, number>();
  /** … and the names, by their fields. */
  readonly #names = new Map<string, Map<Name, number>>();
  #next = 0;

  /**
   * @param from the first step that is asked about; the steps before are the same in both runs.
   * @param fields see {@link namingFields}.
   * @param numbers those of both runs.
   */
  constructor({ index }: Trace, from: number, fields: ReadonlySet<string>, numbers: Numbering) {
    this.#spans = index.spans;
    this.#fields = fields;
    this.#numbers = numbers;
    for (let at = 0; ; at += 1) {
      const span = this.#spanBefore(from);
      if (!span) break;
      this.#note(span, numbers.of(`common ${at}`));
    }
  }

  /** A number for the operation of a step, the same for the same operation. Steps are asked about in order. */
  keyOf(stepIndex: number, operation: Operation): number {
    const key = this.#numbers.of(this.#textOf(operation));
    for (let place = 0; ; place += 1) {
      const span = this.#spanBefore(stepIndex + 1);
      if (!span) return key;
      const isContinued =
        operation.kind === 'restore' || ('id' in operation && operation.id === span.id);
      if (isContinued && this.#ids.has(span.id)) continue;
      this.#note(span, this.#numbers.of(`action ${place} of ${key}`));
    }
  }

  /** The next span, if it begins before a step. */
  #spanBefore(stepIndex: number): TrackedSpan | undefined {
    const span = this.#spans[this.#next];
    if (!span || span.emittedAt >= stepIndex) return undefined;
    this.#next += 1;
    return span;
  }

  #note(span: TrackedSpan, meaning: number): void {
    this.#ids.set(span.id, meaning);
    for (const [field, name] of namesOf(span, this.#fields)) {
      const known = this.#names.get(field) ?? new Map<Name, number>();
      this.#names.set(field, known);
      // What belongs to a thing later on is not what it is named by.
      if (!known.has(name) || hasName(span.id, name)) known.set(name, meaning);
    }
  }

  #textOf(operation: Operation): string {
    if (operation.kind === 'normal') {
      return JSON.stringify(
        encodeOperation({ ...operation, input: this.#unnamed(operation.input) }),
      );
    }
    if (!('id' in operation)) return operation.kind;
    const { id, result } = operation;
    const meaning = this.#ids.get(id);
    const unnamed = {
      ...operation,
      id: meaning === undefined ? id : 0,
      result: this.#unnamed(result),
    };
    return JSON.stringify([meaning ?? null, encodeOperation(unnamed)]);
  }

  /** An input or a result, with what its names stand for in their place. */
  #unnamed(value: unknown): unknown {
    if (this.#names.size === 0 || !isRecord(value)) return value;
    let unnamed: Record<string, unknown> | undefined;
    for (const [field, known] of this.#names) {
      const name = Object.hasOwn(value, field) ? value[field] : undefined;
      const meaning = isName(name) ? known.get(name) : undefined;
      if (meaning === undefined) continue;
      unnamed ??= { ...value };
      unnamed[field] = { standsFor: meaning };
    }
    return unnamed ?? value;
  }
}
