import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionId } from '../../machine/machine.ts';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { alignedSteps, carriedNotes, firstSteps, shrunkSteps } from '../carried-notes.ts';
import { TraceBuilder } from '../trace-builder.ts';
import { packDelta, TraceIndex, unpackDelta } from '../trace-index.ts';
import { formatHeader, formatNote, parseLine } from './format.ts';
import {
  coversStep,
  describePlaceOf,
  isSamePlace,
  mergeNotes,
  noteProblem,
  titleOf,
  withNote,
  type Note,
} from './notes.ts';
import { closingLine } from './seal.ts';

describe('notes that somebody else wrote to a file meanwhile', () => {
  const note = (id: string, text = id): Note => ({ id, step: 1, text });
  const notes = (ids: string) => ids.split('').map((id) => note(id));
  const merged = (base: string, mine: string, theirs: string) =>
    mergeNotes(notes(base), notes(mine), notes(theirs))
      .map(({ id }) => id)
      .join('');

  it.each([
    ['are kept', 'a', 'ab', 'ac', 'abc'],
    ['stay away when they were removed here', 'ab', 'a', 'ab', 'a'],
    ['are not removed when they were there', 'ab', 'ab', 'a', 'ab'],
    ['are there once', '', 'a', 'a', 'a'],
  ])('%s', (_, base, mine, theirs, expected) => {
    expect(merged(base, mine, theirs)).toBe(expected);
  });

  it('count where they were changed there alone, and otherwise as they were changed here', () => {
    const [old, here, there] = ['old', 'here', 'there'].map((text) => note('a', text));
    const of = (one?: Note) => (one ? [one] : []);
    expect(mergeNotes(of(old), of(old), of(there))).toEqual(of(there));
    expect(mergeNotes(of(old), of(here), of(there))).toEqual(of(here));
  });
});

const END = {
  steps: 3,
  operations: 3,
  tallies: {},
  sometimes: {},
  checks: { evaluated: 0, carriedOver: 0, skipped: 0, rules: {}, settled: {} },
};

function linesWith(notes: readonly Note[]): readonly string[] {
  const trace = traceOfStates({ count: 0 }, [{ count: 1 }, { count: 2 }, { count: 3 }]);
  return [formatHeader(trace.header), ...trace.lines(0, 3), ...notes.map(formatNote)];
}

function read(lines: readonly string[]): TraceBuilder {
  const builder = new TraceBuilder();
  builder.push(`${[...lines, closingLine(lines, END)].join('\n')}\n`);
  builder.finish();
  return builder;
}

/** A shrunk run whose actions have the same ids as those of the original. */
function someSteps(stepIndices: readonly number[]) {
  return shrunkSteps(stepIndices, emitting([7n]), emitting([7n]));
}

/** A run of which each step emits these actions. */
function emitting(ids: readonly ActionId[]) {
  return {
    spansFrom: (stepIndex: number) => ids.map((id) => ({ id, action: {}, emittedAt: stepIndex })),
  };
}

const anyNote: fc.Arbitrary<Note> = fc
  .record({
    id: fc.uuid(),
    step: fc.integer({ min: -1, max: 2 }),
    text: fc.string({ unit: 'grapheme' }),
    part: fc.constantFrom<Partial<Note>>(
      {},
      { path: ['rooms', { mapKey: 3n }, 0] },
      { path: [] },
      { finding: 'no two bookings overlap' },
      { action: 7n },
      { view: 'causality' },
    ),
  })
  .map(({ part, ...rest }) => ({ ...rest, ...part }));

describe('The notes of a trace', () => {
  it('come back from the lines of a file, in their order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyNote, { selector: ({ id }) => id }), (notes) => {
        const { trace } = read(linesWith(notes));
        expect(trace?.notes).toEqual(notes);
        expect(trace?.length).toBe(3);
      }),
    );
  });

  it('travel with the index of the steps, and take the place of others', () => {
    const notes: readonly Note[] = [{ id: 'a', step: 1, path: ['count'], text: 'two' }];
    const { trace } = read(linesWith([{ id: 'b', step: 0, text: '' }]));
    const index = trace?.index.withNotes(notes);
    const other = new TraceIndex(trace?.header ?? expect.fail());
    other.append(unpackDelta(packDelta(index?.since(0) ?? expect.fail())));
    expect([other.notes, other.end]).toEqual([notes, END]);
  });

  it('are kept up to a damaged one, and so are all steps', () => {
    const good = { id: 'a', step: 1, text: 'good' };
    const builder = new TraceBuilder();
    const damaged = [...linesWith([good]), '{"note":{"id":"b","step":"one","text":""}}'];
    const text = [...damaged, closingLine(damaged, END)].join('\n');
    expect(() => builder.push(`${text}\n`)).toThrow(/^Line 6: note.step: /);
    expect([builder.trace?.length, builder.trace?.notes]).toEqual([3, [good]]);
  });

  it.each<[string, readonly Note[], RegExp]>([
    ['a step that is not there', [{ id: 'a', step: 3, text: '' }], /no step 3/],
    ['a last step that is not there', [{ id: 'a', step: 0, to: 9, text: '' }], /no step 9/],
    [
      'a span that ends before it begins',
      [{ id: 'a', step: 2, to: 1, text: '' }],
      /must come after/,
    ],
    ['two parts', [{ id: 'a', step: 1, path: [], finding: 'f', text: '' }], /one part of the step/],
    ['the id of another', [1, 2].map((step) => ({ id: 'a', step, text: '' })), /another note/],
    ['a text without end', [{ id: 'a', step: 1, text: 'x'.repeat(20_001) }], /note\.text/],
  ])('are refused with %s', (_, notes, message) => {
    expect(() => read(linesWith(notes))).toThrow(message);
  });

  it('are the last lines before the closing one', () => {
    const [header, first, ...steps] = linesWith([]);
    const note = formatNote({ id: 'a', step: 0, text: '' });
    expect(() => read([header ?? '', first ?? '', note, ...steps])).toThrow(
      /a step after the notes/,
    );
    expect(() => read([note])).toThrow(/before the header/);
  });

  it('are sealed with the steps', () => {
    const lines = linesWith([{ id: 'a', step: 0, text: 'as written' }]);
    const text = [...lines, closingLine(lines, END)].join('\n').replace('as written', 'as altered');
    expect(() => new TraceBuilder().push(`${text}\n`)).toThrow(/digest/);
  });
});

it('is written as one line, without what is absent', () => {
  const note: Note = { id: 'a', step: 4, to: 9, text: 'a\nb' };
  expect(formatNote(note)).toBe('{"note":{"id":"a","step":4,"to":9,"text":"a\\nb"}}');
  expect(parseLine(formatNote(note))).toEqual({ kind: 'note', note });
});

it('is added before the first note of a later step', () => {
  const notes = [7, 2, 9].map((step) => ({ id: String(step), step, text: '' }));
  const steps = (step: number) =>
    withNote(notes, { id: 'new', step, text: '' }).map(({ id }) => id);
  expect(steps(1)).toEqual(['new', '7', '2', '9']);
  expect(steps(8)).toEqual(['7', '2', 'new', '9']);
  expect(steps(9)).toEqual(['7', '2', '9', 'new']);
});

it('has a place and a title in words', () => {
  expect(describePlaceOf({ step: -1 })).toBe('initial state');
  expect(describePlaceOf({ step: 1_200, path: ['a', 0] })).toBe('step 1 200, a[0]');
  expect(describePlaceOf({ step: 3, to: 9 })).toBe('steps 3 to 9');
  expect(describePlaceOf({ step: 3, action: 7n })).toBe('step 3, action 7');
  expect(titleOf({ text: '\n## The **first** payment\n\nIt is held.' })).toBe('The first payment');
  expect(titleOf({ text: '' })).toBe('');
  expect([2, 3, 9, 10].map((at) => coversStep({ step: 3, to: 9 }, at))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(isSamePlace({ step: 3, path: ['a'] }, { step: 3, path: ['a'] })).toBe(true);
  expect(isSamePlace({ step: 3 }, { step: 3, path: ['a'] })).toBe(false);
});

it('has no place among a thousand others', () => {
  const others = Array.from({ length: 1_000 }, (_, at) => ({ id: String(at) }));
  expect(noteProblem({ id: 'a', step: 0, text: '' }, others, 1)).toMatch(/at most 1 000 notes/);
});

describe('The notes of a run that was made of another one', () => {
  const at = (step: number, to?: number): Note => ({
    id: `${step}`,
    step,
    ...(to === undefined ? {} : { to }),
    text: 'Here',
  });
  const placesOf = (notes: readonly Note[]) => notes.map(({ id, step, to }) => [id, step, to]);

  it('are those on the first steps; one across their end is on those before it', () => {
    const notes = [at(5), at(-1), at(0), at(2, 9), at(3)];
    expect(placesOf(carriedNotes(notes, firstSteps(4)))).toEqual([
      ['-1', -1, undefined],
      ['0', 0, undefined],
      ['2', 2, 3],
      ['3', 3, undefined],
    ]);
    expect(placesOf(carriedNotes([at(0), at(-1, 3)], firstSteps(0)))).toEqual([
      ['-1', -1, undefined],
    ]);
  });

  it('go to the steps of a fork that stand beside theirs, or have moved there', () => {
    const places = new Map(Object.entries({ 2: 3, 3: 5, 4: 4 }));
    const beside = {
      partnerOf: (_: unknown, step: number) => (step < 2 ? step : places.get(`${step}`)),
    };
    const kept = alignedSteps(beside, emitting(['m-1', 'm-2']), emitting([1n, 2n]));
    expect(placesOf(carriedNotes([at(-1), at(1), at(2, 4), at(3), at(7)], kept))).toEqual([
      ['-1', -1, undefined],
      ['1', 1, undefined],
      ['2', 3, 5],
      ['3', 5, undefined],
    ]);
    expect(placesOf(carriedNotes([at(4, 9), at(8, 9)], kept))).toEqual([['4', 4, undefined]]);
  });

  it('go to the places of the steps that shrinking kept, and leave out the others', () => {
    const notes = [at(-1), at(1), at(2), at(2, 7), at(3, 4), at(8), at(9)];
    // Step 7 was moved to the front.
    expect(placesOf(carriedNotes(notes, someSteps([7, 2, 8])))).toEqual([
      ['-1', -1, undefined],
      ['2', 1, undefined],
      ['2', 0, 1],
      ['8', 2, undefined],
    ]);
  });

  it('leave out what was added to the end of a shrunk run', () => {
    // The last step is step 9; the one before it was still due at the end.
    expect(placesOf(carriedNotes([at(2), at(9)], someSteps([2, 9, 9])))).toEqual([
      ['2', 0, undefined],
      ['9', 2, undefined],
    ]);
  });

  it('follow a tracked action to the id that it has in a shrunk run', () => {
    const kept = shrunkSteps([4, 6], emitting(['m-1', 'm-2']), emitting([1n, 2n]));
    const on = (action: ActionId, step = 6): Note => ({ id: 'a', step, action, text: '' });
    expect(carriedNotes([on('m-2')], kept)).toEqual([on(2n, 1)]);
    const fewer = shrunkSteps([4, 6], emitting(['m-1', 'm-2']), emitting([1n]));
    expect(carriedNotes([on('m-2')], fewer)).toEqual([{ id: 'a', step: 1, text: '' }]);
    expect(carriedNotes([on('m-2', 5)], kept)).toEqual([]);
  });

  it('keep everything but their places, and are on steps of the run', () => {
    const steps = fc.uniqueArray(fc.nat({ max: 20 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(anyNote), steps, (notes, stepIndices) => {
        const all = carriedNotes(notes, firstSteps(3));
        expect(all).toEqual(notes);
        for (const note of carriedNotes(notes, someSteps(stepIndices))) {
          expect(note.to ?? note.step).toBeLessThan(stepIndices.length);
          const was = note.step < 0 ? -1 : stepIndices[note.step];
          expect(notes).toContainEqual({ ...note, step: was });
        }
      }),
    );
  });
});
