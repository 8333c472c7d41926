import { Check, CirclePlus, CircleX } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import type { Recovery } from '../../core/trace/recovery.ts';
import type { TrackedSpan } from '../../core/trace/spans.ts';
import { formatKey } from '../../core/value/path.ts';
import { Section } from '../ui/section.tsx';
import { StepLink } from '../ui/seek.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownKey, shownLabel } from '../words/shown.ts';
import './restoration-section.css';

/** Outstanding before the crash beside what restore emitted: kept, lost, new. */
export function RestorationSection({ recovery }: { recovery: Recovery }): ReactNode {
  const { before, kept, lost, fresh, refused, restoreStep } = recovery;
  const forgotten = lost.length - refused.length;
  const isRestored = restoreStep !== undefined;
  return (
    <Section title="Crash and restore" note={formatPlural(before.length, 'outstanding action')}>
      <Lead recovery={recovery} />
      {before.length + fresh.length === 0 && <p className="muted">Nothing was outstanding.</p>}
      {before.length + fresh.length > 0 && (
        <table className="restoration">
          <thead className="small">
            <tr>
              <th>
                <span className="visually-hidden">How it ended</span>
              </th>
              <th>id</th>
              <th>before</th>
              <th>from restore</th>
            </tr>
          </thead>
          <tbody>
            {lost.slice(0, ACTIONS_SHOWN_MAX).map((span) => (
              <Row
                key={keyOf(span)}
                mark="lost"
                id={span.id}
                before={span}
                after={refused.includes(span) ? 'refused' : '—'}
              />
            ))}
            {kept.slice(0, ACTIONS_SHOWN_MAX).map(({ before: span, after }) => (
              <Row
                key={keyOf(span)}
                mark="kept"
                id={span.id}
                before={span}
                after={shownLabel(after.action)}
              />
            ))}
            {fresh.slice(0, ACTIONS_SHOWN_MAX).map((action, index) => (
              <Row
                key={`new-${index}`}
                mark="new"
                id={action.kind === 'tracked' ? action.id : undefined}
                after={shownLabel(action.action)}
              />
            ))}
            {!isRestored &&
              before
                .slice(0, ACTIONS_SHOWN_MAX)
                .map((span) => (
                  <Row key={keyOf(span)} mark="open" id={span.id} before={span} after="—" />
                ))}
          </tbody>
        </table>
      )}
      {refused.length > 0 && (
        <p className="small restoration-note">
          restore asked for {refused.length === 1 ? 'this action' : 'these actions'} again, and the
          container refused {refused.length === 1 ? 'it' : 'them'}: nothing is under way whose
          result could come.
        </p>
      )}
      {forgotten > 0 && (
        <p className="small restoration-note">
          {forgotten === 1 ? 'This result is' : 'These results are'} no longer awaited: outstanding
          actions must follow from the state alone, or a crash loses them.
        </p>
      )}
    </Section>
  );
}

/** Where the process died, which restores failed, and which one succeeded. */
function Lead({ recovery }: { recovery: Recovery }): ReactNode {
  const { crashStep, diedInside, failedRestores, restoreStep } = recovery;
  return (
    <p className="muted small restoration-lead">
      The process died{' '}
      {diedInside === undefined ? (
        <>
          after the commit of <StepLink stepIndex={crashStep - 1} />
        </>
      ) : (
        <>
          inside <StepLink stepIndex={diedInside} />
        </>
      )}
      {failedRestores.length > 0 && (
        <>
          ; restore failed in <StepLinks steps={failedRestores} />
        </>
      )}
      {restoreStep === undefined ? (
        '; the trace ends before it was restored.'
      ) : (
        <>
          {failedRestores.length > 0 ? ' and' : '; restore'} succeeded in{' '}
          <StepLink stepIndex={restoreStep} />.
        </>
      )}
    </p>
  );
}

/** The most steps and actions that are listed: a trace may have any number of them. */
const STEPS_SHOWN_MAX = 12;
const ACTIONS_SHOWN_MAX = 100;

function StepLinks({ steps }: { steps: readonly number[] }): ReactNode {
  const hidden = steps.length - STEPS_SHOWN_MAX;
  return (
    <>
      {steps.slice(0, STEPS_SHOWN_MAX).map((stepIndex, at) => (
        <Fragment key={stepIndex}>
          {at > 0 && ', '}
          <StepLink stepIndex={stepIndex} />
        </Fragment>
      ))}
      {hidden > 0 && ` and ${formatCount(hidden)} more`}
    </>
  );
}

function keyOf({ id, emittedAt }: TrackedSpan): string {
  return `${formatKey(id)}-${emittedAt}`;
}

const MARKS = {
  kept: { Icon: Check, className: 'ink-ok' },
  lost: { Icon: CircleX, className: 'ink-finding' },
  new: { Icon: CirclePlus, className: 'ink-tracked' },
  open: { Icon: CirclePlus, className: 'muted' },
} as const;

interface RowProps {
  mark: keyof typeof MARKS;
  id: TrackedSpan['id'] | undefined;
  before?: TrackedSpan;
  after: string;
}

function Row({ mark, id, before, after }: RowProps): ReactNode {
  const { Icon, className } = MARKS[mark];
  return (
    <tr>
      <td className={className}>
        <Icon size={13} aria-hidden /> {mark}
      </td>
      <td className="data">{id === undefined ? '' : shownKey(id)}</td>
      <td>
        {before ? (
          <>
            {shownLabel(before.action)}{' '}
            {before.ended?.how === 'lost' && <span className="muted small">never sent</span>}
          </>
        ) : (
          '—'
        )}
      </td>
      <td>{after}</td>
    </tr>
  );
}
