import type { EmittedAction } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import { isPlainObject } from '../value/value.ts';

type TrackedAction = Pick<Extract<EmittedAction, { readonly kind: 'tracked' }>, 'id' | 'action'>;

/** A scalar that may name something. */
export type Name = string | number | bigint;

/**
 * What the machine has named otherwise than in the run that a list of operations is of: where reservation 31 has
 * become reservation 30, a request that cancels reservation 31 means 30 now. A name is known by its tracked
 * action, which carries it both in its id and as a field: `hold 31` with `reservation: 31`. Requests are meant that
 * have a field of the same name.
 */
export class References {
  /** By field, the names in that run, with what they have become. */
  readonly #names: Map<string, Map<Name, Name>>;

  constructor(past?: References) {
    this.#names = new Map(
      Array.from(past ? past.#names : [], ([field, known]) => [field, new Map(known)] as const),
    );
  }

  /** Takes in what an action of that run has become. */
  note(was: TrackedAction, now: TrackedAction): void {
    const isKnown = was.id === now.id && this.#names.size === 0;
    if (isKnown || !isRecord(was.action) || !isRecord(now.action)) return;
    for (const [field, name] of Object.entries(was.action)) {
      const become = now.action[field];
      if (!isName(name) || !isName(become) || typeof name !== typeof become) continue;
      if (!hasName(was.id, name) || !hasName(now.id, become)) continue;
      const known = this.#names.get(field) ?? new Map<Name, Name>();
      this.#names.set(field, known.set(name, become));
    }
  }

  /** A request of that run, with what it names now. */
  rewrite(input: unknown): unknown {
    if (this.#names.size === 0 || !isRecord(input)) return input;
    let rewritten: Record<string, unknown> | undefined;
    for (const [field, known] of this.#names) {
      const name = Object.hasOwn(input, field) ? input[field] : undefined;
      const become = isName(name) ? known.get(name) : undefined;
      if (become === undefined || become === name) continue;
      rewritten ??= { ...input };
      rewritten[field] = become;
    }
    return rewritten ?? input;
  }
}

/** Whether a value is an object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && isPlainObject(value);
}

/** Whether a value may name something. */
export function isName(value: unknown): value is Name {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

/** Whether an id is a name, or has it as a word. */
export function hasName(id: ActionId, name: Name): boolean {
  if (id === name) return true;
  const text = String(name);
  return text !== '' && typeof id === 'string' && id.split(/[^\p{L}\p{N}]+/u).includes(text);
}
