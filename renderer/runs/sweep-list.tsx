import { Radar } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { standingOf } from '../session/mended.ts';
import { type SweepEntry } from '../session/model.ts';
import { sweptMachineOf } from '../session/names.ts';
import { selectSweep, useIsSweepEarlier, useSession } from '../session/store.ts';
import { describeFound, describeSweep, summaryOf } from '../session/sweep-summary.ts';
import { closeSweep, showSweep } from '../session/tasks/sweep.ts';
import { ListRow } from '../ui/list-row.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { formatPlural } from '../words/format.ts';
import { briefOfMend } from '../words/mend-words.ts';

/** The sweeps, above the runs; those that go on say how far they are. */
export function SweepList(): ReactNode {
  const sweeps = useSession((state) => state.sweeps);
  const shownId = useSession((state) => selectSweep(state)?.id);
  if (sweeps.length === 0) return null;
  return (
    <ul aria-label="Sweeps">
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
  const standing = standingOf(sweep);
  const isEarlier = useIsSweepEarlier(sweep);
  const end = sweep.status === 'cancelled' || sweep.status === 'failed' ? `, ${sweep.status}` : '';
  const found = `${describeFound(summary)} in ${formatPlural(seeds + broken.length, 'seed')}${end}`;
  return (
    <ListRow
      icon={
        <SweepIcon
          sweep={sweep}
          hasFinding={groups.length + broken.length > 0}
          hasSeeds={seeds > 0}
          isEarlier={isEarlier}
        />
      }
      title={name}
      detail={`${isEarlier ? 'earlier source · ' : ''}${standing ? briefOfMend(standing) : found}`}
      detailHint={describeSweep(sweep)}
      isCurrent={isShown}
      closeLabel={`Close the sweep of ${name}`}
      onPress={() => showSweep(sweep.id)}
      onClose={() => closeSweep(sweep)}
    >
      {sweep.status === 'running' && (
        <progress aria-label="Progress of the sweep" value={fraction} max={1} />
      )}
    </ListRow>
  );
});

function SweepIcon({
  sweep: { status },
  hasFinding,
  hasSeeds,
  isEarlier,
}: {
  sweep: SweepEntry;
  hasFinding: boolean;
  hasSeeds: boolean;
  isEarlier: boolean;
}): ReactNode {
  const common = { size: 14, 'aria-hidden': true } as const;
  if (status === 'running') return <Spinner {...common} />;
  // What it found, or did not find, says nothing of the source as it is now.
  if (isEarlier) return <Radar {...common} className="muted" />;
  if (status === 'failed' || hasFinding) return <Radar {...common} className="ink-finding" />;
  return <Radar {...common} className={status === 'completed' && hasSeeds ? 'ink-ok' : 'muted'} />;
}
