import type { Step } from '../../core/trace/format/format.ts';
import type { Note } from '../../core/trace/format/notes.ts';
import { LinesNotLoaded } from '../../core/trace/step-lines.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { Need } from '../../core/trace/words/judged.ts';
import type { Filtered } from '../session/step-search.ts';
import { isCalm } from '../ui/motion.ts';
import { DensityIndex } from './density.ts';
import { drawTicks } from './draw-axis.ts';
import { drawCursor, drawPointer } from './draw-cursor.ts';
import { drawFindingNames, drawFindings, drawLaneLines } from './draw-events.ts';
import { drawCrashGround, drawFaults } from './draw-faults.ts';
import { drawGutter } from './draw-gutter.ts';
import { drawInputs } from './draw-inputs.ts';
import { drawMatches } from './draw-matches.ts';
import { drawNeeds } from './draw-needs.ts';
import { drawNotes } from './draw-notes.ts';
import { drawOverview } from './draw-overview.ts';
import { drawSpans, spanLanePlan } from './draw-spans.ts';
import { drawWatches } from './draw-watches.ts';
import { MarkIndex } from './events.ts';
import { hitTest, type Hit } from './hit-test.ts';
import { layoutFor, NO_WATCH_LANES, type Layout, type WatchLanes } from './layout.ts';
import { readPalette, type Palette } from './palette.ts';
import { clipToPlot, type Scene, type WatchLane } from './scene.ts';
import { SpanIndex } from './span-layout.ts';
import type { TimelineViewSnapshot } from './timeline-view.ts';
import { between, extentOf, type StepRange, type Viewport } from './viewport.ts';

/** How long the picture glides to another range. */
const GLIDE_MS = 180;

/** What the timeline shows. */
export interface Shown {
  readonly trace: Trace;
  /** The number of its steps so far. */
  readonly steps: number;
  readonly cursor: number;
  readonly range: TimelineViewSnapshot;
  /** Whether the findings are of an earlier source of the machine. */
  readonly isEarlier: boolean;
  /** What the filter of the steps has found; absent without a filter. */
  readonly filtered: Filtered | undefined;
  /** How much steps are needed for the finding that is explained; absent when none is. */
  readonly needs: ReadonlyMap<number, Need> | undefined;
  /** The notes and bookmarks on the run. */
  readonly notes: readonly Note[];
  /** What the lanes of the watches show. */
  readonly watches: readonly WatchLane[];
  readonly watchLanes: WatchLanes;
}

/**
 * Draws the timeline on two canvases that lie one above the other: everything that stays while the
 * cursor moves below, cursor and pointer above. A press of an arrow key so costs two lines and a
 * flag, whatever the trace's length. Nothing is drawn outside an animation frame.
 */
export class TimelineCanvas {
  readonly #base: HTMLCanvasElement;
  readonly #overlay: HTMLCanvasElement;
  readonly #onError: (error: unknown) => void;
  #trace: Trace | undefined;
  #density = new DensityIndex();
  #marks = new MarkIndex();
  #spans = new SpanIndex();
  #shown: Shown | undefined;
  /** Takes the steps on the screen whenever they are drawn. */
  onViewport: ((viewport: Viewport) => void) | undefined;
  /** The steps that were drawn without their label. */
  readonly #unlabelled = new Set<number>();
  #layout: Layout = layoutFor(0, 0);
  #palette: Palette;
  /** The range on the screen, which is on its way to `#shown.range` during a glide. */
  #range: StepRange = extentOf(0);
  #glide: { readonly from: StepRange; readonly startMs: number } | undefined;
  #pointerPx: number | undefined;
  #isBaseStale = true;
  #frame = 0;

  /** @param onError takes what goes wrong while the timeline is drawn. */
  constructor(
    base: HTMLCanvasElement,
    overlay: HTMLCanvasElement,
    onError: (error: unknown) => void,
  ) {
    this.#onError = onError;
    this.#base = base;
    this.#overlay = overlay;
    this.#palette = readPalette(base);
  }

  dispose(): void {
    this.#shown = undefined;
    cancelAnimationFrame(this.#frame);
  }

  show(shown: Shown): void {
    const before = this.#shown;
    this.#shown = shown;
    if (shown.trace !== before?.trace || shown.steps !== before.steps) this.#takeTrace(shown);
    if (shown.range !== before?.range) this.#takeRange(shown.range);
    if (shown.isEarlier !== before?.isEarlier) this.restyle();
    if (shown.filtered !== before?.filtered) this.#isBaseStale = true;
    if (shown.needs !== before?.needs) this.#isBaseStale = true;
    if (shown.watches !== before?.watches) this.#isBaseStale = true;
    if (shown.notes !== before?.notes) this.#isBaseStale = true;
    const { widthPx, heightPx } = this.#layout;
    if (shown.watchLanes !== before?.watchLanes) this.resize(widthPx, heightPx);
    this.#schedule();
  }

  /** Where the pointer is over the lanes, to draw its line. */
  showPointer(xPx: number | undefined): void {
    if (xPx === this.#pointerPx) return;
    this.#pointerPx = xPx;
    this.#schedule();
  }

  resize(widthPx: number, heightPx: number): void {
    this.#layout = layoutFor(widthPx, heightPx, this.#shown?.watchLanes ?? NO_WATCH_LANES);
    this.#isBaseStale = true;
    this.#schedule();
  }

  /** Reads the colours and draws again: the theme changed, or a font arrived. */
  restyle(): void {
    this.#palette = readPalette(this.#base);
    this.#isBaseStale = true;
    this.#schedule();
  }

  /** The steps on the screen now. */
  get viewport(): Viewport {
    return { ...this.#range, leftPx: this.#layout.plotLeftPx, rightPx: this.#layout.plotRightPx };
  }

  /** The whole trace on the overview strip. */
  get overviewport(): Viewport {
    const { plotLeftPx, plotRightPx } = this.#layout;
    return { ...extentOf(this.#density.length), leftPx: plotLeftPx, rightPx: plotRightPx };
  }

  hitAt(xPx: number, yPx: number): Hit {
    const scene = this.#scene();
    return scene ? hitTest(scene, spanLanePlan(scene), xPx, yPx) : { kind: 'nothing' };
  }

  #takeTrace({ trace, steps }: Shown): void {
    if (trace !== this.#trace) {
      this.#trace = trace;
      this.#density = new DensityIndex();
      this.#marks = new MarkIndex();
      this.#spans = new SpanIndex();
    }
    const glanceAt = (stepIndex: number) => trace.glance(stepIndex);
    this.#density.extend(steps, glanceAt);
    this.#marks.extend(steps, glanceAt);
    this.#spans.extend(trace.spans, steps);
    this.#isBaseStale = true;
  }

  #takeRange(range: TimelineViewSnapshot): void {
    if (range.motion === 'glide' && !isCalm()) {
      this.#glide = { from: this.#range, startMs: performance.now() };
    } else {
      this.#glide = undefined;
      this.#range = range;
    }
    this.#isBaseStale = true;
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame((nowMs) => {
      this.#frame = 0;
      try {
        this.#draw(nowMs);
      } catch (error) {
        this.#onError(error);
      }
    });
  }

  #draw(nowMs: number): void {
    if (!this.#shown || this.#layout.heightPx === 0) return;
    if (this.#glide) {
      const { from, startMs } = this.#glide;
      const share = Math.min(1, Math.max(0, (nowMs - startMs) / GLIDE_MS));
      this.#range = between(from, this.#shown.range, 1 - (1 - share) ** 3);
      this.#isBaseStale = true;
      if (share === 1) this.#glide = undefined;
      else this.#schedule();
    }
    if (this.#isBaseStale) this.#drawBase();
    this.#isBaseStale = false;
    this.#drawOverlay(this.#shown.cursor);
  }

  #drawBase(): void {
    const scene = this.#sceneOn(this.#base);
    if (!scene) return;
    const plan = spanLanePlan(scene);
    scene.ctx.fillStyle = scene.palette.surface;
    scene.ctx.fillRect(0, 0, scene.layout.widthPx, scene.layout.heightPx);
    clipToPlot(scene, () => {
      drawOverview(scene);
      drawTicks(scene);
      drawNotes(scene);
      drawCrashGround(scene);
      drawInputs(scene);
      drawSpans(scene, plan);
      drawFaults(scene);
      const names = drawFindings(scene);
      drawWatches(scene);
      drawMatches(scene);
      drawFindingNames(scene, names);
      drawNeeds(scene);
    });
    drawGutter(scene, plan);
    drawLaneLines(scene);
    this.onViewport?.(scene.viewport);
    this.#fetchLabels(scene.trace);
  }

  /** The step, if its line is at hand; otherwise it is drawn with its label a moment later. */
  readonly #stepAt = (stepIndex: number): Step | undefined => {
    try {
      return this.#shown?.trace.step(stepIndex);
    } catch (error) {
      if (!(error instanceof LinesNotLoaded)) throw error;
      this.#unlabelled.add(stepIndex);
      return undefined;
    }
  };

  #fetchLabels(trace: Trace): void {
    if (this.#unlabelled.size === 0) return;
    const steps = [...this.#unlabelled];
    this.#unlabelled.clear();
    trace.load(steps).then(
      () => {
        if (this.#shown?.trace !== trace) return;
        this.#isBaseStale = true;
        this.#schedule();
      },
      // Whoever shows one of these steps in full says what is wrong with them.
      () => undefined,
    );
  }

  #drawOverlay(cursor: number): void {
    const scene = this.#sceneOn(this.#overlay);
    if (!scene) return;
    scene.ctx.clearRect(0, 0, scene.layout.widthPx, scene.layout.heightPx);
    if (this.#pointerPx !== undefined) drawPointer(scene, this.#pointerPx);
    clipToPlot(scene, () => drawCursor(scene, cursor));
  }

  /** The context in CSS pixels; the canvas gets its size here, since a resize empties it. */
  #contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | undefined {
    const ratio = window.devicePixelRatio;
    const width = Math.round(this.#layout.widthPx * ratio);
    const height = Math.round(this.#layout.heightPx * ratio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const ctx = canvas.getContext('2d');
    if (!ctx) return undefined;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.textBaseline = 'middle';
    return ctx;
  }

  /** What there is to draw and to hit; the context is for those who draw. */
  #scene(): Omit<Scene, 'ctx'> | undefined {
    if (!this.#shown) return undefined;
    return {
      palette: this.#palette,
      isEarlier: this.#shown.isEarlier,
      layout: this.#layout,
      viewport: this.viewport,
      overviewport: this.overviewport,
      trace: this.#shown.trace,
      stepAt: this.#stepAt,
      density: this.#density,
      marks: this.#marks,
      spans: this.#spans,
      filtered: this.#shown.filtered,
      needs: this.#shown.needs,
      watches: this.#shown.watches,
      notes: this.#shown.notes,
      devicePixelRatio: window.devicePixelRatio,
    };
  }

  #sceneOn(canvas: HTMLCanvasElement): Scene | undefined {
    const scene = this.#scene();
    const ctx = this.#contextOf(canvas);
    return scene && ctx ? { ...scene, ctx } : undefined;
  }
}
