import { useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Alignment } from '../../core/trace/compare/alignment.ts';
import { sideOf, type Side } from '../../core/trace/compare/stretches.ts';
import { seekOther, useAlignment, type Pair } from '../session/beside.ts';
import { useNotes } from '../session/notes.ts';
import { namesOfPair } from '../session/run-relations.ts';
import type { Filtered } from '../session/step-search.ts';
import { StepSet } from '../session/step-set.ts';
import { useCursor, useIsEarlier, useSession } from '../session/store.ts';
import { NO_WATCH_LANES } from '../timeline/layout.ts';
import { TimelineView } from '../timeline/timeline-view.ts';
import { Timeline } from '../timeline/timeline.tsx';
import type { StepRange } from '../timeline/viewport.ts';
import { SeekContext } from '../ui/seek.tsx';
import { shownLine } from '../words/shown.ts';
import type { TimelineLinks } from './timeline-links.ts';
import './other-timeline.css';

/** The timeline of the run beside the one on the screen, over it, with the links between the two. */
export function OtherTimeline({
  pair,
  view,
  links,
}: {
  pair: Pair;
  /** What the timeline of the run on the screen shows. */
  view: TimelineView;
  links: TimelineLinks;
}): ReactNode {
  const { run, other, isTogether } = pair;
  const alignment = useAlignment(pair);
  const isEarlier = useIsEarlier(other);
  const names = namesOfPair(
    pair,
    useSession(({ runs }) => runs),
  );
  const [a, b] = [useCursor(other.id), useCursor(run.id)];
  const [otherView] = useState(() => new TimelineView());
  const canvas = useRef<HTMLCanvasElement>(null);
  const filtered = useSifted(pair, alignment, 'a');
  const notes = useNotes(other);
  useLayoutEffect(() => (canvas.current ? links.mount(canvas.current) : undefined), [links]);
  useLayoutEffect(() => links.show({ alignment, cursors: { a, b } }), [links, alignment, a, b]);
  useEffect(
    () => (isTogether && alignment ? moveTogether(otherView, view, alignment) : undefined),
    [isTogether, alignment, otherView, view],
  );
  if (!other.trace) return null;
  return (
    <>
      <div className="timeline-name small">
        <NameOfSide letter="A" name={names.a} />
      </div>
      <div className="other-timeline">
        <SeekContext value={seekOther}>
          <Timeline
            label="Timeline of the run beside"
            trace={other.trace}
            steps={other.steps}
            cursor={a}
            isRunning={other.status === 'running'}
            isEarlier={isEarlier}
            filtered={filtered}
            notes={notes}
            watches={NO_WATCHES}
            watchLanes={NO_WATCH_LANES}
            view={otherView}
            onViewport={(viewport) => links.follow('a', viewport)}
            hasMenu={false}
            isCompact
          />
        </SeekContext>
      </div>
      <div className="timeline-links">
        <div className="timeline-name timeline-links-name small">
          <NameOfSide letter="B" name={names.b} />
        </div>
        <canvas ref={canvas} aria-hidden />
      </div>
    </>
  );
}

/** Which run the timeline below is of. */
function NameOfSide({ letter, name }: { letter: 'A' | 'B'; name: string }): ReactNode {
  return (
    <>
      <b>{letter}</b>
      <span className="muted truncate" title={`${letter}: ${name}`}>
        {shownLine(name)}
      </span>
    </>
  );
}

const NO_WATCHES: readonly never[] = [];

/** The steps of a run that differ from the other one, if only those are to be seen. */
export function useSifted(
  pair: Pair | undefined,
  alignment: Alignment | undefined,
  side: Side,
): Filtered | undefined {
  const isSifted = pair?.isSifted === true;
  return useMemo(() => {
    if (!isSifted || !alignment) return undefined;
    const steps = StepSet.EMPTY.with(stepsThatDiffer(alignment, side));
    return { steps, searched: Number.MAX_SAFE_INTEGER, status: 'done' };
  }, [isSifted, alignment, side]);
}

function stepsThatDiffer(alignment: Alignment, side: Side): readonly number[] {
  const pairs = Array.from(alignment.pairs(), (each) => each[side]);
  const alone = alignment.stretches.flatMap((stretch) =>
    sideOf(stretch.kind) === side
      ? Array.from({ length: stretch.length }, (_, at) => stretch[side] + at)
      : [],
  );
  return [...pairs, ...alone].toSorted((one, other) => one - other);
}

/** Lets each of two views show what stands beside what the other one shows, until it is ended. */
function moveTogether(a: TimelineView, b: TimelineView, alignment: Alignment): () => void {
  let isMoving = false;
  const follow = (from: TimelineView, side: Side, to: TimelineView) => () => {
    if (isMoving) return;
    isMoving = true;
    to.show(rangeBeside(alignment, side, from.getSnapshot()), from.getSnapshot().motion);
    isMoving = false;
  };
  const [followA, followB] = [follow(a, 'a', b), follow(b, 'b', a)];
  followB();
  const ends = [a.subscribe(followA), b.subscribe(followB)];
  return () => {
    for (const end of ends) end();
  };
}

function rangeBeside(alignment: Alignment, side: Side, { startAt, endAt }: StepRange): StepRange {
  const beside = (at: number) =>
    at < 0 ? at : alignment.opposite(side, Math.floor(at)).stepIndex + (at - Math.floor(at));
  // The end is that of the last step in view, also where the other run goes on for longer.
  const lastAt = alignment.opposite(side, Math.max(0, Math.ceil(endAt) - 1)).stepIndex + 1;
  return { startAt: beside(startAt), endAt: Math.max(beside(startAt) + 1, lastAt) };
}
