import {
  CheckCheck,
  CircleAlert,
  CircleDashed,
  OctagonX,
  RefreshCw,
  RefreshCwOff,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, DialogTrigger, ToggleButton } from 'react-aria-components';
import { assertNever } from '../../core/assert.ts';
import { NOTHING_TRIED } from '../../core/machine/scenario.ts';
import { causesOf } from '../../core/trace/causes.ts';
import { counterexampleOf } from '../../core/trace/format/counterexample.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { describeLoop } from '../../core/trace/words/counterexample-words.ts';
import { undoClosing, useClosedRun } from '../session/closing.ts';
import { changeFilter, useFilter } from '../session/filters.ts';
import type { RunEntry } from '../session/model.ts';
import { cancelPage, usePageProgress } from '../session/page-saving.ts';
import { cancelRun } from '../session/running.ts';
import { selectMachine, selectRun, useCursor, useIsEarlier, useSession } from '../session/store.ts';
import { isVerifiable } from '../session/tasks/verify.ts';
import { SweepInBackground, SweepStatus } from '../sweep/sweep-status.tsx';
import { LinkButton } from '../ui/button.tsx';
import { CauseList, type CauseListProps } from '../ui/cause-list.tsx';
import { Popover } from '../ui/popover.tsx';
import { Shortcut } from '../ui/shortcut.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { Tip } from '../ui/tip.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import { runCommand } from './commands.ts';
import './status-bar.css';

/** The last line of the window: what is on the screen, and whether it can be trusted. */
export function StatusBar(): ReactNode {
  const run = useSession(selectRun);
  return (
    <footer className="status-bar small">
      {run ? <RunStatus run={run} /> : <SweepStatus />}
      <SweepInBackground />
      <PageBeingSaved />
      <span className="spacer" />
      <WhatHappened />
      <SavedBeingLoaded />
      <RunOnSave />
    </footer>
  );
}

/** How far a page is that is being saved; a press cancels it. */
function PageBeingSaved(): ReactNode {
  const progress = usePageProgress();
  if (!progress) return null;
  const { drawn, of, isWriting } = progress;
  const part =
    isWriting || of === 0
      ? 'saving the page'
      : `drawing ${formatCount(drawn)} of ${formatCount(of)} states for the page`;
  return (
    <Tip content={<Shortcut command="cancel" />}>
      <Button className="status-button" onPress={cancelPage}>
        <Spinner size={12} /> {part} · cancel
      </Button>
    </Tip>
  );
}

/** The latest event; a run with notes that was closed stands longer, with the way to open it again. */
function WhatHappened(): ReactNode {
  const notice = useSession((state) => state.notice);
  const closed = useClosedRun();
  const text = closed?.words ?? notice;
  const words = text === undefined ? undefined : shownLine(text);
  return (
    <>
      <output className="muted truncate" title={words}>
        {words}
      </output>
      {closed && (
        <Tip content={<Shortcut command="reopenRun" />}>
          <LinkButton onPress={undoClosing}>Undo</LinkButton>
        </Tip>
      )}
    </>
  );
}

function RunStatus({ run }: { run: RunEntry }): ReactNode {
  const { trace, status, origin } = run;
  const cursor = useCursor(run.id);
  const isEarlier = useIsEarlier(run);
  const max = trace?.header.operationsMax;
  const file = origin.kind === 'file' ? ` (${origin.path})` : '';
  const whole = shownLine(`${trace?.header.machine ?? ''}${file}`);
  return (
    <>
      <span className="truncate data small status-origin" title={whole}>
        {whole}
      </span>
      {isEarlier && <span className="ink-rejected">of an earlier source</span>}
      {status === 'running' && run.reading?.bytesMax !== undefined && (
        <progress
          aria-label="Progress of the reading"
          value={run.reading.bytes}
          max={run.reading.bytesMax}
        />
      )}
      {status === 'running' && origin.kind !== 'file' && trace && max !== undefined && (
        <progress aria-label="Progress of the run" value={trace.length} max={max} />
      )}
      <span className="muted">{trace ? formatPlural(trace.length, 'step') : wordsOf(run)}</span>
      {trace && <Loop trace={trace} />}
      {trace && (
        <Findings runId={run.id} findings={trace.findings} isEarlier={isEarlier} cursor={cursor} />
      )}
      {trace?.end && <Tallies tallies={trace.end.tallies} />}
      {trace && status !== 'running' && <MadeBy trace={trace} />}
      {trace && status !== 'running' && isVerifiable(run) && <VerificationStatus run={run} />}
    </>
  );
}

/** Where a counterexample of a model checker goes on after its end. */
function Loop({ trace }: { trace: Trace }): ReactNode {
  const text = describeLoop(trace);
  return text === undefined ? null : <span className="muted truncate">{text}</span>;
}

/** How much was checked in a run of a machine; for a counterexample, what the model checker says. */
function MadeBy({ trace }: { trace: Trace }): ReactNode {
  const document = counterexampleOf(trace.header);
  if (!document) {
    if (!trace.end) return null;
    if (trace.end.operations === 0) {
      return <span className="ink-rejected truncate">{NOTHING_TRIED}</span>;
    }
    return (
      <Checks evaluated={trace.end.checks.evaluated} carriedOver={trace.end.checks.carriedOver} />
    );
  }
  return (
    <>
      {document.status !== undefined && (
        <span className="muted truncate status-result">status: {shownLine(document.status)}</span>
      )}
      <span className="muted truncate status-document" title={NO_MACHINE}>
        no machine to verify against
      </span>
    </>
  );
}

const NO_MACHINE =
  'No machine executed a counterexample of a model checker. To compare it with a machine of yours: ' +
  'npx phasmoscope verify FILE --machine PATH';

/** The switch of what saving the source does. */
/** Whether a saved source of the machine in the toolbar takes a while to load, as one with a loop does. */
function SavedBeingLoaded(): ReactNode {
  const isLoading = useSession((state) => selectMachine(state)?.isLoadingSaved === true);
  if (!isLoading) return null;
  return (
    <output className="status-loading">
      <Spinner size={12} /> loading the saved source…
    </output>
  );
}

function RunOnSave(): ReactNode {
  const isOn = useSession((state) => state.isRunOnSave);
  const hasMachine = useSession((state) => selectMachine(state) !== undefined);
  if (!hasMachine) return null;
  const Icon = isOn ? RefreshCw : RefreshCwOff;
  return (
    <ToggleButton
      className="status-button"
      isSelected={isOn}
      onChange={() => runCommand('toggleRunOnSave')}
      aria-label="Run again on save"
    >
      <Icon size={12} aria-hidden /> on save: {isOn ? 'run again' : 'wait'}
    </ToggleButton>
  );
}

function wordsOf({ status, origin }: RunEntry): string {
  return status === 'running' && origin.kind === 'shrunk' ? 'shrinking…' : STATUS_WORDS[status];
}

/** What a run without a trace is doing, or has come to. */
const STATUS_WORDS = {
  waiting: 'not loaded yet',
  running: 'opening…',
  completed: 'empty',
  cancelled: 'cancelled before the first step',
  failed: 'failed',
} as const;

/** What the scenario counted. */
function Tallies({ tallies }: { tallies: Readonly<Record<string, number>> }): ReactNode {
  const entries = Object.entries(tallies);
  if (entries.length === 0) return null;
  const text = shownLine(
    entries.map(([name, count]) => `${name} ${formatCount(count)}`).join(' · '),
  );
  return (
    <span className="muted truncate status-tallies" title={`Counted by the scenario: ${text}`}>
      {text}
    </span>
  );
}

/** How many there are, and on a press their causes. */
function Findings({
  runId,
  findings,
  isEarlier,
  cursor,
}: Pick<CauseListProps, 'findings' | 'isEarlier' | 'cursor'> & { runId: string }): ReactNode {
  const { cause: only } = useFilter(runId);
  if (findings.length === 0) return <span className="muted">no findings</span>;
  const causes = causesOf(findings).length;
  return (
    <DialogTrigger>
      <Button className="status-button status-findings" data-earlier={isEarlier}>
        <CircleAlert size={12} aria-hidden /> {formatPlural(findings.length, 'finding')}
        {causes < findings.length && ` · ${formatPlural(causes, 'cause')}`}
      </Button>
      <Popover label="Findings by cause" placement="top start" className="cause-popover">
        {() => (
          <CauseList
            findings={findings}
            isEarlier={isEarlier}
            cursor={cursor}
            only={only}
            onOnly={(cause) => changeFilter(runId, { cause })}
          />
        )}
      </Popover>
    </DialogTrigger>
  );
}

function Checks({ evaluated, carriedOver }: { evaluated: number; carriedOver: number }): ReactNode {
  const explanation =
    'An invariant is a pure function of the state: where a step left the state as it was, the ' +
    'verdict is carried over.';
  return (
    <span className="muted truncate status-checks" title={explanation}>
      invariants: {formatCount(evaluated)} evaluated, {formatCount(carriedOver)} carried over
    </span>
  );
}

function VerificationStatus({ run }: { run: RunEntry }): ReactNode {
  const { verification, trace } = run;
  switch (verification?.kind) {
    case undefined:
      return (
        <Button className="status-button" onPress={() => runCommand('verify')}>
          <CircleDashed size={12} aria-hidden /> not verified
        </Button>
      );
    case 'running':
      return (
        <Button className="status-button" onPress={() => void cancelRun(run)}>
          <Spinner size={12} /> verifying {formatCount(verification.steps)} of{' '}
          {formatCount(trace?.length ?? 0)} · cancel
        </Button>
      );
    case 'agrees':
      return (
        <span className="status-verified">
          <CheckCheck size={12} aria-hidden /> verified
        </span>
      );
    case 'step':
    case 'header':
    case 'initialState':
      return (
        <Button
          className="status-button status-findings"
          onPress={() => runCommand('showDifference')}
        >
          <OctagonX size={12} aria-hidden />{' '}
          {verification.kind === 'step'
            ? `step ${formatCount(verification.stepIndex)} went differently`
            : verification.kind === 'header'
              ? 'the header differs'
              : 'the initial states differ'}
        </Button>
      );
    default:
      return assertNever(verification, 'verification');
  }
}
