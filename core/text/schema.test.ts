import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeMisfit, fit } from './schema.ts';

const shape = z.object({
  name: z.string().min(2).max(4),
  n: z.number().int().min(1).max(9).optional(),
  list: z.array(z.boolean()).max(1).optional(),
  mode: z.enum(['fast', 'slow', 'off']).optional(),
  cell: z.union([z.string(), z.number(), z.null()]).optional(),
  change: z
    .union([
      z.tuple([z.literal('added'), z.array(z.string())]),
      z.tuple([z.literal('removed'), z.array(z.string())]),
    ])
    .optional(),
  form: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('table'), rows: z.array(z.string()) }),
      z.object({ kind: z.literal('text'), text: z.string() }),
    ])
    .optional(),
  id: z.string().regex(/^#/).optional(),
  own: z
    .number()
    .refine((n) => n % 2 === 0, 'must be even')
    .optional(),
  strict: z.strictObject({ a: z.bigint().optional() }).optional(),
});

it.each([
  ['text', 'the file: must be an object'],
  [undefined, 'the file: is missing'],
  [{}, 'name: is missing'],
  [{ name: null }, 'name: must be a string'],
  [{ name: 'a' }, 'name: must have at least 2 characters'],
  [{ name: 'abcde' }, 'name: must have at most 4 characters'],
  [{ name: 'ab', n: 1.5 }, 'n: must be a whole number'],
  [{ name: 'ab', n: 0 }, 'n: must be at least 1'],
  [{ name: 'ab', n: 10 }, 'n: must be at most 9'],
  [{ name: 'ab', list: {} }, 'list: must be a list'],
  [{ name: 'ab', list: [1] }, 'list.0: must be true or false'],
  [{ name: 'ab', list: [true, true] }, 'list: must have at most 1 item'],
  [{ name: 'ab', mode: 'x' }, 'mode: must be "fast", "slow" or "off"'],
  [{ name: 'ab', cell: {} }, 'cell: must be a string, a number or null'],
  [{ name: 'ab', change: ['new', []] }, 'change.0: must be "added" or "removed"'],
  [{ name: 'ab', change: ['added', [1]] }, 'change.1.0: must be a string'],
  [{ name: 'ab', form: { kind: 'pie' } }, 'form.kind: is not of a known kind'],
  [{ name: 'ab', form: { kind: 'text' } }, 'form.text: is missing'],
  [{ name: 'ab', id: 'x' }, 'id: has the wrong form'],
  [{ name: 'ab', own: 1 }, 'own: must be even'],
  [{ name: 'ab', strict: { b: 1 } }, 'strict: has no field "b"'],
  [{ name: 'ab', strict: { a: 1 } }, 'strict.a: must be a big integer'],
])('says in plain English what is wrong with %j', (data, message) => {
  const fitted = fit(shape, data);
  if (fitted.kind === 'fits') throw new Error('it fits');
  expect(describeMisfit(fitted.misfit, 'the file')).toBe(message);
});

it('returns what fits', () => {
  expect(fit(shape, { name: 'ab', n: 2 })).toEqual({ kind: 'fits', value: { name: 'ab', n: 2 } });
});
