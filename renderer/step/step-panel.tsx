import { memo, type ReactNode } from 'react';
import type { EmittedAction } from '../../core/machine/executed.ts';
import type { Step } from '../../core/trace/format.ts';
import { isOutstandingAt, type TrackedSpan } from '../../core/trace/spans.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { formatKey } from '../../core/value/path.ts';
import { describeOperation, describeOutcome, toneOf, type StepTone } from '../design/describe.ts';
import { formatCount } from '../design/format.ts';
import { ActionRow } from './action-row.tsx';
import { ChecksSection } from './checks-section.tsx';
import { RestorationSection } from './restoration-section.tsx';
import { Section } from './section.tsx';
import { StepLink } from './step-link.tsx';
import { ToneIcon } from './tone-icon.tsx';
import './step-panel.css';
import { ValueBlock } from './value-block.tsx';

/** How many outstanding actions are listed. */
const OUTSTANDING_SHOWN_MAX = 100;

/** Everything about the step at the cursor, but the state. */
export const StepPanel = memo(function StepPanel({
  trace,
  cursor,
}: {
  trace: Trace;
  cursor: number;
}): ReactNode {
  const step = cursor < 0 ? undefined : trace.step(cursor);
  const restoration = cursor < 0 ? undefined : trace.restorationAt(cursor);
  return (
    <section className="panel step-panel" aria-label="Step">
      {step ? <StepHead step={step} /> : <InitialHead trace={trace} />}
      <div className="step-scroll">
        {step && <Findings step={step} />}
        {step && <OperationSection trace={trace} step={step} />}
        {restoration &&
          (step?.operation.kind === 'crash' || step?.operation.kind === 'restore') && (
            <RestorationSection restoration={restoration} />
          )}
        {step && <ActionsSections trace={trace} step={step} />}
        <OutstandingSection trace={trace} cursor={cursor} />
        <ChecksSection trace={trace} cursor={cursor} />
      </div>
    </section>
  );
});

function InitialHead({ trace }: { trace: Trace }): ReactNode {
  const { scenario, seed } = trace.header;
  return (
    <header className="panel-header step-head">
      <h2>Initial state</h2>
      <span className="muted small truncate data">
        {scenario} · seed {seed}
      </span>
    </header>
  );
}

function toneOfStep(step: Step): StepTone {
  return toneOf({
    operation: step.operation.kind,
    outcome: step.outcome.kind,
    hasFinding: step.findings.length > 0,
  });
}

function StepHead({ step }: { step: Step }): ReactNode {
  const tone = toneOfStep(step);
  const outcomeTone =
    step.outcome.kind === 'err'
      ? 'rejected'
      : tone === 'finding' && step.outcome.kind === 'ok'
        ? 'ok'
        : tone;
  return (
    <header className="panel-header step-head">
      <ToneIcon tone={tone} size={16} />
      <h2 className="truncate">{describeOperation(step.operation)}</h2>
      <span className={`outcome ink-${outcomeTone}`}>{describeOutcome(step)}</span>
      <span className="toolbar-space" />
      <span className="muted data">{formatCount(step.stepIndex)}</span>
    </header>
  );
}

function Findings({ step }: { step: Step }): ReactNode {
  return step.findings.map(({ kind, name, message, source }) => (
    <div key={`${kind}-${name}`} className="finding" role="note">
      <ToneIcon tone="finding" size={16} />
      <div>
        <p className="finding-name">
          {kind === 'panic' ? `The machine panicked: ${name}` : name}
          <span className="muted small"> {kind}</span>
        </p>
        <p>{message}</p>
        {source !== undefined && <p className="data small">{source}</p>}
      </div>
    </div>
  ));
}

function OperationSection({ trace, step }: { trace: Trace; step: Step }): ReactNode {
  const { operation, outcome } = step;
  return (
    <Section title={TITLES[operation.kind]}>
      {operation.kind === 'input' && <ValueBlock value={operation.input} />}
      {operation.kind === 'completion' && (
        <>
          <Origin span={trace.spanCompletedBy(step.stepIndex)} id={formatKey(operation.id)} />
          <ValueBlock value={operation.result} />
        </>
      )}
      {operation.kind === 'crash' && <CrashText step={step} dispatched={operation.dispatched} />}
      {operation.kind === 'restore' && (
        <p className="muted">
          The process is back. From the state alone, restore emits what must not be lost.
        </p>
      )}
      {outcome.kind === 'err' && (
        <div className="rejection">
          <p className="ink-rejected">Rejected; the state was left as it was</p>
          <ValueBlock value={outcome.error} />
        </div>
      )}
    </Section>
  );
}

const TITLES = {
  input: 'Input',
  completion: 'Completion',
  crash: 'Crash',
  restore: 'Restore',
  loss: 'Lost on its way',
  settled: 'Settled',
} as const;

function Origin({ span, id }: { span: TrackedSpan | undefined; id: string }): ReactNode {
  return (
    <p className="muted small origin">
      of tracked action <span className="data">{id}</span>
      {span ? (
        <>
          , emitted in <StepLink stepIndex={span.emittedAt} />
        </>
      ) : (
        ', which was not outstanding'
      )}
    </p>
  );
}

function CrashText({ step, dispatched }: { step: Step; dispatched: number }): ReactNode {
  return (
    <p className="muted">
      The process died after the commit of <StepLink stepIndex={step.stepIndex - 1} />
      {describeDispatch(dispatched, step.lost.length)}
    </p>
  );
}

/** How much of what the step before had emitted was out when the process died. */
function describeDispatch(dispatched: number, lost: number): string {
  if (dispatched + lost === 0) return ', which had emitted nothing.';
  if (lost === 0) return ', when all that it had emitted was dispatched.';
  if (dispatched === 0) return ', before anything that it had emitted was dispatched.';
  return `, when ${dispatched} of its ${dispatched + lost} actions were dispatched.`;
}

function ActionsSections({ trace, step }: { trace: Trace; step: Step }): ReactNode {
  const { actions, discarded, lost, operation } = step;
  const isSilent = actions.length + discarded.length + lost.length === 0;
  if (isSilent && operation.kind !== 'restore') return null;
  const spans = trace.spansFrom(step.stepIndex);
  return (
    <>
      {(actions.length > 0 || operation.kind === 'restore') && (
        <Section title="Emitted actions" note={formatCount(actions.length)}>
          <ul>
            {actions.map((action, index) => (
              <ActionRow
                key={index}
                action={action}
                fate={<Fate action={action} spans={spans} />}
              />
            ))}
          </ul>
        </Section>
      )}
      {discarded.length > 0 && (
        <Section title="Discarded with the roll-back" note={formatCount(discarded.length)}>
          <ul>
            {discarded.map((action, index) => (
              <ActionRow key={index} action={action} fate="never sent" />
            ))}
          </ul>
        </Section>
      )}
      {lost.length > 0 && (
        <Section title="Lost in the crash" note={formatCount(lost.length)}>
          <ul>
            {lost.map((action, index) => (
              <ActionRow key={index} action={action} fate="never sent" />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

/** What became of a tracked action: the step that ended it, or that it is still out. */
function Fate({
  action,
  spans,
}: {
  action: EmittedAction;
  spans: readonly TrackedSpan[];
}): ReactNode {
  if (action.kind === 'untracked') return null;
  const ended = spans.find(({ id }) => id === action.id)?.ended;
  if (!ended) return 'still outstanding at the end';
  return (
    <>
      {ended.how} in <StepLink stepIndex={ended.at} />
    </>
  );
}

function OutstandingSection({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const isCrash = cursor >= 0 && trace.glance(cursor).operation === 'crash';
  const outstanding = trace.spans.filter((span) => isOutstandingAt(span, cursor));
  const hidden = outstanding.length - OUTSTANDING_SHOWN_MAX;
  return (
    <Section title="Outstanding actions" note={formatCount(outstanding.length)}>
      {outstanding.length === 0 && (
        <p className="muted">
          {isCrash
            ? 'None: the process is dead. Restore comes next.'
            : 'None: nothing waits for a result.'}
        </p>
      )}
      <ul>
        {outstanding.slice(-OUTSTANDING_SHOWN_MAX).map(({ id, action, emittedAt }) => (
          <ActionRow
            key={`${formatKey(id)}-${emittedAt}`}
            action={{ kind: 'tracked', id, action }}
            isBrief
            fate={
              <>
                since <StepLink stepIndex={emittedAt} />
              </>
            }
          />
        ))}
      </ul>
      {hidden > 0 && <p className="muted small">and {formatCount(hidden)} older ones</p>}
    </Section>
  );
}
