import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutText,
  cutToDifference,
  readShown,
  showDifferent,
  showLines,
  showName,
  showText,
} from './visible.ts';

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

  // A search that goes back for each character would not come to its end.
  it('takes no time over long words of two alphabets', () => {
    const shown = [
      showText(`${'а'.repeat(50_000)}a `.repeat(4)),
      showText('日本語😀é'.repeat(30_000)),
      showText('\u0301'.repeat(100_000)),
    ];
    for (const text of shown) expect(text.length).toBeGreaterThan(100_000);
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
    ['paypal', 'pa\u03b3pal', 'paypal', String.raw`pa\u03b3pal`],
    ['\u03c4oken', 'token', String.raw`\u03c4oken`, 'token'],
    ['\u13daum', 'Sum', String.raw`\u13daum`, 'Sum'],
    ['m\u0251p', 'map', String.raw`m\u0251p`, 'map'],
    ['ё', 'ë', String.raw`\u0451`, String.raw`\u00eb`],
  ])('shows in what %j and %j differ', (before, after, shownBefore, shownAfter) => {
    expect(showDifferent(before, after)).toEqual([shownBefore, shownAfter]);
  });

  it('leaves texts that look different as they are', () => {
    const pairs: readonly (readonly [string, string])[] = [
      ['café', 'thé'],
      ['да', 'no'],
      ['мир', 'мор'],
      ['Δt', 'Δs'],
    ];
    for (const [before, after] of pairs) {
      expect(showDifferent(before, after)).toEqual([before, after]);
    }
  });
});

it('cuts texts between characters', () => {
  expect(cutText('short', 5)).toBe('short');
  expect(cutText('longer', 5)).toBe('long…');
  expect(cutText('abc😀def', 5)).toBe('abc…');
});

describe('a name among others', () => {
  it.each([
    ['é', 'é'],
    ['e\u0301', String.raw`e\u0301`],
    ['\u212b', String.raw`\u212b`],
    ['\u1112\u1161\u11ab', String.raw`\u1112\u1161\u11ab`],
    ['한 naïve क्ष', '한 naïve क्ष'],
    ['a\u202eb', String.raw`a\u202eb`],
    // Each of its letters passes for a Latin one: it may stand beside `cop`.
    ['\u0441\u043e\u0440', String.raw`\u0441\u043e\u0440`],
    ['orders["\u0410-1"]', String.raw`orders["\u0410-1"]`],
    ['\u03bf\u03bd', String.raw`\u03bf\u03bd`],
    ['рука и сор', 'рука и сор'],
    ['orders["сосна"]', 'orders["сосна"]'],
    ['ısı', 'ısı'],
  ])('%j is shown as %s', (text, shown) => {
    expect(showName(text)).toBe(shown);
  });
});

describe('a text as it is shown', () => {
  it('is read back: what was escaped, and nothing else', () => {
    const texts = ['a\u202eb', '\u{e0041}x', 'one\ntwo\tthree', '\u200b', 'plain', 'p\u0430ypal'];
    for (const text of texts) expect(readShown(showText(text))).toBe(text);
    expect(readShown(String.raw`\u{110000} \u12 \x41`)).toBe(String.raw`\u{110000} \u12 \x41`);
  });
});

describe('two texts cut to their difference', () => {
  it('stay whole when they are short, and begin before the difference when they are long', () => {
    expect(cutToDifference('one', 'two', 20)).toEqual(['one', 'two']);
    const long = 'x'.repeat(50_000);
    expect(cutToDifference(`${long}1`, `${long}2`, 20, 4)).toEqual(['…xxxx1', '…xxxx2']);
    expect(cutToDifference(`a${'y'.repeat(30)}`, 'b', 20, 4)).toEqual([`a${'y'.repeat(18)}…`, 'b']);
  });

  it('does not begin inside of a character', () => {
    const long = '😀'.repeat(100);
    for (const context of [3, 4]) {
      const [before, after] = cutToDifference(`${long}1`, `${long}2`, 20, context);
      expect(before.isWellFormed() && after.isWellFormed()).toBe(true);
    }
  });
});

it('cuts a long text so that no more than its beginning is kept in memory', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 20 }, (_, at) => cutText(`${at}`.repeat(8_000_000), 100));
  collect();
  expect(kept).toHaveLength(20);
  // All of them have 160 MB, or more.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(80_000_000);
});
