import { assertNever } from '../assert.ts';
import { showText } from '../text/visible.ts';
import { containerOf } from './container.ts';
import { UnsupportedValueError, type Value } from './value.ts';

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

/** A text as a literal that a reader sees as it is, and that does not end a script element. */
function stringLiteral(text: string): string {
  return showText(JSON.stringify(text)).replaceAll('<', String.raw`\u003c`);
}
