import { ListFilter } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { Finding } from '../../core/machine/finding.ts';
import { causesOf, hasCause, stepToShow, type Cause } from '../../core/trace/causes.ts';
import { FINDING_KIND_WORDS } from '../words/finding-words.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine, shownLines, shownName } from '../words/shown.ts';
import { IconButton } from './icon-button.tsx';
import { useSeek } from './seek.tsx';
import './cause-list.css';

/** How many causes are listed. */
const CAUSES_SHOWN_MAX = 50;

export interface CauseListProps {
  findings: readonly Finding[];
  /** Whether they are of an earlier source, and need not be there any more. */
  isEarlier: boolean;
  /** The cause of what was found there is marked. */
  cursor: number;
  /** The cause whose steps alone are shown, if there is one. */
  only?: string | undefined;
  /** Shows the steps of a cause alone, or all steps again. */
  onOnly: (signature: string | undefined) => void;
}

/** The findings of a run, grouped by cause; a press goes to the first, and then to the next. */
export function CauseList(props: CauseListProps): ReactNode {
  const { findings, isEarlier, cursor, only, onOnly } = props;
  const causes = causesOf(findings);
  const hidden = causes.length - CAUSES_SHOWN_MAX;
  return (
    <ul className="cause-list" aria-label="Findings by cause" data-earlier={isEarlier}>
      {causes.slice(0, CAUSES_SHOWN_MAX).map((cause) => (
        <li key={cause.signature} className="cause-line">
          <CauseRow cause={cause} cursor={cursor} />
          <OnlyButton cause={cause} isOn={only === cause.signature} onOnly={onOnly} />
        </li>
      ))}
      {hidden > 0 && <li className="muted small">and {formatPlural(hidden, 'more cause')}</li>}
    </ul>
  );
}

/** Lights the steps of one cause alone. */
function OnlyButton({
  cause: { signature },
  isOn,
  onOnly,
}: Pick<CauseListProps, 'onOnly'> & { cause: Cause; isOn: boolean }): ReactNode {
  return (
    <IconButton
      icon={ListFilter}
      label="This cause only"
      size="small"
      isPressed={isOn}
      onPress={() => onOnly(isOn ? undefined : signature)}
    />
  );
}

function CauseRow({ cause, cursor }: { cause: Cause; cursor: number }): ReactNode {
  const seek = useSeek();
  const { first, count } = cause;
  const place = first.stepIndex < 0 ? 'start' : formatCount(first.stepIndex);
  return (
    <Button
      className="cause"
      aria-current={hasCause(cause, cursor) ? 'step' : false}
      onPress={() => seek(stepToShow(cause, cursor))}
    >
      <span className="cause-step data small">
        <span className="visually-hidden">first at step </span>
        {place}
      </span>
      <span
        className="cause-text"
        title={shownLines(
          `${first.name}\n${FINDING_KIND_WORDS[first.kind]}: ${first.message} (${first.shape})`,
        )}
      >
        <span className="truncate">{shownName(first.name)}</span>
        <span className="truncate muted">{shownLine(first.shape)}</span>
      </span>
      {count > 1 && (
        <span className="cause-count data small" title={formatPlural(count, 'finding')}>
          ×{formatCount(count)}
        </span>
      )}
    </Button>
  );
}
