import { memo, type ReactNode } from 'react';
import { readShown } from '../../core/text/visible.ts';
import { lastAtMost } from '../../core/trace/last-at-most.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import { StepList, StepListRow } from './step-list.tsx';
import { useHits, type Hit, type Hits } from './use-hits.ts';

/** Every step whose operation, outcome, actions or change of the state hold a text. */
export function HitList({
  trace,
  text,
  cursor,
  onClose,
}: {
  trace: Trace;
  text: string;
  cursor: number;
  onClose: () => void;
}): ReactNode {
  const found = useHits(trace, text);
  const { hits } = found;
  const last = lastAtMost(hits, cursor, ({ stepIndex }) => stepIndex);
  return (
    <StepList
      kind="hits"
      title="Steps with"
      name={shownLine(text)}
      count={countText(trace, found)}
      length={hits.length}
      current={hits[last]?.stepIndex === cursor ? last : -1}
      // A search that goes on must not move the rows under the pointer: only the cursor does.
      followed={cursor}
      closeLabel={found.isDone ? 'Close the list' : 'Cancel the search'}
      onClose={onClose}
      renderRow={(index, isCurrent) => {
        const hit = hits[index];
        return hit && <HitRow hit={hit} text={text} isCurrent={isCurrent} />;
      }}
    />
  );
}

function countText(trace: Trace, { hits, searched, isDone, isCut }: Hits): string {
  if (isCut) return `the first ${formatPlural(hits.length, 'step')}`;
  const found = hits.length === 0 ? 'none' : formatPlural(hits.length, 'step');
  if (isDone) return found;
  return `${found} · ${formatCount(searched)} of ${formatCount(trace.length)} searched`;
}

/** The length of a text at the beginning of an excerpt, where texts are quoted as in JSON. */
function lengthAt(excerpt: string, text: string): number {
  const [asTyped = '', asMeant = ''] = [text, readShown(text)].map((one) =>
    JSON.stringify(one).slice(1, -1),
  );
  const isTyped = excerpt.toLowerCase().startsWith(asTyped.toLowerCase());
  return (isTyped ? asTyped : asMeant).length;
}

const HitRow = memo(function HitRow({
  hit: { stepIndex, place, excerpt, at },
  text,
  isCurrent,
}: {
  hit: Hit;
  text: string;
  isCurrent: boolean;
}): ReactNode {
  const end = at + lengthAt(excerpt.slice(at), text);
  return (
    <StepListRow stepIndex={stepIndex} isCurrent={isCurrent}>
      <span className="step-list-excerpt data truncate" title={shownLine(place)}>
        {place !== '' && <span className="step-list-place">{shownLine(place)}</span>}
        {shownLine(excerpt.slice(0, at))}
        <mark>{shownLine(excerpt.slice(at, end))}</mark>
        {shownLine(excerpt.slice(end))}
      </span>
    </StepListRow>
  );
});
