import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeValue } from './encoding.ts';
import { toLiteral } from './literal.ts';
import type { Value } from './value.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '"; process.exit(1); //',
    '`${process.exit(1)}`',
    '*/',
    '</script>',
    'a\u2028b\r\nc',
    '\u202egpj.exe',
    '\ud800',
  ),
);

const value = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.array(tie('value')),
    fc.array(fc.tuple(text, tie('value'))).map((entries) => Object.fromEntries(entries) as Value),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
    fc.array(tie('value')).map((items) => new Set(items)),
  ),
})).value;

it('writes literals that evaluate to an equal value, on one line, and run nothing', () => {
  fc.assert(
    fc.property(value, (original) => {
      const literal = toLiteral(original);
      // Nothing but Map and Set is in reach. The clone is plain data of this realm again.
      const evaluated = structuredClone(runInNewContext(`(${literal})`, { Map, Set }) as Value);
      expect(toLiteral(structuredClone(evaluated))).toBe(literal);
      expect(JSON.stringify(encodeValue(evaluated))).toBe(JSON.stringify(encodeValue(original)));
      expect(literal).not.toMatch(/[\n\r\u2028\u2029\u202a-\u202e]/);
    }),
  );
});

it('keeps a key named __proto__ as a field', () => {
  const original = JSON.parse('{ "__proto__": 1 }') as Value;
  expect(toLiteral(original)).toBe('{ ["__proto__"]: 1 }');
});
