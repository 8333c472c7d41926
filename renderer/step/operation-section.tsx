import { useCallback, type ReactNode } from 'react';
import type { ActionId } from '../../core/machine/machine.ts';
import type { Operation } from '../../core/machine/operation.ts';
import type { Step } from '../../core/trace/format/format.ts';
import type { TrackedSpan } from '../../core/trace/spans.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { fieldNeedsAt } from '../../core/trace/words/judged.ts';
import { selectRun, useSession } from '../session/store.ts';
import { MARK_INKS } from '../theme/marks.ts';
import { MarkIcon } from '../ui/mark-icon.tsx';
import { Section } from '../ui/section.tsx';
import { StepLink } from '../ui/seek.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { shownKey } from '../words/shown.ts';
import type { StepNote } from '../words/step-notes.ts';
import { ValueBlock } from './value-block.tsx';
import './operation-section.css';

/** The step's operation, what the simulation did, and why the step was rejected. */
export function OperationSection({
  trace,
  step,
  notes,
}: {
  trace: Trace;
  step: Step;
  notes: readonly StepNote[];
}): ReactNode {
  const { operation, outcome, stepIndex } = step;
  return (
    <Section title={TITLES[operation.kind]}>
      {notes.map((note) => (
        <Note key={note.text} note={note} />
      ))}
      {operation.kind === 'normal' && <InputBlock input={operation.input} stepIndex={stepIndex} />}
      {(operation.kind === 'trackedActionCompleted' || operation.kind === 'loss') && (
        <>
          <Origin trace={trace} stepIndex={stepIndex} operation={operation} />
          <ValueBlock value={operation.result} />
        </>
      )}
      {operation.kind === 'settled' && !operation.isDown && step.findings.length === 0 && (
        <p className="muted small">Nothing was found.</p>
      )}
      {outcome.kind === 'err' && (
        <div className="rejection">
          <p className="ink-rejected">{describeRollBack(operation)}</p>
          <ValueBlock value={outcome.error} />
        </div>
      )}
    </Section>
  );
}

/** An input; where its fields were judged for a finding, with how much each is needed. */
function InputBlock({ input, stepIndex }: { input: unknown; stepIndex: number }): ReactNode {
  const explained = useSession((state) => selectRun(state)?.explanation?.explained);
  return <ValueBlock value={input} needs={fieldNeedsAt(explained, stepIndex)} />;
}

const TITLES = {
  normal: 'Input',
  trackedActionCompleted: 'Completion',
  crash: 'Crash',
  restore: 'Restore',
  loss: 'Lost completion',
  settled: 'Settled',
} as const satisfies Readonly<Record<Operation['kind'], string>>;

function describeRollBack(operation: Operation): string {
  if (operation.kind === 'restore') return 'Restore returned an error';
  return 'fault' in operation && operation.fault
    ? 'Rolled back; the state is unchanged'
    : 'Rejected; the state is unchanged';
}

function Note({ note: { mark, text, consequence } }: { note: StepNote }): ReactNode {
  return (
    <div className="step-note">
      <MarkIcon mark={mark} size={16} />
      <div>
        <p className={`step-note-text ink-${MARK_INKS[mark]}`}>{text}</p>
        {consequence !== undefined && <p className="muted small">{consequence}</p>}
      </div>
    </div>
  );
}

type Delivery = Operation & { readonly kind: 'trackedActionCompleted' | 'loss' };

/** The tracked action of a result, and how the result came. */
function Origin({
  trace,
  stepIndex,
  operation,
}: {
  trace: Trace;
  stepIndex: number;
  operation: Delivery;
}): ReactNode {
  // That of a second delivery is known by the step to which the first one came.
  const compute = useCallback(() => trace.spanOfResult(stepIndex), [trace, stepIndex]);
  const { result: span, isCurrent } = useLoaded(trace, compute);
  return (
    <p className="muted small origin">
      of tracked action <IdText id={operation.id} />
      {isCurrent && span && (
        <>
          , emitted in <StepLink stepIndex={span.emittedAt} />
        </>
      )}
      {isCurrent && <Ending span={span} stepIndex={stepIndex} operation={operation} />}
    </p>
  );
}

function IdText({ id }: { id: ActionId }): ReactNode {
  return <span className="data">{shownKey(id)}</span>;
}

/** The state of the action when the result came, unless it was simply outstanding. */
function Ending({
  span,
  stepIndex,
  operation,
}: {
  span: TrackedSpan | undefined;
  stepIndex: number;
  operation: Delivery;
}): ReactNode {
  const ended = span?.ended;
  if (!ended || ended.at === stepIndex) return span ? null : ', which was never emitted';
  const words = ended.how === 'completed' ? 'completed' : ENDINGS[ended.how];
  if (ended.at > stepIndex) {
    // For a loss, what matters is whether the result came later.
    if (operation.kind !== 'loss') return null;
    return (
      <>
        ; {words} in <StepLink stepIndex={ended.at} />
      </>
    );
  }
  return (
    <>
      , which was {words} already in <StepLink stepIndex={ended.at} />
    </>
  );
}

const ENDINGS = {
  crashed: 'cut off by a crash',
  lost: 'never sent',
  replaced: 'replaced',
} as const;
