import { Workflow } from 'lucide-react';
import { useCallback, useEffect, useMemo, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { lifecyclesOfRun, type Lifecycle } from '../../core/trace/records/lifecycle.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { useSession } from '../session/store.ts';
import { sweptPhasesOf } from '../session/swept-phases.ts';
import {
  transitionSearchOf,
  type Transitions,
  type TransitionSearch,
} from '../session/transitions.ts';
import { LinkButton } from '../ui/button.tsx';
import type { LegendItem } from '../ui/legend.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { useSeek } from '../ui/seek.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { drawnOfRun, labelsOfRun } from './drawn.ts';
import { arrowLegend, ArrowSample, LifecycleFrame, WhatPhasesAre } from './lifecycle-frame.tsx';
import { withSwept, type SeenInBoth } from './with-swept.ts';

export interface LifecycleViewProps {
  readonly trace: Trace;
  /** The number of steps so far. */
  readonly steps: number;
  /** The step on the screen; -1 is the initial state. */
  readonly cursor: number;
}

/**
 * The phases that the records of a run go through, and how often they do; beside that, how often they do in
 * the last sweep of the same machine.
 */
export function LifecycleView({ trace, steps, cursor }: LifecycleViewProps): ReactNode {
  const search = useMemo(() => transitionSearchOf(trace), [trace]);
  useEffect(() => search.extendTo(steps), [search, steps]);
  const found = useStore(search.found);
  const seek = useSeek();
  const swept = useSession((state) => sweptPhasesOf(state.sweeps, trace.header));
  const lifecycles = useMemo(
    () => lifecyclesOfRun(trace, withSwept(found.seen, swept?.phases?.transitions ?? [])),
    [trace, found.seen, swept],
  );
  const sweptSeeds = swept && swept.seeds + swept.unfinished;
  const { searched } = found;
  const drawnOf = (shown: Lifecycle<SeenInBoth>) =>
    drawnOfRun(shown, { cursor, searched, seek, sweptSeeds });
  return (
    <LifecycleFrame
      lifecycles={lifecycles}
      drawnOf={drawnOf}
      labelsOf={useLabels(sweptSeeds !== undefined)}
      legendOf={(shown) => legendOf(shown, sweptSeeds)}
      bar={<Progress search={search} found={found} steps={steps} />}
    >
      {found.status !== 'searching' && (
        <Placeholder icon={Workflow} title="No record of this run has phases">
          <WhatPhasesAre />
        </Placeholder>
      )}
    </LifecycleFrame>
  );
}

/** The texts on the arrows of a lifecycle: the same array as long as they are of the same lifecycle. */
function useLabels(hasSweep: boolean): (shown: Lifecycle<SeenInBoth>) => readonly string[] {
  const known = useMemo(
    () => ({ hasSweep, of: new WeakMap<Lifecycle, readonly string[]>() }),
    [hasSweep],
  );
  return useCallback(
    (shown) => {
      const labels =
        known.of.get(shown) ??
        shown.transitions.map((transition) => {
          const { label, besideLabel } = labelsOfRun(transition, known.hasSweep);
          return besideLabel === undefined ? label : `${label} ${besideLabel}`;
        });
      known.of.set(shown, labels);
      return labels;
    },
    [known],
  );
}

function Progress({
  search,
  found: { status, searched, problem },
  steps,
}: {
  search: TransitionSearch;
  found: Transitions;
  steps: number;
}): ReactNode {
  if (status === 'done') return null;
  const of = `${formatCount(searched)} of ${formatPlural(steps, 'step')}`;
  return (
    <output className="lifecycle-progress small muted" aria-label="Searched steps">
      <span className="truncate">{problem ?? of}</span>
      {status === 'searching' ? (
        <LinkButton onPress={() => search.cancel()}>Cancel</LinkButton>
      ) : (
        <LinkButton onPress={() => search.resume()}>Go on</LinkButton>
      )}
    </output>
  );
}

function legendOf(shown: Lifecycle, sweptSeeds: number | undefined): readonly LegendItem[] {
  const inSweep = sweptSeeds === undefined ? undefined : formatPlural(sweptSeeds, 'seed');
  return [
    ...arrowLegend(shown, 'in this run'),
    ...(inSweep === undefined
      ? []
      : [
          {
            text: `count in the sweep of ${inSweep}`,
            sample: <span className="lifecycle-swept data">n</span>,
          },
        ]),
    { text: 'made by this step', sample: <ArrowSample verdict="declared" isLit /> },
    { text: 'records in the phase now', sample: <span className="lifecycle-now data">n</span> },
  ];
}
