import { assertNever } from '../assert.ts';
import { containerOf } from './container.ts';
import { UnsupportedValueError, type Value } from './value.ts';

/** Characters that end a line, end a script element, or hide what a reader of the source sees. */
const MISLEADING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<\p{Cs}]/gu;

/**
 * A value as the text of a TypeScript expression that evaluates to an equal value. It consists of
 * literals only, whatever the value holds: nothing in it is executed but `new Map` and `new Set`.
 */
export function toLiteral(value: Value): string {
  if (typeof value === 'string') return stringLiteral(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'object' ? objectLiteral(value) : String(value);
}

function objectLiteral(value: Extract<Value, object | null>): string {
  if (value === null) return 'null';
  const container = containerOf(value);
  switch (container?.kind) {
    case undefined:
      throw new UnsupportedValueError([], value, 'The value');
    case 'list':
      return `[${container.value.map(toLiteral).join(', ')}]`;
    case 'map':
    case 'table': {
      const entries = Array.from(
        container.value,
        ([key, item]) => `[${toLiteral(key)}, ${toLiteral(item)}]`,
      );
      return `new Map([${entries.join(', ')}])`;
    }
    case 'set':
      return `new Set([${Array.from(container.value, toLiteral).join(', ')}])`;
    case 'object': {
      const fields = Object.entries(container.value);
      if (fields.length === 0) return '{}';
      const texts = fields.map(([key, item]) => `${keyLiteral(key)}: ${toLiteral(item)}`);
      return `{ ${texts.join(', ')} }`;
    }
    default:
      return assertNever(container, 'container');
  }
}

/** A plain `__proto__` key would set the prototype instead of a field; a computed one does not. */
function keyLiteral(key: string): string {
  if (key === '__proto__') return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : stringLiteral(key);
}

function stringLiteral(text: string): string {
  return JSON.stringify(text).replaceAll(MISLEADING, escape);
}

/** UTF-16 code units as `\uXXXX`, which is valid in every string literal. */
function escape(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16).padStart(4, '0');
    return `\\u${unit}`;
  }).join('');
}
