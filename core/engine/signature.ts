import type { Finding } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';

/**
 * What tells the causes of findings apart: the same requirement, broken by the same kind and shape
 * of operation, at the same place in the source. Two findings with the same signature are most
 * likely one defect.
 */
export function signatureOf({ kind, name, shape, source }: Finding): string {
  return JSON.stringify([kind, name, withoutNumbers(shape), source ?? '']);
}

/** A number in what an input goes by is data: `customer 17` is an input as `customer 4` is. */
function withoutNumbers(shape: string): string {
  return shape.replaceAll(/\d+/g, '#');
}

/** A signature that was written before numbers were left out, as it is now. */
export function currentSignature(signature: string): string {
  const parts = JSON.parse(signature) as readonly string[];
  return JSON.stringify(parts.map((part, at) => (at === 2 ? withoutNumbers(part) : part)));
}

/** Whether a text is a signature. */
export function isSignature(text: string): boolean {
  try {
    const parts: unknown = JSON.parse(text);
    return (
      Array.isArray(parts) && parts.length > 1 && parts.every((part) => typeof part === 'string')
    );
  } catch {
    return false;
  }
}

/**
 * The cause of a signature wherever it is in the source by now, and whatever a refusal is called: each
 * edit of a file moves its lines.
 */
export function causeWithoutPlace(signature: string): string {
  const [kind, name, shape = ''] = JSON.parse(signature) as readonly string[];
  return JSON.stringify([kind, name, withoutNumbers(shape).replace(/, err [\w#-]+$/, '')]);
}

/** The kind and shape of an operation, such as `completion Success, actionRefused`. */
export function shapeOf(operation: Operation): string {
  switch (operation.kind) {
    case 'input':
      return joined('input', discriminant(operation.input), operation.fault?.kind);
    case 'completion':
      return joined('completion', discriminant(operation.result), operation.fault?.kind);
    case 'restore':
      return joined('restore', '', operation.fault?.kind);
    case 'loss':
      return joined('loss', discriminant(operation.result));
    case 'crash':
    case 'settled':
      return operation.kind;
  }
}

function joined(kind: string, shape: string, fault?: string): string {
  const name = shape === '' ? kind : `${kind} ${shape}`;
  return fault === undefined ? name : `${name}, ${fault}`;
}

/** The longest text that is taken for a name rather than for data. */
const NAME_CHARS_MAX = 40;

/** The properties that authors tell their unions apart with. */
const DISCRIMINANT_KEYS = ['kind', 'type', 'tag', '_tag'] as const;

/** Whether a property of an object tells what kind of object it is. */
export function isDiscriminant(key: string, value: unknown): boolean {
  return typeof value === 'string' && DISCRIMINANT_KEYS.some((one) => one === key);
}

/** What kind of value this is, by the property that authors tell their unions apart with. */
export function discriminant(value: unknown): string {
  if (typeof value === 'string') return nameIn(value);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  for (const key of DISCRIMINANT_KEYS) {
    const found: unknown = (value as Record<string, unknown>)[key];
    if (typeof found === 'string') return nameIn(found);
  }
  const keys = Object.keys(value);
  // An enum of Rust with data: `{ Success: { … } }`.
  return keys.length === 1 ? nameIn(keys[0] ?? '') : Array.isArray(value) ? 'list' : 'object';
}

function nameIn(text: string): string {
  return text.length <= NAME_CHARS_MAX ? text : 'text';
}
