import { expect, it } from 'vitest';
import type { EmittedAction, Outcome } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import { Asked } from './asked.ts';

const OK: Outcome = { kind: 'ok' };

function emits(action: string): readonly EmittedAction[] {
  return [{ kind: 'tracked', id: 1, action: { kind: action } }];
}

function comes(result: string, others: Partial<Operation> = {}): Operation {
  return { kind: 'trackedActionCompleted', id: 1, result, ...others } as Operation;
}

it('takes a result for the answer to what was asked last under its id', () => {
  const asked = new Asked();
  asked.add({ operation: { kind: 'normal', input: 'book' }, outcome: OK, actions: emits('Hold') });
  asked.add({ operation: { kind: 'restore' }, outcome: OK, actions: emits('Check') });
  expect(asked.answerOf(comes('Pending'))).toBe('["Check","Pending"]');
  // The answer to the earlier question may come late.
  expect(asked.possibleAnswers(comes('Held'))).toEqual(['["Hold","Held"]', '["Check","Held"]']);
});

it('takes as many answers as questions were sent', () => {
  const asked = new Asked();
  for (const _ of [1, 2]) {
    asked.add({ operation: { kind: 'restore' }, outcome: OK, actions: emits('Check') });
  }
  for (const answer of ['["Check","Held"]', '["Check","Held"]', undefined]) {
    expect(asked.answerOf(comes('Held'))).toBe(answer);
    asked.add({ operation: comes('Held'), outcome: OK, actions: [] });
  }
});

it('keeps a question that a fault kept from being answered', () => {
  const asked = new Asked();
  asked.add({ operation: { kind: 'normal', input: 'book' }, outcome: OK, actions: emits('Hold') });
  const operation = comes('Held');
  asked.add({ operation, outcome: { kind: 'crashed' }, actions: [] });
  expect(asked.answerOf(operation)).toBe('["Hold","Held"]');
});

it('takes a second delivery for no answer', () => {
  const asked = new Asked();
  asked.add({ operation: { kind: 'normal', input: 'book' }, outcome: OK, actions: emits('Hold') });
  expect(asked.answerOf(comes('Held', { isDuplicate: true }))).toBeUndefined();
});

it('takes what is asked again for what a crash has kept from being sent', () => {
  const asked = new Asked();
  asked.add({ operation: { kind: 'normal', input: 'book' }, outcome: OK, actions: emits('Hold') });
  asked.add({ operation: { kind: 'crash', dispatched: 0 }, outcome: OK, actions: [] });
  expect(asked.possibleAnswers(comes('Held'))).toEqual([]);
  asked.add({ operation: { kind: 'restore' }, outcome: OK, actions: emits('Check') });
  expect(asked.possibleAnswers(comes('Held'))).toEqual(['["Hold","Held"]', '["Check","Held"]']);
});
