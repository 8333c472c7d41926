import { LoaderCircle, Radar, X } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { sweptMachineOf, type SweepEntry } from '../session/model.ts';
import { selectSweep, useSession } from '../session/store.ts';
import { describeFound, describeSweep, summaryOf } from '../session/sweep-summary.ts';
import { closeSweep, showSweep } from '../session/tasks/sweep.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { formatPlural } from '../words/format.ts';
import './sweep-list.css';

/** The sweeps, above the runs; those that go on say how far they are. */
export function SweepList(): ReactNode {
  const sweeps = useSession((state) => state.sweeps);
  const shownId = useSession((state) => selectSweep(state)?.id);
  if (sweeps.length === 0) return null;
  return (
    <ul className="sweep-list-rows" aria-label="Sweeps">
      {sweeps.map((sweep) => (
        <li key={sweep.id}>
          <SweepRow sweep={sweep} isShown={sweep.id === shownId} />
        </li>
      ))}
    </ul>
  );
}

/** Memoised: progress changes only the sweep that makes it. */
const SweepRow = memo(function SweepRow({
  sweep,
  isShown,
}: {
  sweep: SweepEntry;
  isShown: boolean;
}): ReactNode {
  const summary = summaryOf(sweep);
  const { seeds, fraction, groups, broken } = summary;
  const name = sweptMachineOf(sweep);
  const detail = describeSweep(sweep);
  const end = sweep.status === 'cancelled' || sweep.status === 'failed' ? `, ${sweep.status}` : '';
  return (
    <div className="run-row" data-shown={isShown}>
      <Button className="run-open" aria-current={isShown} onPress={() => showSweep(sweep.id)}>
        <SweepIcon
          sweep={sweep}
          hasFinding={groups.length + broken.length > 0}
          hasSeeds={seeds > 0}
        />
        <span className="run-text">
          <span className="truncate" title={name}>
            {name}
          </span>
          <span className="muted small truncate data" title={detail}>
            {describeFound(summary)} in {formatPlural(seeds + broken.length, 'seed')}
            {end}
          </span>
          {sweep.status === 'running' && (
            <progress aria-label="Progress of the sweep" value={fraction} max={1} />
          )}
        </span>
      </Button>
      <IconButton icon={X} label={`Close the sweep of ${name}`} onPress={() => closeSweep(sweep)} />
    </div>
  );
});

function SweepIcon({
  sweep: { status },
  hasFinding,
  hasSeeds,
}: {
  sweep: SweepEntry;
  hasFinding: boolean;
  hasSeeds: boolean;
}): ReactNode {
  const common = { size: 14, 'aria-hidden': true } as const;
  if (status === 'running') return <LoaderCircle {...common} className="spinning" />;
  if (status === 'failed' || hasFinding) return <Radar {...common} className="ink-finding" />;
  return <Radar {...common} className={status === 'completed' && hasSeeds ? 'ink-ok' : 'muted'} />;
}
