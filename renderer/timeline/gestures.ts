import type { Hit } from './hit-test.ts';
import type { TimelineCanvas } from './timeline-canvas.ts';
import type { TimelineView } from './timeline-view.ts';
import {
  panRange,
  stepAtX,
  stepIndexAtX,
  VISIBLE_STEPS_MIN,
  widthOf,
  zoomRange,
  type StepRange,
  type Viewport,
} from './viewport.ts';

/** How much one notch of a wheel (100 units) zooms: by about a quarter. */
const WHEEL_ZOOM = 0.0025;
/** A pinch on a touch pad arrives as small wheel movements with ctrl. */
const PINCH_ZOOM = 0.01;
const LINE_PX = 16;
/** The width of a step after a double click: boxes with readable names. */
const READABLE_STEP_PX = 112;

/** Where the pointer rests, and on what. */
export interface Hover {
  readonly hit: Hit;
  readonly clientX: number;
  readonly clientY: number;
}

export interface GestureHandlers {
  /** At most once in an animation frame, and never twice in a row for the same step. */
  readonly seek: (stepIndex: number) => void;
  readonly hover: (hover: Hover | undefined) => void;
  /** Opens the menu of a step; without one, that of the cursor. */
  readonly menu: (
    event: MouseEvent,
    stepIndex: number | undefined,
    spanIndex: number | undefined,
  ) => void;
}

type Drag =
  | { readonly kind: 'scrub' }
  | { readonly kind: 'window'; readonly grabbedAt: number; readonly from: StepRange }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' };

/** Turns what pointer and wheel do over the timeline into seeks and changes of the view. */
export class TimelineGestures {
  readonly #element: HTMLElement;
  readonly #canvas: TimelineCanvas;
  readonly #view: TimelineView;
  readonly #handlers: GestureHandlers;
  readonly #listening = new AbortController();
  readonly #unsubscribe: () => void;
  #drag: Drag | undefined;
  #wanted: number | undefined;
  #sought: number | undefined;
  #hover: PointerEvent | undefined;
  #frame = 0;

  constructor(
    element: HTMLElement,
    canvas: TimelineCanvas,
    view: TimelineView,
    handlers: GestureHandlers,
  ) {
    this.#element = element;
    this.#canvas = canvas;
    this.#view = view;
    this.#handlers = handlers;
    const { signal } = this.#listening;
    element.addEventListener('pointerdown', (event) => this.#press(event), { signal });
    element.addEventListener('pointermove', (event) => this.#move(event), { signal });
    element.addEventListener('pointerup', () => this.#release(), { signal });
    element.addEventListener('pointercancel', () => this.#release(), { signal });
    element.addEventListener('pointerleave', () => this.#leave(), { signal });
    element.addEventListener('dblclick', (event) => this.#zoomToReadable(event), { signal });
    element.addEventListener('contextmenu', (event) => this.#openMenu(event), { signal });
    this.#unsubscribe = view.subscribe(() => this.#viewMoved());
    // Not passive: the wheel must not scroll what lies around the timeline.
    element.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
  }

  dispose(): void {
    this.#unsubscribe();
    this.#listening.abort();
    cancelAnimationFrame(this.#frame);
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { xPx, yPx } = this.#pointOf(event);
    const hit = this.#canvas.hitAt(xPx, yPx);
    if (hit.kind === 'nothing' || hit.kind === 'legend') return;
    this.#element.setPointerCapture(event.pointerId);
    this.#sought = undefined;
    this.#drag = hit.kind === 'step' ? { kind: 'scrub' } : this.#grab(hit.part, xPx);
    if (hit.kind === 'step') this.#seek(hit.stepIndex);
    this.#schedule();
  }

  #openMenu(event: MouseEvent): void {
    const { xPx, yPx } = this.#pointOf(event);
    const hit = this.#canvas.hitAt(xPx, yPx);
    this.#handlers.hover(undefined);
    const isStep = hit.kind === 'step';
    this.#handlers.menu(
      event,
      isStep ? hit.stepIndex : undefined,
      isStep ? hit.spanIndex : undefined,
    );
  }

  /** Takes hold of the window or its edge; a press beside the window brings it there first. */
  #grab(part: 'start' | 'end' | 'inside' | 'outside', xPx: number): Drag {
    if (part === 'start' || part === 'end') return { kind: 'edge', edge: part };
    const grabbedAt = stepAtX(this.#canvas.overviewport, xPx);
    if (part === 'outside') {
      const half = widthOf(this.#canvas.viewport) / 2;
      this.#view.show({ startAt: grabbedAt - half, endAt: grabbedAt + half });
    }
    const { startAt, endAt } = this.#view.getSnapshot();
    return { kind: 'window', grabbedAt, from: { startAt, endAt } };
  }

  #move(event: PointerEvent): void {
    this.#hover = event;
    this.#schedule();
    if (!this.#drag) return;
    const { xPx } = this.#pointOf(event);
    const { overviewport, viewport } = this.#canvas;
    switch (this.#drag.kind) {
      case 'scrub':
        this.#seek(stepIndexAtX(viewport, xPx, this.#view.extent.endAt));
        break;
      case 'window': {
        const bySteps = stepAtX(overviewport, xPx) - this.#drag.grabbedAt;
        this.#view.show(panRange(this.#drag.from, bySteps, this.#view.extent));
        break;
      }
      case 'edge':
        this.#view.show(withEdgeAt(viewport, this.#drag.edge, stepAtX(overviewport, xPx)));
        break;
    }
  }

  #release(): void {
    this.#drag = undefined;
    this.#schedule();
  }

  #leave(): void {
    if (this.#drag) return;
    this.#hover = undefined;
    this.#schedule();
  }

  /** Other steps are under a pointer at rest: while they glide by, nothing is said of them. */
  #viewMoved(): void {
    if (this.#view.getSnapshot().motion === 'glide') this.#hover = undefined;
    this.#schedule();
  }

  #seek(stepIndex: number): void {
    this.#wanted = stepIndex;
    this.#schedule();
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const unitPx = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX;
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const { viewport } = this.#canvas;
    const { extent } = this.#view;
    if (isSideways) {
      const byPx = (event.deltaX || event.deltaY) * unitPx;
      const stepsPerPx = widthOf(viewport) / (viewport.rightPx - viewport.leftPx);
      this.#view.show(panRange(viewport, byPx * stepsPerPx, extent));
    } else {
      const isPinch = event.ctrlKey && Math.abs(event.deltaY) < 50;
      const factor = Math.exp(event.deltaY * unitPx * (isPinch ? PINCH_ZOOM : WHEEL_ZOOM));
      this.#view.show(zoomRange(viewport, this.#anchorAt(event, viewport), factor, extent));
    }
    this.#schedule();
  }

  /** In the lanes; over the whole trace, where a scale has no place, it brings the whole back. */
  #zoomToReadable(event: MouseEvent): void {
    const { viewport } = this.#canvas;
    const { xPx, yPx } = this.#pointOf(event);
    const hit = this.#canvas.hitAt(xPx, yPx);
    if (hit.kind === 'nothing' || hit.kind === 'legend') return;
    if (hit.kind === 'overview') {
      this.#view.fit();
      return;
    }
    const wantedSteps = (viewport.rightPx - viewport.leftPx) / READABLE_STEP_PX;
    const factor = Math.min(1, wantedSteps / widthOf(viewport));
    const anchorAt = this.#anchorAt(event, viewport);
    this.#view.show(zoomRange(viewport, anchorAt, factor, this.#view.extent), 'glide');
  }

  /** The coordinate that stays in place: under the pointer, where that is over the lanes. */
  #anchorAt(event: MouseEvent, viewport: Viewport): number {
    const { xPx } = this.#pointOf(event);
    return stepAtX(viewport, Math.max(viewport.leftPx, Math.min(viewport.rightPx, xPx)));
  }

  #pointOf(event: MouseEvent): { readonly xPx: number; readonly yPx: number } {
    const box = this.#element.getBoundingClientRect();
    return { xPx: event.clientX - box.left, yPx: event.clientY - box.top };
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#report();
    });
  }

  /** Once in a frame: the seek that is wanted last, and what the pointer rests on. */
  #report(): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted !== undefined && wanted !== this.#sought) {
      this.#sought = wanted;
      this.#handlers.seek(wanted);
    }
    const pointer = this.#hover;
    if (!pointer) {
      this.#canvas.showPointer(undefined);
      this.#handlers.hover(undefined);
      return;
    }
    const { xPx, yPx } = this.#pointOf(pointer);
    const hit = this.#canvas.hitAt(xPx, yPx);
    this.#element.style.cursor = this.#cursorFor(hit);
    const isOverLanes = hit.kind === 'step' && !this.#drag;
    this.#canvas.showPointer(isOverLanes ? xPx : undefined);
    const { clientX, clientY } = pointer;
    const hasTooltip = isOverLanes || (hit.kind === 'legend' && !this.#drag);
    this.#handlers.hover(hasTooltip ? { hit, clientX, clientY } : undefined);
  }

  #cursorFor(hit: Hit): string {
    if (this.#drag?.kind === 'window') return 'grabbing';
    if (this.#drag?.kind === 'edge') return 'ew-resize';
    if (hit.kind !== 'overview') return 'default';
    if (hit.part === 'inside') return 'grab';
    return hit.part === 'outside' ? 'pointer' : 'ew-resize';
  }
}

/** The range with one of its edges elsewhere, never past the other. */
function withEdgeAt(range: StepRange, edge: 'start' | 'end', stepAt: number): StepRange {
  const { startAt, endAt } = range;
  return edge === 'start'
    ? { startAt: Math.min(stepAt, endAt - VISIBLE_STEPS_MIN), endAt }
    : { startAt, endAt: Math.max(stepAt, startAt + VISIBLE_STEPS_MIN) };
}
