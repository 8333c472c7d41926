import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { book, crash, doubled, lost, paid, traceOf } from '../../test-helpers/test-desk.ts';
import type { Trace } from '../trace.ts';
import { causalityAround } from './causality.ts';
import { plainPart, storyMarkdown } from './story-text.ts';
import { tellCausality } from './story.ts';

function textsOf(trace: Trace, focus: number): readonly string[] {
  return tellCausality(trace, causalityAround(trace, focus)).map(
    ({ stepIndex, parts }) => `${stepIndex}: ${parts.map(plainPart).join('')}`,
  );
}

describe('the text of a graph', () => {
  it('tells of the bookings that a finding speaks of', () => {
    const trace = traceOf([book('Room 1'), book('Room 1b'), paid(1), paid(2)]);
    expect(textsOf(trace, 3)).toEqual([
      '0: the input Book was accepted. It emitted Hold #1, whose result came in step 2. ' +
        'It added holds 1 as waiting.',
      '1: the input Book was accepted. It emitted Hold #2, whose result came in step 3. ' +
        'It added holds 2 as waiting.',
      '2: the result Paid of Hold #1 from step 0 was accepted. It wrote Room 1, which the finding in ' +
        'step 3 speaks of. It took holds 1 from waiting to done.',
      '3: the result Paid of Hold #2 from step 1 was accepted. It wrote Room 1b. ' +
        'It took holds 2 from waiting to done. Here rooms are apart does not hold: Room 1 is part of Room 1b.',
    ]);
  });

  it('tells of crashes, losses and repetitions', () => {
    const trace = traceOf([book('A'), ...crash(0), lost(1), paid(1), doubled(1)]);
    const texts = textsOf(trace, 0).join('\n');
    expect(texts).toContain(
      '0: the input Book was accepted. It emitted Hold #1, which the crash in step 1',
    );
    expect(texts).toContain('1: the process died before ');
    expect(texts).toContain('3: the result Paid of Check #1 from step 2 was lost on its way.');
    expect(texts).toContain(
      '5: the result Paid of Check #1 from step 2 came although the action had ended',
    );
  });
});

describe('its Markdown', () => {
  it('has each entry that a step wrote as a name of its own', () => {
    const trace = traceOf([book('Room 1'), book('Room 1b'), paid(1), paid(2)]);
    const graph = causalityAround(trace, 3);
    const edges = graph.edges.map((edge) =>
      edge.wrote ? { ...edge, wrote: ['A', 'B, C'] } : edge,
    );
    const text = storyMarkdown('x', tellCausality(trace, { ...graph, edges }));
    expect(text).toContain('It wrote `A` and `B, C`, which the finding in step 3 speaks of.');
  });

  it('has one item for each step', () => {
    const trace = traceOf([book('Room 1'), paid(1)]);
    const sentences = tellCausality(trace, causalityAround(trace, 1));
    expect(storyMarkdown('Why step 1', sentences).split('\n')).toEqual([
      '**Why step 1**',
      '',
      '- **Step 0**: the input `Book` was accepted. It emitted `Hold` `\\#1`, whose result came in step 1. It added `holds 1` as waiting.'.replace(
        '\\#',
        '#',
      ),
      '- **Step 1**: the result `Paid` of `Hold` `#1` from step 0 was accepted. It took `holds 1` from waiting to done.',
      '',
    ]);
  });

  it('keeps any name on its line, and as a name', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', ' ', '\n', 'a', '*', '[') }), (name) => {
        const text = storyMarkdown('x', [{ stepIndex: 3, parts: ['by ', { name }, '.'] }]);
        expect(text.trimEnd().split('\n')).toHaveLength(3);
        // Ends where it began, with as many ticks as nowhere inside.
        const [, fence = '', inside = ''] = /by (`+)([^]*?[^`])\1\.(?!`)/.exec(text) ?? [];
        const runs = inside.match(/`+/g) ?? [];
        if (name.trim() !== '') expect(fence).not.toBe('');
        expect(runs).not.toContain(fence);
      }),
    );
  });
});
