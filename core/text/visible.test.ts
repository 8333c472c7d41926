import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, showDifferent, showLines, showText } from './visible.ts';

describe('showText', () => {
  it.each([
    ['a command to a terminal', '\u001b[2J\u0007', String.raw`\u001b[2J\u0007`],
    ['C1 controls', 'a\u009b31m', String.raw`a\u009b31m`],
    ['line breaks', 'one\r\ntwo\tthree', String.raw`one\r\ntwo\tthree`],
    ['a space without width', 'A-1\u200b', String.raw`A-1\u200b`],
    ['a space that does not break', 'Ada\u00a0Lovelace', String.raw`Ada\u00a0Lovelace`],
    ['a change of direction', 'report\u202efdp.exe', String.raw`report\u202efdp.exe`],
    ['tags', 'a\u{e0041}', String.raw`a\u{e0041}`],
    ['an empty letter', 'a\u3164b', String.raw`a\u3164b`],
    ['half a character', 'a\ud83d', String.raw`a\ud83d`],
    ['a letter of another alphabet in a word', 'p\u0430ypal', String.raw`p\u0430ypal`],
    ['marks in heaps', `e${'\u0301'.repeat(6)}`, `e${'\u0301'.repeat(4)}\\u0301\\u0301`],
  ])('makes %s visible', (_, text, shown) => {
    expect(showText(text)).toBe(shown);
  });

  it.each([
    'naïve café',
    '10\u202f000 steps',
    'Москва',
    'Ελλάδα',
    '日本語　テスト',
    '👩‍👩‍👧 ❤️ 👍🏽 1️⃣',
    'می‌خواهم',
    'क्‍ष',
    'שלום',
    'cafe\u0301',
  ])('leaves %s alone', (text) => {
    expect(showText(text)).toBe(text);
  });

  it('lets nothing through that commands a terminal or cannot be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(showText(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b]/u);
      }),
    );
  });

  it('takes no time over long words of two alphabets', () => {
    const startMs = performance.now();
    showText(`${'а'.repeat(50_000)}a `.repeat(4));
    showText('日本語😀é'.repeat(30_000));
    showText('\u0301'.repeat(100_000));
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});

it.each(['h', 'а'])(
  'shows a very long word of "%s" without looking at it again and again',
  (letter) => {
    const word = letter.repeat(300_000);
    expect(showText(`${word} …`)).toBe(`${word} …`);
    expect(showText(`${word}a \u200b`)).toContain(String.raw` \u200b`);
  },
);

it('keeps the lines of a text that has lines', () => {
  expect(showLines('one\r\n\ttwo\u001b[0m\n')).toBe('one\n\ttwo\\u001b[0m\n');
});

describe('showDifferent', () => {
  it.each([
    ['caf\u00e9', 'cafe\u0301', String.raw`caf\u00e9`, String.raw`cafe\u0301`],
    ['cop', '\u0441\u043e\u0440', 'cop', String.raw`\u0441\u043e\u0440`],
    ['A-1', 'A-1\u200b', 'A-1', String.raw`A-1\u200b`],
    ['1\u202f000', '1 000', String.raw`1\u202f000`, '1 000'],
    ['１', '1', String.raw`\uff11`, '1'],
  ])('shows in what %j and %j differ', (before, after, shownBefore, shownAfter) => {
    expect(showDifferent(before, after)).toEqual([shownBefore, shownAfter]);
  });

  it('leaves texts that look different as they are', () => {
    expect(showDifferent('café', 'thé')).toEqual(['café', 'thé']);
  });
});

it('cuts texts between characters', () => {
  expect(cutText('short', 5)).toBe('short');
  expect(cutText('longer', 5)).toBe('long…');
  expect(cutText('abc😀def', 5)).toBe('abc…');
});
