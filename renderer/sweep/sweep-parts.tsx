import { useState, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import { SweptLifecycle } from '../lifecycle/swept-lifecycle.tsx';
import type { SweepEntry } from '../session/model.ts';
import { openSeed } from '../session/shrinks.ts';
import type { SweepSummary } from '../session/sweep-summary.ts';
import { describeMissed, NeverExecuted } from '../source/never-executed.tsx';
import type { Place } from '../ui/place-link.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { Segments } from '../ui/segments.tsx';
import { hintOf } from '../words/commands.ts';
import { SweepChecked } from './sweep-checked.tsx';
import { SweepFindings } from './sweep-findings.tsx';
import { hasParts, showSweepPart, useSweepPart } from './sweep-part.ts';

/** @file The parts of a sweep of which one is on the screen. */

const PARTS = [
  { id: 'findings', label: 'Findings', hint: hintOf('showSweepFindings') },
  { id: 'lifecycle', label: 'Lifecycle', hint: hintOf('showSweepLifecycle') },
  { id: 'source', label: 'Never executed', hint: hintOf('showSweepSource') },
] as const;

/** Chooses the part of a sweep to show. */
function PartChoice(): ReactNode {
  return (
    <Segments
      label="Part of the sweep"
      options={PARTS}
      selected={useSweepPart()}
      onSelect={showSweepPart}
    />
  );
}

/** What a sweep found, the phases of its records, or the lines that no seed executed. */
export function SweepBody({
  sweep,
  summary,
}: {
  sweep: SweepEntry;
  summary: SweepSummary;
}): ReactNode {
  const chosen = useSweepPart();
  const part = hasParts(sweep) ? chosen : 'findings';
  switch (part) {
    case 'findings':
      return (
        <>
          {hasParts(sweep) && (
            <div className="view-bar">
              <PartChoice />
            </div>
          )}
          <div className="sweep-body">
            <SweepFindings sweep={sweep} summary={summary} />
            <SweepChecked sweep={sweep} />
          </div>
        </>
      );
    case 'lifecycle':
      return (
        <div className="sweep-view">
          <Phases sweep={sweep} />
        </div>
      );
    case 'source':
      return (
        <div className="sweep-view">
          <Lines sweep={sweep} />
        </div>
      );
    default:
      return assertNever(part, 'part');
  }
}

function Lines({ sweep }: { sweep: SweepEntry }): ReactNode {
  const { coverage } = sweep;
  const [chosen, setChosen] = useState<Place>();
  return (
    <>
      <div className="view-bar">
        <PartChoice />
        {coverage && (
          <output className="muted small" aria-label="Lines that were never executed">
            {describeMissed(coverage)}
          </output>
        )}
      </div>
      {coverage ? (
        <NeverExecuted coverage={coverage} chosen={chosen} onChoose={setChosen} />
      ) : (
        <Placeholder>{whyNoLines(sweep)}</Placeholder>
      )}
    </>
  );
}

function whyNoLines({ status, settings, report }: SweepEntry): string {
  if (settings.hasCoverage !== true)
    return 'This sweep did not watch which lines are executed. Choose it when you sweep again.';
  if (status === 'running') return 'The lines are shown when all seeds are done.';
  return report?.covered
    ? 'The source was too long to be kept with the session. Sweep again to see the lines.'
    : 'What the machine executes is not known: it is a program in a process of its own, or no seed was run.';
}

function Phases({ sweep }: { sweep: SweepEntry }): ReactNode {
  const { report, status } = sweep;
  if (!report) {
    return (
      <>
        <div className="view-bar">
          <PartChoice />
        </div>
        <Placeholder>
          {status === 'running'
            ? 'The phases of records are shown when all seeds are done.'
            : 'The sweep ended before it could count the phases of records.'}
        </Placeholder>
      </>
    );
  }
  return (
    <SweptLifecycle
      phases={report.phases}
      seeds={report.seeds + report.unfinished}
      lead={<PartChoice />}
      onOpen={({ seed, stepIndex }) => openSeed(sweep, seed, stepIndex)}
    />
  );
}
