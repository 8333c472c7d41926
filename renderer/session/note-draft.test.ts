import { beforeEach, expect, it } from 'vitest';
import { NOTES_MAX } from '../../core/limits.ts';
import type { Note } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { keepNote, noteTyped, typedBefore } from './note-draft.ts';
import { notesOf, notesStore } from './notes.ts';
import { findRun, session } from './store.ts';

const draft = { runId: 'run', place: { step: 3 }, note: undefined, view: undefined };

function openRunWith(notes: readonly Note[]): void {
  // Nothing else of the trace is read here.
  const trace = { notes } as unknown as Trace;
  const origin = { kind: 'file', path: '/a' } as const;
  session.setState({ runs: [{ id: 'run', trace, origin, status: 'completed', steps: 9 }] });
}

beforeEach(() => {
  notesStore.setState(notesStore.getInitialState(), true);
  session.setState(session.getInitialState(), true);
});

it('keeps a note, and forgets then what was typed', () => {
  openRunWith([]);
  noteTyped(draft, 'A thought');
  expect(keepNote(draft, { text: 'A thought' })).toBeUndefined();
  expect(notesOf(findRun('run') ?? { id: 'run' }).map(({ text }) => text)).toEqual(['A thought']);
  expect(typedBefore(draft)).toBeUndefined();
});

it('says where a note is when another run has come to the screen meanwhile', () => {
  openRunWith([]);
  const origin = { kind: 'file', path: '/b' } as const;
  const change = { beforeId: 'run', stepIndex: 3 };
  session.setState(({ runs }) => ({
    runs: [{ id: 'newer', origin, status: 'completed', steps: 9, change }, ...runs],
    runId: 'newer',
  }));
  keepNote(draft, { text: 'A thought' });
  expect(session.getState().notice).toBe('The note is on the run before the change; O goes there');
  session.setState({ notice: undefined, runId: 'run' });
  keepNote(draft, { text: 'Another' });
  expect(session.getState().notice).toBe(undefined);
});

it('has still what was typed when the run has no room for another note, or is gone', () => {
  openRunWith(Array.from({ length: NOTES_MAX }, (_, at) => ({ id: `${at}`, step: 1, text: '' })));
  noteTyped(draft, 'A thought');
  expect(keepNote(draft, { text: 'A thought' })).toContain('notes');
  expect(typedBefore(draft)).toBe('A thought');
  session.setState({ runs: [] });
  expect(keepNote(draft, { text: 'A thought' })).toContain('closed');
  expect(typedBefore(draft)).toBe('A thought');
});
