import {
  ArrowUpDown,
  ChevronsLeft,
  Columns2,
  FoldVertical,
  ChevronLeft,
  ChevronRight,
  Link2,
  Link2Off,
  ListFilter,
  UnfoldVertical,
  X,
} from 'lucide-react';
import { useDeferredValue, useMemo, useRef, useState, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import type { Alignment } from '../../core/trace/compare/alignment.ts';
import { compareFindings } from '../../core/trace/compare/compare.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { Causes } from '../difference/causes.tsx';
import {
  differenceTo,
  endComparison,
  goToRow,
  seekOther,
  setSifted,
  setTogether,
  swapRuns,
  useAligning,
  usePair,
  type Aligning,
  type Pair,
} from '../session/beside.ts';
import type { RunEntry, Viewed } from '../session/model.ts';
import { lacksOriginal } from '../session/originals.ts';
import { namesOfPair } from '../session/run-relations.ts';
import { useCursor, useSession } from '../session/store.ts';
import { StateAgainst } from '../state-tree/state-panel.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { useIsOnStage } from '../ui/on-stage.ts';
import { Placeholder } from '../ui/placeholder.tsx';
import { Shortcut } from '../ui/shortcut.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { useHeight } from '../ui/use-size.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import { describeTwoMachines } from '../words/two-machines-words.ts';
import { PairTable } from './pair-table.tsx';
import { RunChoice } from './run-choice.tsx';
import './beside-panel.css';

/** The run on the screen, B, beside another one, A: what differs at the two cursors. */
export function BesidePanel({ run, trace, cursor }: Viewed): ReactNode {
  const pair = usePair();
  if (pair?.run.id !== run.id) return <NoOther run={run} />;
  return <BothRuns pair={pair} trace={trace} cursor={cursor} />;
}

/** In a panel that is lower than this, the steps are folded unless the person unfolds them. */
const UNFOLDED_PX = 340;

function BothRuns({
  pair,
  trace,
  cursor,
}: Pick<Viewed, 'trace' | 'cursor'> & { pair: Pair }): ReactNode {
  const root = useRef<HTMLElement>(null);
  const heightPx = useHeight(root) ?? UNFOLDED_PX;
  const [wanted, setWanted] = useState<boolean>();
  // Nobody can unfold anything on a stage, where both fit without what is the same.
  const isOnStage = useIsOnStage();
  const isUnfolded = isOnStage || (wanted ?? heightPx >= UNFOLDED_PX);
  return (
    <section ref={root} className="beside" aria-label="Side by side">
      <Head pair={pair} isUnfolded={isUnfolded} onUnfold={setWanted} />
      <Compared pair={pair} trace={trace} cursor={cursor} isUnfolded={isUnfolded} />
    </section>
  );
}

function NoOther({ run }: { run: RunEntry }): ReactNode {
  const hasOthers = useSession(({ runs }) => runs.length > 1 || lacksOriginal(run, runs));
  return (
    <Placeholder icon={Columns2} title="Two runs side by side">
      {hasOthers ? (
        <>
          <p className="muted">
            Their steps are aligned by operation: fork and parent, original and shrunk, one seed on
            two machines.
          </p>
          <RunChoice run={run} otherId={undefined} />
        </>
      ) : (
        <p className="muted">
          There is only this run. Fork it with <Shortcut command="whatIf" />, shrink it, run another
          seed or machine, or open a trace: then the two can be compared here.
        </p>
      )}
    </Placeholder>
  );
}

function Head({
  pair,
  isUnfolded,
  onUnfold,
}: {
  pair: Pair;
  isUnfolded: boolean;
  onUnfold: (isUnfolded: boolean) => void;
}): ReactNode {
  const { run, other, isTogether, isSifted } = pair;
  // What is next depends on the two cursors.
  useCursor(run.id);
  useCursor(other.id);
  useAligning(pair);
  const go = (to: 'first' | 'next' | 'previous') => {
    const row = differenceTo(to);
    return { isDisabled: row === undefined, onPress: () => row !== undefined && goToRow(row) };
  };
  return (
    <header className="beside-head">
      <b className="pair-letter" aria-hidden>
        A
      </b>
      <RunChoice run={run} otherId={other.id} />
      <IconButton icon={ArrowUpDown} command="swapRuns" onPress={() => swapRuns(pair)} />
      <IconButton
        icon={isTogether ? Link2 : Link2Off}
        command="toggleTogether"
        isPressed={isTogether}
        onPress={() => setTogether(pair, !isTogether)}
      />
      <IconButton
        icon={ListFilter}
        command="toggleSifted"
        isPressed={isSifted}
        onPress={() => setSifted(pair, !isSifted)}
      />
      <IconButton
        icon={isUnfolded ? FoldVertical : UnfoldVertical}
        label={isUnfolded ? 'Fold the steps' : 'Unfold the steps'}
        onPress={() => onUnfold(!isUnfolded)}
      />
      <span className="spacer" />
      <IconButton icon={ChevronsLeft} command="firstDifference" {...go('first')} />
      <IconButton icon={ChevronLeft} command="previousDifference" {...go('previous')} />
      <IconButton icon={ChevronRight} command="nextDifference" {...go('next')} />
      <IconButton icon={X} command="endComparison" onPress={() => endComparison(run.id)} />
    </header>
  );
}

function Compared({
  pair,
  trace,
  cursor,
  isUnfolded,
}: Pick<Viewed, 'trace' | 'cursor'> & { pair: Pair; isUnfolded: boolean }): ReactNode {
  const { other } = pair;
  const names = namesOfPair(
    pair,
    useSession(({ runs }) => runs),
  );
  const aligning = useAligning(pair);
  const isOnStage = useIsOnStage();
  const a = useDeferredValue(useCursor(other.id));
  const before = other.trace;
  if (!before) return <OtherMissing other={other} />;
  const at = {
    a: Math.min(a, before.length - 1),
    b: Math.min(cursor, trace.length - 1),
    isTogether: pair.isTogether,
  };
  return (
    <>
      {isUnfolded && (
        <div className="beside-upper">
          <Verdict pair={pair} before={before} trace={trace} aligning={aligning} />
          <PairTable
            traces={[before, trace]}
            at={at}
            alignment={aligning?.kind === 'aligned' ? aligning.alignment : undefined}
            isSifted={pair.isSifted || isOnStage}
          />
        </div>
      )}
      <StateAgainst
        trace={trace}
        cursor={at.b}
        other={{ trace: before, stepIndex: at.a }}
        isCompact={isUnfolded}
        title={
          isUnfolded ? (
            <span className="truncate beside-states" title={`${names.a} → ${names.b}`}>
              State of <b>B</b> <span className="muted">against A</span>
            </span>
          ) : (
            <FoldedVerdict pair={pair} aligning={aligning} />
          )
        }
      />
    </>
  );
}

function OtherMissing({ other }: { other: RunEntry }): ReactNode {
  const { isHeldBack, status, problem } = other;
  return (
    <Placeholder title={status === 'failed' ? 'The other run has no steps' : undefined}>
      <p className="muted">
        {isHeldBack
          ? 'The window ended while that run was open. Open it in the list of runs first.'
          : status === 'failed'
            ? (problem?.title ?? 'Nothing was recorded.')
            : 'Reading the other run…'}
      </p>
    </Placeholder>
  );
}

/** The same in the one line that a low panel has for it. */
function FoldedVerdict({
  pair,
  aligning,
}: {
  pair: Pair;
  aligning: Aligning | undefined;
}): ReactNode {
  const whole = aligning?.kind === 'aligned' ? describeAlignment(aligning.alignment) : undefined;
  return (
    <output className="truncate beside-states" title={whole}>
      {verdictOf(aligning, areOver(pair))}
    </output>
  );
}

function areOver({ run, other }: Pair): boolean {
  return run.status !== 'running' && other.status !== 'running';
}

/** In what the two runs differ on the whole. */
function Verdict({
  pair,
  before,
  trace,
  aligning,
}: {
  pair: Pair;
  before: Trace;
  trace: Trace;
  aligning: Aligning | undefined;
}): ReactNode {
  const isOver = areOver(pair);
  const findings = useMemo(
    () => (isOver ? compareFindings(before.findings, trace.findings) : undefined),
    [before, trace, isOver],
  );
  const twoMachines = describeTwoMachines(before.header, trace.header);
  const words = { where: ['in A', 'in B'], onBefore: seekOther } as const;
  return (
    <>
      <output className="beside-verdict">{verdictOf(aligning, isOver)}</output>
      {twoMachines !== undefined && <p className="muted small beside-machines">{twoMachines}</p>}
      {findings && findings.gone.length + findings.added.length + findings.moved.length > 0 && (
        <details className="beside-findings small">
          <summary>{findingsInWords(findings)}</summary>
          <Causes title="Only in A" causes={findings.gone} {...words} />
          <Causes title="Only in B" causes={findings.added} {...words} />
          <Causes
            title="At another step, or another number of times"
            causes={findings.moved}
            {...words}
          />
        </details>
      )}
    </>
  );
}

function findingsInWords({ gone, added, moved }: ReturnType<typeof compareFindings>): string {
  const parts = [
    ...(gone.length > 0 ? [`${formatCount(gone.length)} only in A`] : []),
    ...(added.length > 0 ? [`${formatCount(added.length)} only in B`] : []),
    ...(moved.length > 0 ? [`${formatCount(moved.length)} elsewhere`] : []),
  ];
  return `Causes of findings: ${parts.join(', ')}`;
}

function verdictOf(aligning: Aligning | undefined, isOver: boolean): ReactNode {
  if (!aligning) {
    return (
      <>
        <Spinner size={14} /> {isOver ? 'Reading…' : 'The runs are aligned when both are over.'}
      </>
    );
  }
  switch (aligning.kind) {
    case 'aligning':
      return (
        <>
          <Spinner size={14} /> Aligning the steps…
        </>
      );
    case 'failed':
      return <span className="ink-finding">{shownLine(aligning.problem.title)}</span>;
    case 'aligned':
      return describeAlignment(aligning.alignment);
    default:
      return assertNever(aligning, 'aligning');
  }
}

function describeSame(steps: number): string {
  if (steps === 0) return 'Neither has a step.';
  return steps === 1
    ? 'Their only step is the same.'
    : `All ${formatCount(steps)} steps are the same.`;
}

/** "The same before step 41. 3 steps went differently, 1 moved, 2 only in A, 5 only in B." */
function describeAlignment(alignment: Alignment): string {
  const { firstDifference: first, only, pairsCount, movedCount } = alignment;
  if (first === undefined) return describeSame(alignment.length);
  const { a, b } = alignment.row(first);
  const same =
    first < 0
      ? 'The initial states differ.'
      : first === 0
        ? 'They differ from the first step on.'
        : `The same before ${formatStepIndex(b ?? a ?? 0)}.`;
  const counts = [
    ...(pairsCount > 0 ? [`${formatPlural(pairsCount, 'step')} went differently`] : []),
    ...(movedCount > 0 ? [`${formatPlural(movedCount, 'step')} moved`] : []),
    ...(only.a > 0 ? [`${formatCount(only.a)} only in A`] : []),
    ...(only.b > 0 ? [`${formatCount(only.b)} only in B`] : []),
  ];
  return counts.length === 0 ? same : `${same} ${counts.join(', ')}.`;
}
