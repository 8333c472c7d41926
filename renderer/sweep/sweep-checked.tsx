import { Check, ChevronRight, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { lacksResults, RESULTS_LACKING, RULE_NAMES, RULES } from '../../core/machine/rules.ts';
import type { SweepReport } from '../../core/sweep/report.ts';
import { describeUnaskedSeeds } from '../../core/sweep/unasked-seeds.ts';
import type { SweepEntry } from '../session/model.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import './sweep-checked.css';

/** The situations that the sweep reached, and how often it made each check. */
export function SweepChecked({ sweep: { report, status } }: { sweep: SweepEntry }): ReactNode {
  if (!report) {
    const words =
      status === 'running'
        ? 'The checks are shown when the sweep ends.'
        : 'The sweep ended before it could report its checks.';
    return <aside className="sweep-side muted small sweep-side-empty">{words}</aside>;
  }
  return (
    <aside className="sweep-side" aria-label="Reached and checked">
      {report.sometimes.length > 0 && <Reached report={report} />}
      <Checked report={report} />
    </aside>
  );
}

/** The situations that the scenario must reach now and then. */
function Reached({ report: { sometimes, seeds } }: { report: SweepReport }): ReactNode {
  const isShort = sometimes.some(({ reached }) => !reached);
  return (
    <section className="side-section">
      <h3>Reached</h3>
      <ul>
        {sometimes.map(({ name, reached, seeds: count }) => (
          <li key={name} className="side-row">
            {reached ? (
              <Check size={14} aria-hidden className="ink-ok" />
            ) : (
              <TriangleAlert size={14} aria-hidden className="ink-rejected" />
            )}
            <span>{shownName(name)}</span>
            <span className={`side-count ${reached ? 'muted' : 'ink-rejected'}`}>
              {reached ? `${formatCount(count)} of ${formatCount(seeds)}` : 'never'}
            </span>
          </li>
        ))}
      </ul>
      {isShort && (
        <p className="ink-rejected small side-note">
          Situations that are never reached are never tested: the scenario may be too weak, or its
          runs too short.
        </p>
      )}
    </section>
  );
}

function Checked({ report: { checks, unasked } }: { report: SweepReport }): ReactNode {
  const { evaluated, carriedOver, skipped, invariantsEvery } = checks;
  return (
    <section className="side-section">
      <h3>Checked</h3>
      <dl className="side-counts">
        <Count name="invariants evaluated" count={evaluated} />
        <Count
          name="carried over"
          count={carriedOver}
          title="The step did not change the state, and so not the verdict."
        />
        {skipped > 0 && (
          <Count
            name={`skipped: ${ordinal(invariantsEvery)} is evaluated`}
            count={skipped}
            title="A sweep samples; a run evaluates every state."
          />
        )}
      </dl>
      <Rules checks={checks} />
      <Settled settled={checks.settled} />
      {unasked && (
        <p className="ink-rejected small side-note">{shownLine(describeUnaskedSeeds(unasked))}</p>
      )}
    </section>
  );
}

/** The settled properties, and the number of runs in which each was checked. */
function Settled({ settled }: Pick<SweepReport['checks'], 'settled'>): ReactNode {
  const properties = Object.entries(settled);
  if (properties.length === 0) return null;
  return (
    <dl className="side-counts">
      {properties.map(([name, asked]) => (
        <Count
          key={name}
          name={`at the end: ${name}`}
          count={asked}
          never="Never: no run came to a settled end."
        />
      ))}
    </dl>
  );
}

function Rules({ checks }: { checks: SweepReport['checks'] }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const asked = RULE_NAMES.filter((name) => checks.rules[name] !== undefined);
  const missing = RULE_NAMES.filter(
    (name) => checks.rules[name] === undefined && checks.waivers[name] === undefined,
  );
  const waived = RULE_NAMES.filter((name) => checks.waivers[name] !== undefined);
  const times = asked.reduce((sum, name) => sum + (checks.rules[name] ?? 0), 0);
  return (
    <>
      <Button
        className="side-toggle"
        aria-expanded={isOpen}
        onPress={() => setOpen((before) => !before)}
      >
        <ChevronRight size={12} aria-hidden data-open={isOpen} />
        <span>{formatPlural(asked.length, 'rule')} checked</span>
        <span className="side-count muted">{formatPlural(times, 'time')}</span>
      </Button>
      {isOpen && (
        <dl className="side-counts side-rules">
          {asked.map((name) => (
            <Count
              key={name}
              name={name}
              count={checks.rules[name] ?? 0}
              never={`Never: ${RULES[name].never}.`}
            />
          ))}
        </dl>
      )}
      {isOpen && checks.rulesEvery > 1 && (
        <p className="muted small side-note">
          Determinism is checked at every {ordinal(checks.rulesEvery)} step, since it executes the
          step again.
        </p>
      )}
      {lacksResults(checks.rules) && (
        <p className="ink-rejected small side-note">{RESULTS_LACKING}</p>
      )}
      {missing.length > 0 && (
        <p className="muted small side-note">Not checked: {missing.join(', ')}.</p>
      )}
      {waived.map((name) => (
        <p key={name} className="muted small side-note">
          Waived: {name}. {shownLine(checks.waivers[name] ?? '')}
        </p>
      ))}
    </>
  );
}

interface CountProps {
  name: string;
  count: number;
  title?: string;
  /** For what must be checked now and then: why it never was, if the count is 0. */
  never?: string;
}

function Count({ name, count, title, never }: CountProps): ReactNode {
  const isMissed = never !== undefined && count === 0;
  return (
    <div title={isMissed ? never : title}>
      <dt>{shownName(name)}</dt>
      <dd className={`side-count ${isMissed ? 'ink-rejected' : 'muted'}`}>
        {isMissed ? 'never' : formatCount(count)}
      </dd>
    </div>
  );
}

/** An ordinal, such as `16th`. */
function ordinal(count: number): string {
  const last = count % 10;
  const isTeen = Math.floor(count / 10) % 10 === 1;
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][last] ?? 'th');
  return `${formatCount(count)}${ending}`;
}
