import { Copy, Shrink, Zap } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Finding } from '../../core/machine/finding.ts';
import { adviceOn } from '../../core/machine/rules.ts';
import { describeFate, fateOf } from '../../core/trace/compare/rerun.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from '../../core/trace/words/finding-facts.ts';
import { askMended } from '../session/mended.ts';
import type { RunEntry } from '../session/model.ts';
import { useSequel } from '../session/sequels.ts';
import { shrinkTo } from '../session/shrinks.ts';
import { selectRun, useIsEarlier, useSession } from '../session/store.ts';
import { crashEverywhere, isCrashable } from '../session/tasks/crash-everywhere.ts';
import { Button } from '../ui/button.tsx';
import { LinkButton } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { LongText } from '../ui/long-text.tsx';
import { WithPlaces } from '../ui/place-link.tsx';
import { FINDING_KIND_WORDS } from '../words/finding-words.ts';
import { shownLine, shownName } from '../words/shown.ts';
import { copyFinding } from './copy-finding.ts';
import { DoomOf } from './doom.tsx';
import { ExplanationOf } from './explanation.tsx';
import { Known } from './known.tsx';
import { NoteButton } from './note-button.tsx';
import { ToneIcon } from './tone-icon.tsx';
import './finding-note.css';

/** A finding: the message, expected and actual values, the likely cause and the usual cure. */
export function FindingNote({ finding }: { finding: Finding }): ReactNode {
  const { kind, name, message, expected, actual } = finding;
  const source = sourceOf(finding);
  const advice = adviceOn(finding);
  const run = useSession(selectRun);
  const isEarlier = useIsEarlier(run);
  return (
    <div
      className="finding"
      role="note"
      aria-label={`Finding: ${shownName(name)}`}
      data-earlier={isEarlier}
    >
      <ToneIcon tone="finding" size={16} />
      <div className="finding-body">
        {run && isEarlier && <SequelOf finding={finding} run={run} />}
        <p className="finding-name">
          {kind === 'panic' ? `The machine panicked: ${shownName(name)}` : shownName(name)}
          <span className="muted small finding-kind">{FINDING_KIND_WORDS[kind].toLowerCase()}</span>
        </p>
        <p className="finding-message">
          <LongText text={message} />
        </p>
        {(expected !== undefined || actual !== undefined) && (
          <dl className="finding-facts">
            <Fact name="expected" text={expected} />
            <Fact name="came" text={actual} />
          </dl>
        )}
        {source !== undefined && (
          <p className="data small">
            <WithPlaces text={shownLine(source)} />
          </p>
        )}
        {run?.trace && <Known run={run} trace={run.trace} finding={finding} />}
        {advice && (
          <dl className="finding-advice small">
            <dt>Likely cause</dt>
            <dd>
              <WithPlaces text={shownLine(advice.cause)} />
            </dd>
            <dt>Usual cure</dt>
            <dd>{advice.cure}</dd>
          </dl>
        )}
        <div className="finding-questions">
          <ExplanationOf finding={finding} />
          <DoomOf finding={finding} />
          <CrashEverywhere />
        </div>
      </div>
      <div className="finding-buttons">
        {run?.trace && <CopyFinding trace={run.trace} finding={finding} />}
        <ShrinkFinding finding={finding} />
        <NoteButton
          place={{ step: finding.stepIndex, finding: finding.name }}
          what="this finding"
        />
      </div>
    </div>
  );
}

/** What became of a finding of an earlier source. */
function SequelOf({ finding, run }: { finding: Finding; run: RunEntry }): ReactNode {
  const sequel = useSequel(run, run.withSaved);
  const isKnown = sequel?.kind === 'ended' && !sequel.isEarlier;
  const fate = isKnown ? fateOf(sequel.rerun, finding) : undefined;
  if (!fate) return <p className="finding-sequel small">Found in an earlier source.</p>;
  const isGoneNow = fate.now === undefined;
  return (
    <p className="finding-sequel small">
      Found in an earlier source;{' '}
      <strong className={isGoneNow ? 'ink-ok' : 'ink-finding'}>
        {isGoneNow ? 'gone' : describeFate(fate)}
      </strong>{' '}
      with the one that was saved.{' '}
      {isGoneNow && (
        <LinkButton onPress={() => void askMended(run, finding)}>Is it really mended?</LinkButton>
      )}
    </p>
  );
}

function Fact({ name, text }: { name: string; text: string | undefined }): ReactNode {
  if (text === undefined) return null;
  return (
    <div>
      <dt className="small muted">{name}</dt>
      <dd className="data">
        <LongText text={text} />
      </dd>
    </div>
  );
}

/** Asks what becomes of the run when it crashes, at every point. */
function CrashEverywhere(): ReactNode {
  const run = useSession(selectRun);
  if (!run || run.crashes || !isCrashable(run)) return null;
  return (
    <Button icon={Zap} className="explain-button" onPress={() => void crashEverywhere(run.id)}>
      Crash everywhere
    </Button>
  );
}

function CopyFinding({ trace, finding }: { trace: Trace; finding: Finding }): ReactNode {
  const copy = () => copyFinding(trace, finding);
  return <IconButton icon={Copy} command="copyFinding" onPress={copy} />;
}

/** Shrinks the run to a finding, if the run was made by a machine. */
function ShrinkFinding({ finding }: { finding: Finding }): ReactNode {
  const isShrinkable = useSession((state) => selectRun(state)?.origin.kind === 'machine');
  if (!isShrinkable) return null;
  return <IconButton icon={Shrink} command="shrink" onPress={() => shrinkTo(finding)} />;
}
