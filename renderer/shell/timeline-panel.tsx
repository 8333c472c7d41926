import {
  ChevronLeft,
  ChevronRight,
  ChevronsLeft,
  ChevronsRight,
  Eye,
  Flag,
  Maximize2,
  Pause,
  Play,
  ZoomIn,
  ZoomOut,
  type LucideIcon,
} from 'lucide-react';
import {
  memo,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useState,
  type ReactNode,
} from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { OtherTimeline, useSifted } from '../beside/other-timeline.tsx';
import { TimelineLinks } from '../beside/timeline-links.ts';
import { useAlignment, usePair, type Pair } from '../session/beside.ts';
import { searchSteps, useFilter, useFiltered } from '../session/filters.ts';
import type { RunEntry } from '../session/model.ts';
import { useNotes } from '../session/notes.ts';
import { useCursor, useIsEarlier } from '../session/store.ts';
import { searchWatches, useWatched, useWatches } from '../session/watches.ts';
import { CrashStrip, type ViewportSource } from '../timeline/crash-strip.tsx';
import { Timeline } from '../timeline/timeline.tsx';
import type { Viewport } from '../timeline/viewport.ts';
import { WatchGutter } from '../timeline/watch-gutter.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Panel } from '../ui/panel.tsx';
import type { CommandId } from '../words/commands.ts';
import { formatPlace, formatPlural } from '../words/format.ts';
import { isEnabled, runCommand } from './commands.ts';
import { PACES, timelineView, ui, useUi } from './ui-store.ts';
import './timeline-panel.css';

/** The timeline with the controls of the cursor, over the whole width. */
export function TimelinePanel({ run }: { run: RunEntry }): ReactNode {
  const cursor = useCursor(run.id);
  const filter = useFilter(run.id);
  const notes = useNotes(run);
  useEffect(() => searchSteps(run, filter, notes), [run, filter, notes]);
  const pair = usePair();
  const [links] = useState(() => new TimelineLinks());
  const [viewports] = useState(() => new Viewports());
  return (
    <Panel label="Timeline">
      <Transport trace={run.trace} cursor={cursor} isEarlier={useIsEarlier(run)} />
      <div className="timeline-body">
        {pair && (
          <OtherTimeline key={pair.other.id} pair={pair} view={timelineView} links={links} />
        )}
        <div className="timeline-own">
          {run.trace && (
            <TimelineWithWatches
              key={run.id}
              run={run}
              trace={run.trace}
              cursor={cursor}
              pair={pair}
              links={links}
              viewports={viewports}
            />
          )}
        </div>
        {run.crashes && (
          <CrashStrip run={run} crashes={run.crashes} cursor={cursor} viewports={viewports} />
        )}
      </div>
    </Panel>
  );
}

function TimelineWithWatches({
  run,
  trace,
  cursor,
  pair,
  links,
  viewports,
}: {
  run: RunEntry;
  trace: Trace;
  cursor: number;
  pair: Pair | undefined;
  links: TimelineLinks;
  viewports: Viewports;
}): ReactNode {
  const sifted = useSifted(pair, useAlignment(pair), 'b');
  const filtered = useFiltered(run.id) ?? sifted;
  const watches = useWatches(trace.header.machine);
  const watched = useWatched(run.id);
  const notes = useNotes(run);
  const { expressions, isFolded } = watches;
  useEffect(() => searchWatches(run, isFolded ? [] : expressions), [run, expressions, isFolded]);
  const lanes = useMemo(
    () =>
      isFolded
        ? []
        : expressions.map((expression) => ({ expression, watched: watched[expression] })),
    [expressions, isFolded, watched],
  );
  const hasWatches = expressions.length > 0;
  const watchLanes = useMemo(
    () => ({ isHeadShown: hasWatches, count: lanes.length }),
    [hasWatches, lanes.length],
  );
  const follow = useCallback(
    (viewport: Viewport) => {
      links.follow('b', viewport);
      viewports.take(viewport);
    },
    [links, viewports],
  );
  // The values come after the lanes, as the panels do.
  const lateCursor = useDeferredValue(cursor);
  return (
    <Timeline
      trace={trace}
      steps={run.steps}
      cursor={cursor}
      isRunning={run.status === 'running'}
      isEarlier={useIsEarlier(run)}
      filtered={filtered}
      needs={run.explanation?.needs}
      notes={notes}
      watches={lanes}
      watchLanes={watchLanes}
      view={timelineView}
      viewKey={run.viewKey}
      onViewport={follow}
      isCompact={pair !== undefined}
    >
      {hasWatches && (
        <WatchGutter
          runId={run.id}
          trace={trace}
          steps={run.steps}
          cursor={lateCursor}
          watches={watches}
          lanes={lanes}
          onEdit={(watchEdited) => ui.setState({ dialog: 'watch', watchEdited })}
        />
      )}
    </Timeline>
  );
}

/** What the timeline of the run on the screen shows, for what lies under its steps. */
class Viewports implements ViewportSource {
  #viewport: Viewport | undefined;
  readonly #listeners = new Set<() => void>();

  readonly current = (): Viewport | undefined => this.#viewport;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  take(viewport: Viewport): void {
    this.#viewport = viewport;
    for (const listener of this.#listeners) listener();
  }
}

/** Where the cursor is, and the ways to move it. */
function Transport({
  trace,
  cursor,
  isEarlier,
}: {
  trace: Trace | undefined;
  cursor: number;
  /** Whether its findings are of an earlier source. */
  isEarlier: boolean;
}): ReactNode {
  const isPlaying = useUi((state) => state.isPlaying);
  const pace = useUi((state) => PACES[state.pace]);
  const isAtStart = !trace || cursor <= -1;
  const isAtEnd = !trace || cursor >= trace.length - 1;
  const findings = trace?.findings ?? [];
  const [place, of] = trace ? formatPlace(cursor, trace.length) : [];
  return (
    <div className="transport" role="toolbar" aria-label="Move in time">
      <CommandButton icon={ChevronsLeft} command="firstStep" isDisabled={isAtStart} />
      <CommandButton icon={ChevronLeft} command="stepBack" isDisabled={isAtStart} />
      <CommandButton icon={isPlaying ? Pause : Play} command="play" isDisabled={isAtEnd} />
      <CommandButton icon={ChevronRight} command="stepForward" isDisabled={isAtEnd} />
      <CommandButton icon={ChevronsRight} command="lastStep" isDisabled={isAtEnd} />
      <output className="position data" aria-label="Position">
        {place}
        <span className="muted">{of}</span>
      </output>
      {isPlaying && <span className="muted small">{pace} steps a second</span>}
      <span className="spacer" />
      {findings.length > 0 && (
        <span className="finding-jump" data-earlier-findings={isEarlier}>
          <span className="small">
            {formatPlural(findings.length, 'finding')}
            {isEarlier && ' of an earlier source'}
          </span>
          <IconButton icon={Flag} command="nextFinding" onPress={jumpToFinding} />
        </span>
      )}
      <CommandButton icon={Eye} command="watch" />
      <CommandButton icon={ZoomOut} command="zoomOut" />
      <CommandButton icon={ZoomIn} command="zoomIn" />
      <CommandButton icon={Maximize2} command="zoomFit" />
    </div>
  );
}

/** The next finding, or the nearest one before when there is none after the cursor. */
function jumpToFinding(): void {
  runCommand(isEnabled('nextFinding') ? 'nextFinding' : 'previousFinding');
}

/** An icon that does a command. Memoised: most of them stay as they are from step to step. */
const CommandButton = memo(function CommandButton({
  icon,
  command,
  isDisabled = false,
}: {
  icon: LucideIcon;
  command: CommandId;
  isDisabled?: boolean;
}): ReactNode {
  return (
    <IconButton
      icon={icon}
      command={command}
      isDisabled={isDisabled}
      onPress={() => runCommand(command)}
    />
  );
});
