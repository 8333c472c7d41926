import fc from 'fast-check';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Markdown } from './markdown.tsx';

const shown = (text: string) => renderToStaticMarkup(<Markdown text={text} />);

/** What notes are made of; nothing of it loads or runs anything. */
const TAGS =
  /^<\/?(?:div|p|h4|h5|h6|em|strong|code|pre|blockquote|ul|ol|li|hr|br|span|button)(?: (?:class|start|title|type|data-depth)="[^"]*")*\/?>$/;

it('shows what people write', () => {
  expect(shown('# Both\n\n**Two** of *one*: `a < b`')).toBe(
    '<div class="markdown"><h4 class="markdown-heading" data-depth="1">Both</h4>' +
      '<p><strong>Two</strong> of <em>one</em>: <code class="data">a &lt; b</code></p></div>',
  );
  expect(shown('3. third\n4. fourth')).toContain('<ol start="3"><li><p>third</p></li>');
});

it('shows tags, images and addresses as texts', () => {
  expect(shown('<img src=x onerror=alert(1)>')).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(shown('![the week](https://example.com/a.png)')).toBe(
    '<div class="markdown"><p><span class="markdown-image">the week</span></p></div>',
  );
  const link = shown('[here](javascript:alert(1))');
  expect(link).toContain('<span class="markdown-link" title="javascript:alert(1)">here</span>');
  expect(link).not.toContain('href');
});

it('makes nothing of any text but what notes are made of', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '"',
    '&',
    '![',
    '](',
    ')',
    '*',
    '#',
    '\n',
    '`',
    '> ',
    '- ',
    'x',
    'data:',
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 40 }),
      (parts) => {
        const tags = shown(parts.join('')).match(/<[^>]*>/g) ?? [];
        expect(tags.filter((tag) => !TAGS.test(tag))).toEqual([]);
      },
    ),
  );
});

it('shows the words of what is nested without end', () => {
  expect(shown(`${'>'.repeat(5_000)} at the bottom`)).toContain('at the bottom');
});
