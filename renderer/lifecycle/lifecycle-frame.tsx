import { useState, type ReactNode } from 'react';
import type { Lifecycle } from '../../core/trace/records/lifecycle.ts';
import { Legend, type LegendItem } from '../ui/legend.tsx';
import { Picker } from '../ui/picker.tsx';
import { Segments } from '../ui/segments.tsx';
import type { DrawnLifecycle } from './drawn.ts';
import { LifecycleGraph } from './lifecycle-graph.tsx';
import { nameOfLifecycle } from './lifecycle-words.ts';
import './lifecycle-view.css';

/** More lifecycles than this are chosen from a list. */
const SEGMENTS_MAX = 3;

export interface LifecycleFrameProps<One extends Lifecycle> {
  readonly lifecycles: readonly One[];
  /** What the one on the screen shows, and the texts on the arrows of its transitions. */
  readonly drawnOf: (shown: One) => DrawnLifecycle;
  readonly labelsOf: (shown: One) => readonly string[];
  readonly legendOf: (shown: One) => readonly LegendItem[];
  /** Stands before the choice of a lifecycle, and after it. */
  readonly lead?: ReactNode;
  readonly bar?: ReactNode;
  /** The most characters of a badge of a phase; see {@link layOutLifecycle}. */
  readonly badgeChars?: number;
  /** Shown where there is no lifecycle. */
  readonly children: ReactNode;
}

/** Lifecycles, one of which is on the screen. */
export function LifecycleFrame<One extends Lifecycle>(props: LifecycleFrameProps<One>): ReactNode {
  const { lifecycles, drawnOf, labelsOf, legendOf, lead, bar, badgeChars, children } = props;
  const [wanted, setWanted] = useState<string>();
  const shown = lifecycles.find((one) => nameOfLifecycle(one) === wanted) ?? lifecycles[0];
  return (
    <section className="lifecycle" aria-label="Lifecycle">
      <div className="view-bar">
        {lead}
        {shown && <Choice lifecycles={lifecycles} shown={shown} onChoose={setWanted} />}
        {bar}
      </div>
      <div className="lifecycle-canvas">
        {shown ? (
          <LifecycleGraph
            key={nameOfLifecycle(shown)}
            lifecycle={shown}
            labels={labelsOf(shown)}
            drawn={drawnOf(shown)}
            {...(badgeChars === undefined ? {} : { badgeChars })}
          />
        ) : (
          children
        )}
      </div>
      {shown && <Legend items={legendOf(shown)} />}
    </section>
  );
}

function Choice({
  lifecycles,
  shown,
  onChoose,
}: {
  lifecycles: readonly Lifecycle[];
  shown: Lifecycle;
  onChoose: (name: string) => void;
}): ReactNode {
  const options = lifecycles.map((one) => ({
    id: nameOfLifecycle(one),
    label: nameOfLifecycle(one),
  }));
  const selected = nameOfLifecycle(shown);
  if (options.length > SEGMENTS_MAX) {
    return (
      <Picker
        label="Records"
        sections={[{ items: options }]}
        selected={selected}
        placeholder="Records"
        className="lifecycle-picker"
        onPick={onChoose}
      />
    );
  }
  if (options.length > 1) {
    return <Segments label="Records" options={options} selected={selected} onSelect={onChoose} />;
  }
  return <h2 className="lifecycle-name truncate">{selected}</h2>;
}

/** What phases are, for who has none. */
export function WhatPhasesAre(): ReactNode {
  return (
    <p className="muted">
      A phase is a field of a record that holds one of a few names, such as <code>status</code>. A
      machine declares its records with <code>records</code>, and the transitions that they may
      make.
    </p>
  );
}

/** The entries of a legend about the arrows of a lifecycle. @param counted says what their counts are. */
export function arrowLegend({ transitions }: Lifecycle, counted: string): readonly LegendItem[] {
  const kinds = new Set<string>(transitions.map(({ verdict }) => verdict));
  const meanings = [
    { verdict: 'declared', text: `declared, with its count ${counted}` },
    { verdict: 'seen', text: `with its count ${counted}` },
    { verdict: 'neverSeen', text: 'declared, never seen' },
    { verdict: 'undeclared', text: 'not declared' },
  ] as const;
  return meanings
    .filter(({ verdict }) => kinds.has(verdict) && !(verdict === 'seen' && kinds.has('declared')))
    .map(({ verdict, text }) => ({ text, sample: <ArrowSample verdict={verdict} /> }));
}

/** An arrow, for a legend. */
export function ArrowSample({
  verdict,
  isLit = false,
}: {
  verdict: string;
  isLit?: boolean;
}): ReactNode {
  return (
    <svg
      width="24"
      height="8"
      aria-hidden
      className="lifecycle-arrow"
      data-verdict={verdict}
      data-never={verdict === 'neverSeen'}
      data-lit={isLit}
    >
      <path className="lifecycle-line" d="M0,4H17" />
      <path className="lifecycle-head" d="M24,4l-8,-4v8z" />
    </svg>
  );
}
