import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextDigest } from './text-digest.ts';

function digest(...pieces: readonly string[]): string {
  const made = new TextDigest();
  for (const piece of pieces) made.add(piece);
  return made.finish();
}

/** Bytes as the code units of a text, low byte first. */
function packed(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return String.fromCharCode(...new Uint16Array(bytes.buffer, 0, bytes.length / 2));
}

it('is MurmurHash3 for x86 with 128 bits', () => {
  expect(digest('')).toBe('0'.repeat(32));
  expect(digest(packed('I will not buy this record, it is scratched.'))).toBe(
    'a0a9683b25ac5e40d9af2895890dddf5',
  );
  expect(digest('{"phasmoscope-trace":4} über')).toBe('1875b4691e23c5e480c3f607fe01f729');
});

it('is the same whatever the pieces a text comes in', () => {
  const text = Array.from({ length: 30_000 }, (_, at) => `line ${at}`).join('\n');
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(text.length), (one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      expect(digest(text.slice(0, from), text.slice(from, to), text.slice(to))).toBe(digest(text));
    }),
    { numRuns: 20 },
  );
});

it('differs for texts that differ in one character', () => {
  const text = 'The quick brown fox jumps over the lazy dog, again and again.';
  const digests = Array.from(text, (_, at) => digest(`${text.slice(0, at)}#${text.slice(at + 1)}`));
  expect(new Set([digest(text), ...digests]).size).toBe(text.length + 1);
});
