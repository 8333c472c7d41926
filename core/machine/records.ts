import { NAME_CHARS_MAX, NAMES_MAX } from '../limits.ts';
import { formatCount } from '../text/quantities.ts';
import { cutText } from '../text/visible.ts';

/** In the path of a kind of records, stands for each entry of a container. */
export const EACH = '*';

/** The most phases of a kind of records: a graph of more says nothing, and has up to their square of edges. */
export const PHASES_MAX = 64;

/** The most segments of the path of a kind of records. */
export const RECORD_PATH_MAX = 8;

/**
 * A kind of records in the state of a machine: things that come, go through phases and can be followed
 * through a run, such as the orders of a shop. Plain data:
 *
 * ```ts
 * records: {
 *   order: {
 *     at: ['orders', '*'],
 *     phase: 'status',
 *     transitions: { open: ['paid', 'cancelled'], paid: [], cancelled: [] },
 *     references: ['orderId'],
 *   },
 * },
 * ```
 */
export interface RecordKind {
  /**
   * The path of a record from the root of the state. `'*'` stands for each entry of a Map, table, Set,
   * object or array. Without a `'*'`, there is one record, or one at a time.
   */
  readonly at: readonly string[];
  /**
   * The field that tells a record apart. By default, that is its key in a Map, table or object, or the
   * field `id` of an item of an array.
   */
  readonly id?: string;
  /** The field that holds the phase of a record. */
  readonly phase?: string;
  /** All phases, each with those that may follow it. */
  readonly transitions?: Readonly<Record<string, readonly string[]>>;
  /** The phases that a new record may have; by default, any. */
  readonly initial?: readonly string[];
  /**
   * The fields of inputs and actions that hold the id of a record. By default, for records named
   * `order`: `order`, `orderId` and `order_id`.
   */
  readonly references?: readonly string[];
}

/** The kinds of records of a machine, by the name of one of them: `order`. */
export type RecordKinds = Readonly<Record<string, RecordKind>>;

const FIELDS: readonly string[] = ['at', 'id', 'phase', 'transitions', 'initial', 'references'];

/** What is wrong with the kinds of records that an author declares; `undefined` if nothing is. */
export function findRecordsProblem(kinds: unknown): string | undefined {
  if (kinds === undefined) return undefined;
  if (!isObject(kinds)) return '`machine.records` must be an object of kinds of records, by name';
  const names = Object.keys(kinds);
  if (names.length > NAMES_MAX)
    return `\`machine.records\` must have at most ${formatCount(NAMES_MAX)} kinds`;
  for (const name of names) {
    const which = `\`machine.records[${JSON.stringify(cutText(name, 40))}]\``;
    if (name === '' || name.length > NAME_CHARS_MAX || name.includes('/'))
      return `${which} must have a name without "/" of 1 to ${formatCount(NAME_CHARS_MAX)} characters`;
    const problem = findKindProblem(kinds[name], which);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findKindProblem(kind: unknown, which: string): string | undefined {
  if (!isObject(kind)) return `${which} must be an object such as { at: ['orders', '*'] }`;
  const unknown = Object.keys(kind).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined)
    return `${which} has no field "${cutText(unknown, 40)}"; its fields are: ${FIELDS.join(', ')}`;
  const { at, id, phase, transitions, initial, references } = kind;
  if (!isTexts(at) || at.length > RECORD_PATH_MAX)
    return `${which}.at must be an array of at most ${RECORD_PATH_MAX} strings, such as ['orders', '*']`;
  for (const [field, text] of Object.entries({ id, phase })) {
    if (text !== undefined && !isName(text))
      return `${which}.${field} must be the name of a field of the record`;
  }
  if (references !== undefined && !(isTexts(references) && references.length <= NAMES_MAX))
    return `${which}.references must be an array of names of fields`;
  if (transitions === undefined && initial === undefined) return undefined;
  if (phase === undefined)
    return `${which} has transitions or initial phases, so it needs \`phase\`, the field that holds the phase`;
  const problem =
    transitions === undefined
      ? undefined
      : findTransitionsProblem(transitions, `${which}.transitions`);
  return problem ?? findInitialProblem(initial, transitions, `${which}.initial`);
}

function findTransitionsProblem(transitions: unknown, which: string): string | undefined {
  if (!isObject(transitions))
    return `${which} must be an object: each phase with an array of those that may follow it`;
  const phases = Object.keys(transitions);
  if (phases.length > PHASES_MAX)
    return `${which} must have at most ${formatCount(PHASES_MAX)} phases`;
  for (const phase of phases) {
    const next = transitions[phase];
    const place = `${which}[${JSON.stringify(cutText(phase, 40))}]`;
    if (!isTexts(next) || next.length > PHASES_MAX)
      return `${place} must be an array of the phases that may follow it`;
    const unknown = next.find((one) => !phases.includes(one));
    if (unknown !== undefined)
      return (
        `${place} names the phase "${cutText(unknown, 40)}", which ${which} does not list; ` +
        'list it as well, with [] if nothing follows it'
      );
  }
  return undefined;
}

function findInitialProblem(
  initial: unknown,
  transitions: unknown,
  which: string,
): string | undefined {
  if (initial === undefined) return undefined;
  if (!isTexts(initial) || initial.length > NAMES_MAX)
    return `${which} must be an array of the phases that a new record may have`;
  const unknown = initial.find((phase) => isObject(transitions) && !(phase in transitions));
  return unknown === undefined
    ? undefined
    : `${which} names the phase "${cutText(unknown, 40)}", which the transitions do not list`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= NAME_CHARS_MAX;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isName);
}
