import { describe, expect, it } from 'vitest';
import { executedStep, type EmittedAction } from '../machine/executed.ts';
import { Dispatch } from './dispatch.ts';

const tracked = (id: number): EmittedAction => ({ kind: 'tracked', id, action: `job ${id}` });
const untracked: EmittedAction = { kind: 'untracked', action: 'beep' };

function holding(...actions: readonly EmittedAction[]): Dispatch {
  const dispatch = new Dispatch();
  dispatch.hold(actions);
  return dispatch;
}

function outstandingIn(dispatch: Dispatch): readonly unknown[] {
  return [...dispatch.outstanding.keys()];
}

/** A step that was given a result. */
function completion(id: number, delivery: { readonly isDuplicate?: true } = {}) {
  const operation = { kind: 'trackedActionCompleted', id, result: 'done', ...delivery } as const;
  return executedStep({ stepIndex: 1, operation, before: {} });
}

describe('the actions of a step', () => {
  it('are outstanding once the next operation begins, if they are tracked', () => {
    const dispatch = holding(tracked(1), untracked, tracked(2));
    expect(outstandingIn(dispatch)).toEqual([]);
    expect([...dispatch.outstandingNext.keys()]).toEqual([1, 2]);
    dispatch.dispatchHeld();
    expect(outstandingIn(dispatch)).toEqual([1, 2]);
  });

  it('are lost in a crash, except those that are out by then, and nothing is outstanding', () => {
    const dispatch = holding(tracked(1));
    dispatch.dispatchHeld();
    dispatch.hold([tracked(2), untracked, tracked(3)]);
    expect(dispatch.crash(1)).toEqual([untracked, tracked(3)]);
    dispatch.dispatchHeld();
    expect(outstandingIn(dispatch)).toEqual([]);
  });
});

describe('an outstanding action', () => {
  it('is completed once', () => {
    const dispatch = holding(tracked(1), tracked(2));
    dispatch.dispatchHeld();
    expect([dispatch.complete(completion(1)), dispatch.complete(completion(1))]).toEqual([
      true,
      false,
    ]);
    expect(outstandingIn(dispatch)).toEqual([2]);
  });

  it('stays outstanding at a duplicate', () => {
    const dispatch = holding(tracked(1));
    dispatch.dispatchHeld();
    expect(dispatch.complete(completion(1, { isDuplicate: true }))).toBe(false);
    expect(outstandingIn(dispatch)).toEqual([1]);
  });
});
