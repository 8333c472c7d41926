import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { book, nothing, traceOf } from '../../test-helpers/test-desk.ts';
import { values } from '../../test-helpers/test-values.ts';
import { decodeValue, formatValueJson } from '../../value/encoding.ts';
import { Table } from '../../value/table.ts';
import { sameValue } from '../../value/value.ts';
import { parseLine, type Step } from '../format/format.ts';
import { findingSummary, noteMarkdown, stepMarkdown } from './markdown.ts';

const trace = traceOf([book('Room 1'), nothing]);

/** The JSON between the fences of a text, and the fence. */
function fenced(markdown: string): { readonly json: string; readonly fence: string } {
  const [, fence = '', json = ''] = /\n(`{3,})json\n(.*)\n\1\n$/s.exec(markdown) ?? [];
  return { fence, json };
}

describe('What is copied as JSON', () => {
  it('is the value again: a Map with the keys 1 and "1" loses nothing', () => {
    const value = new Map<string | number | bigint, undefined | number>([
      [1, undefined],
      ['1', Number.NaN],
      [1n, -0],
    ]);
    const back = decodeValue(JSON.parse(formatValueJson(value)));
    expect(back).toEqual(value);
    expect([...(back as typeof value).keys()]).toEqual([1, '1', 1n]);
    const table = new Table([[1, 'a']]);
    expect(sameValue(decodeValue(JSON.parse(formatValueJson(table))), table)).toBe(true);
  });

  it('is the same value, whatever it is', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(sameValue(decodeValue(JSON.parse(formatValueJson(value))), value)).toBe(true);
      }),
    );
  });
});

describe('A step as Markdown', () => {
  it('holds the whole step, which neither closes its fence nor hides anything', () => {
    const step = trace.step(0);
    fc.assert(
      fc.property(values, fc.constantFrom('', '\u202E', '```', '\u200B\n```'), (value, text) => {
        const input = new Map([[text, value]]);
        const given: Step = { ...step, operation: { kind: 'normal', input } };
        const { json, fence } = fenced(stepMarkdown(given));
        expect(json).not.toContain(fence);
        expect(json).not.toMatch(/\p{Cf}/u);
        const parsed = parseLine(JSON.stringify(JSON.parse(json)));
        const back = parsed.kind === 'step' ? parsed.step : undefined;
        expect(back && sameValue(back as never, given as never)).toBe(true);
      }),
    );
  });
});

describe('A finding as Markdown', () => {
  it('says what does not hold, where, in which run, and what came', () => {
    const finding = {
      kind: 'invariant',
      name: 'one *booking*',
      message: 'two',
      stepIndex: 1,
      shape: 'Book',
      actual: '2',
      source: 'desk.ts:3',
    } as const;
    const lines = findingSummary(trace.header, finding).split('\n');
    expect(lines[0]).toBe(
      String.raw`**invariant: one \*booking\*** fails at step 1 (${'`Book`'}): two`,
    );
    expect(lines).toContain(`- machine: \`${trace.header.machine}\``);
    expect(lines).toContain('- came: 2');
    expect(lines).toContain('- source: `desk.ts:3`');
  });
});

it('A shape of several parts has each of them as a name of its own', () => {
  const shape = 'input Book, actionRefused';
  const finding = { kind: 'rule', name: 'x', message: 'y', stepIndex: 1, shape } as const;
  expect(findingSummary(trace.header, finding)).toContain('(`input Book`, `actionRefused`)');
});

describe('A note as Markdown', () => {
  it('is its place, and its text as it was written', () => {
    const note = { id: 'a', step: 3, path: ['rooms'], text: '# Here\n\n**One** room\n' };
    expect(noteMarkdown(note)).toBe('**step 3, rooms**\n\n# Here\n\n**One** room\n');
    expect(noteMarkdown({ id: 'b', step: -1, text: '' })).toBe('**initial state**\n');
  });
});
