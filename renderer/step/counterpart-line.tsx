import { Shrink, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { formatPlural, formatStepIndex } from '../design/format.ts';
import { counterpartOf, goToCounterpart } from '../session/shrinks.ts';
import { selectRun, useSession } from '../session/store.ts';
import { Shortcut } from '../ui/icon-button.tsx';
import './counterpart-line.css';

/** In a shrunk run: which step of the original this was. In an original: what it has become. */
export function CounterpartLine({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const run = useSession(selectRun);
  const runs = useSession((state) => state.runs);
  if (run?.trace !== trace) return null;
  const counterpart = counterpartOf(run, cursor, runs);
  if (!counterpart) return null;
  const isShrunk = counterpart.kind === 'original';
  const Icon = isShrunk ? Undo2 : Shrink;
  return (
    <button type="button" className="counterpart small" onClick={() => void goToCounterpart()}>
      <Icon size={14} aria-hidden />
      {isShrunk ? (
        <span>
          <span className="counterpart-link">{formatStepIndex(counterpart.stepIndex)}</span> of the
          original
        </span>
      ) : (
        <span>
          {counterpart.isKept ? (
            <span className="counterpart-link">{formatStepIndex(counterpart.stepIndex)}</span>
          ) : (
            'left out'
          )}{' '}
          of the <span className={counterpart.isKept ? '' : 'counterpart-link'}>shrunk run</span> of{' '}
          {formatPlural(counterpart.run.trace?.length ?? 0, 'step')}
        </span>
      )}
      <Shortcut command="counterpart" />
    </button>
  );
}
