import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DESK_RUN, extend, nothing, traceOf } from '../../core/test-helpers/test-desk.ts';
import { formatFork, RUN_AGAIN } from '../../core/trace/format/fork.ts';
import { onEvent } from '../api.ts';
import { growTrace, stubBridge } from '../test-helpers/test-bridge.ts';
import {
  askForOther,
  besidePart,
  compareFromFirstDifference,
  compareWith,
  currentPair,
  differenceTo,
  endComparison,
  followBeside,
  goToRow,
  isBesideShown,
  putBeside,
  seekOther,
  setSifted,
  setTogether,
  swapRuns,
} from './beside.ts';
import { seek } from './cursor.ts';
import { handleEvent } from './events.ts';
import { namesOfPair } from './run-relations.ts';
import { openTrace, showRun } from './running.ts';
import { counterpartOf } from './shrinks.ts';
import { findRun, selectCursor, session, updateRun } from './store.ts';
import { endTask } from './tasks/registry.ts';

/** Step 3 is in A alone; 3 and 4 are in B alone; 4 and 5 of A are 5 and 6 of B. */
const A = traceOf(DESK_RUN);
const B = traceOf(DESK_RUN.toSpliced(3, 1, extend('Room 2'), extend('Room 2')));

let idA: string;
let idB: string;
let stop: () => void;
let request: ReturnType<typeof stubBridge>;

async function read(path: string): Promise<string> {
  await openTrace(path);
  return session.getState().runId ?? '';
}

function end(id: string): void {
  const task = session.getState().tasks.find(({ subjectId }) => subjectId === id);
  endTask(task?.id ?? '', { kind: 'completed' });
}

async function finish(id: string, trace: typeof A): Promise<void> {
  growTrace(id, trace);
  end(id);
  await vi.waitFor(() => expect(findRun(id)?.status).toBe('completed'));
}

const cursorOf = (id: string) => selectCursor(session.getState(), id).stepIndex;
const cursors = () => [cursorOf(idA), cursorOf(idB)];
const aligned = () => vi.waitFor(() => expect(differenceTo('first')).toBeDefined());

function pair() {
  const found = currentPair();
  if (!found) throw new Error('two runs are side by side');
  return found;
}

beforeEach(async () => {
  session.setState(session.getInitialState(), true);
  besidePart.recall({});
  request = stubBridge();
  onEvent((event) => handleEvent(event, () => undefined));
  stop = followBeside();
  idA = await read('/traces/a.jsonl');
  await finish(idA, A);
  idB = await read('/traces/b.jsonl');
  await finish(idB, B);
});

afterEach(() => stop());

describe('two runs side by side', () => {
  it('are shown of a run that is compared, or when a person asks for them, and of no other', () => {
    const isShown = () => [idA, idB].map((id) => isBesideShown(findRun(id)));
    compareWith(idB, idA);
    expect(isShown()).toEqual([false, true]);
    askForOther(idA);
    expect(isShown()).toEqual([true, true]);
    endComparison(idB);
    expect(isShown()).toEqual([false, true]);
  });

  it('are named as the sides of a change', () => {
    updateRun(idB, (run) => ({ ...run, change: { beforeId: idA, stepIndex: 0 } }));
    const { runs } = session.getState();
    const [a, b] = [findRun(idA), findRun(idB)];
    if (!a || !b) throw new Error('both runs are open');
    const sides = ['Before the change', 'After the change'];
    expect(Object.values(namesOfPair({ run: b, other: a }, runs))).toEqual(sides);
    expect(Object.values(namesOfPair({ run: a, other: b }, runs))).toEqual(sides.toReversed());
  });

  it('have cursors that move together, to the same operation', async () => {
    compareWith(idB, idA);
    await aligned();
    seek(6);
    expect(cursors()).toEqual([5, 6]);
    seekOther(4);
    expect(cursors()).toEqual([4, 5]);
    seek(-1);
    expect(cursors()).toEqual([-1, -1]);
  });

  it('wait before a gap, while the cursor is on steps that only one of them has', async () => {
    compareWith(idB, idA);
    await aligned();
    seek(4);
    expect(cursors()).toEqual([3, 4]);
    seekOther(3);
    // The cursor of the other run stays in its gap, although another step stands beside this one.
    expect(cursors()).toEqual([3, 2]);
  });

  it('have cursors of their own once they are apart, until they are together again', async () => {
    compareWith(idB, idA);
    await aligned();
    seek(6);
    setTogether(pair(), false);
    seek(0);
    expect(cursors()).toEqual([5, 0]);
    seekOther(2);
    expect(cursors()).toEqual([2, 0]);
    setTogether(pair(), true);
    expect(cursors()).toEqual([0, 0]);
  });

  it('are gone through from difference to difference', async () => {
    compareWith(idB, idA);
    await aligned();
    goToRow(differenceTo('first') ?? -1);
    expect(cursors()).toEqual([3, 2]);
    goToRow(differenceTo('next') ?? -1);
    expect(cursors()).toEqual([3, 3]);
    goToRow(differenceTo('previous') ?? -1);
    expect(cursors()).toEqual([3, 2]);
  });

  it('are shown the other way round, with the same cursors', async () => {
    compareWith(idB, idA);
    await aligned();
    seek(6);
    setSifted(pair(), true);
    swapRuns(pair());
    await vi.waitFor(() => expect(currentPair()?.run.id).toBe(idA));
    expect(pair()).toMatchObject({ other: { id: idB }, isSifted: true, isTogether: true });
    expect(cursors()).toEqual([5, 6]);
  });

  it('are no run and itself, and none once the comparison has ended', () => {
    putBeside(idB, idB);
    expect(currentPair()).toBeUndefined();
    compareWith(idB, idA);
    expect(pair()).toMatchObject({ run: { id: idB }, other: { id: idA } });
    endComparison(idB);
    expect(currentPair()).toBeUndefined();
  });
});

describe('the first difference', () => {
  it('is gone to when both runs are aligned, and only once', async () => {
    seek(0);
    compareFromFirstDifference(idB, idA);
    await vi.waitFor(() => expect(cursors()).toEqual([3, 2]));
    seek(6);
    await showRun(idA);
    await showRun(idB);
    expect(cursors()).toEqual([5, 6]);
  });

  it('is gone to as soon as the run is over', async () => {
    const growing = await read('/traces/c.jsonl');
    growTrace(growing, B, 0, true);
    compareFromFirstDifference(growing, idA);
    expect(differenceTo('first')).toBeUndefined();
    end(growing);
    await vi.waitFor(() => expect([cursorOf(idA), cursorOf(growing)]).toEqual([3, 2]));
  });
});

describe('a wish to go to the first difference', () => {
  /** Wishes for it while a run goes on, so that nothing is aligned yet. */
  async function wish(): Promise<string> {
    const growing = await read('/traces/c.jsonl');
    growTrace(growing, B, 0, true);
    compareFromFirstDifference(growing, idA);
    return growing;
  }

  it('ends with the comparison', async () => {
    const growing = await wish();
    endComparison(growing);
    end(growing);
    compareWith(growing, idA);
    await aligned();
    expect([cursorOf(idA), cursorOf(growing)]).toEqual([0, 0]);
  });

  it('ends when another run is shown, or put beside', async () => {
    const growing = await wish();
    await showRun(idB);
    end(growing);
    await showRun(growing);
    await aligned();
    expect([cursorOf(idA), cursorOf(growing)]).toEqual([0, 0]);
  });
});

describe('an alignment that failed', () => {
  it('leaves no wish to go to the first difference of a later one', async () => {
    const idC = await read('/traces/c.jsonl');
    await finish(idC, A);
    await showRun(idB);
    seek(6);
    const working = request.getMockImplementation();
    const problem = { title: 'The file is gone' };
    request.mockImplementation(async (name, takes) =>
      name === 'ask' ? { kind: 'problem', problem } : working?.(name, takes),
    );
    compareFromFirstDifference(idB, idA);
    await vi.waitFor(() => expect(request).toHaveBeenCalledWith('ask', expect.anything()));
    // The reply has been taken.
    await new Promise((resolve) => setTimeout(resolve));
    request.mockImplementation(async (name, takes) => working?.(name, takes));
    compareWith(idB, idC);
    await aligned();
    expect([cursorOf(idC), cursorOf(idB)]).toEqual([5, 6]);
  });
});

describe('a run and the one that it was forked from', () => {
  it('stand beside each other, step by step, as soon as the fork is shown', async () => {
    updateRun(idB, (run) => ({
      ...run,
      origin: {
        kind: 'fork',
        machine: { kind: 'sample', name: 'desk' },
        settings: { scenario: 'desk', seed: '1', operationsMax: 6, faults: 'none' },
        parentId: idA,
        fork: formatFork(RUN_AGAIN),
      },
    }));
    const placeOf = (stepIndex: number) => {
      const { runs } = session.getState();
      const run = findRun(idB);
      return run && counterpartOf(run, stepIndex, runs);
    };
    await vi.waitFor(() => expect(placeOf(2)).toMatchObject({ stepIndex: 2, isSame: true }));
    expect(placeOf(4)).toMatchObject({ kind: 'parent', stepIndex: 3, isSame: false });
    expect(placeOf(6)).toMatchObject({ kind: 'parent', stepIndex: 5, isSame: true });
  });

  it('have a step that has moved at its other place', async () => {
    const moved = await read('/traces/moved.jsonl');
    await finish(moved, traceOf(DESK_RUN.toSpliced(3, 1).toSpliced(1, 0, nothing)));
    updateRun(moved, (run) => ({ ...run, change: { beforeId: idA, stepIndex: 0 } }));
    const run = () => {
      const found = findRun(moved);
      return found && counterpartOf(found, 1, session.getState().runs);
    };
    await vi.waitFor(() => expect(run()).toMatchObject({ stepIndex: 3, isSame: true }));
  });
});

describe('a run before a change, of the last session', () => {
  it('has a step to go to although its steps were not read again', () => {
    const step = (): unknown => {
      const { runs } = session.getState();
      const run = findRun(idB);
      return run && counterpartOf(run, 4, runs);
    };
    updateRun(idB, (run) => ({ ...run, change: { beforeId: idA, stepIndex: 4 } }));
    updateRun(idA, ({ trace: _, ...run }) => ({
      ...run,
      status: 'waiting',
      left: { status: 'completed', problem: undefined },
    }));
    expect(step()).toMatchObject({ kind: 'before', stepIndex: 4, isSame: undefined });
    // One that would have to be executed again has none.
    updateRun(idA, ({ left: _, ...run }) => ({
      ...run,
      origin: {
        kind: 'machine',
        machine: { kind: 'sample', name: 'desk' },
        settings: { scenario: 'desk', seed: '1', operationsMax: 6, faults: 'none' },
      },
    }));
    expect(step()).toBe(undefined);
  });
});

describe('what comes back with the session', () => {
  it('is which runs are side by side, and how', () => {
    compareWith(idB, idA);
    setTogether(pair(), false);
    const kept = JSON.parse(JSON.stringify(besidePart.keep()));
    besidePart.recall({});
    expect(currentPair()).toBeUndefined();
    besidePart.recall(kept);
    expect(pair()).toMatchObject({ other: { id: idA }, isTogether: false, isSifted: false });
  });

  it('is nothing of runs that are gone, and nothing that this version does not know', () => {
    compareWith(idB, idA);
    session.setState(({ runs }) => ({ runs: runs.filter(({ id }) => id !== idA) }));
    expect(besidePart.keep()).toEqual({});
    besidePart.recall({ [idB]: { otherId: 4 } });
    expect(currentPair()).toBeUndefined();
  });
});
