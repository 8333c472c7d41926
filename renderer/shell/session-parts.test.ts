import { beforeEach, describe, expect, it } from 'vitest';
import { mutationsOf } from '../../core/test-helpers/mutations.ts';
import { recallPlaces } from '../session/kept-places.ts';
import { notesStore } from '../session/notes.ts';
import { session } from '../session/store.ts';
import { watchesStore } from '../session/watches.ts';
import { SESSION_PARTS } from './session-parts.ts';

const note = (step: number) => ({ id: `note-${step}`, step, text: 'Here it begins.' });

/** The places of a session as this version keeps them, with something in every part. */
const PLACES = {
  cursors: {
    'run-1': { cursor: 3, isCursorTouched: true, compareWith: 1 },
    'run-2': { cursor: 5, isCursorTouched: false, wantedSignature: '["a"]' },
  },
  parts: {
    state: { desk: { pins: [['tickets']], filter: 'changed' }, gate: { pins: [], filter: 'all' } },
    arrangements: {
      last: {
        root: { direction: 'beside', parts: ['state', 'steps'], shares: [0.5, 0.5] },
        focused: 'steps',
      },
      ofMachines: [['desk', { root: 'causality', focused: 'causality' }]],
    },
    filters: {},
    watches: { desk: { expressions: ['size(state.tickets)'], isFolded: false } },
    notes: {
      'run-1': { notes: [note(1), note(2)], read: ['note-1'] },
      'run-2': { notes: [note(7)], read: [], carriedFrom: 'run-1' },
    },
    marked: { 'run-9': [4] },
    beside: { 'run-1': { otherId: 'run-2', isTogether: true, isSifted: false } },
    mend: { oneIn: 1_000, confidencePercent: 95 },
    timeline: { runId: 'run-1', startAt: 0, endAt: 9 },
  },
};

function recall(text: string) {
  const places = recallPlaces({ session: null, places: text });
  const lost = places.recallParts(SESSION_PARTS);
  const { edited } = notesStore.getState();
  const notes = Object.entries(edited).flatMap(([id, { notes: of }]) =>
    of.map((one) => `${id} ${one.id}`),
  );
  return {
    lost,
    notes,
    cursors: ['run-1', 'run-2'].map((id) => places.cursorOf(id)),
    watches: watchesStore.getState().watches,
  };
}

beforeEach(() => session.setState(session.getInitialState(), true));

describe('the places of a session', () => {
  const whole = recall(JSON.stringify(PLACES));

  it('are read whole', () => {
    expect(whole.lost).toEqual([]);
    expect(whole.notes).toEqual(['run-9 marked-4', 'run-1 note-1', 'run-1 note-2', 'run-2 note-7']);
    expect(whole.cursors).toMatchObject([
      { aim: { stepIndex: 3 } },
      { aim: { signature: '["a"]' } },
    ]);
  });

  it.each(['', '{"cursors":', '[]', 'null'])('are said to be lost as a whole: %j', (text) => {
    expect(recall(text).lost[0]).toContain('all of it');
  });

  it('lose nothing beside the place that is changed, and say what they lose', () => {
    const mutations = [...mutationsOf(PLACES)];
    for (const { at, what, text } of mutations) {
      const place = `${at.join('.')}: ${what}`;
      const found = recall(text);
      const [top, part, entry] = at;
      if (top === 'cursors' && part !== undefined) {
        const other = part === 'run-1' ? 1 : 0;
        expect(found.cursors[other], place).toEqual(whole.cursors[other]);
      }
      if (top === 'parts' && part !== undefined && part !== 'notes' && part !== 'marked') {
        expect(found.notes, place).toEqual(whole.notes);
      }
      if (top === 'parts' && part === 'notes' && entry !== undefined) {
        const others = whole.notes.filter((one) => !one.startsWith(`${String(entry)} `));
        expect(found.notes, place).toEqual(expect.arrayContaining(others));
      }
      if (top === 'parts' && part !== undefined && part !== 'watches') {
        expect(found.watches, place).toEqual(whole.watches);
      }
      const isLess = found.notes.length < whole.notes.length;
      // Nothing may have been kept there.
      const isEmpty = ['missing', 'list', 'object'].includes(what) && top === 'parts';
      if (isLess && !isEmpty) expect(found.lost, place).not.toEqual([]);
    }
    expect(mutations.length).toBeGreaterThan(500);
  });
});
