import { expect, it } from 'vitest';
import type { PossibleChange } from '../../core/trace/possible-changes.ts';
import { draftOf, forkOfDraft } from './fork-draft.ts';

const CRASH: PossibleChange = {
  id: 'crash',
  change: { kind: 'crash', after: 4, dispatched: 0 },
  most: 1,
};
const MOVE: PossibleChange = { id: 'move', change: { kind: 'move', at: 4, before: 5 } };

it('forks where its change begins, and goes on with the same operations', () => {
  expect(forkOfDraft(draftOf(CRASH, 4))).toEqual({
    from: 5,
    changes: [CRASH.change],
    goesOn: 'sameOperations',
  });
});

it('goes on with new draws only from a seed', () => {
  const draft = { ...draftOf(CRASH, 4), goesOn: 'newDraws', seed: '7' } as const;
  expect(forkOfDraft(draft)).toMatchObject({ goesOn: 'newDraws', seed: '7' });
  expect(forkOfDraft({ ...draft, seed: 'seven' })).toBeUndefined();
});

it('changes nothing but the draws after the step, or nothing at all', () => {
  const draws = draftOf({ id: 'newDraws' }, 4);
  expect(forkOfDraft(draws)).toEqual({ from: 5, changes: [], goesOn: 'newDraws', seed: '1' });
  expect(forkOfDraft({ ...draws, goesOn: 'sameOperations' })).toBeUndefined();
});

it('is no fork while a step stays in its place, or what is typed is no value', () => {
  expect(forkOfDraft(draftOf(MOVE, 4))).toBeUndefined();
  const moved = { ...draftOf(MOVE, 4), change: { kind: 'move', at: 4, before: 2 } } as const;
  expect(forkOfDraft(moved)).toMatchObject({ from: 2 });
  expect(forkOfDraft({ ...draftOf(CRASH, 4), change: undefined })).toBeUndefined();
});

it('keeps how it goes on when something else is chosen', () => {
  const before = { ...draftOf(CRASH, 4), goesOn: 'scenario' } as const;
  expect(draftOf(MOVE, 4, before).goesOn).toBe('scenario');
  expect(draftOf({ id: 'newDraws' }, 4, before).goesOn).toBe('newDraws');
});
