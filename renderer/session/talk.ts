import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { isBookmark, type Note } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { compareWith } from './beside.ts';
import type { RunEntry } from './model.ts';
import { notesOf, notesStore, notesWithin } from './notes.ts';
import { showNotice } from './notices.ts';
import { showInRun } from './places.ts';
import { showRun } from './running.ts';
import { findRun, selectRun, session, useSession } from './store.ts';
import { whenRead } from './when-read.ts';

/** A talk that is being given: it walks the notes of a run, or of several runs that tell one story. */
export interface Talk {
  /** The runs, in the order in which the talk presents them. */
  readonly runIds: readonly string[];
  /** The current note, as an index into {@link useSlides}. */
  readonly at: number;
  /** Whether the screen is dark, so that people look at the speaker. */
  readonly isBlack: boolean;
  /** Whether the speaker has a window with the next note and a clock. */
  readonly isSpeakerShown: boolean;
  /** What the speaker must know, until the next note is presented. */
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

/** The notes that a talk shows: bookmarks say nothing, and what the run does not have cannot be shown. */
export function presentedNotes(notes: readonly Note[], trace: RunEntry['trace']): readonly Note[] {
  return notesWithin(notes, trace).filter((note) => !isBookmark(note));
}

/** A note that a talk shows, with its run. */
export interface Slide {
  readonly run: RunEntry;
  readonly trace: Trace;
  readonly note: Note;
}

function slidesOf(runIds: readonly string[]): readonly Slide[] {
  return runIds.flatMap((id) => {
    const run = findRun(id);
    const trace = run?.trace;
    return trace ? presentedNotes(notesOf(run), trace).map((note) => ({ run, trace, note })) : [];
  });
}

/** All that a talk shows, in its order, in a component. */
export function useSlides({ runIds }: Talk): readonly Slide[] {
  useSession(({ runs }) => runs);
  useStore(notesStore, ({ edited }) => edited);
  return slidesOf(runIds);
}

/** Whether there is something to tell about a run. */
export function isTellable(run: RunEntry | undefined): run is RunEntry {
  return run?.trace !== undefined && presentedNotes(notesOf(run), run.trace).length > 0;
}

/** Begins a talk about a run, or about all runs of the story that it belongs to. */
export function startTalk({ id }: RunEntry): void {
  const runIds = stories.find((story) => story.includes(id)) ?? [id];
  if (slidesOf(runIds).length === 0) return;
  const isSpeakerShown = hasSecondScreen();
  const beganMs = Date.now();
  talks.setState({ talk: { runIds, at: -1, isBlack: false, isSpeakerShown, beganMs } });
  stopWatching();
  stopWatching = endWhenGone(runIds);
  turnTo(0);
}

/** The runs that tell one story together, for each story that was opened. */
let stories: readonly (readonly string[])[] = [];

let stopWatching = (): void => undefined;

/** Ends the talk when its runs are closed or have nothing left to tell. Returns what stops that. */
function endWhenGone(runIds: readonly string[]): () => void {
  const look = () => {
    if (slidesOf(runIds).length === 0) endTalk();
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

/**
 * Begins a talk about a run and those that follow it as soon as they were read, since notes come last, or says that
 * there are none.
 */
export async function startTalkWhenRead(runIds: readonly string[]): Promise<void> {
  const [run] = await Promise.all(runIds.map(whenRead));
  if (!run?.trace) return;
  if (runIds.length > 1) stories = [...stories, runIds];
  if (slidesOf(runIds).length > 0) startTalk(run);
  else showNotice('There is nothing to present: the trace has no notes.');
}

/** Tells another note: the nearest one there is. */
export function turnTo(at: number): void {
  const { talk } = talks.getState();
  if (!talk) return;
  const slides = slidesOf(talk.runIds);
  const next = Math.max(0, Math.min(at, slides.length - 1));
  const one = slides[next];
  if (!one) return endTalk();
  if (next !== talk.at) show(one, talk.runIds);
  const { notice: _, ...rest } = talk;
  talks.setState({ talk: { ...rest, at: next, isBlack: false } });
}

/** Shows what a note is on; a note of the view *Side by side* compares its run with the one before it. */
function show({ run, note }: Slide, runIds: readonly string[]): void {
  if (selectRun(session.getState())?.id !== run.id) void showRun(run.id);
  const before = runIds[runIds.indexOf(run.id) - 1];
  if (note.view === 'beside' && before !== undefined) compareWith(run.id, before);
  showInRun(run.id, note.step, note.path);
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

/** Ends the talk; the window stays at the note that was presented last. */
export function endTalk(): void {
  stopWatching();
  talks.setState({ talk: undefined });
}
