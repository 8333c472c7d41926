import { describe, expect, it } from 'vitest';
import { book, crash, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { parseLine } from '../../core/trace/format/format.ts';
import { rowTextOf } from '../../core/trace/words/step-row.ts';
import { jsonLinesOf, markdownOf, tableOf } from './row-text.ts';

const trace = traceOf([book('Room 1'), paid(1), nothing, ...crash(0)]);
const steps = Array.from({ length: trace.length }, (_, at) => trace.step(at));
const stepAt = (at: number) => trace.step(at);

describe('the row of a step', () => {
  it('names the operation with its fields, and what it emitted', () => {
    const row = rowTextOf(stepAt(0));
    expect(row).toMatchObject({ operation: 'Book', brief: 'room Room 1', outcome: 'ok' });
    expect(row.actions.map(({ kind }) => kind)).toContain('tracked');
    expect(row.changes).toBeGreaterThan(0);
  });

  it('names the action that it completes', () => {
    expect(rowTextOf(stepAt(1)).actions[0]).toEqual({ kind: 'completed', text: '#1' });
  });
});

describe('copied steps', () => {
  it('are a table with a line for each step', () => {
    const lines = tableOf(steps).trimEnd().split('\n');
    expect(lines).toHaveLength(steps.length + 1);
    const columns = new Set(lines.map((line) => line.split('\t').length));
    expect([...columns]).toEqual([10]);
    expect(lines[1]?.split('\t').slice(0, 4)).toEqual(['0', 'input', 'Book', 'room Room 1']);
    expect(lines[4]?.split('\t').slice(0, 2)).toEqual(['3', 'crash']);
  });

  it('are lines of a trace', () => {
    const lines = jsonLinesOf(steps).trimEnd().split('\n');
    expect(lines.map((line) => parseLine(line).kind)).toEqual(steps.map(() => 'step'));
  });

  it('are a table in Markdown, without columns that hold nothing', () => {
    const lines = markdownOf(steps).trimEnd().split('\n');
    expect(lines).toHaveLength(steps.length + 2);
    expect(lines[0]).toMatch(/^\| step \| kind \| operation \| /);
    expect(lines[0]).not.toContain('findings');
    expect(new Set(lines.map((line) => line.split(' | ').length)).size).toBe(1);
    expect(lines[2]).toMatch(/^\| 0 \| input \| Book \| room Room 1 \| /);
  });

  it('are in words and whole, if it is one', () => {
    const text = markdownOf([stepAt(0)]);
    expect(text).toMatch(/^\*\*Step 0\*\*: input `Book`/);
    expect(text).toContain('```json\n{\n  "step": 0,');
  });
});
