import { Waypoints } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import type { OriginHop } from '../../core/trace/causality/origins.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { describePlace, describeSource } from '../../core/trace/words/origin-words.ts';
import { formatPath, type Path } from '../../core/value/path.ts';
import { sourceOf } from '../session/asking.ts';
import { showOrigin } from '../session/shown-origin.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { ValueText } from '../ui/value-text.tsx';
import { formatPlural } from '../words/format.ts';
import { shownLine, shownPath } from '../words/shown.ts';
import { StepList, StepListRow } from './step-list.tsx';
import { useAnswer } from './use-answer.ts';

/** A row of the list: a hop, or a part of what a hop put together. */
interface OriginRow {
  readonly stepIndex: number;
  readonly place: string;
  readonly source: string;
  readonly isGuess: boolean;
  readonly hop: OriginHop | undefined;
}

/** Where the value of a member came from: the step that wrote it, and back to its input or result. */
export function OriginList({
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
  const { hops, isDone } = useOrigin(trace, path, at);
  const rows = hops.flatMap(rowsOf);
  const current = rows.findIndex(({ stepIndex }) => stepIndex === cursor);
  const found = formatPlural(hops.length, 'step');
  return (
    <StepList
      kind="origin"
      title="Origin of"
      name={shownPath(path)}
      count={isDone ? found : `${found} · searching`}
      length={rows.length}
      current={current}
      followed={current}
      actions={
        isDone &&
        hops.length > 0 && (
          <IconButton
            icon={Waypoints}
            label="Draw this as a graph"
            size="small"
            onPress={() => showOrigin(trace, hops)}
          />
        )
      }
      closeLabel={isDone ? 'Close the origin' : 'Cancel the search'}
      onClose={onClose}
      renderRow={(index, isCurrent) => {
        const row = rows[index];
        return row && <OriginRowView row={row} isCurrent={isCurrent} />;
      }}
    />
  );
}

function rowsOf(hop: OriginHop): readonly OriginRow[] {
  const { stepIndex, source, isGuess, parts } = hop;
  return [
    { stepIndex, place: describePlace(hop), source: describeSource(source), isGuess, hop },
    ...parts.map((part) => ({
      stepIndex,
      // The rest of the path is that of the row above.
      place: `… ${formatPath(part.path.slice(-1))}`,
      source: describeSource(part.source),
      isGuess: false,
      hop: undefined,
    })),
  ];
}

function OriginRowView({
  row: { stepIndex, place, source, isGuess, hop },
  isCurrent,
}: {
  row: OriginRow;
  isCurrent: boolean;
}): ReactNode {
  const text = shownLine(source);
  return (
    <StepListRow stepIndex={stepIndex} isCurrent={isCurrent}>
      <span className="data truncate" title={shownLine(place)}>
        {shownLine(place)}
      </span>
      <span className="step-list-origin truncate" title={text}>
        {hop && (
          <span className="data">
            <ValueText value={hop.value} depth={1} />
          </span>
        )}
        <span className="muted">{text}</span>
        {isGuess && <span className="step-list-guess small">a guess</span>}
      </span>
    </StepListRow>
  );
}

interface Origin {
  readonly hops: readonly OriginHop[];
  readonly isDone: boolean;
}

const NOTHING: Origin = { hops: [], isDone: false };

/** Follows a value where the lines of the trace are. */
function useOrigin(trace: Trace, path: Path, at: number): Origin {
  const ask = useCallback(
    async ({ signal }: AbortController, report: (origin: Origin) => void) => {
      let hops: readonly OriginHop[] = [];
      await sourceOf(trace).ask(
        { kind: 'origin', path, at },
        {
          signal,
          onFound: ({ hop }) => {
            hops = [...hops, hop];
            report({ hops, isDone: false });
          },
        },
      );
      report({ hops, isDone: true });
    },
    [trace, path, at],
  );
  return useAnswer(ask, NOTHING);
}
