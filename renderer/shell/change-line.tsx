import { CircleAlert, CircleCheck, CircleSlash, FileDiff } from 'lucide-react';
import type { ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import type { ComparedCause, RunComparison } from '../../core/trace/compare/compare.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { viewsIn } from '../session/arrangement.ts';
import { compareFromFirstDifference } from '../session/beside.ts';
import { askMended, goneCausesOf } from '../session/mended.ts';
import type { RunEntry, SourceChange } from '../session/model.ts';
import { showWithSaved } from '../session/reruns.ts';
import { useSequel } from '../session/sequels.ts';
import { LinkButton } from '../ui/button.tsx';
import { Shortcut } from '../ui/shortcut.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { describeParts } from '../words/difference-words.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { describeSequel, inkOfSequel, reasonOf, type Sequel } from '../words/saved-words.ts';
import { shownName } from '../words/shown.ts';
import { runCommand } from './commands.ts';
import { useShownPanes } from './panes.ts';
import './change-line.css';

/** What saving the source has led to, over the views of a step; nothing, when it was not saved. */
export function ChangeLine({ run }: { run: RunEntry }): ReactNode {
  const views = viewsIn(useShownPanes(run).root);
  const { change, trace, status, notRerun } = run;
  const sequel = useSequel(run, run.withSaved);
  if (notRerun !== undefined) {
    return (
      <output className="change-line small">
        <CircleSlash size={14} aria-hidden className="ink-rejected" />
        <span>
          The source was saved, but this run cannot be run again: {reasonOf({ title: notRerun })} It
          is of the source before.
        </span>
      </output>
    );
  }
  if (sequel) return <SavedLine run={run} sequel={sequel} />;
  if (!change || !trace) return null;
  const { comparison } = change;
  return (
    <output className="change-line small">
      {comparison ? (
        <FileDiff size={14} aria-hidden className={inkOf(comparison)} />
      ) : (
        <Spinner size={14} />
      )}
      <span>
        {comparison ? describe(comparison) : 'Running again with the source that was saved.'}
        {status !== 'running' && describePlace(change, trace)}
        {status === 'failed' && ' It ended with a problem.'}
      </span>
      {comparison && (
        <div className="change-actions">
          {comparison.gone.length > 0 && <AskMended run={run} />}
          {comparison.difference && !views.includes('beside') && (
            <LinkButton onPress={() => compareFromFirstDifference(run.id, change.beforeId)}>
              Side by side
            </LinkButton>
          )}
          {!views.includes('difference') && (
            <LinkButton onPress={() => runCommand('showDifference')}>
              Difference <Shortcut command="showDifference" />
            </LinkButton>
          )}
        </div>
      )}
    </output>
  );
}

/** What a run of an earlier source comes to with the one that was saved last. */
function SavedLine({ run, sequel }: { run: RunEntry; sequel: Sequel }): ReactNode {
  return (
    <output className="change-line small">
      <SequelIcon sequel={sequel} />
      <span>{describeSequel(sequel)}</span>
      {sequel.kind === 'ended' && (
        <div className="change-actions">
          {!sequel.isEarlier && goneCausesOf(run).length > 0 && <AskMended run={run} />}
          <LinkButton onPress={() => showWithSaved(run)}>Show it</LinkButton>
        </div>
      )}
    </output>
  );
}

/** Whether other seeds are mended as well is asked beside a finding that is gone. */
function AskMended({ run }: { run: RunEntry }): ReactNode {
  return <LinkButton onPress={() => void askMended(run)}>Is it really mended?</LinkButton>;
}

function SequelIcon({ sequel }: { sequel: Sequel }): ReactNode {
  switch (sequel.kind) {
    case 'running':
      return <Spinner size={14} />;
    case 'impossible':
      return <CircleSlash size={14} aria-hidden className="ink-rejected" />;
    case 'ended': {
      const ink = inkOfSequel(sequel);
      const Icon = ink === 'ink-finding' ? CircleAlert : CircleCheck;
      return <Icon size={14} aria-hidden className={ink} />;
    }
    default:
      return assertNever(sequel, 'sequel');
  }
}

/** Whether the change is for the worse or the better, as far as findings show. */
function inkOf({ added, moved, gone }: RunComparison): string {
  if (added.length > 0) return 'ink-finding';
  return gone.length > 0 && moved.length === 0 ? 'ink-ok' : 'ink-changed';
}

function describe(comparison: RunComparison): string {
  return `Run again after a change: ${describeDifference(comparison)}; ${describeFindings(comparison)}.`;
}

function describeDifference({ difference, sameSteps }: RunComparison): string {
  switch (difference?.kind) {
    case undefined:
      return `no difference in ${formatPlural(sameSteps, 'step')}`;
    case 'initialState':
      return 'the initial states differ';
    case 'step': {
      const { stepIndex, parts } = difference;
      return `${formatStepIndex(stepIndex)} is the first that differs, in ${describeParts(parts)}`;
    }
    case 'length': {
      const { before, after } = difference;
      return `the same, but ${formatPlural(after, 'step')} long instead of ${formatCount(before)}`;
    }
    default:
      return assertNever(difference, 'difference');
  }
}

function describeFindings({ gone, added, moved }: RunComparison): string {
  const parts = [
    ...describeCauses(gone, 'gone'),
    ...describeCauses(added, 'new'),
    ...describeCauses(moved, 'elsewhere'),
  ];
  return parts.length === 0 ? 'findings as before' : parts.join(', ');
}

function describeCauses(causes: readonly ComparedCause[], what: string): readonly string[] {
  const [first, ...others] = causes;
  if (!first) return [];
  return others.length === 0
    ? [`“${shownName(first.finding.name)}” is ${what}`]
    : [`${formatPlural(causes.length, 'cause')} of findings are ${what}`];
}

/** A run that became shorter cannot be at the same step. */
function describePlace({ stepIndex }: SourceChange, { length }: Trace): string {
  if (stepIndex < length) return '';
  return ` It has no ${formatStepIndex(stepIndex)} any more, so it was opened at its last one.`;
}
