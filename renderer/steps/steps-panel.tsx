import { useMemo, type ReactNode } from 'react';
import { useFilter, useFiltered } from '../session/filters.ts';
import type { RunEntry } from '../session/model.ts';
import { allSteps } from '../session/step-set.ts';
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
      <StepRowList
        runId={run.id}
        trace={trace}
        rows={rows}
        needs={run.explanation?.needs}
        cursor={cursor}
      />
      <SelectionBar runId={run.id} rows={rows} />
    </div>
  );
}
