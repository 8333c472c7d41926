import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JSON_CONTAINERS_MAX, JSON_LEVELS_MAX } from '../limits.ts';
import { JsonError, parseJson } from './json.ts';

it('parses whatever JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, undefined, 1);
      expect(parseJson(text)).toEqual(JSON.parse(text));
      expect(parseJson(`\uFEFF${text}`)).toEqual(JSON.parse(text));
    }),
  );
});

it('keeps an integer or refuses it, and never rounds', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (integer) => {
      const text = `{"list":[1,{"id": ${integer}}]}`;
      const rounded = Number(integer);
      const fits = BigInt(rounded) === integer || String(rounded) === String(integer);
      if (fits) expect(parseJson(text)).toEqual({ list: [1, { id: Number(integer) }] });
      else expect(() => parseJson(text)).toThrow(`${integer} at list.1.id does not fit`);
    }),
  );
});

it('names the place, the field and the remedy of a rounded integer', () => {
  let error: unknown;
  try {
    parseJson('[\n  1,\n  {"id": 9007199254740993}\n]');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(JsonError);
  expect(error).toMatchObject({ line: 3, column: 10 });
  expect((error as Error).message).toBe(
    'the number 9007199254740993 at 1.id does not fit a 64-bit float ' +
      '(it would become 9007199254740992): write it as {"$bigint":"9007199254740993"}',
  );
});

it('takes long digits inside strings for text', () => {
  const text = '{"$bigint":"9007199254740993","text":"a, 9007199254740993"}';
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

it('says where a number is, whatever lies around it', () => {
  const text = '{"a":"}","b,":[[],{"c\\"[":[0,"1",{}, 123456789012345678901]}]}';
  expect(() => parseJson(text)).toThrow('123456789012345678901 at b,.1.c"[.3 does not fit');
});

it('refuses more lists and objects than the largest states have, before they are parsed', () => {
  const text = (items: number) => `[${'{},'.repeat(items - 1)}"[{"]`;
  expect(parseJson(text(JSON_CONTAINERS_MAX))).toHaveLength(JSON_CONTAINERS_MAX);
  expect(() => parseJson(text(JSON_CONTAINERS_MAX + 1))).toThrow(
    'more than 4 000 000 lists and objects, which is the limit here',
  );
});

it('refuses nesting before it is parsed', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}"]["${']'.repeat(levels)}`;
  expect(() => parseJson(deep(JSON_LEVELS_MAX))).not.toThrow();
  expect(() => parseJson(deep(200_000))).toThrow(
    'brackets lie more than 1616 levels deep in each other',
  );
  expect(() => parseJson(`[1${'0'.repeat(400)}]`)).toThrow('(it would become Infinity)');
});

it.each(['1e400', '-1E+999', '[1e0400]'])('refuses %s, which would be infinite', (text) => {
  expect(() => parseJson(text)).toThrow('does not fit');
});

it.each([
  ['{"a": 1,\n "b": tru}', 2, 7],
  ['', 1, 1],
  ['[1,]', 1, 4],
])('says where %j is not JSON', (text, line, column) => {
  expect(() => parseJson(text)).toThrow(JsonError);
  try {
    parseJson(text);
  } catch (error) {
    expect(error).toMatchObject({ line, column });
  }
});
