import { ChevronLeft, ChevronRight, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import type { Note } from '../../core/trace/format/notes.ts';
import { endTalk, turn, turnTo, useTalk, useSlides, type Talk } from '../session/talk.ts';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { LitContext } from '../ui/lit.ts';
import { Markdown } from '../ui/markdown.tsx';
import { formatCount } from '../words/format.ts';
import { shownPlaceOf } from '../words/note-words.ts';
import { shownLine, shownName } from '../words/shown.ts';
import { SpeakerWindow } from './speaker-window.tsx';
import { Stage, type RenderView } from './stage.tsx';
import { listenToTalkKeys } from './talk-control.ts';
import { Track } from './track.tsx';
import { useFit } from './use-fit.ts';
import './presenter.css';

/**
 * The notes of a run, or of several, as a talk over the whole window: one note at a time in large type, and beside
 * it what it is on.
 *
 * @param renderView shows a view of the run at its cursor.
 */
export function Presenter({ renderView }: { renderView: RenderView }): ReactNode {
  const talk = useTalk();
  return talk && <TalkDialog talk={talk} renderView={renderView} />;
}

/** What may fail is in a boundary, so that the keys and the button that end the talk are always there. */
function TalkDialog({ talk, renderView }: { talk: Talk; renderView: RenderView }): ReactNode {
  const slides = useSlides(talk);
  const at = Math.min(talk.at, slides.length - 1);
  const root = useFocusDuringTalk();
  useTalkKeys();
  const one = slides[at];
  if (!one) return null;
  const { run, trace, note } = one;
  return (
    <dialog
      ref={root}
      open
      className="presenter"
      aria-modal
      aria-label="Presentation"
      tabIndex={-1}
      data-black={talk.isBlack}
    >
      <div className="presenter-slide">
        <ErrorBoundary part="The note" subject={note}>
          <Words key={`${run.id} ${note.id}`} note={note} />
        </ErrorBoundary>
        <ErrorBoundary part="What the note is on" subject={note}>
          <LitContext value={isOnPart(note) ? note : undefined}>
            <Stage note={note} run={run} trace={trace} renderView={renderView} />
          </LitContext>
        </ErrorBoundary>
      </div>
      <footer className="presenter-foot">
        {talk.notice === undefined ? (
          <span className="presenter-run muted truncate">
            {shownName(trace.header.machine)} · seed {shownLine(trace.header.seed)}
          </span>
        ) : (
          <span className="presenter-run ink-finding truncate" role="alert">
            {talk.notice}
          </span>
        )}
        <ErrorBoundary part="The line of the run" subject={note} fallback={null}>
          <Track slides={slides} at={at} onTurn={turnTo} />
        </ErrorBoundary>
        <output className="presenter-count data" aria-label="Note">
          {formatCount(at + 1)} <span className="muted">/ {formatCount(slides.length)}</span>
        </output>
        <IconButton
          icon={ChevronLeft}
          label="Previous note"
          keys={['←']}
          onPress={() => turn(-1)}
        />
        <IconButton icon={ChevronRight} label="Next note" keys={['→']} onPress={() => turn(1)} />
        <IconButton icon={X} label="End the presentation" keys={['Esc']} onPress={endTalk} />
      </footer>
      {talk.isBlack && <output className="presenter-black" aria-label="The screen is dark" />}
      <ErrorBoundary part="The speaker window" subject={talk} fallback={null}>
        {talk.isSpeakerShown && <SpeakerWindow slides={slides} at={at} beganMs={talk.beganMs} />}
      </ErrorBoundary>
    </dialog>
  );
}

/** The initial state as a whole is all that there is: nothing is beside it. */
function isOnPart({ step, to, path }: Note): boolean {
  return step >= 0 || to !== undefined || path !== undefined;
}

function Words({ note }: { note: Note }): ReactNode {
  const words = useRef<HTMLElement>(null);
  useFit(words);
  return (
    <section ref={words} className="presenter-words" aria-label="Note" aria-live="polite">
      <p className="presenter-place data">{shownPlaceOf(note)}</p>
      <Markdown text={note.text} />
    </section>
  );
}

/** Takes the focus for the element that has the returned ref, and gives it back when the talk ends. */
function useFocusDuringTalk(): RefObject<HTMLDialogElement | null> {
  const root = useRef<HTMLDialogElement>(null);
  // As soon as this is rendered, the window is inert and its focus is gone.
  const [before] = useState(() => document.activeElement);
  useEffect(() => {
    root.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [before]);
  return root;
}

/** The keys belong to the talk alone, wherever the focus is. */
function useTalkKeys(): void {
  useEffect(() => listenToTalkKeys(window), []);
}
