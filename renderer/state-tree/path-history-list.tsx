import { ListFilter } from 'lucide-react';
import { memo, useCallback, type ReactNode } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { describeOperation } from '../../core/trace/words/step-words.ts';
import type { Write } from '../../core/trace/writes.ts';
import { valueAt } from '../../core/value/container.ts';
import type { Path } from '../../core/value/path.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownPath } from '../words/shown.ts';
import { Found } from './pinned-paths.tsx';
import { StepList, StepListRow } from './step-list.tsx';
import { useHistory, type MemberHistory } from './use-history.ts';
import { showChanges } from './use-row-actions.ts';

/** Every step that wrote the member at a path, latest first, with its value after each step. */
export function PathHistoryList({
  trace,
  path,
  at,
  cursor,
  onClose,
}: {
  trace: Trace;
  path: Path;
  /** The step after which the member is at the path. */
  at: number;
  cursor: number;
  onClose: () => void;
}): ReactNode {
  const history = useHistory(trace, path, at);
  const { writes, start, isDone } = history;
  // The list ends with the initial state, which no step wrote.
  const entries: readonly Pick<Write, 'stepIndex' | 'after'>[] = isDone
    ? [...writes, { stepIndex: -1, after: start }]
    : writes;
  const current = entries.findIndex(({ stepIndex }) => stepIndex <= cursor);
  return (
    <StepList
      kind="history"
      title="History of"
      name={shownPath(path)}
      count={countText(trace, history)}
      length={entries.length}
      current={current}
      followed={current}
      actions={
        <IconButton
          icon={ListFilter}
          label="Only the steps that change this"
          size="small"
          onPress={() => showChanges(trace, path)}
        />
      }
      closeLabel="Close the history"
      onClose={onClose}
      renderRow={(index, isCurrent) => (
        <HistoryRow
          trace={trace}
          path={entries[index]?.after}
          stepIndex={entries[index]?.stepIndex ?? -1}
          isCurrent={isCurrent}
        />
      )}
    />
  );
}

function countText(trace: Trace, { writes, scanned, isDone }: MemberHistory): string {
  const found = formatPlural(writes.length, 'write');
  if (isDone) return found;
  return `${found} · ${formatCount(scanned)} of ${formatCount(trace.changedSteps.length)} changes read`;
}

const HistoryRow = memo(function HistoryRow({
  trace,
  path,
  stepIndex,
  isCurrent,
}: {
  trace: Trace;
  /** Where the member is after the step; absent if the step removed it from its list. */
  path: Path | undefined;
  stepIndex: number;
  isCurrent: boolean;
}): ReactNode {
  const compute = useCallback(
    () => ({
      label: stepIndex < 0 ? 'Initial state' : describeOperation(trace.step(stepIndex).operation),
      lookup: path ? valueAt(trace.stateAt(stepIndex), path) : ({ found: false } as const),
    }),
    [trace, path, stepIndex],
  );
  const { result, isCurrent: isLoaded } = useLoaded(trace, compute);
  const shown = isLoaded ? result : undefined;
  return (
    <StepListRow stepIndex={stepIndex} isCurrent={isCurrent}>
      <span className="step-list-label truncate">{shown?.label}</span>
      <span className="data truncate">{shown && <Found lookup={shown.lookup} />}</span>
    </StepListRow>
  );
});
