import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { type SweepEntry } from '../session/model.ts';
import { sweptMachineOf } from '../session/names.ts';
import { selectMachine, selectSweep, useIsSweepEarlier, useSession } from '../session/store.ts';
import { describeFound, summaryOf } from '../session/sweep-summary.ts';
import { showSweep } from '../session/tasks/sweep.ts';
import { Spinner } from '../ui/spinner.tsx';
import { formatCount, formatPlural } from '../words/format.ts';

/** The sweep on the screen in one line. */
export function SweepStatus(): ReactNode {
  const sweep = useSession(selectSweep);
  const machine = useSession(selectMachine);
  const isEarlier = useIsSweepEarlier(sweep);
  if (!sweep) {
    const open = machine?.info === undefined ? 'Nothing is open' : 'Nothing has run yet';
    return <span className="muted">{open}</span>;
  }
  const { steps } = summaryOf(sweep);
  return (
    <>
      <span className="truncate data small status-origin">{sweptMachineOf(sweep)}</span>
      {isEarlier && <span className="ink-rejected">of an earlier source</span>}
      <span className="muted">{describeProgress(sweep)}</span>
      <span className="muted">{formatPlural(steps, 'step')}</span>
    </>
  );
}

/** A sweep under way while something else is on the screen; a press shows it. */
export function SweepInBackground(): ReactNode {
  const shown = useSession(selectSweep);
  const sweep = useSession((state) => state.sweeps.find(({ status }) => status === 'running'));
  if (!sweep || sweep === shown) return null;
  return (
    <Button className="status-button" onPress={() => showSweep(sweep.id)}>
      <Spinner size={12} /> sweeping: {describeProgress(sweep)}
    </Button>
  );
}

function describeProgress(sweep: SweepEntry): string {
  const summary = summaryOf(sweep);
  const { seeds, seedsMax } = summary;
  const of = seedsMax === undefined || seeds >= seedsMax ? '' : `${formatCount(seeds)} of `;
  return `${of}${formatPlural(seedsMax ?? seeds, 'seed')}, ${describeFound(summary)}`;
}
