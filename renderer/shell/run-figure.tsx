import type { ReactNode } from 'react';
import './run-figure.css';

/** Where the steps of the picture are. */
const STEP_PX = 46;
const LEFT_PX = 84;
const x = (step: number) => LEFT_PX + step * STEP_PX;

/** The tracked actions of the sample story: the step that emits each, the one that completes it, and its row. */
const SPANS = [
  { from: 0, to: 1, row: 0 },
  { from: 2, to: 3, row: 0 },
  { from: 4, to: 7, row: 0 },
  { from: 5, to: 6, row: 1 },
] as const;
const STEPS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const FINDING_AT = 7;

/** The timeline of the sample story, drawn small: what a run looks like, and where it breaks. */
export function RunFigure(): ReactNode {
  return (
    <figure className="run-figure">
      <svg viewBox="0 0 440 196" aria-hidden>
        <g className="figure-lanes">
          {['Step', 'Inputs', 'Tracked', 'Findings'].map((name, at) => (
            <text key={name} x={12} y={[25, 61, 104, 167][at]}>
              {name}
            </text>
          ))}
          {[38, 76, 142].map((y) => (
            <line key={y} x1={0} x2={440} y1={y} y2={y} />
          ))}
        </g>
        {STEPS.filter((step) => step !== FINDING_AT).map((step) => (
          <text key={step} className="figure-number" x={x(step)} y={25}>
            {step}
          </text>
        ))}
        {STEPS.map((step) => (
          <rect
            key={step}
            className="figure-input"
            x={x(step) - 4}
            y={52}
            width={8}
            height={9}
            rx={2}
          />
        ))}
        {SPANS.map(({ from, to, row }) => (
          <g key={from} className="figure-span" transform={`translate(0 ${row * 24})`}>
            <rect x={x(from)} y={92} width={x(to) - x(from)} height={10} rx={2} />
            <path d={`M${x(to)} 91l6 6l-6 6l-6 -6z`} />
          </g>
        ))}
        <line className="figure-cursor" x1={x(FINDING_AT)} x2={x(FINDING_AT)} y1={32} y2={196} />
        <rect className="figure-head" x={x(FINDING_AT) - 13} y={12} width={26} height={20} rx={4} />
        <text className="figure-head-number" x={x(FINDING_AT)} y={26}>
          {FINDING_AT}
        </text>
        <path className="figure-finding" d={`M${x(FINDING_AT)} 155l7 13h-14z`} />
        <text className="figure-message" x={x(FINDING_AT) - 16} y={167}>
          Tuesday 13:00 overlaps Tuesday 13:45
        </text>
      </svg>
      <figcaption className="visually-hidden">
        A run of eight steps: a payment that was asked for in step 4 comes late, and in step 7 two
        bookings overlap.
      </figcaption>
    </figure>
  );
}
