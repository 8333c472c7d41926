import { expect, it } from 'vitest';
import { wrapText } from './text-lines.ts';

it('breaks a text at its line breaks, and at full lines', () => {
  expect(wrapText('abcde\n\nfg\n', 3)).toEqual(['abc', 'de', '', 'fg', '']);
  expect(wrapText('', 3)).toEqual(['']);
  expect(wrapText('abc\ndef', 3)).toEqual(['abc', 'def']);
});

it('counts wide characters twice, and cuts none in half', () => {
  expect(wrapText('日本語😀', 4)).toEqual(['日本', '語😀']);
  expect(wrapText('😀😀', 1)).toEqual(['😀', '😀']);
});

it('wraps no more of a long text than is shown', () => {
  const lines = wrapText('日本語😀é'.repeat(1_000_000), 80);
  expect(lines.at(-1)).toContain('left out');
  expect(lines).toHaveLength(2_001);
});
