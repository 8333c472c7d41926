import { EqualNot } from 'lucide-react';
import { useCallback, useMemo, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import type { Alignment } from '../../core/trace/compare/alignment.ts';
import { differingParts } from '../../core/trace/compare/differing-parts.ts';
import { type Step, type StepPart } from '../../core/trace/format/format.ts';
import { bothOf } from '../../core/trace/step-lines.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { describeOperation, describeOutcome } from '../../core/trace/words/step-words.ts';
import {
  differingSurroundings,
  wordOfSurrounding,
} from '../../core/trace/words/surroundings-words.ts';
import { seekOther } from '../session/beside.ts';
import { ActionRow } from '../step/action-row.tsx';
import { ValueBlock } from '../step/value-block.tsx';
import { SeekContext, StepLink } from '../ui/seek.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { wordOfPart } from '../words/difference-words.ts';
import { FINDING_KIND_WORDS } from '../words/finding-words.ts';
import { formatStepIndex } from '../words/format.ts';
import { shownKey, shownLines, shownName } from '../words/shown.ts';
import { notesAt } from '../words/step-notes.ts';
import { missingSide, movedAt, noteOf, type CursorsAt, type StepsAt } from './pair-places.ts';
import './pair-table.css';

/** A step of one of the runs, with what the simulation did in it; absent at the initial state. */
interface Shown {
  readonly step: Step;
  readonly notes: readonly string[];
}

interface ShownPair {
  readonly at: StepsAt;
  readonly a: Shown | undefined;
  readonly b: Shown | undefined;
  /** In what the two steps differ; the state is compared by itself. */
  readonly parts: ReadonlySet<StepPart>;
  /** What differs of that with which the operation comes, such as the fault, in words. */
  readonly surroundings: readonly string[];
}

/** The parts that have a row, in their order: those that can be empty come only where they are not. */
const ROWS = [
  'operation',
  'outcome',
  'actions',
  'refused',
  'discarded',
  'lost',
  'findings',
] as const satisfies readonly StepPart[];
type RowPart = (typeof ROWS)[number];

/** The steps at the two cursors, part by part. */
export function PairTable({
  traces: [before, trace],
  at,
  alignment,
  isSifted,
}: {
  traces: readonly [a: Trace, b: Trace];
  at: CursorsAt;
  alignment: Alignment | undefined;
  /** Whether rows that are the same in both are left out. */
  isSifted: boolean;
}): ReactNode {
  const both = useMemo(() => bothOf(before, trace), [before, trace]);
  const { a, b, isTogether } = at;
  const compute = useCallback(
    () => pairAt([before, trace], { a, b, isTogether }, alignment),
    [before, trace, a, b, isTogether, alignment],
  );
  const { result: pair } = useLoaded(both, compute);
  if (!pair) return null;
  const rows = ROWS.filter((part) => hasPart(pair, part));
  const differing = rows.filter((part) => pair.parts.has(part));
  // What differs comes first: there may be no room for the rest.
  const shown = isSifted ? differing : [...new Set([...differing, ...rows])];
  const isMoved = movedAt(alignment, at) !== undefined;
  return (
    <table className="pair-table">
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Part</span>
          </th>
          <SeekContext value={seekOther}>
            <SideHead
              side="A"
              stepIndex={pair.at.a}
              shown={pair.a}
              note={noteOf(alignment, at, 'a')}
              isLink={isMoved}
            />
          </SeekContext>
          <SideHead
            side="B"
            stepIndex={pair.at.b}
            shown={pair.b}
            note={noteOf(alignment, at, 'b')}
            isLink={isMoved}
          />
        </tr>
      </thead>
      <tbody>
        {shown.map((part) => (
          <tr key={part} data-differs={pair.parts.has(part)}>
            <th scope="row">
              {wordOfPart(part)}
              {pair.parts.has(part) && (
                <span className="pair-mark" title="Differs">
                  <EqualNot size={13} aria-hidden />
                  <span className="visually-hidden"> differs</span>
                </span>
              )}
              {part === 'operation' && pair.surroundings.length > 0 && (
                <span className="pair-surroundings small">{pair.surroundings.join(', ')}</span>
              )}
            </th>
            <td>
              <SeekContext value={seekOther}>
                <Part part={part} shown={pair.a} />
              </SeekContext>
            </td>
            <td>
              <Part part={part} shown={pair.b} />
            </td>
          </tr>
        ))}
        {shown.length === 0 && (
          <tr>
            <td colSpan={3} className="muted">
              {rows.length === 0
                ? 'Both are at the initial state.'
                : 'The two steps did the same; the states below may differ all the same.'}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** @throws {LinesNotLoaded} when lines must be fetched first. */
function pairAt(
  [before, trace]: readonly [a: Trace, b: Trace],
  cursors: CursorsAt,
  alignment: Alignment | undefined,
): ShownPair {
  const moved = movedAt(alignment, cursors);
  const at = moved ?? cursors;
  const missing = moved ? undefined : missingSide(alignment, cursors);
  const a = missing === 'a' ? undefined : shownAt(before, at.a);
  const b = missing === 'b' ? undefined : shownAt(trace, at.b);
  const row = alignment?.rowOf('a', at.a) ?? -1;
  const isRow = alignment?.row(row).a === at.a && alignment.row(row).b === at.b;
  const parts = new Set<StepPart>(
    a && b
      ? // Those who aligned the two know what is only called otherwise.
        moved
        ? moved.parts
        : isRow
          ? alignment.partsAt(row)
          : differingParts(a.step, b.step, () => before.stateAt(at.a - 1))
      : a || b
        ? ROWS.filter((part) => hasPart({ a, b }, part))
        : [],
  );
  return { at, a, b, parts, surroundings: a && b ? surroundingsThatDiffer(a.step, b.step) : [] };
}

function surroundingsThatDiffer(one: Step, other: Step): readonly string[] {
  return differingSurroundings(one.operation, other.operation).map(wordOfSurrounding);
}

function shownAt(trace: Trace, stepIndex: number): Shown | undefined {
  if (stepIndex < 0) return undefined;
  return {
    step: trace.step(stepIndex),
    notes: notesAt(trace, stepIndex).map(({ text }) => text),
  };
}

function hasPart({ a, b }: Pick<ShownPair, 'a' | 'b'>, part: RowPart): boolean {
  return [a, b].some((shown) => {
    const found = shown?.step[part];
    return Array.isArray(found) ? found.length > 0 : found !== undefined;
  });
}

function SideHead({
  side,
  stepIndex,
  shown,
  note,
  isLink,
}: {
  side: 'A' | 'B';
  stepIndex: number;
  shown: Shown | undefined;
  note: string | undefined;
  /** Whether its number leads there: the cursor may be elsewhere. */
  isLink: boolean;
}): ReactNode {
  const name = shown
    ? describeOperation(shown.step.operation)
    : stepIndex < 0
      ? 'Initial state'
      : '';
  return (
    <th scope="col" data-side={side}>
      <span className="pair-side">
        <b className="pair-letter">{side}</b>
        {isLink ? (
          <StepLink stepIndex={stepIndex} />
        ) : (
          <span className="data muted">{formatStepIndex(stepIndex)}</span>
        )}
        <span className="truncate" title={name}>
          {name}
        </span>
        {note !== undefined && <span className="pair-note small">{note}</span>}
      </span>
    </th>
  );
}

function Part({ part, shown }: { part: RowPart; shown: Shown | undefined }): ReactNode {
  if (!shown) return <span className="muted">no such step</span>;
  const { step, notes } = shown;
  switch (part) {
    case 'operation':
      return <OperationCell step={step} notes={notes} />;
    case 'outcome':
      return (
        <>
          {describeOutcome(step)}
          {step.outcome.kind === 'err' && <ValueBlock value={step.outcome.error} />}
          {step.outcome.kind === 'panic' && <p>{shownLines(step.outcome.error.message)}</p>}
        </>
      );
    case 'findings':
      if (step.findings.length === 0) return <span className="muted">none</span>;
      return (
        <ul>
          {step.findings.map(({ kind, name, message }, at) => (
            <li key={at}>
              <span className="muted">{FINDING_KIND_WORDS[kind]}</span>{' '}
              <span className="ink-finding">{shownName(name)}</span>
              <p className="small">{shownLines(message)}</p>
            </li>
          ))}
        </ul>
      );
    case 'actions':
    case 'refused':
    case 'discarded':
    case 'lost': {
      const actions = step[part];
      if (actions.length === 0) return <span className="muted">none</span>;
      return (
        <ul>
          {actions.map((action, at) => (
            <ActionRow key={at} action={action} />
          ))}
        </ul>
      );
    }
    default:
      return assertNever(part, 'part');
  }
}

function OperationCell({ step: { operation }, notes }: Shown): ReactNode {
  return (
    <>
      {operation.kind === 'normal' && <ValueBlock value={operation.input} />}
      {(operation.kind === 'trackedActionCompleted' || operation.kind === 'loss') && (
        <>
          <p className="muted small">
            result of <span className="data">{shownKey(operation.id)}</span>
          </p>
          <ValueBlock value={operation.result} />
        </>
      )}
      {notes.map((note) => (
        <p key={note} className="small">
          {note}
        </p>
      ))}
      {notes.length === 0 && isPlain(operation.kind) && (
        <span className="muted">{describeOperation(operation)}</span>
      )}
    </>
  );
}

function isPlain(kind: Step['operation']['kind']): boolean {
  return kind === 'crash' || kind === 'restore' || kind === 'settled';
}
