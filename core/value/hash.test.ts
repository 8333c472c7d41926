import { describe, expect, it } from 'vitest';
import { hashValue } from './hash.ts';
import type { Value } from './value.ts';

describe('hashValue', () => {
  it('is the same for equal data and differs for different data', () => {
    expect(hashValue({ a: 1, b: 2 })).toBe(hashValue({ b: 2, a: 1 }));
    const different: Value[] = [
      0,
      -0,
      '0',
      0n,
      null,
      undefined,
      false,
      [],
      {},
      new Map(),
      new Set(),
    ];
    expect(new Set(different.map((one) => hashValue(one))).size).toBe(different.length);
    expect(hashValue(['ab', 'c'])).not.toBe(hashValue(['a', 'bc']));
  });

  it('is not fooled by a later write to data that was not frozen', () => {
    const list = [1];
    const before = hashValue(list);
    list.push(2);
    expect(hashValue(list)).not.toBe(before);
  });
});

describe('texts that are not Unicode', () => {
  const texts = ['\ud800', '\ud801', '\udc00', '\ufffd', 'w"\\ud800"', '\ud800\ud800', '😀'];

  it('have digests of their own, as texts, keys and members', () => {
    const forms = [
      (text: string) => text,
      (text: string) => [text],
      (text: string) => ({ [text]: 1 }),
      (text: string) => new Map([[1, text]]),
      (text: string) => new Set([text]),
    ];
    for (const form of forms) {
      const all = texts.map((text) => hashValue(form(text)));
      expect(new Set(all).size).toBe(texts.length);
    }
  });

  it('had those of their replacements in earlier versions', () => {
    const value = { list: ['\ud800', 1], map: new Map([['\udc01', new Set(['x\ud801'])]]) };
    const replaced = { list: ['\ufffd', 1], map: new Map([['\ufffd', new Set(['x\ufffd'])]]) };
    expect(hashValue(value, 'whole')).toBe(hashValue(replaced, 'whole'));
    expect(hashValue(value)).not.toBe(hashValue(replaced));
  });

  it('leave the digests of all others as they were', () => {
    expect(hashValue('é€😀\u0000')).toBe('00f20ab757b18bfc5a9d90315fab993b');
  });
});
