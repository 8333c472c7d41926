import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown, markdownCode, markdownFence } from './markdown.ts';

/** A node of Markdown as a reader takes it. */
interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...'`*_[]()<>|#~&$@!+-=.:\\ \n\t'.split(''),
        '@octocat',
        'https://evil.example/a',
        'www.evil.example',
        'a@b.example',
        '<img src=x>',
        '<!--',
        '![x](y)',
        '[x]: y',
        '#12',
        '```',
        '~~~',
        '1. ',
        '---',
        '&lt;b&gt;',
        '\r\n\r\n',
        'deadbeef',
      ),
      fc.string(),
    ),
  )
  .map((parts) => parts.join(''));

const parsed = (markdown: string): readonly Node[] =>
  (fromMarkdown(markdown) as Node).children ?? [];

/** The text without what Markdown does not keep. */
const plain = (text: string) => text.replaceAll(/\s+/g, ' ').replaceAll('\0', '\ufffd').trim();

describe('a text', () => {
  it('is the same text, without markup, at the beginning of a line and within it', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom('', 'before '), (text, before) => {
        fc.pre(plain(text) !== '');
        const [paragraph, ...more] = parsed(`${before}${escapeMarkdown(text)}`.trim());
        expect([paragraph?.type, more]).toEqual(['paragraph', []]);
        const nodes = paragraph?.children ?? [];
        for (const { type } of nodes) expect(['text', 'inlineCode']).toContain(type);
        expect(plain(nodes.map(({ value }) => value).join(''))).toBe(plain(before + text));
      }),
      { numRuns: 1000 },
    );
  });

  it('mentions nobody, and links to nothing', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [paragraph] = parsed(escapeMarkdown(text));
        for (const { type, value = '' } of paragraph?.children ?? []) {
          if (type === 'text') expect(value).not.toMatch(/@|:\/\/|www\.|#\d|\bdeadbeef\b/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('does not end its cell of a table', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(escapeMarkdown(text).replaceAll(/\\[^]/g, '')).not.toMatch(/[|\n]/);
      }),
    );
  });

  it('is readable', () => {
    expect(escapeMarkdown('ask @octocat about a_b (50 %)')).toBe(
      String.raw`ask ${'`@octocat`'} about a\_b (50 %)`,
    );
  });
});

describe('code', () => {
  it('is all of the text, on its line', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [paragraph, ...more] = parsed(`a ${markdownCode(text)} b`);
        expect(more).toEqual([]);
        const [, code, rest] = paragraph?.children ?? [];
        expect([code?.type, rest?.value]).toEqual(['inlineCode', ' b']);
        expect(plain(code?.value ?? '')).toBe(plain(text));
      }),
    );
  });

  it('does not leave its fence', () => {
    fc.assert(
      fc.property(fc.array(hostile.map((text) => text.replaceAll(/[\r\n]/g, ' '))), (lines) => {
        const [code, after, ...more] = parsed([...markdownFence(lines, 'sh'), 'after'].join('\n'));
        expect([code?.type, after?.type, more]).toEqual(['code', 'paragraph', []]);
        expect(code?.value).toBe(lines.join('\n').replaceAll('\0', '\ufffd'));
      }),
    );
  });
});
