import { memo, type ReactNode } from 'react';
import type { Sequence } from '../../core/trace/sequence.ts';
import { formatCount } from '../words/format.ts';
import type { SequenceLayout } from './layout.ts';
import { noteOn, wordsOn } from './sequence-words.ts';

/** The words on the arrows and beside the machine. They are in the sentences of the rows as well. */
export const SequenceLabels = memo(function SequenceLabels({
  sequence,
  layout,
}: {
  sequence: Sequence;
  layout: SequenceLayout;
}): ReactNode {
  const { xPx, band } = layout.lanes;
  const [inputsPx = 0, machinePx = 0] = xPx;
  const left = { left: inputsPx + 4, width: machinePx - inputsPx - 16 };
  const right = { left: machinePx + 12, width: band.leftPx - machinePx - 16 };
  const taken = new Set<string>();
  return (
    <div className="sequence-labels" aria-hidden>
      {layout.messages.map(({ message, yPx }) => {
        const { label, id, note } = wordsOn(message, sequence.rows);
        const side = message.kind === 'input' ? 'left' : 'right';
        taken.add(`${message.row} ${side}`);
        return (
          <span
            key={`${message.row} ${side} ${yPx}`}
            className={`sequence-label is-words is-${side}`}
            style={{ top: yPx, ...(side === 'left' ? left : right) }}
          >
            <span className="truncate">{label}</span>
            {id !== undefined && <span className="data truncate">{id}</span>}
            {note !== undefined && note !== '' && <span className="muted truncate">{note}</span>}
          </span>
        );
      })}
      {layout.rows.map(({ axisPx, actionsLeftOut, topPx, heightPx }, row) => {
        const at = sequence.rows[row];
        const note = at && noteOn(at);
        const isLeft = !taken.has(`${row} left`);
        const hasRoom = isLeft || !taken.has(`${row} right`);
        return [
          note && hasRoom && (
            <span
              key={`${row} note`}
              className={`sequence-label truncate ink-${note.ink} ${isLeft ? 'is-beside' : ''}`}
              style={{ top: axisPx, ...(isLeft ? left : right) }}
            >
              {note.text}
            </span>
          ),
          actionsLeftOut > 0 && (
            <span
              key={`${row} more`}
              className="sequence-label muted"
              style={{ top: topPx + heightPx - 7, ...right }}
            >
              and {formatCount(actionsLeftOut)} more
            </span>
          ),
        ];
      })}
    </div>
  );
});
