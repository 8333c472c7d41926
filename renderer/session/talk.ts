import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { isBookmark, type Note } from '../../core/trace/format/notes.ts';
import type { RunEntry } from './model.ts';
import { notesOf, notesStore, notesWithin } from './notes.ts';
import { showNotice } from './notices.ts';
import { showInRun } from './places.ts';
import { findRun, session } from './store.ts';
import { whenRead } from './when-read.ts';

/** A talk that is being given: it walks the notes of a run. */
export interface Talk {
  readonly runId: string;
  /** The note that is told, as an index into {@link toldOf}. */
  readonly at: number;
  /** Whether the screen is dark, so that people look at the speaker. */
  readonly isBlack: boolean;
  /** Whether the speaker has a window with the next note and a clock. */
  readonly isSpeakerShown: boolean;
  /** What the speaker must know, until another note is told. */
  readonly notice?: string;
  /** When the talk began, in milliseconds since 1970. */
  readonly beganMs: number;
}

const talks = createStore<{ readonly talk: Talk | undefined }>(() => ({ talk: undefined }));

/** The talk that is being given, in a component. */
export function useTalk(): Talk | undefined {
  return useStore(talks, ({ talk }) => talk);
}

/** The talk that is being given. */
export function currentTalk(): Talk | undefined {
  return talks.getState().talk;
}

/** The notes that a talk tells: bookmarks say nothing, and what the run does not have cannot be shown. */
export function toldOf(notes: readonly Note[], trace: RunEntry['trace']): readonly Note[] {
  return notesWithin(notes, trace).filter((note) => !isBookmark(note));
}

/** Whether there is something to tell about a run. */
export function isTellable(run: RunEntry | undefined): run is RunEntry {
  return run?.trace !== undefined && toldOf(notesOf(run), run.trace).length > 0;
}

/** Begins a talk about a run, with a note or with the first one. */
export function startTalk(run: RunEntry, noteId?: string): void {
  if (!isTellable(run)) return;
  const at = toldOf(notesOf(run), run.trace).findIndex(({ id }) => id === noteId);
  const isSpeakerShown = hasSecondScreen();
  const beganMs = Date.now();
  talks.setState({ talk: { runId: run.id, at: -1, isBlack: false, isSpeakerShown, beganMs } });
  stopWatching();
  stopWatching = endWhenGone(run.id);
  turnTo(Math.max(at, 0));
}

let stopWatching = (): void => undefined;

/** Ends the talk when its run is closed or has nothing left to tell. Returns what stops that. */
function endWhenGone(runId: string): () => void {
  const look = () => {
    if (!isTellable(findRun(runId))) endTalk();
  };
  const stops = [session.subscribe(look), notesStore.subscribe(look)];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Whether the speaker can look at another screen than the audience. */
function hasSecondScreen(): boolean {
  return typeof screen !== 'undefined' && (screen as { isExtended?: boolean }).isExtended === true;
}

/** Begins a talk about a run as soon as it was read, since notes come last, or says that there are none. */
export async function startTalkWhenRead(runId: string): Promise<void> {
  const run = await whenRead(runId);
  if (!run?.trace) return;
  if (isTellable(run)) startTalk(run);
  else showNotice('There is nothing to present: the trace has no notes.');
}

/** Tells another note: the nearest one there is. */
export function turnTo(at: number): void {
  const { talk } = talks.getState();
  const run = talk && findRun(talk.runId);
  if (!run) return;
  const told = toldOf(notesOf(run), run.trace);
  const next = Math.max(0, Math.min(at, told.length - 1));
  const note = told[next];
  if (!note) return endTalk();
  if (next !== talk.at) showInRun(run.id, note.step, note.path);
  const { notice: _, ...rest } = talk;
  talks.setState({ talk: { ...rest, at: next, isBlack: false } });
}

/** Tells the next note (1) or the one before (-1). */
export function turn(by: -1 | 1): void {
  const { talk } = talks.getState();
  if (talk) turnTo(talk.at + by);
}

/** Makes the screen dark, or shows the note again. */
export function toggleBlack(): void {
  const { talk } = talks.getState();
  if (talk) talks.setState({ talk: { ...talk, isBlack: !talk.isBlack } });
}

/** Opens or closes the window of the speaker. */
export function showSpeaker(isSpeakerShown: boolean): void {
  const { talk } = talks.getState();
  if (talk) talks.setState({ talk: { ...talk, isSpeakerShown } });
}

/** Notes that the window of the speaker was not opened, and says so where the speaker looks. */
export function missSpeaker(): void {
  const { talk } = talks.getState();
  if (!talk) return;
  const notice = 'The speaker window was not opened.';
  talks.setState({ talk: { ...talk, isSpeakerShown: false, notice } });
}

/** Ends the talk; the window is at the note that was told last. */
export function endTalk(): void {
  stopWatching();
  talks.setState({ talk: undefined });
}
