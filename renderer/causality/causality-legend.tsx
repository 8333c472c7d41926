import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { NodeIcon, type IconName } from './node-icon.tsx';
import './causality-legend.css';

const SHAPES: readonly {
  readonly icon: IconName;
  readonly shape: string;
  readonly text: string;
}[] = [
  { icon: 'input', shape: 'step', text: 'input' },
  { icon: 'completion', shape: 'step', text: 'completion' },
  { icon: 'crash', shape: 'step tone-crash', text: 'crash' },
  { icon: 'restore', shape: 'step tone-restore', text: 'restore' },
  { icon: 'loss', shape: 'step tone-loss', text: 'lost completion' },
  { icon: 'tracked', shape: 'action is-tracked', text: 'tracked' },
  { icon: 'untracked', shape: 'action is-untracked', text: 'untracked' },
];

const EDGES = [
  { kind: 'emits', text: 'caused' },
  { kind: 'wrote', text: 'wrote' },
  { kind: 'same-record', text: 'same record' },
] as const;

/** The meaning of shapes and lines, on one line that can be hidden. */
export function CausalityLegend(): ReactNode {
  const [isOpen, setIsOpen] = useState(true);
  const listId = useId();
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <div className="causality-legend">
      <button
        type="button"
        className="causality-legend-toggle"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-label="Legend"
        title={isOpen ? 'Hide the legend' : undefined}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Chevron size={12} aria-hidden />
        {!isOpen && 'Legend'}
      </button>
      <ul id={listId} hidden={!isOpen}>
        {SHAPES.map(({ icon, shape, text }) => (
          <li key={text}>
            <span className={`causality-sample causality-sample-${shape}`}>
              <NodeIcon name={icon} size={10} />
            </span>
            {text}
          </li>
        ))}
        {EDGES.map(({ kind, text }) => (
          <li key={text}>
            <svg width="20" height="8" aria-hidden className={`causality-edge is-${kind}`}>
              <path className="causality-line" d="M0,4H14" />
              <path className="causality-head-mark" d="M20,4l-7,-3.5v7z" />
            </svg>
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
