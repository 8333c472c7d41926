import { ArrowUpRight, Send } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EmittedAction } from '../../core/machine/executed.ts';
import { shownKey, shownLabel } from '../words/shown.ts';
import { NoteButton } from './note-button.tsx';
import { ValueBlock } from './value-block.tsx';
import './action-row.css';

export interface ActionRowProps {
  action: EmittedAction;
  /** How it ended. */
  fate?: ReactNode;
  /** The step that emitted it, for a note on its span. */
  emittedAt?: number;
  /** How it is shown: the values of an action can be left to where it was emitted. */
  isBrief?: boolean;
}

/** An action: tracked in blue with its id, untracked in grey; then how it ended. */
export function ActionRow({ action, fate, emittedAt, isBrief = false }: ActionRowProps): ReactNode {
  const isTracked = action.kind === 'tracked';
  const label = shownLabel(action.action);
  const Icon = isTracked ? Send : ArrowUpRight;
  return (
    <li className="action-row">
      <div className="action-head">
        <Icon size={13} aria-hidden className={`ink-${action.kind}`} />
        <span className="action-label truncate" title={label}>
          {label}
        </span>
        {isTracked && (
          <span className="data small action-id truncate" title={shownKey(action.id)}>
            {shownKey(action.id)}
          </span>
        )}
        {!isTracked && <span className="muted small">untracked</span>}
        {isTracked && emittedAt !== undefined && (
          <NoteButton place={{ step: emittedAt, action: action.id }} what="this action" />
        )}
        {fate !== undefined && <span className="action-fate small">{fate}</span>}
      </div>
      {!isBrief && <ValueBlock value={action.action} omit="kind" />}
    </li>
  );
}
