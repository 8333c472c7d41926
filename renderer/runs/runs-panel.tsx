import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  FileText,
  GitBranch,
  Shrink,
} from 'lucide-react';
import { memo, useState, type MouseEvent, type ReactNode } from 'react';
import { describeOutcome } from '../../core/trace/compare/fork-outcome.ts';
import { counterexampleOf } from '../../core/trace/format/counterexample.ts';
import { closeRun } from '../session/closing.ts';
import { changeFilter, useFilter } from '../session/filters.ts';
import { nameOfFork } from '../session/forks.ts';
import { familiesOf, isShrunk, settingsOf, type RunFamily } from '../session/lineage.ts';
import { fileNameOf, type RunEntry } from '../session/model.ts';
import { titleOf } from '../session/names.ts';
import { causeOfShrunk } from '../session/run-relations.ts';
import { showRun } from '../session/running.ts';
import { sequelOf, useSequel } from '../session/sequels.ts';
import { selectRun, useCursor, useIsEarlier, useSession } from '../session/store.ts';
import { CauseList } from '../ui/cause-list.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { ListRow } from '../ui/list-row.tsx';
import { Panel, PanelHeader } from '../ui/panel.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import {
  briefOfLater,
  briefOfSequel,
  describeSequel,
  inkOfSequel,
  type Sequel,
} from '../words/saved-words.ts';
import { RunMenu, type MenuPlace } from './run-menu.tsx';
import { SweepList } from './sweep-list.tsx';
import './runs-panel.css';

/** The sweeps, runs and traces that are open; under the one on the screen, its findings by cause. */
export function RunsPanel(): ReactNode {
  const runs = useSession((state) => state.runs);
  const shownId = useSession((state) => selectRun(state)?.id);
  const sweeps = useSession((state) => state.sweeps.length);
  const entries = sweeps + runs.length;
  return (
    <Panel label="Runs">
      <PanelHeader>
        <h2>{sweeps > 0 ? 'Sweeps and runs' : 'Runs'}</h2>
        <span className="muted small">{entries > 0 && formatCount(entries)}</span>
      </PanelHeader>
      <div className="run-list">
        <SweepList />
        <ul>
          {familiesOf(runs).map((family) => (
            <li key={family.run.id}>
              <Family family={family} shownId={shownId} />
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}

/** A run, with what was made of it under it. */
function Family({
  family: { run, shrunk, forks, before },
  shownId,
  title,
}: {
  family: RunFamily;
  shownId: string | undefined;
  title?: string | undefined;
}): ReactNode {
  const isShown = run.id === shownId;
  return (
    <>
      <SafeRow run={run} isShown={isShown} {...(title === undefined ? {} : { title })} />
      {isShown && !isShrunk(run) && <Causes run={run} />}
      {before && <Branch label="Before the change" families={[before]} shownId={shownId} />}
      <Branch label="Shrunk" families={shrunk} shownId={shownId} />
      <Branch label="Forks" families={forks} shownId={shownId} />
    </>
  );
}

const BRANCH_TITLES = {
  'Before the change': () => 'Before the change',
  Shrunk: causeOfShrunk,
  Forks: nameOfFork,
} as const satisfies Readonly<Record<string, (run: RunEntry) => string | undefined>>;

function Branch({
  label,
  families,
  shownId,
}: {
  label: keyof typeof BRANCH_TITLES;
  families: readonly RunFamily[];
  shownId: string | undefined;
}): ReactNode {
  if (families.length === 0) return null;
  return (
    <ul className="shrunk-runs" aria-label={label}>
      {families.map((family) => (
        <li key={family.run.id}>
          <Family family={family} shownId={shownId} title={BRANCH_TITLES[label](family.run)} />
        </li>
      ))}
    </ul>
  );
}

/** A row that can be closed even if its run cannot be described. */
function SafeRow(props: { run: RunEntry; isShown: boolean; title?: string }): ReactNode {
  const { run, isShown } = props;
  const fallback = (
    <ListRow
      icon={<CircleAlert size={14} aria-hidden className="ink-finding" />}
      title={run.origin.kind === 'file' ? fileNameOf(run.origin.path) : run.origin.kind}
      detail="cannot be described"
      isCurrent={isShown}
      closeLabel="Close this run"
      onPress={() => void showRun(run.id)}
      onClose={() => closeRun(run)}
    />
  );
  return (
    <ErrorBoundary part="The run" subject={run} fallback={fallback}>
      <RunRow {...props} />
    </ErrorBoundary>
  );
}

function Causes({ run }: { run: RunEntry }): ReactNode {
  const { id, trace } = run;
  const cursor = useCursor(id);
  const isEarlier = useIsEarlier(run);
  const { cause: only } = useFilter(id);
  return (
    trace && (
      <ErrorBoundary part="The list of findings" subject={id} fallback={null}>
        <CauseList
          findings={trace.findings}
          isEarlier={isEarlier}
          cursor={cursor}
          only={only}
          onOnly={(cause) => changeFilter(id, { cause })}
        />
      </ErrorBoundary>
    )
  );
}

/** Memoised: a run that grows changes only its own row. */
const RunRow = memo(function RunRow({
  run,
  isShown,
  title = nameOfFork(run) ?? titleOf(run),
}: {
  run: RunEntry;
  isShown: boolean;
  title?: string;
}): ReactNode {
  const isEarlier = useIsEarlier(run);
  const sequel = useSequel(
    run,
    useSession((state) => sequelOf(run, state.runs)),
  );
  const isNamed = title !== titleOf(run);
  const source = isEarlier && (!isNamed || isShrunk(run)) ? 'earlier source · ' : '';
  // What is gone from this run after a change is not gone in it.
  const brief = sequel && (run.withSaved ? briefOfLater(sequel) : briefOfSequel(sequel));
  const detail = (brief === undefined ? source : `${brief} · `) + briefOf(run);
  const more = sequel ? ` · ${describeSequel(sequel)}` : '';
  const [menuAt, setMenuAt] = useState<MenuPlace>();
  const openMenu = (event: MouseEvent) => {
    event.preventDefault();
    setMenuAt({ xPx: event.clientX, yPx: event.clientY });
  };
  return (
    <div onContextMenu={openMenu}>
      {menuAt && <RunMenu run={run} at={menuAt} onClose={() => setMenuAt(undefined)} />}
      <ListRow
        icon={<RunIcon run={run} isEarlier={isEarlier} sequel={sequel} />}
        title={title}
        titleHint={run.origin.kind === 'fork' ? title : titleOf(run)}
        detail={detail}
        detailHint={`${detail} · ${detailOf(run)}${pastOf(run)}${more}`}
        isCurrent={isShown}
        closeLabel={`Close ${title}`}
        onPress={() => void showRun(run.id)}
        onClose={() => closeRun(run)}
      />
    </div>
  );
});

function briefOf(run: RunEntry): string {
  if (isShrunk(run)) return describeShrunk(run);
  return run.origin.kind === 'fork' ? describeForked(run) : detailOf(run);
}

function pastOf({ isPastExecuted }: RunEntry): string {
  if (!isPastExecuted) return '';
  return ' · the steps before the fork were executed again, since the state is in a database';
}

/** How a fork ended compared with its parent, as soon as both are over. */
function describeForked({ outcome, status, isPastExecuted }: RunEntry): string {
  if (outcome) return describeOutcome(outcome);
  if (status !== 'running') return 'fork';
  return isPastExecuted ? 'fork: its past is executed again' : 'fork';
}

/** How much is left of a run that was shrunk, and of which. */
function describeShrunk(run: RunEntry): string {
  const seed = settingsOf(run)?.seed;
  const { shrinking, trace, status, remakes } = run;
  const steps = trace?.length ?? shrinking?.steps;
  const from = trace?.header.shrunkFrom?.steps ?? shrinking?.from;
  if (steps === undefined || from === undefined) return `seed ${seed}`;
  if (from === 0) return 'shrunk: the initial state fails';
  const isStopped = status === 'cancelled' ? ', stopped' : '';
  const word = status === 'running' && remakes === undefined ? 'shrinking' : 'shrunk';
  return `${word}: ${formatCount(steps)} of ${formatPlural(from, 'step')}${isStopped} · seed ${seed}`;
}

function detailOf({ origin, trace }: RunEntry): string {
  const header = trace?.header ?? (origin.kind === 'file' ? undefined : origin.settings);
  if (!header) return 'trace file';
  const { seed, scenario, operationsMax, faults } = header;
  // A model checker uses no seed and no limit that a machine could be run with.
  if (trace && counterexampleOf(trace.header)) return scenario;
  // What tells runs of a machine apart comes first: the end may be cut.
  const parts = [
    seed,
    ...(faults === 'none' ? [] : [faults]),
    formatCount(operationsMax),
    scenario,
  ];
  return parts.join(' · ');
}

function RunIcon({
  run,
  isEarlier,
  sequel,
}: {
  run: RunEntry;
  isEarlier: boolean;
  sequel: Sequel | undefined;
}): ReactNode {
  const common = { size: 14, 'aria-hidden': true } as const;
  if (run.status === 'running') return <Spinner {...common} />;
  if (run.status === 'waiting') return <CircleDashed {...common} className="muted" />;
  const hasFinding = (run.trace?.findings.length ?? 0) > 0;
  // A run that has a finding is not good because a later one has not.
  const later = inkOfSequel(sequel);
  const isGoneLater = hasFinding && later === 'ink-ok';
  const ink = isEarlier ? (isGoneLater ? 'muted' : later) : 'ink-finding';
  if (run.origin.kind === 'fork' && run.status === 'completed') {
    // Beside a fork of an earlier source stands what it comes to now, even if nothing was found in it.
    const isMarked = hasFinding || (isEarlier && sequel !== undefined);
    return <GitBranch {...common} className={isMarked ? ink : 'ink-ok'} />;
  }
  if (isShrunk(run) && (hasFinding || sequel)) {
    return <Shrink {...common} className={hasFinding ? ink : 'ink-ok'} />;
  }
  if (run.status === 'cancelled') {
    return <CircleSlash {...common} className={hasFinding ? ink : 'muted'} />;
  }
  if (run.status === 'failed' || hasFinding) {
    return <CircleAlert {...common} className={run.status === 'failed' ? 'ink-finding' : ink} />;
  }
  if (run.origin.kind === 'file') return <FileText {...common} className="muted" />;
  return <CircleCheck {...common} className="ink-ok" />;
}
