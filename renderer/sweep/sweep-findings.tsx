import { CircleCheck, CircleSlash, OctagonAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { lacksResults, RESULTS_LACKING } from '../../core/machine/rules.ts';
import { NOTHING_TRIED } from '../../core/machine/scenario.ts';
import { describeUnshrunk } from '../../core/sweep/causes.ts';
import { claimOf } from '../../core/sweep/confidence.ts';
import { distinctionsOf } from '../../core/sweep/distinctions.ts';
import { describeStillFailing } from '../../core/sweep/report.ts';
import type { SweepReport } from '../../core/sweep/report.ts';
import type { SweepEntry } from '../session/model.ts';
import { openExample, openSeed } from '../session/shrinks.ts';
import type { SweepSummary } from '../session/sweep-summary.ts';
import { FindingKindIcon } from '../ui/finding-kind-icon.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine, shownLines, shownName } from '../words/shown.ts';
import { SweepCauseRow } from './sweep-cause-row.tsx';
import './sweep-findings.css';

/** The most rows of a kind that are shown. */
const ROWS_SHOWN_MAX = 100;

/** The findings of a sweep by cause, broken seeds, and saved seeds that still fail. */
export function SweepFindings({
  sweep,
  summary,
}: {
  sweep: SweepEntry;
  summary: SweepSummary;
}): ReactNode {
  const { causes, broken, brokenMore, seeds, unfinished } = summary;
  const failing = sweep.report?.regressions.filter(({ fails }) => fails) ?? [];
  // A saved seed that breaks is listed with the saved ones.
  const ownBroken = broken.filter(({ saved }) => saved === undefined);
  const hidden = causes.length - ROWS_SHOWN_MAX;
  const distinctions = distinctionsOf(causes);
  const unshrunk = describeUnshrunk(causes, sweep.status !== 'running');
  return (
    <div className="sweep-findings">
      {causes.length === 0 && <NoFindings sweep={sweep} summary={summary} />}
      {unshrunk !== undefined && <p className="muted small sweep-unshrunk">{unshrunk}</p>}
      {causes.length > 0 && (
        <ul aria-label="Findings by cause">
          {causes.slice(0, ROWS_SHOWN_MAX).map((cause) => (
            <SweepCauseRow
              key={cause.id}
              sweep={sweep}
              cause={cause}
              distinction={distinctions.get(cause.id)}
              seeds={seeds + unfinished}
            />
          ))}
          {hidden > 0 && (
            <li className="muted sweep-more">and {formatPlural(hidden, 'more cause')}</li>
          )}
        </ul>
      )}
      {ownBroken.length > 0 && <BrokenSeeds sweep={sweep} broken={ownBroken} more={brokenMore} />}
      {failing.length > 0 && <SavedSeeds sweep={sweep} failing={failing} />}
    </div>
  );
}

function NoFindings({ sweep, summary }: { sweep: SweepEntry; summary: SweepSummary }): ReactNode {
  const { seeds, steps, broken } = summary;
  const { status, problem, settings, report } = sweep;
  if (status === 'failed') {
    return (
      <Placeholder icon={OctagonAlert} ink="ink-finding" title="The sweep failed">
        <p className="muted">{shownLines(`${problem?.title ?? ''} ${problem?.remedy ?? ''}`)}</p>
      </Placeholder>
    );
  }
  if (status === 'running') {
    return (
      <Placeholder
        icon={Spinner}
        ink="muted"
        title={seeds === 0 ? 'The first seeds are running' : 'No findings so far'}
      >
        <p className="muted">
          Findings are grouped here by cause. You can continue to work meanwhile: the sweep has its
          own threads.
        </p>
      </Placeholder>
    );
  }
  if (broken.length > 0) return null;
  if (seeds === 0) {
    return (
      <Placeholder icon={CircleSlash} ink="muted" title="No seed came to its end">
        <p className="muted">Give the sweep more time, or its seeds fewer operations.</p>
      </Placeholder>
    );
  }
  const title = `No ${hasSavedFailing(report) ? 'new ' : ''}findings in ${formatPlural(seeds, 'seed')}`;
  if (settings.mend) {
    // The verdict stands over it already.
    return (
      <p className="muted sweep-kept">
        {title}: {formatPlural(steps, 'step')} kept every invariant and every rule that was checked.{' '}
        {whatNext(settings.faults, report)}
      </p>
    );
  }
  return (
    <Placeholder icon={CircleCheck} ink="ink-ok" title={title}>
      <p className="muted">
        {formatPlural(steps, 'step')} kept every invariant and every rule that was checked.{' '}
        {status === 'completed' && !hasSavedFailing(report) && describeClaim(seeds)}
        {whatNext(settings.faults, report)}
      </p>
    </Placeholder>
  );
}

/** Whether a saved seed still fails, of which the seeds of the sweep say nothing. */
function hasSavedFailing(report: SweepReport | undefined): boolean {
  return report?.regressions.some(({ fails }) => fails) ?? false;
}

/** Fewer seeds say next to nothing. */
const CLAIM_SEEDS_MIN = 10;

/** What seeds without a finding say of all others. */
function describeClaim(seeds: number): string {
  if (seeds < CLAIM_SEEDS_MIN) return '';
  const { oneIn, confidencePercent } = claimOf(seeds);
  return `With ${confidencePercent} % confidence, fewer than 1 in ${formatCount(oneIn)} seeds fail. `;
}

/** A hint for a sweep without findings. */
function whatNext(faults: string, report: SweepReport | undefined): string {
  if (report?.operations === 0) return NOTHING_TRIED;
  if (report && lacksResults(report.checks.rules)) return RESULTS_LACKING;
  return faults === 'none'
    ? 'A fault profile also tries crashes and lost messages.'
    : 'Try more seeds or more operations.';
}

/** Seeds at which the machine hung or ended its thread. */
function BrokenSeeds({
  sweep,
  broken,
  more,
}: {
  sweep: SweepEntry;
  broken: SweepReport['broken'];
  /** The number of broken seeds that are not listed. */
  more: number;
}): ReactNode {
  const hidden = Math.max(0, broken.length - ROWS_SHOWN_MAX) + more;
  return (
    <section className="sweep-list" aria-label="Broken seeds">
      <h3>Broken seeds</h3>
      <ul>
        {broken.slice(0, ROWS_SHOWN_MAX).map(({ seed, reason }) => (
          <li key={seed}>
            <Button className="sweep-row" onPress={() => openSeed(sweep, seed)}>
              <OctagonAlert size={16} strokeWidth={1.75} aria-hidden className="ink-finding" />
              <span className="truncate" title={reason}>
                {shownLine(reason)}
              </span>
              <span className="data">seed {seed}</span>
            </Button>
          </li>
        ))}
        {hidden > 0 && <li className="muted sweep-more">and {formatCount(hidden)} more</li>}
      </ul>
    </section>
  );
}

/** Seeds that were saved beside the machine because they failed, and still fail. */
function SavedSeeds({
  sweep,
  failing,
}: {
  sweep: SweepEntry;
  failing: SweepReport['regressions'];
}): ReactNode {
  const tried = sweep.report?.regressions.filter(({ untried }) => untried === undefined);
  const all = tried?.length ?? failing.length;
  return (
    <section className="sweep-list" aria-label="Saved seeds">
      <h3>
        {sweep.settings.mend
          ? describeStillFailing(
              failing.length,
              all,
              'seed that had failed',
              'seeds that had failed',
            )
          : describeStillFailing(failing.length, all, 'saved seed')}
      </h3>
      <ul>
        {failing
          .slice(0, ROWS_SHOWN_MAX)
          .map(({ seed, kind, name, message, signature, ...under }) => (
            <li key={`${under.scenario} ${under.faults} ${seed} ${signature}`}>
              <Button
                className="sweep-row"
                onPress={() => openExample(sweep, { seed, signature, ...under })}
              >
                {kind === 'broken' ? (
                  <OctagonAlert size={16} strokeWidth={1.75} aria-hidden className="ink-finding" />
                ) : (
                  <FindingKindIcon kind={kind} />
                )}
                <span className="truncate" title={`${name}: ${message}`}>
                  {shownName(name)}
                </span>
                <span className="data">seed {seed}</span>
              </Button>
            </li>
          ))}
      </ul>
    </section>
  );
}
