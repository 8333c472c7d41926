import { Send } from 'lucide-react';
import { Fragment, useCallback, type ReactNode } from 'react';
import { findingsOf } from '../../core/trace/causes.ts';
import type { Step } from '../../core/trace/format/format.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { describePatch } from '../../core/trace/words/change-words.ts';
import { rowTextOf } from '../../core/trace/words/step-row.ts';
import { toneOfOutcome, toneSourceOf } from '../../core/trace/words/step-words.ts';
import { markOfStep } from '../theme/marks.ts';
import { MarkIcon } from '../ui/mark-icon.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { formatCount, formatStepIndex } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import './stage.css';
import './step-stage.css';

/** What fits on a stage. */
const CHANGES_MAX = 6;
const ACTIONS_MAX = 4;

/** A step in large type: what came, what the machine made of it, what was found. */
export function StepStage({
  trace,
  stepIndex,
  finding,
}: {
  trace: Trace;
  stepIndex: number;
  /** The name of the finding that alone is lit; without one it is the whole step. */
  finding: string | undefined;
}): ReactNode {
  const compute = useCallback(
    () => (stepIndex < 0 ? undefined : trace.step(stepIndex)),
    [trace, stepIndex],
  );
  const { result: step } = useLoaded(trace, compute);
  if (stepIndex < 0) return <Beginning trace={trace} />;
  if (!step) return <div className="stage" />;
  const findings = findingsOf(trace, step.stepIndex);
  const isDimmed = finding !== undefined;
  return (
    <div key={step.stepIndex} className="stage stage-step">
      <p className="stage-title muted">{formatStepIndex(step.stepIndex)}</p>
      <div className="stage-part" data-dimmed={isDimmed}>
        <Head step={step} />
      </div>
      {findings.map(({ name, message }, at) => (
        <div
          key={at}
          className="stage-finding"
          data-dimmed={isDimmed && finding !== name}
          data-lit={finding === name}
        >
          <p className="stage-finding-name">{shownName(name)}</p>
          <p>{shownLine(message)}</p>
        </div>
      ))}
      <div className="stage-part" data-dimmed={isDimmed}>
        <Consequences step={step} />
      </div>
    </div>
  );
}

function Head({ step }: { step: Step }): ReactNode {
  const { operation, brief, outcome } = rowTextOf(step);
  const mark = markOfStep(step);
  return (
    <>
      <h2 className="stage-operation">
        {mark && <MarkIcon mark={mark} size={22} />}
        {operation}
        <span className={`stage-outcome ink-${toneOfOutcome(toneSourceOf(step))}`}>{outcome}</span>
      </h2>
      {brief !== '' && <p className="data muted">{brief}</p>}
    </>
  );
}

function Consequences({ step }: { step: Step }): ReactNode {
  const { patch, actions } = step;
  return (
    <>
      {actions.length > 0 && (
        <ul className="stage-actions">
          {rowTextOf(step)
            .actions.filter(({ kind }) => kind === 'tracked' || kind === 'untracked')
            .slice(0, ACTIONS_MAX)
            .map(({ kind, text }, at) => (
              <li key={at} className={`ink-${kind}`}>
                <Send size={16} aria-hidden /> {text}
              </li>
            ))}
        </ul>
      )}
      {patch.length > 0 && (
        <ul className="stage-changes data">
          {describePatch(patch.slice(0, CHANGES_MAX)).map((line, at) => (
            <li key={at}>{breakable(line)}</li>
          ))}
          {patch.length > CHANGES_MAX && (
            <li className="muted">and {formatCount(patch.length - CHANGES_MAX)} more</li>
          )}
        </ul>
      )}
    </>
  );
}

/** A line that is broken after its commas rather than in the middle of a word. */
function breakable(line: string): ReactNode {
  return line.split(/(?<=,)/).map((part, at) => (
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

function Beginning({ trace: { header } }: { trace: Trace }): ReactNode {
  return (
    <div className="stage stage-step">
      <p className="stage-title muted">initial state</p>
      <h2 className="stage-operation">{shownName(header.machine)}</h2>
      <p className="data muted">
        {shownName(header.scenario)} · seed {shownLine(header.seed)}
      </p>
    </div>
  );
}
