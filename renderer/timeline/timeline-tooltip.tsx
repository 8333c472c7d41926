import { useCallback, useLayoutEffect, useRef, type ReactNode } from 'react';
import type { Finding } from '../../core/machine/finding.ts';
import { findingsOf } from '../../core/trace/causes.ts';
import type { Step } from '../../core/trace/format/format.ts';
import type { Note } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import {
  describeOperation,
  describeOutcome,
  toneOfOutcome,
  toneSourceOf,
  type StepTone,
} from '../../core/trace/words/step-words.ts';
import { MarkIcon } from '../ui/mark-icon.tsx';
import { MarkLegend } from '../ui/mark-legend.tsx';
import { NoteIcon } from '../ui/note-icon.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { FINDING_KIND_WORDS } from '../words/finding-words.ts';
import { formatPlural, formatStepIndex } from '../words/format.ts';
import { shownPlaceOf, shownTitleOf } from '../words/note-words.ts';
import { shownLine, shownName } from '../words/shown.ts';
import { notesAt, type StepNote } from '../words/step-notes.ts';
import type { Hover } from './gestures.ts';
import type { Hit } from './hit-test.ts';
import type { WatchLane } from './scene.ts';
import { describeSpan, describeSpanEnd, formatId } from './timeline-text.ts';
import './timeline-tooltip.css';

/** How far from the pointer, and from the edges of the window, the tooltip stays. */
const DISTANCE_PX = 14;
const MARGIN_PX = 8;

/** What is under the pointer, beside it. */
export function TimelineTooltip({ trace, hover }: { trace: Trace; hover: Hover }): ReactNode {
  const ref = useRef<HTMLDivElement>(null);
  const { clientX, clientY, hit } = hover;
  // Placed once its size is known: right of the pointer and above it, turned over where that has no
  // room. It is fixed to the window, since the timeline is too low to hold it.
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return;
    const rightPx = clientX + DISTANCE_PX;
    const hasRoom = rightPx + box.offsetWidth + MARGIN_PX <= window.innerWidth;
    box.style.left = `${hasRoom ? rightPx : clientX - DISTANCE_PX - box.offsetWidth}px`;
    box.style.top = `${Math.max(MARGIN_PX, clientY - DISTANCE_PX - box.offsetHeight)}px`;
  });
  if (hit.kind === 'legend') {
    return (
      <div ref={ref} className="timeline-tooltip" role="presentation">
        <MarkLegend countOf={(mark) => hit.marks.count(mark)} />
      </div>
    );
  }
  if (hit.kind !== 'step') return null;
  const { stepIndex, lane, spanIndex, hiddenSpans, watch, notes = [] } = hit;
  // The pointer may still rest where a longer trace was a moment ago.
  if (stepIndex >= trace.length) return null;
  return (
    <div ref={ref} className="timeline-tooltip" role="presentation">
      {notes.slice(0, NOTES_SHOWN_MAX).map((note) => (
        <NoteOn key={note.id} note={note} />
      ))}
      {watch && <WatchLines watch={watch} stepIndex={stepIndex} />}
      {spanIndex !== undefined && <SpanLines trace={trace} spanIndex={spanIndex} />}
      {hiddenSpans !== undefined && (
        <p>{formatPlural(hiddenSpans, 'more tracked action')} in view, not enough rows</p>
      )}
      {stepIndex >= 0 ? (
        <StepPart trace={trace} stepIndex={stepIndex} lane={lane} />
      ) : (
        <p>Initial state</p>
      )}
      {(lane === 'findings' || lane === 'inputs') && (
        <FindingLines findings={findingsOf(trace, stepIndex)} />
      )}
    </div>
  );
}

/** How many notes are listed. */
const NOTES_SHOWN_MAX = 4;

/** A note that the person wrote there. */
function NoteOn({ note }: { note: Note }): ReactNode {
  return (
    <p className="timeline-tooltip-note">
      <NoteIcon note={note} size={12} />
      <span>
        {shownTitleOf(note)}
        <span className="muted timeline-tooltip-consequence">{shownPlaceOf(note)}</span>
      </span>
    </p>
  );
}

type StepHit = Extract<Hit, { kind: 'step' }>;

/** What the line of the step says. A line that must be fetched first is there a moment later. */
function StepPart({
  trace,
  stepIndex,
  lane,
}: {
  trace: Trace;
  stepIndex: number;
  lane: StepHit['lane'];
}): ReactNode {
  const compute = useCallback(
    () => ({ step: trace.step(stepIndex), notes: notesAt(trace, stepIndex) }),
    [trace, stepIndex],
  );
  const { result, isCurrent } = useLoaded(trace, compute);
  if (!result || !isCurrent) {
    return <p className="data muted">{formatStepIndex(stepIndex)}</p>;
  }
  return (
    <>
      <StepLines step={result.step} />
      {lane !== 'tracked' && <NoteLines notes={result.notes} isFull={lane === 'faults'} />}
    </>
  );
}

/** The marks of outcomes; everything else has a line of its own with its mark. */
const GLYPHS: Readonly<Partial<Record<StepTone, string>>> = {
  ok: '●',
  rejected: '✕',
  finding: '▲',
};

function StepLines({ step }: { step: Step }): ReactNode {
  const { operation, stepIndex } = step;
  // The findings have lines of their own; here is the outcome.
  const tone = toneOfOutcome(toneSourceOf(step));
  const glyph = GLYPHS[tone];
  return (
    <p className="timeline-tooltip-step">
      <span className="data muted">{formatStepIndex(stepIndex)}</span>
      <span>
        {describeOperation(operation)}
        {'id' in operation && <span className="data muted"> {formatId(operation.id)}</span>}
      </span>
      {(operation.kind === 'normal' || operation.kind === 'trackedActionCompleted') && (
        <span className={tone === 'ok' ? 'muted' : `ink-${tone}`}>
          {glyph !== undefined && <span aria-hidden="true">{glyph}</span>} {describeOutcome(step)}
        </span>
      )}
    </p>
  );
}

function NoteLines({ notes, isFull }: { notes: readonly StepNote[]; isFull: boolean }): ReactNode {
  return notes.map(({ mark, text, consequence }) => (
    <p key={text} className="timeline-tooltip-note">
      <MarkIcon mark={mark} />
      <span>
        {text}
        {isFull && consequence !== undefined && (
          <span className="muted timeline-tooltip-consequence">{consequence}</span>
        )}
      </span>
    </p>
  ));
}

function WatchLines({ watch, stepIndex }: { watch: WatchLane; stepIndex: number }): ReactNode {
  const { expression, watched } = watch;
  const index = watched?.history.indexAt(stepIndex) ?? -1;
  const value = index === -1 ? 'not searched yet' : (watched?.history.textAt(index) ?? '');
  return (
    <p className="timeline-tooltip-watch data">
      <span className="muted">{shownLine(expression)}</span>
      <span>{shownLine(value)}</span>
    </p>
  );
}

function SpanLines({ trace, spanIndex }: { trace: Trace; spanIndex: number }): ReactNode {
  const span = trace.spans[spanIndex];
  if (!span) return null;
  return (
    <>
      <p className="timeline-tooltip-title">{describeSpan(span)}</p>
      <dl className="timeline-tooltip-span">
        <dt>emitted</dt>
        <dd className="data">{formatStepIndex(span.emittedAt)}</dd>
        <dt>{describeSpanEnd(span)}</dt>
        <dd className="data">{span.ended && formatStepIndex(span.ended.at)}</dd>
      </dl>
    </>
  );
}

/** How many findings of a step are listed in full. */
const FINDINGS_MAX = 3;

function FindingLines({ findings }: { findings: readonly Finding[] }): ReactNode {
  return (
    <>
      {findings.slice(0, FINDINGS_MAX).map(({ kind, name, message }, at) => (
        <p key={at} className="timeline-tooltip-finding">
          <span className="ink-finding">
            {FINDING_KIND_WORDS[kind]}: {shownName(name)}
          </span>
          <span className="muted">{shownLine(message)}</span>
        </p>
      ))}
      {findings.length > FINDINGS_MAX && (
        <p className="muted">and {findings.length - FINDINGS_MAX} more</p>
      )}
    </>
  );
}
