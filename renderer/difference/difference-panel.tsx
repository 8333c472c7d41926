import { Columns2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import type { Verified } from '../../core/contract/verified.ts';
import type { Finding } from '../../core/machine/finding.ts';
import type { RunComparison, RunDifference } from '../../core/trace/compare/compare.ts';
import {
  formatStep,
  parseLine,
  STEP_PARTS,
  type Step,
  type StepPart,
} from '../../core/trace/format/format.ts';
import { describePatch } from '../../core/trace/words/change-words.ts';
import { describeOperation } from '../../core/trace/words/step-words.ts';
import { differingPlaces, type DifferingPlaces } from '../../core/value/differing-places.ts';
import { executeBesideRecorded } from '../session/executing-again.ts';
import type { RunEntry } from '../session/model.ts';
import { showAt } from '../session/running.ts';
import { Button } from '../ui/button.tsx';
import { StepLink } from '../ui/seek.tsx';
import { wordOfPart } from '../words/difference-words.ts';
import { FINDING_KIND_WORDS } from '../words/finding-words.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine, shownSides } from '../words/shown.ts';
import { Causes } from './causes.tsx';
import './difference-panel.css';

/** In what a run differs: from its re-execution, or from itself before its source was changed. */
export function DifferencePanel({ run }: { run: RunEntry }): ReactNode {
  const { verification, change } = run;
  return (
    <div className="difference">
      {verification && verification.kind !== 'running' && verification.kind !== 'agrees' && (
        <>
          <VerifiedDifference verified={verification} />
          <Button icon={Columns2} onPress={() => void executeBesideRecorded(run)}>
            Recorded and executed again, side by side
          </Button>
        </>
      )}
      {change?.comparison && (
        <ChangeDifference comparison={change.comparison} beforeId={change.beforeId} run={run} />
      )}
    </div>
  );
}

const VERIFIED_SIDES = ['Recorded', 'Executed again'] as const;
const CHANGE_SIDES = ['Before the change', 'After it'] as const;

/** The first step whose re-execution differs: expected and actual side by side. */
function VerifiedDifference({
  verified,
}: {
  verified: Exclude<Verified, { kind: 'agrees' }>;
}): ReactNode {
  if (verified.kind === 'initialState') {
    return (
      <section>
        <h2>The initial states differ</h2>
        <p className="muted">
          The machine begins with another state than the trace, so no step can be compared.
        </p>
        {verified.runtimeNote !== undefined && <p className="muted">{verified.runtimeNote}</p>}
        <States sides={VERIFIED_SIDES} states={verified.states} />
      </section>
    );
  }
  if (verified.kind === 'header') {
    const { part, expected, actual } = verified;
    return (
      <section>
        <h2>The header differs</h2>
        <p className="muted">
          The machine is another one than when the trace was recorded, or the trace was changed.
        </p>
        <Columns sides={VERIFIED_SIDES} rows={[[part, expected.join('\n'), actual.join('\n')]]} />
      </section>
    );
  }
  const expected = stepOf(verified.expectedLine);
  const actual = stepOf(verified.actualLine);
  const parts = STEP_PARTS.filter((part) => verified.fields.includes(part));
  return (
    <section>
      <h2>
        Step {formatCount(verified.stepIndex)} went differently:{' '}
        {describeOperation(expected.operation)}
      </h2>
      <p className="muted">
        The same until <StepLink stepIndex={verified.stepIndex - 1} />. The machine has another
        source than when the trace was recorded, or it is not deterministic.
      </p>
      {verified.runtimeNote !== undefined && <p className="muted">{verified.runtimeNote}</p>}
      <Columns sides={VERIFIED_SIDES} rows={rowsOf(parts, expected, actual)} />
    </section>
  );
}

/** What saving the source has made of the run. */
function ChangeDifference({
  comparison,
  beforeId,
  run,
}: {
  comparison: RunComparison;
  beforeId: string;
  run: RunEntry;
}): ReactNode {
  const { difference, gone, added, moved } = comparison;
  const hasFindings = (run.trace?.findings.length ?? 0) > 0;
  const words = {
    where: ['before', 'now'],
    onBefore: (stepIndex: number) => showAt(beforeId, { stepIndex }),
  } as const;
  return (
    <section>
      {difference ? (
        <FirstDifference difference={difference} />
      ) : (
        <>
          <h2>No difference</h2>
          <p className="muted">
            All {formatPlural(comparison.sameSteps, 'step')} are the same before and after the
            change.
          </p>
        </>
      )}
      <h3>Findings</h3>
      {gone.length + added.length + moved.length === 0 && (
        <p className="muted">
          {hasFindings ? 'The same as before, at the same steps.' : 'None before, and none after.'}
        </p>
      )}
      <Causes title="Gone" causes={gone} {...words} />
      <Causes title="New" causes={added} {...words} />
      <Causes title="Elsewhere, or another number of times" causes={moved} {...words} />
    </section>
  );
}

function FirstDifference({ difference }: { difference: RunDifference }): ReactNode {
  switch (difference.kind) {
    case 'step': {
      const { stepIndex, before, after, parts } = difference;
      const [was, is] = [describeOperation(before.operation), describeOperation(after.operation)];
      return (
        <>
          <h2>
            Step {formatCount(stepIndex)} is the first that differs: {was}
            {was !== is && `, now ${is}`}
          </h2>
          <p className="muted">
            Before and after the change, the runs are the same until{' '}
            <StepLink stepIndex={stepIndex - 1} />.
          </p>
          <Columns sides={CHANGE_SIDES} rows={rowsOf(parts, before, after)} />
        </>
      );
    }
    case 'initialState':
      return (
        <>
          <h2>The initial states differ</h2>
          <p className="muted">So no step can be compared.</p>
          <States
            sides={CHANGE_SIDES}
            states={differingPlaces(difference.before, difference.after, PLACES_MAX)}
          />
        </>
      );
    case 'length':
      return (
        <>
          <h2>One run is longer</h2>
          <p className="muted">
            It had {formatPlural(difference.before, 'step')} before the change and has{' '}
            {formatCount(difference.after)} now. Those that both have are the same.
          </p>
        </>
      );
    default:
      return assertNever(difference, 'difference');
  }
}

/** How many places of two states are listed. */
const PLACES_MAX = 20;

/** Where two states differ, by path. */
function States({
  sides,
  states: { places, more },
}: {
  sides: readonly [string, string];
  states: DifferingPlaces;
}): ReactNode {
  return (
    <>
      <Columns
        sides={sides}
        rows={places.map(({ path, expected, actual }) => [shownLine(path), expected, actual])}
      />
      {more > 0 && <p className="muted small">and {formatPlural(more, 'more place')}</p>}
    </>
  );
}

function stepOf(line: string): Step {
  const parsed = parseLine(line);
  if (parsed.kind !== 'step') throw new Error('a compared line is a step');
  return parsed.step;
}

/** A finding in lines: what it is, where in the source, and what it says. */
function describeFinding(finding: Finding): string {
  const { kind, name, message, source } = finding;
  const place = source === undefined ? '' : ` (${source})`;
  return `${FINDING_KIND_WORDS[kind]} ${name}${place}\n  ${message}`;
}

type Row = readonly [name: string, one: string, other: string];

function rowsOf(parts: readonly StepPart[], one: Step, other: Step): readonly Row[] {
  return (
    parts
      // The digest says nothing that the change itself does not show.
      .filter((part) => part !== 'stateHash' || !parts.includes('patch'))
      .map((part) => [wordOfPart(part), show(one, part), show(other, part)] as const)
  );
}

/** A part of a step: changes in lines, the rest as it stands in a trace file, laid out to be read. */
function show(step: Step, part: StepPart): string {
  if (part === 'patch' || part === 'attempted') {
    return describePatch(step[part]).join('\n') || '(unchanged)';
  }
  if (part === 'findings') return step.findings.map(describeFinding).join('\n\n') || '(none)';
  const json = JSON.parse(formatStep(step)) as Readonly<Record<string, unknown>>;
  return JSON.stringify(json[part], null, 2) ?? '(nothing)';
}

function Columns({
  sides: [one, other],
  rows,
}: {
  sides: readonly [string, string];
  rows: readonly Row[];
}): ReactNode {
  return (
    <table className="difference-table">
      <thead>
        <tr>
          <th>Part</th>
          <th>{one}</th>
          <th>{other}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, before, after]) => {
          const [left, right] = shownSides(before, after);
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <pre className="data">{left}</pre>
              </td>
              <td>
                <pre className="data">{right}</pre>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
