import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { SPEAKER_WINDOW } from '../../core/contract/window.ts';
import { missSpeaker, showSpeaker, type Slide } from '../session/talk.ts';
import { Markdown } from '../ui/markdown.tsx';
import { formatCount } from '../words/format.ts';
import { shownPlaceOf, shownTitleOf } from '../words/note-words.ts';
import { listenToTalkKeys } from './talk-control.ts';
import './speaker-window.css';

interface SpeakerProps {
  slides: readonly Slide[];
  /** The note that the audience sees, as an index into `slides`. */
  at: number;
  /** When the talk began, in milliseconds since 1970. */
  beganMs: number;
}

/**
 * What the speaker alone sees, in a window of its own: the text of this note, the next one and a clock. It is a part of this page,
 * so that both show the same talk.
 */
export function SpeakerWindow(props: SpeakerProps): ReactNode {
  // It moves to the document of the window as soon as that is there.
  const [host] = useState(() => document.createElement('div'));
  const close = useEffectEvent(() => showSpeaker(false));
  useEffect(() => {
    // A window that is being closed still has its name, and would be taken for the one to open.
    const name = `${SPEAKER_WINDOW} ${crypto.randomUUID()}`;
    const view = window.open('', name, 'popup,width=960,height=640');
    if (!view) {
      missSpeaker();
      return undefined;
    }
    furnish(view.document);
    const stopKeys = listenToTalkKeys(view);
    view.addEventListener('pagehide', close);
    view.document.body.append(host);
    return () => {
      view.removeEventListener('pagehide', close);
      stopKeys();
      view.close();
    };
  }, [host]);
  return createPortal(<Speaker {...props} />, host);
}

/** Gives an empty document the look of this one. */
function furnish(page: Document): void {
  page.title = 'Phasmoscope: speaker';
  page.documentElement.lang = document.documentElement.lang;
  page.documentElement.style.colorScheme = document.documentElement.style.colorScheme;
  const sheets = document.querySelectorAll<HTMLLinkElement | HTMLStyleElement>(
    'link[rel="stylesheet"], style',
  );
  for (const sheet of sheets) {
    const copy = page.importNode(sheet, true);
    copy.nonce = sheet.nonce;
    page.head.append(copy);
  }
}

function Speaker({ slides, at, beganMs }: SpeakerProps): ReactNode {
  const now = slides[at]?.note;
  const next = slides[at + 1]?.note;
  if (!now) return null;
  return (
    <main className="speaker">
      <header className="speaker-head">
        <output className="data" aria-label="Note">
          {formatCount(at + 1)} <span className="muted">/ {formatCount(slides.length)}</span>
        </output>
        <span className="speaker-place truncate muted">
          {shownTitleOf(now)} · {shownPlaceOf(now)}
        </span>
        <Clock beganMs={beganMs} />
      </header>
      <section className="speaker-now" aria-label="This note">
        <Markdown key={now.id} text={now.text} />
      </section>
      <section className="speaker-next" aria-label="Next note">
        <p className="muted">{next ? `Next: ${shownPlaceOf(next)}` : 'This is the last note.'}</p>
        {next && <Markdown key={next.id} text={next.text} />}
      </section>
    </main>
  );
}

/** How long the talk takes so far, and what time it is. */
function Clock({ beganMs }: { beganMs: number }): ReactNode {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((nowMs - beganMs) / 1_000));
  const elapsed = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  const time = new Date(nowMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return (
    <span className="speaker-clock data" role="timer" aria-label="Clock">
      {elapsed} <span className="muted">{time}</span>
    </span>
  );
}
