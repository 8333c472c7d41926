import { ArrowRight, Shrink } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { Button as RowButton } from 'react-aria-components';
import {
  describeGrouping,
  exampleOf,
  isUnshrunk,
  otherwayOf,
  seedsOf,
  type SweepCause,
} from '../../core/sweep/causes.ts';
import { countsAsFailure } from '../../core/sweep/mend.ts';
import { describeWithout } from '../../core/sweep/minimal-run.ts';
import { UNSTEADY, type SweepGroup } from '../../core/sweep/report.ts';
import type { SweepEntry } from '../session/model.ts';
import { openExample, shrinkExample, shrunkExampleOf } from '../session/shrinks.ts';
import { useSession } from '../session/store.ts';
import { Button } from '../ui/button.tsx';
import { FindingKindIcon } from '../ui/finding-kind-icon.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { Tip } from '../ui/tip.tsx';
import { FINDING_KIND_WORDS } from '../words/finding-words.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import './sweep-cause-row.css';

interface CauseProps {
  sweep: SweepEntry;
  cause: SweepCause;
  /** What tells it from causes with the same heading, if there are any. */
  distinction: string | undefined;
  /** The number of seeds that are done. */
  seeds: number;
}

/** A cause: what it breaks, why, how often, and an example seed. */
export function SweepCauseRow({ sweep, cause, distinction, seeds }: CauseProps): ReactNode {
  const example = exampleOf(cause.symptoms[0]);
  const { message, name, kind, shape, seed, stepIndex, source } = example;
  return (
    <li className="group-row">
      <RowButton className="group-open" onPress={() => openExample(sweep, example)}>
        <FindingKindIcon kind={kind} />
        <span className="group-text">
          <span className="group-name">
            <span className="truncate" title={name}>
              {shownName(kind === 'panic' ? `Panic: ${name}` : name)}
            </span>
            <span className="muted small">{FINDING_KIND_WORDS[kind].toLowerCase()}</span>
            <span className="muted small data truncate" title={placeOf(example)}>
              {shape}
            </span>
            {distinction !== undefined && (
              <span className="muted small truncate" title={distinction}>
                {shownLine(distinction)}
              </span>
            )}
          </span>
          <span className="group-message" title={message}>
            {shownLine(message)}
            {source !== undefined && <span className="muted small data"> {shownLine(source)}</span>}
          </span>
          <Reason cause={cause} />
          {isAside(sweep, example) && (
            <span className="small muted">Not asked about: it does not count.</span>
          )}
          {example.isUnsteady && <span className="small ink-rejected">{UNSTEADY}</span>}
        </span>
        <Frequency count={seedsOf(cause)} seeds={seeds} />
        <span className="group-example">
          <span className="data truncate" title={`Seed ${seed}`}>
            seed {seed}
          </span>
          <span className="data muted small">{formatStepIndex(stepIndex)}</span>
        </span>
        <ArrowRight size={14} aria-hidden className="group-arrow" />
      </RowButton>
      <ShrinkButton sweep={sweep} group={example} />
    </li>
  );
}

/** Whether a cause does not count, since a sweep asks about others. */
function isAside({ settings: { mend } }: SweepEntry, { signature }: SweepGroup): boolean {
  return mend !== undefined && !countsAsFailure(mend, signature);
}

/** Why the minimal run of a cause fails, and what else the cause breaks. */
function Reason({ cause }: Pick<CauseProps, 'cause'>): ReactNode {
  const [first, ...others] = cause.symptoms;
  const { minimal } = first;
  const otherway = otherwayOf(first);
  // That causes are not shrunk is said once for all of them.
  const grouping = isUnshrunk(cause) ? undefined : describeGrouping(cause);
  const also = [
    ...new Set(others.map(({ group }) => `“${shownName(group.name)}” (${shownLine(group.shape)})`)),
  ];
  const sentences = minimal?.sentences ?? [];
  return (
    <>
      {minimal && sentences.length > 0 && (
        <span className="group-reason small muted" title={sentences.join(' ')}>
          In {formatPlural(minimal.steps, 'step')}: {shownLine(sentences.slice(0, 2).join(' '))}
        </span>
      )}
      {otherway && (
        <span className="group-reason small muted" title={otherway.sentences.join(' ')}>
          Or in {formatPlural(otherway.steps, 'step')}
          {describeWithout(otherway)}: {shownLine(otherway.sentences.slice(0, 2).join(' '))}
        </span>
      )}
      {also.length > 0 && (
        <span className="group-reason small muted" title={also.join('\n')}>
          Also breaks {also.join(', ')}
        </span>
      )}
      {grouping !== undefined && (
        <span className="group-reason small muted" title={grouping}>
          {grouping}
        </span>
      )}
    </>
  );
}

function placeOf({ shape, source }: SweepGroup): string {
  return source === undefined ? shape : `${shape}, at ${source}`;
}

function Frequency({ count, seeds }: { count: number; seeds: number }): ReactNode {
  const share = seeds === 0 ? 0 : count / seeds;
  return (
    <span className="group-frequency">
      <span className="small">
        {count === 0 ? (
          'in a seed that is not done'
        ) : (
          <>
            in <span className="group-count">{formatCount(count)}</span> of{' '}
            {formatPlural(seeds, 'seed')}
          </>
        )}
      </span>
      <span className="share" aria-hidden>
        <span style={{ width: `${Math.max(2, share * 100)}%` }} />
      </span>
    </span>
  );
}

/** Shrinks the example, or shows the shrunk run. */
const ShrinkButton = memo(function ShrinkButton({
  sweep,
  group,
}: {
  sweep: SweepEntry;
  group: SweepGroup;
}): ReactNode {
  const run = useSession((state) => shrunkExampleOf(state.runs, sweep, group));
  const isShrinking = run?.status === 'running';
  const steps = run?.trace?.length;
  return (
    <Tip
      content={
        steps === undefined
          ? 'Search for the shortest run that fails for this cause'
          : 'Show the shortest run that fails for this cause'
      }
    >
      <Button
        className="group-shrink"
        icon={isShrinking ? Spinner : Shrink}
        onPress={() => shrinkExample(sweep, group)}
      >
        {steps === undefined ? 'Shrink' : formatPlural(steps, 'step')}
      </Button>
    </Tip>
  );
});
