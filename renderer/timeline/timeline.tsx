import {
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
  type RefObject,
} from 'react';
import { createPortal } from 'react-dom';
import type { Note } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { Need } from '../../core/trace/words/judged.ts';
import type { Filtered } from '../session/step-search.ts';
import { menuOfStep } from '../session/what-if.ts';
import { useSeek } from '../ui/seek.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { TimelineGestures, type Hover } from './gestures.ts';
import {
  COMPACT_PX_MIN,
  GUTTER_PX,
  OWN_PX_MIN,
  watchesHeightPx,
  type WatchLanes,
} from './layout.ts';
import { watchTheme } from './palette.ts';
import type { WatchLane } from './scene.ts';
import { TimelineCanvas } from './timeline-canvas.ts';
import { describeStep } from './timeline-text.ts';
import { TimelineTooltip } from './timeline-tooltip.tsx';
import type { TimelineView } from './timeline-view.ts';
import type { Viewport } from './viewport.ts';
import './timeline.css';

export interface TimelineProps {
  /** Names it, where there is more than one. */
  label?: string;
  trace: Trace;
  /** The number of steps so far; it changes as the trace grows. */
  steps: number;
  /** A step index; -1 is the initial state. */
  cursor: number;
  isRunning: boolean;
  /** Whether its findings are of an earlier source of the machine: they are muted. */
  isEarlier: boolean;
  /** What the filter of the steps has found: the other steps are dimmed. */
  filtered?: Filtered | undefined;
  /** How much steps are needed for the finding that is explained, if one is. */
  needs?: ReadonlyMap<number, Need> | undefined;
  /** The notes and bookmarks on the run. */
  notes: readonly Note[];
  /** The lanes of the watches. */
  watches: readonly WatchLane[];
  watchLanes: WatchLanes;
  /** What stands over the names of the lanes of watches; they begin at a height from the bottom. */
  children?: ReactNode;
  view: TimelineView;
  /** What stays the same while the view is to stay as it is: by default while the trace grows. */
  viewKey?: object | undefined;
  /** Takes the steps that are drawn, whenever they are drawn. */
  onViewport?: ((viewport: Viewport) => void) | undefined;
  /** Whether steps have the menu of what can be tried at them. */
  hasMenu?: boolean;
  /** Whether it is one of two, and may be lower. */
  isCompact?: boolean;
}

/**
 * A slider by role only: an input of type range would move by arrow keys itself, while here the
 * app's commands do, by strides of their own.
 */
const SLIDER = {
  role: 'slider',
  tabIndex: 0,
  'aria-label': 'Timeline',
  'aria-orientation': 'horizontal',
} as const;

/**
 * The whole run and a part of it: inputs, tracked actions, crashes and findings over the steps, with
 * the cursor through all of them. It is one slider to the keyboard and to assistive technology; the
 * keys that move it belong to the app's commands.
 */
export function Timeline(props: TimelineProps): ReactNode {
  const { trace, steps, isRunning, isEarlier, view, viewKey = trace.header, watchLanes } = props;
  const { containerRef, baseRef, overlayRef, canvasRef } = useCanvas();
  const hover = useGestures(containerRef, canvasRef, view, props.hasMenu ?? true);
  // Another trace may arrive a moment before the cursor that belongs to it.
  const cursor = Math.min(props.cursor, steps - 1);
  useLayoutEffect(() => view.follow(viewKey, steps), [steps, view, viewKey]);
  useLayoutEffect(() => view.moveCursor(cursor), [cursor, view]);
  useDrawing(canvasRef, { ...props, cursor });
  const describe = useCallback(() => describeStep(trace, cursor), [trace, cursor]);
  const { result: description } = useLoaded(trace, describe);
  const watchesPx = watchesHeightPx(watchLanes);

  return (
    <div
      className="timeline-scene"
      style={{ minHeight: (props.isCompact ? COMPACT_PX_MIN : OWN_PX_MIN) + watchesPx }}
    >
      <div
        ref={containerRef}
        className="timeline"
        data-earlier-findings={isEarlier}
        {...SLIDER}
        aria-label={props.label ?? SLIDER['aria-label']}
        aria-valuemin={-1}
        aria-valuemax={steps - 1}
        aria-valuenow={cursor}
        aria-valuetext={description}
        aria-busy={isRunning}
      >
        <canvas ref={baseRef} />
        <canvas ref={overlayRef} />
      </div>
      <div className="timeline-watches" style={{ width: GUTTER_PX - 1, height: watchesPx }}>
        {props.children}
      </div>
      {/* In the body: a panel keeps even what is fixed within its own bounds. */}
      {hover && createPortal(<TimelineTooltip trace={trace} hover={hover} />, document.body)}
    </div>
  );
}

type CanvasRef = RefObject<TimelineCanvas | undefined>;

/** Keeps what draws into two canvases in a container. It is there before other effects of the layout run. */
function useCanvas() {
  const containerRef = useRef<HTMLDivElement>(null);
  const baseRef = useRef<HTMLCanvasElement>(null);
  const overlayRef = useRef<HTMLCanvasElement>(null);
  const canvasRef = useRef<TimelineCanvas>(undefined);
  const [failure, setFailure] = useState<{ readonly error: unknown }>();
  // Drawing happens outside of React, whose error boundary shall know of it all the same.
  if (failure) throw failure.error;

  useLayoutEffect(() => {
    const container = containerRef.current;
    if (!container || !baseRef.current || !overlayRef.current) return undefined;
    const canvas = new TimelineCanvas(baseRef.current, overlayRef.current, (error) =>
      setFailure({ error }),
    );
    const unmount = mountCanvas(container, canvas);
    canvasRef.current = canvas;
    return () => {
      unmount();
      canvasRef.current = undefined;
    };
  }, []);
  return { containerRef, baseRef, overlayRef, canvasRef };
}

/** Follows the pointer over the canvas. Returns what it is over. */
function useGestures(
  containerRef: RefObject<HTMLElement | null>,
  canvasRef: CanvasRef,
  view: TimelineView,
  hasMenu: boolean,
): Hover | undefined {
  const seek = useSeek();
  const [hover, setHover] = useState<Hover>();
  useLayoutEffect(() => {
    if (!containerRef.current || !canvasRef.current) return undefined;
    const gestures = new TimelineGestures(containerRef.current, canvasRef.current, view, {
      seek,
      hover: setHover,
      menu: hasMenu ? menuOfStep : (event) => event.preventDefault(),
    });
    return () => gestures.dispose();
  }, [containerRef, canvasRef, view, seek, hasMenu]);
  return hover;
}

/** Draws what the timeline shows, whenever a part of it changes. */
function useDrawing(canvasRef: CanvasRef, props: TimelineProps): void {
  const { trace, steps, cursor, isEarlier, filtered, needs, notes, watches, watchLanes } = props;
  const { view, onViewport } = props;
  const range = useSyncExternalStore(view.subscribe, view.getSnapshot);
  useLayoutEffect(() => {
    if (canvasRef.current) canvasRef.current.onViewport = onViewport;
  }, [canvasRef, onViewport]);
  useLayoutEffect(() => {
    const shown = { trace, steps, cursor, range, isEarlier, filtered, needs };
    canvasRef.current?.show({ ...shown, notes, watches, watchLanes });
  }, [
    canvasRef,
    trace,
    steps,
    cursor,
    range,
    isEarlier,
    filtered,
    needs,
    notes,
    watches,
    watchLanes,
  ]);
}

/** Draws again whenever the size, the sharpness of the screen, the theme or the fonts change. */
function mountCanvas(container: HTMLElement, canvas: TimelineCanvas): () => void {
  const resize = () => canvas.resize(container.clientWidth, container.clientHeight);
  const restyle = () => canvas.restyle();
  resize();
  const resizes = new ResizeObserver(resize);
  resizes.observe(container);
  const unwatchTheme = watchTheme(restyle);
  const unwatchPixelRatio = watchPixelRatio(resize);
  document.fonts.addEventListener('loadingdone', restyle);
  return () => {
    document.fonts.removeEventListener('loadingdone', restyle);
    unwatchPixelRatio();
    unwatchTheme();
    resizes.disconnect();
    canvas.dispose();
  };
}

/** Calls back when the window comes to a screen of other sharpness, or is zoomed. */
function watchPixelRatio(onChange: () => void): () => void {
  let stop = () => {};
  const listen = () => {
    // The query holds for one ratio only, so each change needs the next one.
    const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const change = () => {
      stop();
      listen();
      onChange();
    };
    query.addEventListener('change', change);
    stop = () => query.removeEventListener('change', change);
  };
  listen();
  return () => stop();
}
