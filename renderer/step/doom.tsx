import { ChartSpline, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Finding } from '../../core/machine/finding.ts';
import type { DoomPoint } from '../../core/trace/judged.ts';
import type { RunDoom, RunEntry } from '../session/model.ts';
import { selectRun, useSession } from '../session/store.ts';
import { askDoom, forgetDoom, isDoomAskable } from '../session/tasks/doom.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { StepLink } from '../ui/seek.tsx';
import { formatPlural, formatStepIndex } from '../words/format.ts';
import './doom.css';

/** When a run was doomed to a finding: the way to ask, the curve, and the step that decided it. */
export function DoomOf({ finding }: { finding: Finding }): ReactNode {
  const run = useSession(selectRun);
  if (!run || finding.stepIndex < 0) return null;
  if (run.doom?.finding === finding) return <Answer run={run} doom={run.doom} />;
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
  const points = [...doom.points.values()].toSorted((one, other) => one.from - other.from);
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
          <Curve points={points} doom={doom} />
        </figure>
      )}
      {!isRunning && <Verdict points={points} doom={doom} />}
    </section>
  );
}

/** The size of the curve, in its own units. */
const WIDTH = 280;
const HEIGHT = 72;
const PADDING = 4;

/** The share of runs that fail against the step, with its band. */
function Curve({ points, doom }: { points: readonly DoomPoint[]; doom: RunDoom }): ReactNode {
  const end = Math.max(1, doom.finding.stepIndex);
  const xOf = (from: number) => PADDING + (from / end) * (WIDTH - 2 * PADDING);
  const yOf = (share: number) => HEIGHT - PADDING - share * (HEIGHT - 2 * PADDING);
  const line = points.map(({ from, share }) => `${xOf(from)},${yOf(share)}`).join(' ');
  const upper = points.map(({ from, high }) => `${xOf(from)},${yOf(high)}`);
  const lower = points.map(({ from, low }) => `${xOf(from)},${yOf(low)}`).toReversed();
  return (
    <svg className="doom-curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden>
      <line className="doom-axis" x1={PADDING} x2={WIDTH - PADDING} y1={yOf(0)} y2={yOf(0)} />
      <line className="doom-axis" x1={PADDING} x2={WIDTH - PADDING} y1={yOf(1)} y2={yOf(1)} />
      <polygon className="doom-band" points={[...upper, ...lower].join(' ')} />
      <polyline className="doom-line" points={line} />
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

function Verdict({ points, doom }: { points: readonly DoomPoint[]; doom: RunDoom }): ReactNode {
  const { decidedAt, runs } = doom;
  const share = (from: number) => points.find((point) => point.from === from)?.share ?? 1;
  if (decidedAt === undefined) {
    return <p>No single step decided it, as far as {formatPlural(runs, 'run')} can tell.</p>;
  }
  return (
    <p>
      Decided at <StepLink stepIndex={decidedAt} />: {percent(share(decidedAt))} of the runs with
      other draws fail before it, and {percent(share(decidedAt + 1))} after it.
    </p>
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
