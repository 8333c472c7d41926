import { GitBranchPlus } from 'lucide-react';
import { memo, useCallback, type ReactNode } from 'react';
import type { EmittedAction } from '../../core/machine/executed.ts';
import { findingsAt } from '../../core/trace/causes.ts';
import { counterexampleOf } from '../../core/trace/format/counterexample.ts';
import type { Step } from '../../core/trace/format/format.ts';
import { recoveryAt, type Recovery } from '../../core/trace/recovery.ts';
import { isOutstandingAt, type TrackedSpan } from '../../core/trace/spans.ts';
import type { Trace } from '../../core/trace/trace.ts';
import {
  describeOperation,
  describeOutcome,
  toneOf,
  toneOfOutcome,
  toneSourceOf,
} from '../../core/trace/words/step-words.ts';
import { formatKey } from '../../core/value/path.ts';
import { wantedSignatureOf } from '../session/cursor.ts';
import { isForkable } from '../session/forks.ts';
import { selectCursor, selectRun, useIsEarlier, useSession } from '../session/store.ts';
import { askWhatIf, menuOfStep } from '../session/what-if.ts';
import { MARK_INKS, markOfStep, type Mark } from '../theme/marks.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { MarkIcon } from '../ui/mark-icon.tsx';
import { Panel, PanelHeader } from '../ui/panel.tsx';
import { Section } from '../ui/section.tsx';
import { StepLink } from '../ui/seek.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { formatCount } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import { notesAt, type StepNote } from '../words/step-notes.ts';
import { ActionRow } from './action-row.tsx';
import { ChecksSection } from './checks-section.tsx';
import { CounterpartLine } from './counterpart-line.tsx';
import { DocumentSection } from './document-section.tsx';
import { FindingNote } from './finding-note.tsx';
import { OperationSection } from './operation-section.tsx';
import { OutputSection } from './output-section.tsx';
import { RecordsSection } from './records-section.tsx';
import { RestorationSection } from './restoration-section.tsx';
import { ToneIcon } from './tone-icon.tsx';
import './step-panel.css';

/** The most outstanding actions that are listed. */
const OUTSTANDING_SHOWN_MAX = 100;

/** What the panel takes from the lines of the trace. */
interface StepAtCursor {
  readonly cursor: number;
  /** Absent at the initial state. */
  readonly step: Step | undefined;
  readonly notes: readonly StepNote[];
  readonly recovery: Recovery | undefined;
}

function stepAtCursor(trace: Trace, cursor: number): StepAtCursor {
  const step = cursor < 0 ? undefined : trace.step(cursor);
  return {
    cursor,
    step,
    notes: step ? notesAt(trace, cursor) : [],
    recovery: recoveryAt(trace, cursor),
  };
}

/** Everything about the step at the cursor except the state. */
export const StepPanel = memo(function StepPanel({
  trace,
  steps,
  cursor: wished,
}: {
  trace: Trace;
  /** The number of steps so far: how actions end, and crashes, becomes known as the trace grows. */
  steps: number;
  cursor: number;
}): ReactNode {
  const compute = useCallback(
    () => stepAtCursor(trace, Math.min(wished, steps - 1)),
    [trace, steps, wished],
  );
  const { result } = useLoaded(trace, compute);
  // A run that was opened for a cause shows that before what else was found at its step.
  const wanted = useSession((state) => {
    const run = selectRun(state);
    return run?.trace === trace ? wantedSignatureOf(selectCursor(state, run.id)) : undefined;
  });
  if (!result) return null;
  const { cursor, step, notes, recovery } = result;
  return (
    <Panel label="Step">
      {step ? <StepHead step={step} /> : <InitialHead trace={trace} />}
      <CounterpartLine trace={trace} cursor={cursor} />
      <div className="step-scroll" onContextMenu={(event) => menuOfStep(event)}>
        {findingsAt(trace, cursor, wanted).map((finding, at) => (
          <FindingNote key={at} finding={finding} />
        ))}
        {step && <OperationSection trace={trace} step={step} notes={notes} />}
        <DocumentSection trace={trace} cursor={cursor} />
        <RecordsSection trace={trace} cursor={cursor} />
        {recovery && <RestorationSection recovery={recovery} />}
        {step && <ActionsSections trace={trace} step={step} />}
        {step && <OutputSection output={step.output} />}
        {!counterexampleOf(trace.header) && <OutstandingSection trace={trace} cursor={cursor} />}
        <ChecksSection trace={trace} cursor={cursor} />
      </div>
    </Panel>
  );
});

function InitialHead({ trace }: { trace: Trace }): ReactNode {
  const { header } = trace;
  const words = shownName(header.scenario);
  // A model checker uses no seed that a machine could be run with.
  const text = counterexampleOf(header) ? words : `${words} · seed ${shownLine(header.seed)}`;
  return (
    <PanelHeader className="step-head">
      <h2>Initial state</h2>
      <span className="muted small truncate data step-origin" title={text}>
        {text}
      </span>
    </PanelHeader>
  );
}

function StepHead({ step }: { step: Step }): ReactNode {
  const isEarlier = useIsEarlier(useSession(selectRun));
  const mark = markOfStep(step);
  const source = toneSourceOf(step);
  const tone = toneOf(source);
  const name = describeOperation(step.operation);
  const outcomeTone = toneOfOutcome(source);
  return (
    <PanelHeader className="step-head" isEarlier={isEarlier}>
      {mark === undefined || tone === 'finding' ? (
        <ToneIcon tone={tone} size={16} />
      ) : (
        <MarkIcon mark={mark} size={16} />
      )}
      <h2 className="truncate" title={name}>
        {name}
      </h2>
      <span className={`outcome truncate ink-${outcomeTone}`} title={describeOutcome(step)}>
        {describeOutcome(step)}
      </span>
      <span className="spacer" />
      <WhatIfButton />
      <span className="muted data step-number">{formatCount(step.stepIndex)}</span>
    </PanelHeader>
  );
}

/** Opens the dialog of what can be otherwise at the step. */
function WhatIfButton(): ReactNode {
  const isOffered = useSession((state) => isForkable(selectRun(state)));
  if (!isOffered) return null;
  return (
    <IconButton icon={GitBranchPlus} command="whatIf" size="small" onPress={() => askWhatIf()} />
  );
}

function ActionsSections({ trace, step }: { trace: Trace; step: Step }): ReactNode {
  const { actions, discarded, lost, operation, outcome, refused } = step;
  const isEmitting = actions.length > 0 || (operation.kind === 'restore' && outcome.kind === 'ok');
  const spans = trace.spansFrom(step.stepIndex);
  return (
    <>
      {isEmitting && (
        <Section title="Emitted actions" note={formatCount(actions.length)}>
          <ul>
            {actions.map((action, index) => (
              <ActionRow
                key={index}
                action={action}
                emittedAt={step.stepIndex}
                fate={<Fate action={action} spans={spans} />}
              />
            ))}
          </ul>
        </Section>
      )}
      <Unsent title="Refused by the container" actions={refused} fate="refused" mark="refused" />
      <Unsent title="Discarded with the roll-back" actions={discarded} fate="never sent" />
      <Unsent title="Lost in the crash" actions={lost} fate="never sent" mark="crashWithLoss" />
    </>
  );
}

/** Actions that never left the process. */
function Unsent({
  title,
  actions,
  fate,
  mark,
}: {
  title: string;
  actions: readonly EmittedAction[];
  fate: string;
  mark?: Mark;
}): ReactNode {
  if (actions.length === 0) return null;
  return (
    <Section title={title} note={formatCount(actions.length)}>
      <ul>
        {actions.map((action, index) => (
          <ActionRow
            key={index}
            action={action}
            fate={
              mark === undefined ? (
                fate
              ) : (
                <span className={`ink-${MARK_INKS[mark]} action-unsent`}>
                  <MarkIcon mark={mark} size={13} /> {fate}
                </span>
              )
            }
          />
        ))}
      </ul>
    </Section>
  );
}

/** How a tracked action ended: the step that ended it, or that it is still outstanding. */
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
  const isDown = isDownAt(trace, cursor);
  const outstanding = trace.spans.filter((span) => isOutstandingAt(span, cursor));
  const hidden = outstanding.length - OUTSTANDING_SHOWN_MAX;
  return (
    <Section title="Outstanding actions" note={formatCount(outstanding.length)}>
      {outstanding.length === 0 && (
        <p className="muted">
          {isDown
            ? 'None: the process is dead, and not restored yet.'
            : 'None: no action waits for a result.'}
        </p>
      )}
      <ul>
        {outstanding.slice(-OUTSTANDING_SHOWN_MAX).map(({ id, action, emittedAt }) => (
          <ActionRow
            key={`${formatKey(id)}-${emittedAt}`}
            action={{ kind: 'tracked', id, action }}
            emittedAt={emittedAt}
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

function isDownAt(trace: Trace, cursor: number): boolean {
  if (cursor < 0) return false;
  const { operation, outcome } = trace.glance(cursor);
  return operation === 'crash' || (operation === 'restore' && outcome !== 'ok');
}
