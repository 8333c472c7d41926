import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findView, parseLink, printCommand, printLink, VIEW_NAMES, type Place } from './place.ts';

const text = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
const name = text.filter((one) => !/\p{Cc}/u.test(one));
const places: fc.Arbitrary<Place> = fc.record(
  {
    file: fc.oneof(
      name.map((one) => `/traces/${one}`),
      name.map((one) => String.raw`C:\traces\ `.trim() + one),
    ),
    step: fc.integer({ min: -1, max: 1_000_000 }),
    view: fc.constantFrom(...VIEW_NAMES),
    where: text,
    path: text,
  },
  { requiredKeys: ['file'] },
);

describe('a link', () => {
  it('leads to the place that it was made of', () => {
    fc.assert(
      fc.property(places, (place) => {
        const link = printLink(place);
        expect(link).toMatch(/^phasmoscope:open\?[\x21-\x7e]+$/);
        expect(parseLink(link)).toEqual(place);
      }),
    );
  });

  it('is read as desktops hand it on', () => {
    const place = { file: '/a b.jsonl', step: 3 };
    expect(parseLink('phasmoscope:open?file=/a%20b.jsonl&step=3')).toEqual(place);
    expect(parseLink('phasmoscope://open/?file=/a%20b.jsonl&step=3')).toEqual(place);
  });

  it.each([
    ['phasmoscope:run?machine=/evil.ts', 'does not begin with phasmoscope:open?'],
    ['https://example.org/open?file=/a', 'does not begin with'],
    ['phasmoscope:open', 'does not begin with'],
    ['phasmoscope:open?file=/a#b', 'does not begin with'],
    ['phasmoscope:open?step=1', '"file" cannot be used'],
    ['phasmoscope:open?file=a.jsonl', '"file" cannot be used'],
    ['phasmoscope:open?file=../../etc/passwd', '"file" cannot be used'],
    ['phasmoscope:open?file=//server/share/a.jsonl', '"file" cannot be used'],
    // Windows takes either slash for the other.
    ['phasmoscope:open?file=/%5Cserver%5Cshare%5Ca.jsonl', '"file" cannot be used'],
    ['phasmoscope:open?file=/%5C/server/share/a.jsonl', '"file" cannot be used'],
    [String.raw`phasmoscope:open?file=\\server\a.jsonl`, '"file" cannot be used'],
    ['phasmoscope:open?file=/a%00.jsonl', '"file" cannot be used'],
    ['phasmoscope:open?file=/a%0a.jsonl', '"file" cannot be used'],
    ['phasmoscope:open?file=--no-sandbox', '"file" cannot be used'],
    ['phasmoscope:open?file=/a&file=/b', 'more than one "file"'],
    ['phasmoscope:open?file=/a&seed=1', '"seed" is not known'],
    ['phasmoscope:open?file=/a&__proto__=1', '"__proto__" is not known'],
    ['phasmoscope:open?file=/a&step=1e9', '"step" cannot be used'],
    ['phasmoscope:open?file=/a&step=-2', '"step" cannot be used'],
    ['phasmoscope:open?file=/a&step=99999999999', '"step" cannot be used'],
    ['phasmoscope:open?file=/a&view=constructor', '"view" cannot be used'],
    ['phasmoscope:open?file=/a&where=', '"where" cannot be used'],
    [`phasmoscope:open?file=/a&where=${'x'.repeat(2_001)}`, '"where" cannot be used'],
    [`phasmoscope:open?file=/${'x'.repeat(9_000)}`, 'too long'],
  ])('%s is refused', (link, reason) => {
    expect(() => parseLink(link)).toThrow(reason);
  });

  it('is shown without what it hides, when it is refused', () => {
    const link = 'phasmoscope:open?file=/a&\u202Eevil\u001b=1';
    expect(() => parseLink(link)).toThrow(/^[^\u202E\p{Cc}]*is not known\.$/u);
  });
});

it('names views as their tabs do, and reads older links and commands with other names', () => {
  const place = { file: '/a.jsonl', view: 'drawing' } as const;
  expect(printLink(place)).toBe('phasmoscope:open?file=%2Fa.jsonl&view=views');
  expect(parseLink('phasmoscope:open?file=%2Fa.jsonl&view=drawing')).toEqual(place);
  expect(printCommand('/a.jsonl', {}, { view: 'beside' })).toBe(
    'npx phasmoscope open /a.jsonl --view side-by-side',
  );
  expect(findView(VIEW_NAMES, 'Side by side')).toBe('beside');
  expect(findView(VIEW_NAMES, 'toString')).toBeUndefined();
});

it('writes a command that a shell takes apart into the same words', () => {
  const file = `/it's "here"/$HOME/\`id\`.jsonl`;
  const spot = { step: 7, view: 'causality', where: `input.kind == 'a"b' && n > 2` } as const;
  const command = printCommand(file, { seed: '3', faults: undefined }, spot);
  expect(command).toMatch(/^npx phasmoscope open /);
  const script = command.replace('npx', String.raw`printf '%s\n'`);
  const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
  const given = `phasmoscope|open|${file}|--seed|3|--step|7|--view|causality|--where|${spot.where}`;
  expect(words).toEqual(given.split('|'));
  expect(printCommand('/a.jsonl', {}, {})).toBe('npx phasmoscope open /a.jsonl');
});
