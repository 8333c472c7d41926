import type { ReactNode } from 'react';
import type { Slide } from '../session/talk.ts';
import { shownPlaceOf, shownTitleOf } from '../words/note-words.ts';
import './track.css';

/** More findings than this are not drawn one by one. */
const FINDINGS_MAX = 200;

/** The whole run of a note as a line: where its findings are, where its notes are, and where the talk is. */
export function Track({
  slides,
  at,
  onTurn,
}: {
  /** All notes of the talk, those of other runs included. */
  slides: readonly Slide[];
  /** The current note, as an index into `slides`. */
  at: number;
  onTurn: (at: number) => void;
}): ReactNode {
  const current = slides[at];
  if (!current) return null;
  const { run, trace, note } = current;
  const { step, to = step } = note;
  const left = (stepIndex: number) => `${((stepIndex + 1.5) / (run.steps + 1)) * 100}%`;
  return (
    <div className="track">
      <span className="track-line" />
      {trace.findings.slice(0, FINDINGS_MAX).map(({ stepIndex }, index) => (
        <span key={index} className="track-finding" style={{ left: left(stepIndex) }} />
      ))}
      <span
        className="track-lit"
        style={{ left: left(step), width: `${((to - step) / (run.steps + 1)) * 100}%` }}
      />
      {slides.map((one, index) => {
        if (one.run.id !== run.id) return null;
        const [title, place] = [shownTitleOf(one.note), shownPlaceOf(one.note)];
        return (
          <button
            key={one.note.id}
            type="button"
            className="track-note"
            style={{ left: left(one.note.step) }}
            aria-label={`${title}, ${place}`}
            aria-current={index === at}
            title={`${title} (${place})`}
            tabIndex={-1}
            // A click leaves the focus where it is, so that Space still shows the next note.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTurn(index)}
          />
        );
      })}
    </div>
  );
}
