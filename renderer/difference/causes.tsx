import type { ReactNode } from 'react';
import type { Finding } from '../../core/machine/finding.ts';
import type { ComparedCause } from '../../core/trace/compare/compare.ts';
import { StepLink } from '../ui/seek.tsx';
import { FINDING_KIND_WORDS } from '../words/finding-words.ts';
import { formatPlural } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import './causes.css';

/** Causes of findings, with where they were and where they are. */
export function Causes({
  title,
  causes,
  where: [there, here],
  onBefore,
}: {
  title: string;
  causes: readonly ComparedCause[];
  /** The words for the run that is compared with, and for the run on the screen. */
  where: readonly [there: string, here: string];
  /** Goes to a step of the run that is compared with. */
  onBefore: (stepIndex: number) => void;
}): ReactNode {
  if (causes.length === 0) return null;
  return (
    <>
      <h4 className="causes-title">{title}</h4>
      <ul className="difference-causes">
        {causes.map(({ finding, before, after }) => (
          <li key={`${finding.kind} ${finding.name} ${finding.shape}`}>
            <span>
              <span className="muted">{FINDING_KIND_WORDS[finding.kind]}</span>{' '}
              {shownName(titleOf(finding))}
              <span className="muted small data"> {shownLine(finding.shape)}</span>
            </span>
            <span className="muted small">
              {before && (
                <>
                  {formatTimes(before.count)} {there}, first at{' '}
                  <StepLink
                    stepIndex={before.stepIndex}
                    onPress={() => onBefore(before.stepIndex)}
                  />
                </>
              )}
              {before && after && '; '}
              {after && (
                <>
                  {formatTimes(after.count)} {here}, first at{' '}
                  <StepLink stepIndex={after.stepIndex} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What distinguishes a finding: panics are told apart by their messages. */
function titleOf({ kind, name, message }: Finding): string {
  return kind === 'panic' ? `${name}: ${message}` : name;
}

function formatTimes(count: number): string {
  return count === 1 ? 'once' : formatPlural(count, 'time');
}
