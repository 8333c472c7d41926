import type { ReactNode } from 'react';
import type { Note } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { shownPlaceOf, shownTitleOf } from '../words/note-words.ts';

/** More findings than this are not drawn one by one. */
const FINDINGS_MAX = 200;

/** The whole run as a line: where its findings are, where the notes are, and where the talk is. */
export function Track({
  trace,
  steps,
  told,
  note,
  onTurn,
}: {
  trace: Trace;
  steps: number;
  told: readonly Note[];
  note: Note;
  onTurn: (at: number) => void;
}): ReactNode {
  const left = (step: number) => `${((step + 1.5) / (steps + 1)) * 100}%`;
  const { step, to = step } = note;
  return (
    <div className="track">
      <span className="track-line" />
      {trace.findings.slice(0, FINDINGS_MAX).map(({ stepIndex }, at) => (
        <span key={at} className="track-finding" style={{ left: left(stepIndex) }} />
      ))}
      <span
        className="track-lit"
        style={{ left: left(step), width: `${((to - step) / (steps + 1)) * 100}%` }}
      />
      {told.map((one, at) => (
        <button
          key={one.id}
          type="button"
          className="track-note"
          style={{ left: left(one.step) }}
          aria-label={`${shownTitleOf(one)}, ${shownPlaceOf(one)}`}
          aria-current={one === note}
          title={`${shownTitleOf(one)} (${shownPlaceOf(one)})`}
          tabIndex={-1}
          // A click leaves the focus where it is, so that Space still tells the next note.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTurn(at)}
        />
      ))}
    </div>
  );
}
