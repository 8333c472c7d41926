import { FunnelX } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { setFilter, useFilter, useFiltered } from '../session/filters.ts';
import type { RunEntry } from '../session/model.ts';
import { allSteps } from '../session/step-set.ts';
import { Button } from '../ui/button.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { formatPlural } from '../words/format.ts';
import { FilterBar } from './filter-bar.tsx';
import { FilterChips } from './filter-chips.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { StepRowList } from './step-row-list.tsx';
import './steps-panel.css';

/** All steps of a run in their order, or those that its filter shows. */
export function StepsPanel({ run, cursor }: { run: RunEntry; cursor: number }): ReactNode {
  const filter = useFilter(run.id);
  const filtered = useFiltered(run.id);
  const all = useMemo(() => allSteps(run.steps), [run.steps]);
  const { trace } = run;
  if (!trace) return null;
  const rows = filtered?.steps ?? all;
  return (
    <div className="steps-panel">
      <FilterBar run={run} trace={trace} filter={filter} />
      <FilterChips run={run} trace={trace} filter={filter} filtered={filtered} cursor={cursor} />
      {filtered?.status === 'done' && rows.length === 0 ? (
        <Placeholder icon={FunnelX} title="No step of this run is shown">
          <p className="muted">The filter hides all {formatPlural(run.steps, 'step')}.</p>
          <Button onPress={() => setFilter(run.id, {})}>Show all steps</Button>
        </Placeholder>
      ) : (
        <StepRowList
          runId={run.id}
          trace={trace}
          rows={rows}
          needs={run.explanation?.needs}
          cursor={cursor}
        />
      )}
      <SelectionBar runId={run.id} rows={rows} />
    </div>
  );
}
