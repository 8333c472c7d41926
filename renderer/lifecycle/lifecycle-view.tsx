import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { lifecyclesOfRun, type Lifecycle } from '../../core/trace/lifecycle.ts';
import type { Trace } from '../../core/trace/trace.ts';
import {
  transitionSearchOf,
  type SeenTransition,
  type Transitions,
  type TransitionSearch,
} from '../session/transitions.ts';
import { LinkButton } from '../ui/button.tsx';
import { Legend, type LegendItem } from '../ui/legend.tsx';
import { Picker } from '../ui/picker.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { Segments } from '../ui/segments.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { LifecycleGraph } from './lifecycle-graph.tsx';
import { nameOfLifecycle } from './lifecycle-words.ts';
import './lifecycle-view.css';

/** More lifecycles than this are chosen from a list. */
const SEGMENTS_MAX = 3;

export interface LifecycleViewProps {
  readonly trace: Trace;
  /** The number of steps so far. */
  readonly steps: number;
  /** The step on the screen; -1 is the initial state. */
  readonly cursor: number;
}

/** The phases that the records of a run go through, and how often they do. */
export function LifecycleView({ trace, steps, cursor }: LifecycleViewProps): ReactNode {
  const search = useMemo(() => transitionSearchOf(trace), [trace]);
  useEffect(() => search.extendTo(steps), [search, steps]);
  const found = useStore(search.found);
  const lifecycles = useMemo(() => lifecyclesOfRun(trace, found.seen), [trace, found.seen]);
  const [wanted, setWanted] = useState<string>();
  const shown = lifecycles.find((one) => nameOfLifecycle(one) === wanted) ?? lifecycles[0];
  return (
    <section className="lifecycle" aria-label="Lifecycle">
      <div className="view-bar">
        {shown && <Choice lifecycles={lifecycles} shown={shown} onChoose={setWanted} />}
        <Progress search={search} found={found} steps={steps} />
      </div>
      <div className="lifecycle-canvas">
        {shown && (
          <LifecycleGraph
            key={nameOfLifecycle(shown)}
            lifecycle={shown}
            cursor={cursor}
            searched={found.searched}
          />
        )}
        {!shown && <Nothing found={found} />}
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
  lifecycles: readonly Lifecycle<SeenTransition>[];
  shown: Lifecycle<SeenTransition>;
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

function Progress({
  search,
  found: { status, searched, problem },
  steps,
}: {
  search: TransitionSearch;
  found: Transitions;
  steps: number;
}): ReactNode {
  if (status === 'done') return null;
  const of = `${formatCount(searched)} of ${formatPlural(steps, 'step')}`;
  return (
    <output className="lifecycle-progress small muted" aria-label="Searched steps">
      <span className="truncate">{problem ?? of}</span>
      {status === 'searching' ? (
        <LinkButton onPress={() => search.cancel()}>Cancel</LinkButton>
      ) : (
        <LinkButton onPress={() => search.resume()}>Go on</LinkButton>
      )}
    </output>
  );
}

function Nothing({ found: { status } }: { found: Transitions }): ReactNode {
  if (status === 'searching') return null;
  return (
    <Placeholder title="No record of this run has phases">
      <p className="muted">
        A phase is a field of a record that holds one of a few names, such as <code>status</code>. A
        machine declares its records with <code>records</code>, and the transitions that they may
        make.
      </p>
    </Placeholder>
  );
}

const VERDICTS = [
  { verdict: 'declared', text: 'declared, with its count in this run' },
  { verdict: 'seen', text: 'with its count in this run' },
  { verdict: 'neverSeen', text: 'declared, never seen' },
  { verdict: 'undeclared', text: 'not declared' },
] as const;

function legendOf({ transitions }: Lifecycle): readonly LegendItem[] {
  const kinds = new Set<string>(transitions.map(({ verdict }) => verdict));
  const shown = VERDICTS.filter(
    ({ verdict }) => kinds.has(verdict) && !(verdict === 'seen' && kinds.has('declared')),
  );
  return [
    ...shown.map(({ verdict, text }) => ({ text, sample: <ArrowSample verdict={verdict} /> })),
    { text: 'made by this step', sample: <ArrowSample verdict="declared" isLit /> },
    { text: 'records in the phase now', sample: <span className="lifecycle-now data">n</span> },
  ];
}

function ArrowSample({ verdict, isLit = false }: { verdict: string; isLit?: boolean }): ReactNode {
  return (
    <svg
      width="24"
      height="8"
      aria-hidden
      className="lifecycle-arrow"
      data-verdict={verdict}
      data-lit={isLit}
    >
      <path className="lifecycle-line" d="M0,4H17" />
      <path className="lifecycle-head" d="M24,4l-8,-4v8z" />
    </svg>
  );
}
