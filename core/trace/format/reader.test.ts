import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import {
  action,
  change,
  count,
  finding,
  hash,
  listOf,
  operation,
  outcome,
  pathCodec,
} from './codecs.ts';
import { readerOf, readerWith, UNREAD } from './reader.ts';

const SCHEMAS = {
  action,
  actions: listOf(action),
  change,
  count,
  finding,
  hash,
  operation,
  outcome,
  path: pathCodec,
  strict: z.strictObject({ a: z.boolean(), b: z.number().exactOptional() }),
  limited: z.array(z.string()).max(2).readonly(),
} as const satisfies Record<string, z.ZodType>;

const KEYS = (
  'kind id action input result fault access dispatched name message error limitMs mapKey ' +
  'isDuplicate $bigint $number a b z'
).split(' ');

/** Objects with keys and values that the schemas know, in every combination, right and wrong. */
const json = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('normal', 'crash', 'tracked', 'ok', 'err', 'panic', 'rule', 'added', 'removed'),
    fc.constantFrom('spliced', 'changed', 'restore', 'commitFails', '0'.repeat(32), '', 'NaN'),
    fc.constantFrom(0, 1, -1, 0.5, 2 ** 53, true, false, null),
    fc.array(tie('any'), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('any'), { maxKeys: 5 }),
  ),
})).any;

it.each(Object.entries(SCHEMAS))('reads and refuses what the schema does: %s', (_, schema) => {
  const read = readerOf(schema);
  fc.assert(
    fc.property(json, (given) => {
      const parsed = z.safeParse(schema, given);
      expect(read(given)).toEqual(parsed.success ? parsed.data : UNREAD);
    }),
    { numRuns: 2000 },
  );
});

/** JSON that the schemas accept. */
const ACCEPTED: Readonly<Record<Exclude<keyof typeof SCHEMAS, 'limited'>, readonly unknown[]>> = {
  action: [{ kind: 'tracked', id: { $bigint: '7' }, action: { $set: [1] }, more: 1 }],
  actions: [[{ kind: 'untracked', action: null }], undefined],
  change: [
    ['changed', ['a', 0, { mapKey: { $bigint: '1' } }], { $number: '-0' }],
    ['removed', []],
    ['spliced', ['list'], 0, 1, [{ $undefined: true }, [], {}]],
  ],
  count: [0, 12],
  finding: [
    { kind: 'panic', name: 'Error', message: 'gone', source: 'a.ts:1:2' },
    { kind: 'invariant', name: 'apart', message: 'no', about: 3, shape: 'x' },
  ],
  hash: ['0123456789abcdef0123456789abcdef'],
  operation: [
    { kind: 'normal', input: { a: [1] }, fault: { kind: 'accessFails', access: 2 } },
    { kind: 'trackedActionCompleted', isDuplicate: true, id: 'a', result: {} },
    { kind: 'settled' },
  ],
  outcome: [{ kind: 'ok' }, { kind: 'hang', limitMs: 0.5 }],
  path: [[], ['a', { mapKey: [1] }]],
  strict: [{ a: true }, { b: 1, a: false }],
};

it.each(Object.entries(ACCEPTED))('reads what is right as the schema does: %s', (name, given) => {
  const schema: z.ZodType = SCHEMAS[name as keyof typeof ACCEPTED];
  const read = readerOf(schema);
  for (const one of given) {
    expect(read(one)).not.toBe(UNREAD);
    expect(read(one)).toEqual(schema.parse(one));
  }
});

it('gives an object other keys for the caller to set', () => {
  const read = readerWith(z.object({ at: count, names: listOf(z.string()) }), { index: -1 });
  expect(read({ at: 1, others: 2 })).toEqual({ index: -1, at: 1, names: [] });
  expect(read({ at: 0.5 })).toBe(UNREAD);
});
