import { ChevronLeft, ChevronRight, X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import type { Note } from '../../core/trace/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { RunEntry } from '../session/model.ts';
import { useNotes } from '../session/notes.ts';
import { useSession } from '../session/store.ts';
import { endTalk, toggleBlack, toldOf, turn, turnTo, useTalk, type Talk } from '../session/talk.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { LitContext } from '../ui/lit.ts';
import { Markdown } from '../ui/markdown.tsx';
import { formatCount } from '../words/format.ts';
import { shownPlaceOf } from '../words/note-words.ts';
import { shownLine } from '../words/shown.ts';
import { Stage, type RenderView } from './stage.tsx';
import { talkAction, type TalkAction } from './talk-keys.ts';
import { Track } from './track.tsx';
import './presenter.css';

/**
 * The notes of a run as a talk, over the whole window: one note at a time in large type, and beside it
 * what it is on.
 *
 * @param renderView shows a view of the run at its cursor.
 */
export function Presenter({ renderView }: { renderView: RenderView }): ReactNode {
  const talk = useTalk();
  const run = useSession(({ runs }) => runs.find(({ id }) => id === talk?.runId));
  if (!talk || !run?.trace) return null;
  return <Slide talk={talk} run={run} trace={run.trace} renderView={renderView} />;
}

function Slide({
  talk,
  run,
  trace,
  renderView,
}: {
  talk: Talk;
  run: RunEntry;
  trace: Trace;
  renderView: RenderView;
}): ReactNode {
  const told = toldOf(useNotes(run));
  const note = told[Math.min(talk.at, told.length - 1)];
  const root = useRef<HTMLDialogElement>(null);
  useTalkKeys();
  useEffect(() => root.current?.focus(), []);
  if (!note) return null;
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
        <Words key={note.id} note={note} />
        <LitContext value={isOnPart(note) ? note : undefined}>
          <Stage note={note} run={run} trace={trace} renderView={renderView} />
        </LitContext>
      </div>
      <footer className="presenter-foot">
        <span className="presenter-run muted truncate">
          {shownLine(trace.header.machine)} · seed {shownLine(trace.header.seed)}
        </span>
        <Track trace={trace} steps={run.steps} told={told} note={note} onTurn={turnTo} />
        <output className="presenter-count data" aria-label="Note">
          {formatCount(told.indexOf(note) + 1)}{' '}
          <span className="muted">/ {formatCount(told.length)}</span>
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
    </dialog>
  );
}

/** The initial state as a whole is all that there is: nothing is beside it. */
function isOnPart({ step, to, path }: Note): boolean {
  return step >= 0 || to !== undefined || path !== undefined;
}

function Words({ note }: { note: Note }): ReactNode {
  return (
    <section className="presenter-words" aria-label="Note" aria-live="polite">
      <p className="presenter-place data">{shownPlaceOf(note)}</p>
      <Markdown text={note.text} />
    </section>
  );
}

/** The keys belong to the talk alone, wherever the focus is. */
function useTalkKeys(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const action = talkAction(event);
      if (!action) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act(action);
    };
    window.addEventListener('keydown', listen, { capture: true });
    return () => window.removeEventListener('keydown', listen, { capture: true });
  }, []);
}

function act(action: TalkAction): void {
  switch (action) {
    case 'next':
      return turn(1);
    case 'previous':
      return turn(-1);
    case 'first':
      return turnTo(0);
    case 'last':
      return turnTo(Infinity);
    case 'black':
      return toggleBlack();
    case 'screen':
      return void toggleFullscreen();
    case 'end':
      return endTalk();
    default:
      return assertNever(action, 'action');
  }
}

async function toggleFullscreen(): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch {
    // A page that may not fill the screen tells in its window.
  }
}
