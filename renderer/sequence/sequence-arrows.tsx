import { memo, type ReactNode } from 'react';
import type { Message, Sequence } from '../../core/trace/sequence.ts';
import { toneOf, toneSourceOf } from '../../core/trace/words/step-words.ts';
import { MARK_INKS, MARK_LINE, MARK_SHAPES, markOfStep, type MarkShape } from '../theme/marks.ts';
import { useSeek } from '../ui/seek.tsx';
import type { LanePlaces, Placed, SequenceLayout } from './layout.ts';
import { lookOf } from './look.ts';
import { describeMessage } from './sequence-words.ts';

interface ArrowsProps {
  readonly sequence: Sequence;
  readonly layout: SequenceLayout;
  /** The row of the cursor; -1 if it has none. */
  readonly current: number;
}

/** The lanes, and the messages between them. */
export const SequenceArrows = memo(function SequenceArrows(props: ArrowsProps): ReactNode {
  const { sequence, layout, current } = props;
  const { lanes, heightPx } = layout;
  return (
    <svg className="sequence-arrows" width={lanes.widthPx} height={heightPx} aria-hidden>
      <Lanes {...props} />
      {layout.messages.map((placed) => (
        <Arrow
          key={keyOf(placed)}
          placed={placed}
          sequence={sequence}
          lanes={lanes}
          isLit={isOf(placed.message, current, sequence)}
        />
      ))}
      {sequence.rows.map(({ step, stepIndex }, row) => (
        <Node
          key={stepIndex}
          step={step}
          xPx={lanes.xPx[1] ?? 0}
          yPx={layout.rows[row]?.axisPx ?? 0}
        />
      ))}
    </svg>
  );
});

function keyOf({ message, yPx }: Placed): string {
  return `${message.kind} ${message.row} ${yPx}`;
}

/** Whether a message leaves the machine at the step of a row, or answers what does. */
function isOf(message: Message, row: number, { rows }: Sequence): boolean {
  if (message.row === row) return true;
  const stepIndex = rows[row]?.stepIndex;
  if (stepIndex === undefined) return false;
  if (message.kind === 'result') return message.askedAt === stepIndex;
  return message.kind === 'action' && message.ended?.at === stepIndex;
}

/** The lines of the machine and the systems, and the network as a band. The machine has none while it is down. */
function Lanes({ sequence, layout }: ArrowsProps): ReactNode {
  const { lanes, heightPx, rows } = layout;
  const machinePx = lanes.xPx[1] ?? 0;
  const downs = sequence.downtimes.map(({ fromRow, toRow }) => ({
    fromPx: rows[fromRow]?.axisPx ?? 0,
    toPx: fromRow === toRow ? heightPx : (rows[toRow]?.axisPx ?? 0),
  }));
  return (
    <>
      <rect
        className="sequence-band"
        x={lanes.band.leftPx}
        width={lanes.band.rightPx - lanes.band.leftPx}
        height={heightPx}
      />
      {lanes.xPx.map((xPx, at) =>
        at === 2 ? null : (
          <path
            key={xPx}
            className="sequence-lane"
            d={`M${xPx},0V${heightPx}`}
            data-machine={at === 1}
          />
        ),
      )}
      {downs.map(({ fromPx, toPx }) => (
        <path key={fromPx} className="sequence-down" d={`M${machinePx},${fromPx}V${toPx}`} />
      ))}
    </>
  );
}

/** The parts of the drawing of a message. */
interface Drawing {
  readonly line: string;
  /** Where its head points, and in which direction. */
  readonly head?: { readonly xPx: number; readonly yPx: number; readonly toRight: boolean };
  /** Where it ends without having arrived. */
  readonly crossed?: { readonly xPx: number; readonly yPx: number };
  /** Where it comes from, if that is not in the diagram. */
  readonly opened?: { readonly xPx: number; readonly yPx: number };
}

/** The distance of an arrow's head from the line that it points at. */
const HEAD_GAP_PX = 6;

function drawingOf(placed: Placed, lanes: LanePlaces): Drawing {
  const { message, yPx } = placed;
  const [inputsPx = 0, machinePx = 0] = lanes.xPx;
  const { leftPx, rightPx } = lanes.band;
  switch (message.kind) {
    case 'input':
      return {
        line: `M${inputsPx},${yPx}H${machinePx - HEAD_GAP_PX}`,
        head: { xPx: machinePx - HEAD_GAP_PX, yPx, toRight: true },
      };
    case 'action': {
      const start = `M${machinePx + 4},${yPx}`;
      if (message.fate === 'sent') {
        const endPx = (lanes.xPx[message.lane] ?? 0) - 2;
        return { line: `${start}H${endPx}`, head: { xPx: endPx, yPx, toRight: true } };
      }
      const endPx = message.fate === 'lost' ? leftPx - 8 : machinePx + 24;
      return { line: `${start}H${endPx}`, crossed: { xPx: endPx, yPx } };
    }
    case 'result': {
      const fromPx = 'fromPx' in placed ? placed.fromPx : undefined;
      const isCutOff = 'isCutOff' in placed && placed.isCutOff;
      const isLost = message.fate === 'lost';
      const endPx = isLost ? (leftPx + rightPx) / 2 : machinePx + HEAD_GAP_PX;
      const end = isLost ? `${endPx},${yPx}` : `${leftPx},${yPx}H${endPx}`;
      const ends = isLost
        ? { crossed: { xPx: endPx, yPx } }
        : { head: { xPx: endPx, yPx, toRight: false } };
      if (fromPx === undefined || message.lane === undefined) {
        const xPx = (leftPx + rightPx) / 2;
        return { line: `M${xPx},${yPx}L${end}`, opened: { xPx, yPx }, ...ends };
      }
      const start = isCutOff
        ? `M${rightPx},${fromPx}`
        : `M${lanes.xPx[message.lane] ?? 0},${fromPx}H${rightPx}`;
      return { line: `${start}L${end}`, ...ends };
    }
  }
}

const Arrow = memo(function Arrow({
  placed,
  sequence,
  lanes,
  isLit,
}: {
  placed: Placed;
  sequence: Sequence;
  lanes: LanePlaces;
  isLit: boolean;
}): ReactNode {
  const seek = useSeek();
  const { message } = placed;
  const { line, head, crossed, opened } = drawingOf(placed, lanes);
  const stepIndex = sequence.rows[message.row]?.stepIndex ?? -1;
  return (
    <g
      className={`sequence-arrow is-${lookOf(message)}`}
      data-lit={isLit}
      onClick={() => seek(stepIndex)}
    >
      <title>{describeMessage(message, sequence)}</title>
      <path className="sequence-hit" d={line} />
      <path className="sequence-line" d={line} />
      {head && (
        <path
          className="sequence-head"
          d={`M${head.xPx},${head.yPx}l${head.toRight ? -7 : 7},-3.5v7z`}
        />
      )}
      {crossed && (
        <path
          className="sequence-cross"
          d={`M${crossed.xPx - 3.5},${crossed.yPx - 3.5}l7,7m0,-7l-7,7`}
        />
      )}
      {opened && <circle className="sequence-open" cx={opened.xPx} cy={opened.yPx} r={3} />}
    </g>
  );
});

/** The shapes of outcomes, around a point. */
const TONE_SHAPES: Readonly<Record<'ok' | 'rejected' | 'finding', MarkShape>> = {
  ok: { filled: 'M-1,0a1,1 0 1 0 2,0a1,1 0 1 0 -2,0Z' },
  rejected: { stroked: 'M-.9-.9.9.9M.9-.9-.9.9' },
  finding: { filled: 'M0-1.15 1.2.95H-1.2Z' },
};

/** The step on the line of the machine: its mark, or else its outcome. */
const Node = memo(function Node({
  step,
  xPx,
  yPx,
}: {
  step: Sequence['rows'][number]['step'];
  xPx: number;
  yPx: number;
}): ReactNode {
  const mark = markOfStep(step);
  const tone = toneOf(toneSourceOf(step));
  const shape =
    tone === 'finding' || tone === 'rejected' || mark === undefined
      ? TONE_SHAPES[tone === 'finding' || tone === 'rejected' ? tone : 'ok']
      : MARK_SHAPES[mark];
  const { filled, stroked }: MarkShape = shape;
  const ink = tone === 'finding' || tone === 'rejected' ? tone : mark && MARK_INKS[mark];
  const radiusPx = mark === undefined && tone === 'ok' ? 3.5 : 5;
  return (
    <g
      className={`sequence-node ${ink === undefined ? '' : `ink-${ink}`}`}
      transform={`translate(${xPx},${yPx}) scale(${radiusPx})`}
    >
      <circle className="sequence-ground" r={1.4} />
      {filled !== undefined && <path d={filled} fill="currentColor" fillRule="evenodd" />}
      {stroked !== undefined && (
        <path d={stroked} fill="none" stroke="currentColor" strokeWidth={MARK_LINE} />
      )}
    </g>
  );
});
