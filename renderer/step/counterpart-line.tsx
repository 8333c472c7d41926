import { Columns2, FileDiff, GitBranch, Shrink, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { compareWith, useAligned } from '../session/beside.ts';
import { originalOf } from '../session/lineage.ts';
import { compareWithOriginal } from '../session/originals.ts';
import { counterpartOf, goToCounterpart, type Counterpart } from '../session/shrinks.ts';
import { selectRun, useSession } from '../session/store.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Shortcut } from '../ui/shortcut.tsx';
import { formatPlural, formatStepIndex } from '../words/format.ts';
import './counterpart-line.css';

/** The same step in the original, in a shrunk run, or in the run to compare with. */
export function CounterpartLine({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const run = useSession(selectRun);
  const runs = useSession((state) => state.runs);
  const isPage = useSession((state) => state.isPage);
  useAligned();
  if (run?.trace !== trace) return null;
  const counterpart = counterpartOf(run, cursor, runs);
  if (!counterpart) return null;
  const other = counterpart.kind === 'original' ? originalOf(run, runs) : counterpart.run;
  const Icon = ICONS[counterpart.kind];
  if (isPage) {
    // There is no other run in a saved page.
    return (
      <div className="counterpart-line">
        <p className="counterpart small">
          <Icon size={14} aria-hidden />
          <span>{wordsOf(counterpart, false)}</span>
        </p>
      </div>
    );
  }
  return (
    <div className="counterpart-line">
      <button type="button" className="counterpart small" onClick={() => void goToCounterpart()}>
        <Icon size={14} aria-hidden />
        <span>{wordsOf(counterpart, true)}</span>
        <Shortcut command="counterpart" />
      </button>
      {(other ?? counterpart.kind === 'original') && (
        <IconButton
          icon={Columns2}
          size="small"
          label="Compare the two side by side"
          onPress={() => (other ? compareWith(run.id, other.id) : void compareWithOriginal(run))}
        />
      )}
    </div>
  );
}

const ICONS = {
  original: Undo2,
  parent: GitBranch,
  shrunk: Shrink,
  before: FileDiff,
  after: FileDiff,
} as const;

/** The step in another run; the run itself while that is not known; and a run that lacks the step. */
const KIN_WORDS = {
  parent: {
    same: (place: ReactNode) => <>{place} of the run that was forked</>,
    run: 'the run that was forked',
    missing: 'no such step in the run that was forked',
  },
  before: {
    same: (place: ReactNode) => <>{place} before the change</>,
    run: 'the run before the change',
    missing: 'no such step before the change',
  },
  after: {
    same: (place: ReactNode) => <>{place} after the change</>,
    run: 'the run after the change',
    missing: 'no such step after the change',
  },
} as const;

/** @param isLink whether a press goes there: in a saved page, there is no other run. */
function wordsOf(counterpart: Counterpart, isLink: boolean): ReactNode {
  const link = isLink ? 'counterpart-link' : '';
  const place = <span className={link}>{formatStepIndex(counterpart.stepIndex)}</span>;
  switch (counterpart.kind) {
    case 'original':
      return <>{place} of the original</>;
    case 'parent':
    case 'before':
    case 'after': {
      const { kind, isSame } = counterpart;
      const words = KIN_WORDS[kind];
      if (isSame === true) return words.same(place);
      const text = isSame === undefined ? words.run : words.missing;
      return <span className={link}>{text}</span>;
    }
    case 'shrunk': {
      const { isKept, run } = counterpart;
      return (
        <>
          {isKept ? place : 'left out'} of the{' '}
          <span className={isKept ? '' : link}>shrunk run</span> of{' '}
          {formatPlural(run.trace?.length ?? 0, 'step')}
        </>
      );
    }
    default:
      return assertNever(counterpart, 'counterpart');
  }
}
