/**
 * @file Reads what was thrown. Anything can be thrown, by an author's code as well as by a package: a
 * proxy, an object whose getters throw, an error whose stack is a number or whose message has 100 MB.
 * Nothing here throws or keeps more than a bounded text, and no other code reads a thrown value.
 */
import { cutText, partOf } from './text/visible.ts';

/** The longest message that is kept, in characters. */
export const MESSAGE_CHARS_MAX = 10_000;
const NAME_CHARS_MAX = 200;
const STACK_CHARS_MAX = 50_000;
/** How many keys of an object are named. */
const KEYS_MAX = 10;

/** What is known of something that was thrown. */
export interface Thrown {
  /** The name of its class, such as `TypeError`; `Error` where it is not an error. */
  readonly name: string;
  readonly message: string;
  /** Of what could be read; where the value itself has none, of what threw when it was read. */
  readonly stack?: string;
  readonly isError: boolean;
}

/** An error whose text says all that an author needs; our own stack and class would only hide it. */
export class SelfExplainingError extends Error {
  override readonly name: string = 'SelfExplainingError';
}

/** Reads something that was thrown. */
export function readThrown(value: unknown): Thrown {
  const asked = reading(() => value instanceof Error);
  const isError = asked.kind === 'read' && asked.value;
  const read = (key: 'name' | 'message' | 'stack') =>
    reading(() => (isError ? get(value, key) : undefined));
  const [name, message, stack] = [read('name'), read('message'), read('stack')];
  const failed = [asked, name, message, stack].find(({ kind }) => kind === 'threw');
  const stackText = textOf(stack) ?? stackOfFailure(failed);
  const messageText = isError ? readMessage(message) : `threw ${nameOf(value)}`;
  return {
    isError,
    name: cutText(textOf(name) || 'Error', NAME_CHARS_MAX),
    message: cutText(messageText, MESSAGE_CHARS_MAX),
    ...(stackText === undefined ? {} : { stack: cutMiddle(stackText) }),
  };
}

/**
 * What was thrown in one line: `TypeError: x is not a function`, as `String` has it for errors; of our own,
 * their text alone.
 */
export function describeThrown(value: unknown): string {
  if (typeof value === 'string') return cutText(value, MESSAGE_CHARS_MAX);
  const { isError, name, message } = readThrown(value);
  if (!isError) return nameOf(value);
  if (isInstance(value, SelfExplainingError)) return message;
  return message === '' ? name : `${name}: ${message}`;
}

/** The message of an error, for the end of a sentence; of anything else that was thrown, what it is. */
export function messageOf(value: unknown): string {
  if (!isInstance(value, Error)) return describeThrown(value);
  // The stack, which takes long to write, is not read.
  return cutText(readMessage(reading(() => value.message)), MESSAGE_CHARS_MAX);
}

/** The code that Node and some packages give to their errors, such as `ENOENT`. */
export function codeOf(value: unknown): string | undefined {
  const code = memberOf(value, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** A number that a package gives to its errors under a name of its own. */
export function numberOf(value: unknown, key: string): number | undefined {
  const found = memberOf(value, key);
  return typeof found === 'number' ? found : undefined;
}

/** What a package gives to its errors under a name of its own; nothing where that throws when it is read. */
export function memberOf(value: unknown, key: string): unknown {
  const found = reading(() => get(value, key));
  return found.kind === 'read' ? found.value : undefined;
}

/** What was thrown if it is an error; anything else as the message of one. */
export function asError(value: unknown): Error {
  return isInstance(value, Error) ? value : new Error(messageOf(value), { cause: value });
}

function readMessage(message: Reading): string {
  if (message.kind === 'threw') return '(its message throws when it is read)';
  return textOf(message) ?? `(its message is ${describeValue(message.value)}, not a string)`;
}

/** What something is that was thrown and is not an error: itself, where that can be written. */
function nameOf(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return JSON.stringify(cutText(value, MESSAGE_CHARS_MAX));
  const isWritten = ['bigint', 'boolean', 'number', 'symbol'].includes(typeof value);
  return isWritten
    ? cutText((value as symbol).toString(), MESSAGE_CHARS_MAX)
    : describeValue(value);
}

/** Whether a value is of a class; a value that throws at the question is not. */
export function isInstance<T>(
  value: unknown,
  ofClass: abstract new (...args: never[]) => T,
): value is T {
  const asked = reading(() => value instanceof ofClass);
  return asked.kind === 'read' && asked.value;
}

/** Whether a value is an error with this name. Its stack, which takes long to write, is not read. */
export function isErrorNamed(value: unknown, name: string): boolean {
  const asked = reading(() => value instanceof Error && value.name === name);
  return asked.kind === 'read' && asked.value;
}

/** Says what kind of thing a value is: `nothing`, `a string`, `an object with the keys id, name`. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const asked = reading(() => (value instanceof Error ? undefined : Object.keys(value)));
  if (asked.kind === 'threw') return 'an object that throws when it is read';
  const keys = asked.value;
  if (keys === undefined) return 'an error';
  if (keys.length === 0) return 'an object without keys';
  const named = keys.slice(0, KEYS_MAX).map((key) => cutText(key, NAME_CHARS_MAX));
  const more = keys.length > KEYS_MAX ? ', …' : '';
  return `an object with the keys ${named.join(', ')}${more}`;
}

/** What reading something of a value came to. */
type Reading<T = unknown> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown };

/** @throws what a getter or a trap throws. */
function get(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function reading<T>(read: () => T): Reading<T> {
  try {
    return { kind: 'read', value: read() };
  } catch (error) {
    return { kind: 'threw', error };
  }
}

function textOf(found: Reading): string | undefined {
  return found.kind === 'read' && typeof found.value === 'string' ? found.value : undefined;
}

/** A getter or a trap that throws is the author's code: its place is as good as that of the value. */
function stackOfFailure(failed: Reading | undefined): string | undefined {
  if (failed?.kind !== 'threw') return undefined;
  const { error } = failed;
  return isInstance(error, Error) ? textOf(reading(() => error.stack)) : undefined;
}

/** A stack begins with the message, however long that is, and ends with the places. */
function cutMiddle(text: string): string {
  if (text.length <= STACK_CHARS_MAX) return text;
  const half = STACK_CHARS_MAX / 2;
  return `${partOf(text, 0, half)}…${partOf(text, text.length - half, text.length)}`;
}
