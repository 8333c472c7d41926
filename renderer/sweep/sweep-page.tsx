import { CircleSlash, Radar, RotateCw, Square, X } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import { mendAgain } from '../session/mended.ts';
import { type SweepEntry } from '../session/model.ts';
import { sweptMachineOf } from '../session/names.ts';
import { formatTime } from '../session/sweep-settings.ts';
import {
  describeShrinking,
  describeSweep,
  summaryOf,
  type SweepSummary,
} from '../session/sweep-summary.ts';
import { cancelSweep, closeSweep, executeSweep } from '../session/tasks/sweep.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Panel, PanelHeader } from '../ui/panel.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { formatCount } from '../words/format.ts';
import { MendLine } from './mend-line.tsx';
import { SweepBody } from './sweep-parts.tsx';
import './sweep-page.css';

/** A sweep: its progress, and its findings and checks, or the phases of its records. */
export function SweepPage({ sweep }: { sweep: SweepEntry }): ReactNode {
  const summary = summaryOf(sweep);
  return (
    <Panel label="Sweep">
      <SweepHead sweep={sweep} />
      <progress
        className="sweep-progress"
        aria-label="Progress of the sweep"
        data-status={sweep.status}
        value={summary.fraction}
        max={1}
      />
      <div className="sweep-scroll" tabIndex={-1}>
        <MendLine sweep={sweep} />
        <Figures sweep={sweep} summary={summary} />
        <SweepBody sweep={sweep} summary={summary} />
      </div>
    </Panel>
  );
}

/** Memoised: it does not change while the figures do. */
const SweepHead = memo(
  function SweepHead({ sweep }: { sweep: SweepEntry }): ReactNode {
    const { settings, status } = sweep;
    const detail = describeSweep(sweep);
    return (
      <PanelHeader className="sweep-head">
        <Radar size={16} aria-hidden className="muted" />
        <h2>
          {settings.mend ? 'Is it really mended?' : 'Sweep of'} {sweptMachineOf(sweep)}
        </h2>
        <span className="muted small data truncate" title={detail}>
          {detail}
        </span>
        <span className="spacer" />
        <SweepState sweep={sweep} />
        {status === 'running' ? (
          <Button
            icon={Square}
            isDisabled={sweep.isStopping === true}
            onPress={() => cancelSweep(sweep)}
          >
            Cancel
          </Button>
        ) : (
          <Button icon={RotateCw} onPress={() => sweepAgain(sweep)}>
            {settings.mend ? 'Ask again' : 'Sweep again'}
          </Button>
        )}
        <IconButton icon={X} label="Close the sweep" onPress={() => closeSweep(sweep)} />
      </PanelHeader>
    );
  },
  ({ sweep: one }, { sweep: other }) =>
    one.id === other.id &&
    one.status === other.status &&
    one.isStopping === other.isStopping &&
    one.report === other.report,
);

function sweepAgain(sweep: SweepEntry): void {
  if (sweep.settings.mend) mendAgain(sweep);
  else void executeSweep(sweep.machine, sweep.settings);
}

/** How the sweep goes, or how it ended; nothing if it is complete. */
function SweepState({ sweep: { status, isStopping, report } }: { sweep: SweepEntry }): ReactNode {
  switch (status) {
    case 'running':
      return (
        <output className="sweep-state muted">
          <Spinner size={14} />
          {isStopping === true ? 'Stopping…' : report ? 'Shrinking what was found…' : 'Sweeping…'}
        </output>
      );
    case 'cancelled':
      return (
        <output className="sweep-state muted">
          <CircleSlash size={14} aria-hidden /> Cancelled
        </output>
      );
    case 'failed':
      return (
        <output className="sweep-state ink-finding">
          <CircleSlash size={14} aria-hidden /> Failed
        </output>
      );
    case 'completed':
      return null;
    default:
      return assertNever(status, 'status');
  }
}

function Figures({ sweep, summary }: { sweep: SweepEntry; summary: SweepSummary }): ReactNode {
  const { seeds, seedsMax, steps, stepsPerSecond, elapsedMs, causes } = summary;
  const { timeBudgetMs } = sweep.settings;
  const brokenSeeds = summary.broken.length + summary.brokenMore;
  const sometimes = sweep.report?.sometimes ?? [];
  const reached = sometimes.filter((one) => one.reached).length;
  return (
    <dl className="figures">
      <Figure
        name={sweep.settings.mend ? 'New seeds' : 'Seeds'}
        value={formatCount(seeds)}
        of={seedsMax && formatCount(seedsMax)}
      />
      <Figure name="Steps" value={formatCount(steps)} />
      <Figure name="Steps a second" value={formatCount(stepsPerSecond)} />
      <Figure
        name="Time"
        value={formatTime(elapsedMs)}
        of={timeBudgetMs && formatTime(timeBudgetMs)}
      />
      <Figure
        name="Causes found"
        value={formatCount(causes.length)}
        more={describeShrinking(sweep, summary)}
        ink={causes.length > 0 ? 'finding' : 'text'}
      />
      {brokenSeeds > 0 && (
        <Figure name="Broken seeds" value={formatCount(brokenSeeds)} ink="finding" />
      )}
      {sometimes.length > 0 && (
        <Figure
          name="Reached"
          value={formatCount(reached)}
          of={formatCount(sometimes.length)}
          ink={reached < sometimes.length ? 'rejected' : 'text'}
        />
      )}
    </dl>
  );
}

interface FigureProps {
  name: string;
  value: string;
  of?: string | number | undefined;
  more?: string | undefined;
  ink?: 'text' | 'finding' | 'rejected';
}

function Figure({ name, value, of, more, ink = 'text' }: FigureProps): ReactNode {
  return (
    <div>
      <dt className="muted small">{name}</dt>
      <dd className={`figure ink-${ink}`}>
        {value}
        {of !== undefined && <span className="muted figure-of"> of {of}</span>}
        {more !== undefined && <span className="muted figure-of"> {more}</span>}
      </dd>
    </div>
  );
}
