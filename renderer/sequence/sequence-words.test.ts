import { describe, expect, it } from 'vitest';
import {
  book,
  crash,
  doubled,
  lost,
  paid,
  traceOf,
  withFault,
} from '../../core/test-helpers/test-desk.ts';
import { sequenceOf, type Sequence } from '../../core/trace/sequence.ts';
import { describeRow, noteOn, wordsOn } from './sequence-words.ts';

function sequenceOfAll(...operations: Parameters<typeof traceOf>[0]): Sequence {
  const trace = traceOf(operations);
  return sequenceOf(
    trace,
    operations.map((_, at) => at),
  );
}

describe('a row as a sentence', () => {
  it('says what is sent, and when its result comes', () => {
    const sequence = sequenceOfAll(book('A'), book('B'), paid(2), paid(1));
    expect(describeRow(0, sequence)).toBe(
      'step 0: input Book; ok; sends Mail; sends Hold #1, completed at step 3',
    );
    expect(describeRow(3, sequence)).toBe(
      'step 3: completion Paid; ok; Paid #1 arrives, 3 steps after its action at step 0, ' +
        'overtaken by 1 later result',
    );
  });

  it('says what got lost, came twice, or was not asked for', () => {
    const sequence = sequenceOfAll(book('A'), lost(1), paid(1), doubled(1), paid(9));
    expect(describeRow(1, sequence)).toContain('Paid #1 is lost, 1 step after its action');
    expect(describeRow(3, sequence)).toContain('Paid #1 arrives again, 3 steps after');
    expect(describeRow(4, sequence)).toContain('Paid #9 arrives, although nobody asked for it');
  });

  it('says what a crash kept from being sent', () => {
    const sequence = sequenceOfAll(book('A'), ...crash(0));
    expect(describeRow(0, sequence)).toContain('not sent: Mail; not sent: Hold #1');
    expect(describeRow(2, sequence)).toContain('sends Check #1, whose result has not arrived');
  });
});

describe('the words in a diagram', () => {
  it('are short on the arrows', () => {
    const { messages, rows } = sequenceOfAll(book('A'), lost(1), paid(1), doubled(1));
    const words = messages.map((message) => wordsOn(message, rows));
    expect(words.map(({ label, id, note }) => [label, id, note].filter(Boolean).join(' '))).toEqual(
      [
        'Book room A',
        'Mail',
        'Hold #1',
        'Paid #1 lost, +1',
        'Paid #1 +2',
        'Paid #1 again, +3',
        'Refund #1',
      ],
    );
  });

  it('say beside the machine what is unusual', () => {
    const { rows } = sequenceOfAll(
      book('A'),
      paid(9),
      withFault(paid(1), { kind: 'commitFails' }),
      ...crash(0),
    );
    expect(rows.map((row) => noteOn(row)?.text)).toEqual([
      undefined,
      'UnknownHold',
      'storage failed',
      'Crash',
      'Restore',
    ]);
  });
});
