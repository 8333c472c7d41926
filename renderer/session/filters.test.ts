import { beforeEach, describe, expect, it } from 'vitest';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { memorySource } from '../../core/trace/questions/trace-source.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { setSource } from './asking.ts';
import { changeFilter, filters, filtersPart, searchSteps, setFilter } from './filters.ts';
import type { RunEntry } from './model.ts';
import { session } from './store.ts';

function runOf(trace: Trace): RunEntry {
  setSource(trace, memorySource(trace));
  return {
    id: 'run',
    origin: { kind: 'file', path: '/desk.jsonl' },
    status: 'completed',
    trace,
    steps: trace.length,
  };
}

const run = runOf(traceOf([book('Room 1'), paid(1), nothing, book('Room 2')]));

/** Searches as the window does after a change of the filter, and returns the steps that are shown. */
function shown(): number[] | undefined {
  searchSteps(run, filters.getState().filters[run.id] ?? {});
  const steps = filters.getState().found[run.id]?.steps;
  return steps && Array.from({ length: steps.length }, (_, index) => steps.at(index));
}

describe('the filters of the runs', () => {
  beforeEach(() => {
    filters.setState({ filters: {}, found: {} });
    session.setState({ runs: [run] });
  });

  it('show all steps until there is one, and again without it', () => {
    expect(shown()).toBeUndefined();
    setFilter('run', { kinds: ['trackedActionCompleted'] });
    expect(shown()).toEqual([1]);
    changeFilter('run', { kinds: [] });
    expect(shown()).toBeUndefined();
  });

  it('are narrowed part by part', () => {
    changeFilter('run', { hasChangedState: true });
    expect(shown()).toEqual([0, 1, 3]);
    changeFilter('run', { kinds: ['normal'] });
    expect(shown()).toEqual([0, 3]);
    changeFilter('run', { hasChangedState: undefined });
    expect(shown()).toEqual([0, 2, 3]);
  });

  it('come back with the session, for the runs that are still there', () => {
    setFilter('run', { words: 'book', where: 'step > 1' });
    setFilter('closed', { hasFinding: true });
    const kept = JSON.parse(JSON.stringify(filtersPart.keep())) as unknown;
    filters.setState({ filters: {} });
    filtersPart.recall(kept);
    expect(filters.getState().filters).toEqual({ run: { words: 'book', where: 'step > 1' } });
    filtersPart.recall({ run: { kinds: ['of another version'] } });
    expect(filters.getState().filters).toEqual({});
  });
});
