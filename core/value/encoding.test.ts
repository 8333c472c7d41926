import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { values } from '../test-helpers/test-values.ts';
import { decodeValue, encodeValue } from './encoding.ts';
import { hashValue } from './hash.ts';
import { sameValue, type Value } from './value.ts';

describe('encodeValue', () => {
  it('survives JSON for every value, -0, NaN and __proto__ included', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(encodeValue(value));
        const back = decodeValue(JSON.parse(text));
        expect(sameValue(back, value)).toBe(true);
        expect(hashValue(back)).toBe(hashValue(value));
      }),
    );
  });

  it.each([
    ['{"$date":"2020"}', '"$date" is not a known encoding'],
    ['{"$bigint":12}', '$bigint must be a decimal string'],
    ['{"$map":[1]}', '$map must be a list of pairs'],
    ['{"$set":{}}', '$set must be a list'],
    ['{"$number":"1"}', '$number must be'],
    ['{"a":1,"$b":2}', '"$b" must be the only key'],
  ])('refuses %s', (text, reason) => {
    expect(() => decodeValue(JSON.parse(text))).toThrow(reason);
  });

  it('refuses values that are not plain data', () => {
    // The type rules a Date out; the state of a machine in JavaScript may hold one.
    expect(() => encodeValue(new Date(0) as unknown as Value)).toThrow('holds a Date');
  });
});
