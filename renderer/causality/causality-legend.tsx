import type { ReactNode } from 'react';
import { Legend, type LegendItem } from '../ui/legend.tsx';
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

const ITEMS: readonly LegendItem[] = [
  ...SHAPES.map(({ icon, shape, text }) => ({
    text,
    sample: (
      <span className={`causality-sample causality-sample-${shape}`}>
        <NodeIcon name={icon} size={10} />
      </span>
    ),
  })),
  ...EDGES.map(({ kind, text }) => ({
    text,
    sample: (
      <svg width="20" height="8" aria-hidden className={`causality-edge is-${kind}`}>
        <path className="causality-line" d="M0,4H14" />
        <path className="causality-head-mark" d="M20,4l-7,-3.5v7z" />
      </svg>
    ),
  })),
];

/** The meaning of the shapes and lines of the graph. */
export function CausalityLegend(): ReactNode {
  return <Legend items={ITEMS} />;
}
