import { describe, expect, it } from 'vitest';
import { book, crash, paid, traceOf } from '../../test-helpers/test-desk.ts';
import { formatSentence } from '../words/sentences.ts';
import { knownCauseOf, sentenceOfFact } from './known-cause.ts';

const knownOf = (operations: Parameters<typeof traceOf>[0], name: string) => {
  const trace = traceOf(operations, 'chaos');
  const finding = trace.findings.find((one) => one.name === name);
  if (!finding) throw new Error(`nothing found: ${trace.findings.map((one) => one.name).join()}`);
  return knownCauseOf(trace, finding).map((fact) => formatSentence(sentenceOfFact(fact)));
};

describe('what is known of a cause', () => {
  it('is the step that it is traced to, and the last change of what that concerns', () => {
    const operations = [book('A'), book('A'), paid(1), paid(2)];
    expect(knownOf(operations, 'tracked actions are restorable')).toEqual([
      'Restore after step 3 would not emit Refund #2 again.',
      'Traced to step 3 (completion Paid).',
      'Last change of holds 2: step 3, from waiting to refund.',
      'Last change of rooms A: step 2 (completion Paid).',
    ]);
  });

  it('are the steps that wrote what the message names', () => {
    const operations = [book('Room 1'), book('Room 1b'), paid(1), paid(2)];
    expect(knownOf(operations, 'rooms are apart')).toEqual([
      'Traced to step 3 (completion Paid).',
      'Last change of Room 1: step 2 (completion Paid).',
      'Last change of Room 1b: step 3.',
    ]);
  });

  it('is nothing that came later', () => {
    const operations = [book('A'), book('A'), paid(1), paid(2), ...crash(0)];
    const known = knownOf(operations, 'tracked actions are restorable').join('\n');
    expect(known).not.toContain('Lost');
  });

  it('names the places that did it, where they are given', () => {
    const fact = { kind: 'step', sentence: ['traced to ', { stepIndex: 3 }] } as const;
    expect(formatSentence(sentenceOfFact(fact, ['desk.ts:7:3']))).toBe(
      'Traced to step 3; see desk.ts:7:3.',
    );
    expect(formatSentence(sentenceOfFact(fact, ['desk.ts:7:3', 'desk.ts:2:1']))).toBe(
      'Traced to step 3; see desk.ts:7:3, which leads to desk.ts:2:1.',
    );
  });
});
