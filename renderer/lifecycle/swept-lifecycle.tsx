import { Workflow } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import {
  lifecyclesOfTally,
  type PhaseTally,
  type TalliedTransition,
} from '../../core/sweep/phase-tally.ts';
import type { Lifecycle } from '../../core/trace/records/lifecycle.ts';
import { Placeholder } from '../ui/placeholder.tsx';
import { formatPlural } from '../words/format.ts';
import { drawnOfSweep, labelsOfSweep } from './drawn.ts';
import { arrowLegend, LifecycleFrame, WhatPhasesAre } from './lifecycle-frame.tsx';

export interface SweptLifecycleProps {
  /** Absent where no record has phases. */
  readonly phases: PhaseTally | undefined;
  /** The number of seeds that were counted. */
  readonly seeds: number;
  /** Opens a seed at a step. */
  readonly onOpen: (first: TalliedTransition['first']) => void;
  /** Stands at the beginning of its bar. */
  readonly lead: ReactNode;
}

/** The phases through which the records of all seeds of a sweep went, and how often. */
export function SweptLifecycle({ phases, seeds, onOpen, lead }: SweptLifecycleProps): ReactNode {
  const known = useMemo(() => {
    const lifecycles = phases ? lifecyclesOfTally(phases) : [];
    const labels = new Map(
      lifecycles.map((one) => [
        one,
        one.transitions.map((transition) => labelsOfSweep(transition).label),
      ]),
    );
    const badges = lifecycles.flatMap((one) =>
      drawnOfSweep(one, 0, () => {}).phases.map(({ badge }) => badge.length),
    );
    return { lifecycles, labels, badgeChars: Math.max(0, ...badges) };
  }, [phases]);
  return (
    <LifecycleFrame
      lifecycles={known.lifecycles}
      drawnOf={(shown) => drawnOfSweep(shown, seeds, onOpen)}
      labelsOf={(shown) => known.labels.get(shown) ?? []}
      legendOf={(shown) => legendOf(shown, seeds)}
      lead={lead}
      badgeChars={known.badgeChars}
    >
      <Placeholder icon={Workflow} title="No record of these runs has phases">
        <WhatPhasesAre />
      </Placeholder>
    </LifecycleFrame>
  );
}

function legendOf(shown: Lifecycle<TalliedTransition>, seeds: number) {
  return [
    ...arrowLegend(shown, `in ${formatPlural(seeds, 'seed')}`),
    {
      text: 'how often the phase was entered',
      sample: <span className="lifecycle-now data">n</span>,
    },
  ];
}
