import { Crosshair } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import { formatRecord } from '../../core/trace/records/record-kinds.ts';
import {
  recordsOf,
  type PhaseChange,
  type Touch,
} from '../../core/trace/records/record-touches.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { toggleFollowing, useFollowed } from '../session/following.ts';
import { selectRun, useSession } from '../session/store.ts';
import { Section } from '../ui/section.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { formatCount } from '../words/format.ts';
import { phaseWords, shownRecordRef, WAY_WORDS } from '../words/record-words.ts';
import './records-section.css';

/** The most records of a step that are listed. */
const SHOWN_MAX = 12;

interface Touched extends Touch {
  readonly phase: PhaseChange | undefined;
}

/** The records that the step at the cursor concerns; each can be followed through the run. */
export function RecordsSection({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const run = useSession(selectRun);
  const compute = useCallback(() => touchedBy(trace, cursor), [trace, cursor]);
  const { result = [] } = useLoaded(trace, compute);
  if (run?.trace !== trace || result.length === 0) return null;
  const hidden = result.length - SHOWN_MAX;
  return (
    <Section title="Records" note={formatCount(result.length)}>
      <ul>
        {result.slice(0, SHOWN_MAX).map((touched) => (
          <RecordRow key={formatRecord(touched.record)} runId={run.id} touched={touched} />
        ))}
      </ul>
      {hidden > 0 && <p className="muted small">and {formatCount(hidden)} more</p>}
    </Section>
  );
}

function touchedBy(trace: Trace, cursor: number): readonly Touched[] {
  const records = recordsOf(trace);
  const phases = new Map(
    records.phaseChangesBy(cursor).map((change) => [formatRecord(change.record), change] as const),
  );
  return records
    .touchedBy(cursor)
    .map((touch) => ({ ...touch, phase: phases.get(formatRecord(touch.record)) }));
}

function RecordRow({
  runId,
  touched: { record, ways, phase },
}: {
  runId: string;
  touched: Touched;
}): ReactNode {
  const isFollowed = useFollowed(runId) === formatRecord(record);
  const name = shownRecordRef(record);
  const waysText = [...ways].map((way) => WAY_WORDS[way]).join(', ');
  const note = phase ? phaseWords(phase) : waysText;
  return (
    <li>
      <button
        type="button"
        className="record-row"
        aria-pressed={isFollowed}
        aria-label={`Only the steps about ${name}: ${note}`}
        title={`${isFollowed ? 'Show all steps again' : `Only the steps about ${name}`}\n${waysText}`}
        onClick={() => toggleFollowing(runId, record, isFollowed)}
      >
        <Crosshair size={13} aria-hidden />
        <span className="record-name truncate">{name}</span>
        <span className="record-note small truncate">{note}</span>
      </button>
    </li>
  );
}
