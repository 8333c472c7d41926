import { assertNever } from '../assert.ts';
import type { Finding } from '../machine/finding.ts';
import { OPERATION_WORDS, type Operation } from '../machine/operation.ts';
import { kindOf } from '../value/label.ts';

/**
 * Returns the signature of a finding's cause: the requirement, the kind and shape of the operation that
 * broke it, and the place in the source. Findings with the same signature are most likely one defect.
 */
export function signatureOf({ kind, name, shape, source }: Finding): string {
  // Where an endless loop is when it is stopped is chance.
  const place = kind === 'hang' ? '' : (source ?? '');
  return JSON.stringify([kind, name, withoutNumbers(shape), place]);
}

/** Drops numbers, which are data in the name of an input: `customer 17` and `customer 4` are one. */
export function withoutNumbers(shape: string): string {
  return shape.replaceAll(/\d+/g, '#');
}

/** Upgrades a signature that was written with its numbers. */
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
 * Returns the cause of a signature without its place in the source, which every edit of a file moves,
 * and without the name of a refusal.
 */
export function causeWithoutPlace(signature: string): string {
  const [kind, name, shape = ''] = JSON.parse(signature) as readonly string[];
  return JSON.stringify([kind, name, withoutNumbers(shape).replace(/, err [\w#-]+$/, '')]);
}

/** The kind and shape of an operation, such as `completion Success, actionRefused`. */
export function shapeOf(operation: Operation): string {
  const word = OPERATION_WORDS[operation.kind];
  switch (operation.kind) {
    case 'normal':
      return joined(word, kindOf(operation.input), operation.fault?.kind);
    case 'trackedActionCompleted':
      return joined(word, kindOf(operation.result), operation.fault?.kind);
    case 'restore':
      return joined(word, '', operation.fault?.kind);
    case 'loss':
      return joined(word, kindOf(operation.result));
    case 'crash':
    case 'settled':
      return word;
    default:
      return assertNever(operation, 'operation');
  }
}

function joined(word: string, shape: string, fault?: string): string {
  const name = shape === '' ? word : `${word} ${shape}`;
  return fault === undefined ? name : `${name}, ${fault}`;
}
