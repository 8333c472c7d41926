import { ChartSpline, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Finding } from '../../core/machine/finding.ts';
import { tellDoom } from '../../core/trace/words/doom-words.ts';
import { compareDoom, type DoomPoint } from '../../core/trace/words/judged.ts';
import {
  findingOf,
  isAnswerEarlier,
  isFoundAt,
  type DoomCurve,
  type RunDoom,
  type RunEntry,
} from '../session/model.ts';
import { selectRun, useSession } from '../session/store.ts';
import {
  askDoom,
  askMend,
  forgetDoom,
  isDoomAskable,
  isMendAskable,
} from '../session/tasks/doom.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { StepLink } from '../ui/seek.tsx';
import { formatPlural, formatStepIndex } from '../words/format.ts';
import { LinkedSentence } from './linked-sentence.tsx';
import './doom.css';

/** When a run was doomed to a finding: the way to ask, the curve, and the step that decided it. */
export function DoomOf({ finding }: { finding: Finding }): ReactNode {
  const run = useSession(selectRun);
  if (!run || finding.stepIndex < 0) return null;
  const { doom } = run;
  if (doom && isFoundAt(doom, finding)) {
    return findingOf(run.trace, doom) === finding ? <Answer run={run} doom={doom} /> : null;
  }
  if (!isDoomAskable(run)) return null;
  return (
    <Button
      icon={ChartSpline}
      className="explain-button"
      onPress={() => void askDoom(run.id, finding)}
    >
      When was it doomed?
    </Button>
  );
}

function Answer({ run, doom }: { run: RunEntry; doom: RunDoom }): ReactNode {
  const isRunning = doom.status === 'running';
  const points = sorted(doom);
  const after = doom.after && sorted(doom.after);
  // Whether a source was saved since changes with the machines.
  const machines = useSession((state) => state.machines);
  const isEarlier = !isRunning && !after && isAnswerEarlier(doom, run, machines);
  const isAfterEarlier = after !== undefined && isAnswerEarlier(doom.after, run, machines);
  return (
    <section className="explanation" aria-label="When was it doomed?" aria-busy={isRunning}>
      <header className="explanation-head">
        <span className="explanation-title">
          {isRunning
            ? `${formatPlural(doom.runs, 'run')} with other draws…`
            : 'When was it doomed?'}
        </span>
        <IconButton
          icon={X}
          size="small"
          label={isRunning ? 'Stop drawing' : 'Close the curve'}
          onPress={() => forgetDoom(run.id)}
        />
      </header>
      {points.length > 0 && (
        <figure className="doom-figure" aria-label={describe(points)}>
          <Curve points={points} doom={doom} after={after} />
          <figcaption className="muted small" aria-hidden>
            {describe(points)}
          </figcaption>
        </figure>
      )}
      {after && <CurveLegend />}
      {!isRunning && (
        <p>
          <LinkedSentence sentence={tellDoom({ ...doom, points, failure: doom.cause })} />
        </p>
      )}
      {isEarlier && <p className="muted">Drawn with an earlier source.</p>}
      {doom.after && after && <Mend before={points} curve={doom.after} after={after} />}
      {isAfterEarlier && (
        <p className="muted">
          The source was saved again since: the second curve is of an earlier one.
        </p>
      )}
      {isMendAskable(run) && (
        <Button icon={ChartSpline} className="explain-button" onPress={() => void askMend(run.id)}>
          Ask again with the saved source
        </Button>
      )}
    </section>
  );
}

function sorted({ points }: DoomCurve): readonly DoomPoint[] {
  return [...points.values()].toSorted((one, other) => one.from - other.from);
}

function CurveLegend(): ReactNode {
  return (
    <ul className="doom-legend small muted" aria-label="Legend">
      <li>
        <svg viewBox="0 0 20 8" width={20} height={8} aria-hidden>
          <line className="doom-line" x1={0} x2={20} y1={4} y2={4} />
        </svg>
        before the change
      </li>
      <li>
        <svg viewBox="0 0 20 8" width={20} height={8} aria-hidden>
          <line className="doom-line-after" x1={0} x2={20} y1={4} y2={4} />
        </svg>
        after it
      </li>
    </ul>
  );
}

/** Whether and where the change of the source helped. */
function Mend({
  before,
  curve: { status, runs },
  after,
}: {
  before: readonly DoomPoint[];
  curve: DoomCurve;
  after: readonly DoomPoint[];
}): ReactNode {
  if (status === 'running') {
    return <p aria-live="polite">{formatPlural(runs, 'run')} with the saved source…</p>;
  }
  const { kind, widest, first, last } = compareDoom(before, after);
  if (kind === 'same' || !widest || first === undefined || last === undefined) {
    return (
      <p>
        The change makes no difference beyond doubt, as far as {formatPlural(runs, 'run')} can tell.
      </p>
    );
  }
  return (
    <p>
      {kind === 'helps' ? 'The change helps' : 'The change makes it worse'}
      {first === last ? ' before ' : ' from before '}
      <StepLink stepIndex={first} />
      {first !== last && (
        <>
          {' '}
          to before <StepLink stepIndex={last} />
        </>
      )}
      : before <StepLink stepIndex={widest.from} />, {percent(widest.after)} of the runs fail with
      this cause instead of {percent(widest.before)}.
    </p>
  );
}

/** The size of the curve, in its own units. */
const WIDTH = 280;
const HEIGHT = 72;
const PADDING = 4;

/** The share of runs that fail against the step, with its band. */
function Curve({
  points,
  doom,
  after,
}: {
  points: readonly DoomPoint[];
  doom: RunDoom;
  /** The curve with the source that was saved since. */
  after: readonly DoomPoint[] | undefined;
}): ReactNode {
  const end = Math.max(1, doom.cause.stepIndex);
  const xOf = (from: number) => PADDING + (from / end) * (WIDTH - 2 * PADDING);
  const yOf = (share: number) => HEIGHT - PADDING - share * (HEIGHT - 2 * PADDING);
  const lineOf = (of: readonly DoomPoint[]) =>
    of.map(({ from, share }) => `${xOf(from)},${yOf(share)}`).join(' ');
  const bandOf = (of: readonly DoomPoint[]) => {
    const upper = of.map(({ from, high }) => `${xOf(from)},${yOf(high)}`);
    const lower = of.map(({ from, low }) => `${xOf(from)},${yOf(low)}`).toReversed();
    return [...upper, ...lower].join(' ');
  };
  return (
    <svg className="doom-curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden>
      <line className="doom-axis" x1={PADDING} x2={WIDTH - PADDING} y1={yOf(0)} y2={yOf(0)} />
      <line className="doom-axis" x1={PADDING} x2={WIDTH - PADDING} y1={yOf(1)} y2={yOf(1)} />
      <polygon className="doom-band" points={bandOf(points)} />
      <polyline className="doom-line" points={lineOf(points)} />
      {after && (
        <>
          <polygon className="doom-band-after" points={bandOf(after)} />
          <polyline className="doom-line-after" points={lineOf(after)} />
        </>
      )}
      {points.map(({ from, share, runs }) => (
        <circle key={from} className="doom-point" cx={xOf(from)} cy={yOf(share)} r={2}>
          <title>
            {`Before ${formatStepIndex(from)}: ${percent(share)} of ${formatPlural(runs, 'run')} fail`}
          </title>
        </circle>
      ))}
      {doom.decidedAt !== undefined && (
        <line
          className="doom-decided"
          x1={xOf(doom.decidedAt)}
          x2={xOf(doom.decidedAt)}
          y1={yOf(1)}
          y2={yOf(0)}
        />
      )}
    </svg>
  );
}

function describe(points: readonly DoomPoint[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return 'The share of runs that fail';
  return (
    `The share of runs that fail: ${percent(first.share)} before ${formatStepIndex(first.from)}, ` +
    `${percent(last.share)} before ${formatStepIndex(last.from)}`
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
