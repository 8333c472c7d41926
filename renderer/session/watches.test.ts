import { beforeEach, describe, expect, it, vi } from 'vitest';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { onEvent } from '../api.ts';
import { growTrace, stubBridge } from '../test-helpers/test-bridge.ts';
import { seek } from './cursor.ts';
import { handleEvent } from './events.ts';
import { openTrace } from './running.ts';
import { selectCursor, session } from './store.ts';
import {
  cancelWatch,
  goAlongWatch,
  searchWatches,
  unwatch,
  watch,
  WATCHES_MAX,
  watchesOf,
  watchesPart,
  watchesStore,
} from './watches.ts';

const OPERATIONS = [
  book('Room 1'),
  paid(1),
  nothing,
  book('Room 2'),
  ...Array.from({ length: 300 }, () => nothing),
  paid(2),
];
const whole = traceOf(OPERATIONS);
const begun = traceOf(OPERATIONS.slice(0, 100));
const { machine } = whole.header;
const EXPRESSION = 'size(outstanding)';

const theRun = () => {
  const [run] = session.getState().runs;
  if (!run) throw new Error('there is a run');
  return run;
};
const watched = (expression: string) => watchesStore.getState().watched[theRun().id]?.[expression];
const searched = async (expression = EXPRESSION) => {
  await vi.waitFor(() => expect(watched(expression)?.status).not.toBe('searching'));
  const history = watched(expression)?.history;
  if (!history) throw new Error('nothing is known of the watch');
  return history;
};
const cursor = () => selectCursor(session.getState(), theRun().id).stepIndex;

beforeEach(async () => {
  session.setState(session.getInitialState(), true);
  watchesStore.setState(watchesStore.getInitialState(), true);
  stubBridge();
  onEvent((event) => handleEvent(event, () => undefined));
  await openTrace('/traces/desk.jsonl');
  growTrace(theRun().id, begun);
  await vi.waitFor(() => expect(theRun().trace).toBeDefined());
});

describe('a watch', () => {
  it('is followed as the run grows', async () => {
    watch(machine, EXPRESSION);
    searchWatches(theRun(), [EXPRESSION]);
    expect((await searched()).searched).toBe(100);
    growTrace(theRun().id, whole, 100);
    searchWatches(theRun(), [EXPRESSION]);
    await vi.waitFor(() => expect(watched(EXPRESSION)?.history.searched).toBe(whole.length));
    const history = await searched();
    for (let at = -1; at < whole.length; at += 1) {
      const told = history.textAt(history.indexAt(at));
      expect([at, told]).toEqual([at, String(whole.outstandingAt(at).length)]);
    }
  });

  it('is gone along to the nearest change, and to where it becomes true', async () => {
    const becoming = `${EXPRESSION} > 0`;
    watch(machine, becoming);
    growTrace(theRun().id, whole, 100);
    searchWatches(theRun(), [becoming]);
    // The answer is still under way, and the step comes with it.
    goAlongWatch(theRun(), 'next', 'becomesTrue');
    await vi.waitFor(() => expect(cursor()).toBe(3));
    seek(whole.length - 1);
    goAlongWatch(theRun(), 'previous', 'changes');
    await vi.waitFor(() => expect(cursor()).toBe(3));
    seek(200);
    goAlongWatch(theRun(), 'next', 'becomesTrue');
    await vi.waitFor(() =>
      expect(session.getState().notice).toBe('The watch does not become true after this step.'),
    );
    await vi.waitFor(() => expect(cursor()).toBe(200));
  });

  it('says why it cannot be followed, and keeps what was found when it is cancelled', async () => {
    searchWatches(theRun(), ['nope(']);
    await vi.waitFor(() => expect(watched('nope(')?.problem).toBeDefined());
    searchWatches(theRun(), [EXPRESSION]);
    cancelWatch(theRun().id, EXPRESSION);
    expect(watched(EXPRESSION)?.status).toBe('cancelled');
    expect(watched('nope(')).toBeUndefined();
  });
});

describe('the watches of a machine', () => {
  it('are chosen, changed in their place, and limited', () => {
    for (const text of ['a', 'b', 'c']) watch(machine, text);
    watch(machine, 'B', 'b');
    expect(watchesOf(machine)).toMatchObject({ expressions: ['a', 'B', 'c'], chosen: 'B' });
    unwatch(machine, 'B');
    expect(watchesOf(machine)).toMatchObject({ expressions: ['a', 'c'], chosen: 'c' });
    for (let at = 0; at < WATCHES_MAX; at += 1) watch(machine, `x${at}`);
    expect(watch(machine, 'one more')).toBe(false);
    expect(watchesOf(machine).expressions).toHaveLength(WATCHES_MAX);
    expect(watchesOf('constructor').expressions).toEqual([]);
  });

  it('come back with the session', () => {
    watch(machine, 'step');
    const kept: unknown = JSON.parse(JSON.stringify(watchesPart.keep()));
    watchesStore.setState(watchesStore.getInitialState(), true);
    watchesPart.recall(kept);
    expect(watchesOf(machine)).toMatchObject({ expressions: ['step'], chosen: 'step' });
    watchesPart.recall({ [machine]: { expressions: 'no list' } });
    expect(watchesOf(machine).expressions).toEqual([]);
  });
});
