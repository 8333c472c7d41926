import { FunnelX, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { cancelFilter, changeFilter, setFilter } from '../session/filters.ts';
import type { RunEntry } from '../session/model.ts';
import { criteriaOf, type StepFilter } from '../session/step-filter.ts';
import type { Filtered } from '../session/step-search.ts';
import { LinkButton } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { formatPlural } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import { describeCount, describeCriterion } from './filter-words.ts';

/** What the filter says, part by part, and how many steps it shows and hides. */
export function FilterChips({
  run,
  trace,
  filter,
  filtered,
  cursor,
}: {
  run: RunEntry;
  trace: Trace;
  filter: StepFilter;
  filtered: Filtered | undefined;
  cursor: number;
}): ReactNode {
  const criteria = criteriaOf(filter);
  if (criteria.length === 0) return null;
  const isHidden =
    filtered?.status === 'done' && cursor >= 0 && filtered.steps.indexOf(cursor) === -1;
  return (
    <div className="steps-filter">
      <ul className="steps-chips" aria-label="Filter">
        {criteria.map((name) => {
          const words = describeCriterion(filter, name, trace);
          return (
            <li key={name} className={`steps-chip ${name === 'where' ? 'data' : 'small'}`}>
              <span className="truncate" title={words}>
                {words}
              </span>
              <IconButton
                icon={X}
                label={`Remove ${words}`}
                size="small"
                onPress={() => changeFilter(run.id, { [name]: undefined })}
              />
            </li>
          );
        })}
      </ul>
      <div className="steps-result small">
        {filtered && <Result run={run} filtered={filtered} />}
        {isHidden && <span className="muted">the step at the cursor is hidden</span>}
        <span className="spacer" />
        <IconButton
          icon={FunnelX}
          command="clearFilter"
          size="small"
          onPress={() => setFilter(run.id, {})}
        />
      </div>
    </div>
  );
}

function Result({ run, filtered }: { run: RunEntry; filtered: Filtered }): ReactNode {
  const { status, searched, problem, without } = filtered;
  return (
    <>
      <output aria-label="Shown steps">{describeCount(run.steps, filtered)}</output>
      {status === 'searching' && (
        <>
          <progress aria-label="Progress of the search" value={searched} max={run.steps} />
          <LinkButton onPress={() => cancelFilter(run.id)}>Cancel</LinkButton>
        </>
      )}
      {status === 'cancelled' && (
        <span className="ink-rejected truncate">
          {problem === undefined ? 'cancelled' : shownLine(problem)}
        </span>
      )}
      {without && (
        <span className="muted truncate" title={shownLine(without.because)}>
          no value at {formatPlural(without.count, 'step')}
        </span>
      )}
    </>
  );
}
