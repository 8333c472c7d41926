import { beforeEach, expect, it } from 'vitest';
import { nothing, traceOf } from '../../core/test-helpers/test-desk.ts';
import type { Note } from '../../core/trace/format/notes.ts';
import { currentPair } from './beside.ts';
import type { RunEntry } from './model.ts';
import { notesStore, notesWithin, removeNote } from './notes.ts';
import { session } from './store.ts';
import {
  currentTalk,
  endTalk,
  isTellable,
  missSpeaker,
  showSpeaker,
  startTalk,
  startTalkWhenRead,
  turn,
  turnTo,
} from './talk.ts';

const NOTES: readonly Note[] = [
  { id: 'a', step: 1, text: 'One' },
  { id: 'b', step: 2, to: 4, text: 'Two' },
];

function open(steps: number): RunEntry {
  const trace = traceOf(Array.from({ length: steps }, () => nothing));
  const origin = { kind: 'file', path: '/a' } as const;
  const run: RunEntry = { id: 'run', trace, origin, status: 'completed', steps };
  session.setState({ runs: [run] });
  notesStore.setState({ edited: { run: { notes: NOTES, read: [] } } });
  return run;
}

beforeEach(() => {
  endTalk();
  notesStore.setState(notesStore.getInitialState(), true);
  session.setState(session.getInitialState(), true);
});

it('ends when its run is closed', () => {
  startTalk(open(9));
  expect(currentTalk()?.at).toBe(0);
  session.setState({ runs: [] });
  expect(currentTalk()).toBeUndefined();
});

it('ends when the last note is gone', () => {
  const run = open(9);
  startTalk(run);
  removeNote(run, 'a');
  expect(currentTalk()).toBeDefined();
  removeNote(run, 'b');
  expect(currentTalk()).toBeUndefined();
});

it('tells and saves no note on steps that the run does not have', () => {
  expect(notesWithin(NOTES, open(5).trace)).toBe(NOTES);
  expect(notesWithin(NOTES, open(4).trace).map(({ id }) => id)).toEqual(['a']);
  startTalk(open(4));
  turn(1);
  expect(currentTalk()?.at).toBe(0);
  expect(isTellable(open(1))).toBe(false);
});

it('tells several runs as one story, and shows each with its notes', async () => {
  const first = open(9);
  const second: RunEntry = { ...first, id: 'second' };
  session.setState({ runs: [first, second], runId: 'run' });
  const noted = [{ id: 'a', step: 3, view: 'beside', text: 'Three' }];
  notesStore.setState(({ edited }) => ({
    edited: { ...edited, second: { notes: noted, read: [] } },
  }));
  await startTalkWhenRead(['run', 'second']);
  turnTo(Infinity);
  expect(currentTalk()?.at).toBe(2);
  expect(session.getState().runId).toBe('second');
  expect(currentPair()).toMatchObject({ run: { id: 'second' }, other: { id: 'run' } });
  turn(-1);
  expect(session.getState().runId).toBe('run');
  endTalk();

  // From whichever of them: the whole story.
  startTalk(second);
  expect(currentTalk()).toMatchObject({ runIds: ['run', 'second'], at: 0 });
  session.setState({ runs: [second] });
  expect(currentTalk()).toBeDefined();
  session.setState({ runs: [] });
  expect(currentTalk()).toBeUndefined();
});

it('says that there is no window for the speaker until another note is shown', () => {
  startTalk(open(9));
  showSpeaker(true);
  missSpeaker();
  expect(currentTalk()).toMatchObject({ isSpeakerShown: false, notice: expect.any(String) });
  turn(1);
  expect(currentTalk()).not.toHaveProperty('notice');
});
