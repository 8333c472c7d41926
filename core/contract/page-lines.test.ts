import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { book, crash, extend, nothing, paid, traceOf } from '../test-helpers/test-desk.ts';
import type { Note } from '../trace/format/notes.ts';
import { sealedLines } from '../trace/sealed-lines.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';
import { pageLines, readPageLines, type PageOptions, type PageRun } from './page-lines.ts';

const trace = traceOf([
  book('a'),
  extend('b'),
  paid(1),
  book('b'),
  ...crash(1),
  nothing,
  paid(2),
  extend('b'),
]);
const NOTES: readonly Note[] = [
  { id: 'start', step: -1, text: '' },
  { id: 'hold', step: 2, path: ['rooms'], text: 'Held: `</script>` \u2028' },
  { id: 'end', step: 3, to: 6, text: 'A crash.' },
];

function bytesOf(lines: Iterable<string>): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode([...lines].map((line) => `${line}\n`).join(''));
}

function saved(options: Partial<PageOptions> = {}): PageRun {
  return readPageLines(bytesOf(pageLines(trace, { name: 'desk.jsonl', ...options })));
}

/** Everything of the first steps that the window shows. */
function shown(whole: Trace, steps = whole.length) {
  const stepIndices = Array.from({ length: steps }, (_, stepIndex) => stepIndex);
  const { index } = whole;
  return {
    header: whole.header,
    glances: stepIndices.map((stepIndex) => whole.glance(stepIndex)),
    steps: stepIndices.map((stepIndex) => whole.wholeStep(stepIndex)),
    states: [-1, ...stepIndices].map((stepIndex) => whole.stateAt(stepIndex)),
    findings: whole.findings.filter(({ stepIndex }) => stepIndex < steps),
    spans: index.first(steps).spans.map(({ ended: _, ...span }) => span),
    endings: index.first(steps).endings,
  };
}

describe('the lines of a page', () => {
  it('hold all of a run, its notes and its end', () => {
    const { head, trace: read, file } = saved({ notes: NOTES, stepIndex: 3 });
    expect(head).toMatchObject({ name: 'desk.jsonl', stepIndex: 3 });
    expect(head.stepsOfRun).toBeUndefined();
    expect(shown(read)).toEqual(shown(trace));
    expect([read.notes, read.end]).toEqual([NOTES, trace.end]);
    expect(() => read.line(trace.length)).toThrow('There is no step');
    expect(new TextDecoder().decode(file)).toBe(
      [...sealedLines(trace, { notes: NOTES })].map((line) => `${line}\n`).join(''),
    );
  });

  it('hold the first steps of a run, with the notes on these, as a trace without its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: trace.length - 1 }), (steps) => {
        const { head, trace: read, file } = saved({ steps, notes: NOTES });
        expect(head.stepsOfRun).toBe(trace.length);
        expect(shown(read)).toEqual(shown(trace, steps));
        expect(read.end).toBeUndefined();
        expect(read.notes).toEqual(NOTES.filter(({ step, to }) => (to ?? step) < steps));
        const builder = new TraceBuilder();
        builder.push(new TextDecoder().decode(file));
        // The page says that it does not hold the whole run.
        expect(() => builder.finish()).toThrow('cut short');
        expect(builder.trace?.length).toBe(steps);
      }),
    );
  });

  it('are refused when one is damaged', () => {
    const [head = '', header = '', ...rest] = pageLines(trace, { name: 'desk.jsonl' });
    const other = head.replace('"version":1', '"version":2');
    for (const lines of [[], [head], [header, ...rest], [other, header, ...rest], [head, ...rest]])
      expect(() => readPageLines(bytesOf(lines))).toThrow();
  });
});
